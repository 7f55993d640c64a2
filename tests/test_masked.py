"""Whichever door is opened by whoever, and whatever file is taken away: no ID or telephone number in the clear.

Only a reveal shows one, on the answer to a form that says what for; and one's own record to oneself.
"""

import pytest
from django.db import transaction
from django.urls import reverse

from taizhang.accounts.models import AuditKind, AuditRecord, User
from taizhang.members.models import Person
from tests import furnished as cast
from tests import world as world_module
from tests.doors import doors, told
from tests.proof import prove

pytestmark = pytest.mark.django_db
FORMATS = ("?format=xlsx", "?format=csv", "?format=json")


@pytest.fixture
def office(db):
    world = world_module.build()
    world.kept = [cast.kept_by(cast.keep_own, world), cast.kept_by(cast.hide, world, "璟")]
    world.numbers = [
        value
        for person in Person.objects.with_keys()
        for value in (person.opened(person.id_number_sealed), person.opened(person.telephone_sealed))
        if value
    ]
    assert len(world.numbers) >= 7  # whoever is held outside has no ID number
    return world


def visitors(world):
    operator = User.objects.get(username="tianbaoyuan")
    return [
        world.clerk,
        world.leader,
        world.education_clerk,
        world.administrator,
        world.security,
        world.auditor,
        operator,
    ]


def numbers_of_rows(world) -> list[int]:
    """Some of the rows of every model, the people first."""
    found = [row for kept in world.kept for row in kept.some("members.person")]
    for kept in world.kept:
        for label in sorted(kept.rows):
            found += kept.some(label)[:2]
    return list(dict.fromkeys([*found, *AuditRecord.objects.order_by("-pk").values_list("pk", flat=True)[:3]]))


def test_no_door_shows_a_number_and_no_file_holds_one(office, client):
    rows, shown, asked, pages = numbers_of_rows(office), [], 0, 0
    for user in visitors(office):
        client.force_login(user)
        prove(client)
        for door in doors():
            if "logout" in door.name:
                continue
            every = [[number] * len(door.numbers) for number in rows] if door.takes_numbers else [[]]
            for numbers in every:
                for address in door.addresses(*numbers):
                    for end in ("", *(FORMATS if not door.takes_numbers else ())):
                        with transaction.atomic():
                            answer = client.get(address + end)
                            transaction.set_rollback(True)
                        asked, pages = asked + 1, pages + (answer.status_code == 200)
                        text = told(answer) if answer.status_code == 200 else ""
                        shown += [f"{user}: {address}{end}" for number in office.numbers if number in text]
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
