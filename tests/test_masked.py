"""Whichever door is opened by whoever, and whatever file is taken away: no ID or telephone number in the clear.

Only a reveal shows one, on the answer to a form that says what for; and one's own record to oneself.
"""

import os
from itertools import product

import pytest
from django.db import transaction
from django.urls import reverse

from taizhang.accounts.models import AuditKind, AuditRecord, User
from taizhang.members.models import Person
from tests.doors import Door, doors, told
from tests.proof import prove
from tests.visiting import SIGNING_OUT, subjects

pytestmark = pytest.mark.django_db
FORMATS = ("?format=xlsx", "?format=csv", "?format=json")


@pytest.fixture
def office(furnished):
    furnished.numbers = [
        value
        for person in Person.objects.with_keys()
        for value in (person.opened(person.id_number_sealed), person.opened(person.telephone_sealed))
        if value
    ]
    assert len(furnished.numbers) >= 7  # whoever is held outside has no ID number
    return furnished


def visitors(world):
    """Those who see most people, those who see none; the others by night."""
    operator = User.objects.get(username="tianbaoyuan")
    by_night = [world.leader, world.administrator, world.security] if "TAIZHANG_NIGHTLY" in os.environ else []
    return [world.clerk, world.education_clerk, world.auditor, operator, *by_night]


def addresses(door: Door, world):
    """The door with the rows it is about: every person, and some of every other noun; the audit with what was done last."""
    if not door.takes_numbers:
        ends = ("",) if door.is_operation else ("", *FORMATS)
        yield from (address + end for address in door.addresses() for end in ends)
        return
    for chosen, wording in subjects(door, world):
        for kept in (world.own, world.hidden):
            rows = (kept.some(label)[: None if label == "members.person" else 1] for label in chosen)
            yield from (door.address(numbers, wording) for numbers in product(*rows))
    if door.slice == "audit" and len(door.numbers) == 1:
        for record in AuditRecord.objects.order_by("-pk").values_list("pk", flat=True)[:3]:
            yield from door.addresses(record)


def test_no_door_shows_a_number_and_no_file_holds_one(office, client):
    shown, asked, pages = [], 0, 0
    for user in visitors(office):
        client.force_login(user)
        prove(client)
        for door in doors():
            if door.name in SIGNING_OUT:
                continue
            for address in addresses(door, office):
                with transaction.atomic():
                    answer = client.get(address)
                    transaction.set_rollback(True)
                asked, pages = asked + 1, pages + (answer.status_code == 200)
                text = told(answer) if answer.status_code == 200 else ""
                shown += [f"{user}: {address}" for number in office.numbers if number in text]
    assert shown == []
    assert asked > 2_000 and pages > 300


def test_a_reveal_shows_it_once_to_who_says_what_for_and_is_on_record(office, client):
    person = Person.objects.get(name="欧阳体成")
    client.force_login(office.clerk)
    address = reverse("members:reveal", args=[person.pk])
    assert client.post(address, {"field": "id_number", "purpose": " "}).status_code == 422
    answer = client.post(address, {"field": "id_number", "purpose": "核对介绍信"})
    assert person.opened(person.id_number_sealed) in answer.content.decode() and "no-store" in answer["Cache-Control"]
    row = AuditRecord.objects.get(kind=AuditKind.REVEAL)
    assert (row.user, row.object) == (office.clerk, f"members.person:{person.pk}")
    assert row.details == {"field": "id_number", "purpose": "核对介绍信"}
