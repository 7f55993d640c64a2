"""Nobody sees by any door what is not theirs: every address is tried, with numbers of others and without."""

import difflib
import re
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.accounts.models import User
from tests import furnished as cast
from tests.doors import Door, doors, told, unmarked
from tests.furnished import NOBODYS_NUMBER, Kept
from tests.visiting import ASKED_FOR, SIGNING_OUT, Visitor, answers, subjects

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r"\d{10,}")
FIELD = re.compile(r'<(?:input|select|textarea)[^>]*\bname="([\w-]+)"')
POSTING = re.compile(r'<form[^>]*method="post".*?</form>', re.S)


@pytest.fixture
def operator(furnished):
    return User.objects.get(username="tianbaoyuan")


def leaks(text: str, hidden: Kept) -> list[str]:
    numbers = {int(found) for found in NUMBER.findall(text)} & hidden.numbers
    return sorted(word for word in hidden.texts if word and word in text) + sorted(map(str, numbers))


def test_every_address_has_a_name():
    assert [door.route for door in doors() if not door.name or door.name.endswith(":")] == []


def test_nobody_comes_in_without_signing_in(db):
    sign_in = reverse("account_login")
    nobody, open_to_all = Client(), set()
    for door in doors():
        for address in door.addresses(*[1] * len(door.numbers)):
            for method in ("get", "post", "put", "patch", "delete"):
                response = getattr(nobody, method)(address)
                sent_away = response.status_code == 401 or (
                    response.status_code == 302 and response.url.startswith(sign_in)
                )
                if not sent_away:
                    open_to_all.add(door.name)
    assert open_to_all <= {
        "account_login",
        "account_logout",
        "account_inactive",
        "mfa_authenticate",
        "health",
        "accounts:activate",
    }


@pytest.mark.parametrize("who", ["outsider", "operator"])
def test_a_row_of_others_is_as_one_that_does_not_exist(furnished, operator, who):
    visit = Visitor(operator if who == "operator" else furnished.outsider).visit
    wrong, tried = [], 0
    for door in doors():
        if not door.takes_numbers:
            continue
        for numbers, place, wording in theirs_at_each_place(door, furnished):
            nobody = [*numbers[:place], *[NOBODYS_NUMBER] * (len(numbers) - place)]
            address, none = door.address(numbers, wording), door.address(nobody, wording)
            for method in ("get", "post"):
                answer, like = told(visit(address, method)), told(visit(none, method))
                tried += 1
                if unmarked(answer, *numbers[place:]) != unmarked(like, NOBODYS_NUMBER) or answer[:1] in "25":
                    wrong.append(f"{method} {address}: {answer[:3]}, not as {none}: {like[:3]}")
                asked = re.compile("|".join(map(str, numbers)))
                if found := leaks(asked.sub("", answer), furnished.hidden):
                    wrong.append(f"{method} {address} tells {found}")
    assert wrong == []
    assert tried > 20


def theirs_at_each_place(door: Door, world):
    """(numbers, place, wording): from that place on they are others', before it one's own."""
    for chosen, wording in subjects(door, world):
        for place in range(len(chosen)):
            ours = [world.own.some(label)[:1] for label in chosen[:place]]
            theirs = [world.hidden.some(label)[:2] for label in chosen[place:]]
            yield from ((list(numbers), place, wording) for numbers in product(*ours, *theirs))


@pytest.mark.parametrize("who", ["outsider", "operator"])
def test_no_door_tells_what_others_keep(furnished, operator, who):
    visit = Visitor(operator if who == "operator" else furnished.outsider).visit
    wrong = []
    for door in doors():
        found = list(answers(visit, door, furnished))
        if not door.takes_numbers and door.name not in SIGNING_OUT:  # what one does to one's own is another test's
            found += [(f"POST {address}", visit(address, "post")) for address in door.addresses()]
        for address, answer in found:
            if leaking := leaks(told(answer), furnished.hidden):
                wrong.append(f"{address} tells {leaking}")
            wrong += [f"{address} offers {each}" for each in choices_of_others(answer, furnished.hidden)]
    assert wrong == []


def choices_of_others(answer, hidden: Kept) -> list[str]:
    """Rows of others that a field of the page's form would accept, whether or not it shows them."""
    found = []
    for context in answer.context or ():
        for name in ("form", "filter", "filters"):
            form = context.get(name) if hasattr(context, "get") else None
            form = getattr(form, "form", form)
            for field_name, field in getattr(form, "fields", {}).items():
                rows = getattr(field, "queryset", None)
                if rows is not None:
                    theirs = hidden.rows.get(rows.model._meta.label_lower, set())
                    found += [f"{field_name}={pk}" for pk in rows.values_list("pk", flat=True) if pk in theirs]
    return found


def test_what_the_outsider_sees_does_not_depend_on_what_others_keep(furnished):
    """Counts, sums, charts, choices, exports: everything stays as it is while others go on working."""

    visit = Visitor(furnished.outsider).visit

    def everything() -> dict[str, str]:
        """Rows before lists: a list says which of them have been read."""
        every = sorted(doors(), key=lambda door: not door.takes_numbers)
        return {
            address: unmarked(told(answer)) for door in every for address, answer in answers(visit, door, furnished)
        }

    before = everything()
    cast.kept_by(cast.hide, furnished, "瑱")
    after = everything()
    assert [
        differing(address, before[address], after[address]) for address in before if before[address] != after[address]
    ] == []


def differing(address: str, before: str, after: str) -> str:
    return "\n".join(
        [address, *list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[3:9]]
    )


def test_asking_for_what_others_keep_is_as_asking_for_nothing(furnished):
    """Whatever may be asked of a page, a name, code or number of others finds as little as one that does not exist."""
    visit = Visitor(furnished.outsider).visit
    theirs = [number for label in ASKED_FOR for number in furnished.hidden.some(label)[:1]]
    wrong = []
    for door in doors():
        if door.takes_numbers or door.name in SIGNING_OUT:
            continue
        for address in door.addresses():
            page = POSTING.sub("", told(visit(address)))
            for name in sorted(set(FIELD.findall(page)) - {"csrfmiddlewaretoken"}):
                for nothing, several in ((NOBODYS_NUMBER, theirs), ("龘", ["璟"])):
                    like = unmarked(told(visit(address, data={name: nothing})), nothing)
                    wrong += [
                        f"{address}?{name}={asked} differs from {name}={nothing}"
                        for asked in several
                        if unmarked(told(visit(address, data={name: asked})), asked) != like
                    ]
    assert wrong == []


def test_an_operator_and_an_administrator_read_no_persons_name(furnished, operator):
    names = {"欧阳体成", "璟守正", "璟怀远", "璟致和"}
    numbers = furnished.own.rows["members.person"] | furnished.hidden.rows["members.person"]
    wrong = []
    # The audit tells its administrator the number of the row that an act was about, never a name.
    for user, rows in ((operator, {"members.person": numbers}), (furnished.administrator, {})):
        people, visit = Kept(names, rows), Visitor(user).visit
        for door in doors():
            for address, answer in answers(visit, door, furnished):
                asked = NUMBER.findall(address)
                wrong += [
                    f"{user.username}: {address} tells {each}"
                    for each in leaks(told(answer), people)
                    if each not in asked
                ]
    assert wrong == []
