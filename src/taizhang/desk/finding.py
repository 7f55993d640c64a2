"""Quick search over everything that has a page, each within what the person may see."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from taizhang.accounts.models import User
from taizhang.cases.models import Case
from taizhang.kit.addresses import address_of
from taizhang.members.models import Person
from taizhang.orgs.models import Organization
from taizhang.party.models import PartyOrganization

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Hit:
    text: str
    address: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    hits: list[Hit]
    more: str  # the address of the whole list; empty if all are shown


def find(words: str, user: User) -> list[Group]:
    """Groups that found something, each with the first few; one query each."""
    if not words.strip():
        return []
    organizations = Organization.objects.visible_to(user).named(words).select_related("unit__parent")
    branches = PartyOrganization.objects.visible_to(user).select_related("unit__parent")
    people = Person.objects.visible_to(user)
    for word in words.split():
        branches = branches.filter(unit__name__contains=word)
        people = people.filter(name__contains=word)
    cases = Case.objects.visible_to(user).titled(words)
    groups = (
        group(
            "社会组织", "orgs:list", words, organizations, lambda each: f"{each.code or ''} {each.unit.parent or ''}"
        ),
        group("党组织", "party:list", words, branches, lambda each: str(each.unit.parent or "")),
        group("人员", "members:list", words, people, lambda each: ""),
        group("事项", "cases:list", words, cases, lambda each: "已办结" if each.closed_at else "未办结"),
    )
    return [each for each in groups if each.hits]


def group(title: str, page: str, words: str, rows, note) -> Group:
    found = list(rows.order_by("-pk")[: SHOWN + 1])
    hits = [Hit(str(each), address_of(each), note(each).strip()) for each in found[:SHOWN]]
    try:
        whole = f"{reverse(page)}?{urlencode({'q': words})}"
    except NoReverseMatch:
        whole = ""
    return Group(title, hits, whole if len(found) > SHOWN else "")
