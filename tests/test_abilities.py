"""What somebody may do is said once: in a slice's rules. The verbs keep to it, and no page offers more than it."""

import html
import importlib
import re
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve

from taizhang.accounts.models import Role
from tests.doors import doors, told
from tests.visiting import SIGNING_OUT, Visitor, own_addresses

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
FORM = re.compile(r"<form\b[^>]*>", re.S)
# Verbs that are about oneself alone: whoever has signed in may, and nobody else.
ONES_OWN = {"accounts:end_sign_in", "accounts:end_other_sign_ins", "notices:see", "notices:choose"}
OFTEN = (Role.UNIT_CLERK, Role.OPERATOR, Role.SECURITY_ADMIN)  # the others every night
# Verbs that go by the right to another: who may do the one may do the other.
BY_THE_RIGHT_TO = {
    "orgs:create_unit": "keep_units",
    "orgs:rename_unit": "keep_units",
    "orgs:add_alias": "keep_units",
    "cases:remark_on_unit": "remark",
    "papers:compose": "draft",
    "formation:disinvite": "invite",
    "formation:drop": "propose",
    "declarations:drop": "keep",
}
SAID_ELSEWHERE = {
    "imports": "the sheet that is imported says it: what is applied are verbs of its register",
    "members:reveal": "whoever sees the name: people_scope",
}


def verbs_with_a_page() -> list[tuple[str, str]]:
    """(slice, verb) of every address that is named after an act of its slice."""
    found = []
    for door in doors():
        if not door.slice or ":" not in door.name:
            continue
        verb = door.name.partition(":")[2]
        try:
            actions = importlib.import_module(f"taizhang.{door.slice}.actions")
        except ModuleNotFoundError:
            continue
        if hasattr(getattr(actions, verb, None), "verb_name"):
            found.append((door.slice, verb))
    return found


@pytest.mark.parametrize(("slice_name", "verb"), verbs_with_a_page())
def test_every_verb_with_a_page_says_in_the_rules_who_may(slice_name, verb):
    name = f"{slice_name}:{verb}"
    if name in ONES_OWN or slice_name in SAID_ELSEWHERE or name in SAID_ELSEWHERE:
        return
    rules = importlib.import_module(f"taizhang.{slice_name}.rules")
    right = BY_THE_RIGHT_TO.get(name, verb)
    assert right in getattr(rules, "WHO", {}), f"taizhang.{slice_name}.rules.WHO does not say who may {right}"
    assert all(role in Role.values for role in rules.WHO[right])


def test_what_is_said_elsewhere_is_of_verbs_that_exist():
    known = {f"{slice_name}:{verb}" for slice_name, verb in verbs_with_a_page()}
    named = {*BY_THE_RIGHT_TO, *ONES_OWN, *(each for each in SAID_ELSEWHERE if ":" in each)}
    assert sorted(named - known) == []


def test_a_slice_with_verbs_says_what_somebody_may_do():
    slices = {slice_name for slice_name, _ in verbs_with_a_page()}
    without = [
        name for name in sorted(slices) if not hasattr(importlib.import_module(f"taizhang.{name}.rules"), "abilities")
    ]
    assert without == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=() if role in OFTEN else pytest.mark.nightly) for role in Role]
)
def test_a_page_offers_only_what_would_not_be_refused_for_the_persons_role(furnished, role):
    """Every link and every button of every page of one's own is tried; wrong moments are fine, the wrong person is not."""
    unit = (
        furnished.committee if role in ("clerk", "reviewer", "leader") or role.endswith("_admin") else furnished.sports
    )
    unit = furnished.sports if role == Role.UNIT_ADMIN else unit
    visitor = Visitor(furnished.account(unit, role, username=f"wei-{role}"))
    tried: dict[tuple[str, str], int] = {}
    wrong = []
    for door in doors():
        if door.slice == "api" or door.name in SIGNING_OUT:
            continue
        for address in list(own_addresses(door, furnished))[:2]:
            page = visitor.visit(address)
            if page.status_code != 200 or "text/html" not in page.get("Content-Type", ""):
                continue
            for method, offered in offers(told(page), address):
                name = name_at(offered)
                if not name or name in SIGNING_OUT or tried.get((name, method), 0) >= 2:
                    continue
                tried[name, method] = tried.get((name, method), 0) + 1
                with transaction.atomic():
                    status = visitor.visit(offered, method).status_code
                    transaction.set_rollback(True)
                if status in (403, 404, 405):
                    wrong.append(f"{address} offers {method} {offered}: {status}")
    assert "\n".join(wrong) == ""
    assert len(tried) > 5


def offers(text: str, here: str) -> list[tuple[str, str]]:
    """(method, address) of the links and of the forms that post."""
    found = [("get", html.unescape(address)) for address in LINK.findall(text)]
    for tag in FORM.findall(text):
        action = re.search(r'\baction="([^"]+)"', tag)
        if (
            'method="post"' in tag and 'id="selection"' not in tag
        ):  # each button of a selection has an address of its own
            found.append(("post", html.unescape(action.group(1)) if action else here))
    return [(method, address) for method, address in found if address.startswith("/")]


def name_at(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
