"""ID and telephone numbers: checked, sealed, found again without being told, shown on purpose only, erased for good."""

import pghistory.models
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from taizhang.accounts.models import AuditKind, AuditRecord
from taizhang.kit.crypto import Unreadable
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members import identity, rules
from taizhang.members.models import Engagement, Membership, Person, PersonKey, Standing, masked
from taizhang.members.tests.people import JUNE, MARCH, SEPTEMBER, codes, employee, id_number, member

NUMBER, TELEPHONE = id_number(), "139 0000 1234"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("340101800101001", "id-length"),
        (id_number()[:-1] + ("1" if id_number()[-1] != "1" else "2"), "id-check"),
        ("9999991980010100AX"[:18], "id-characters"),
        ("９９９９９９19800101001X", "id-characters"),
        (id_number(born="19800231"), "id-birth"),
        (id_number(born="18800101"), "id-birth"),
    ],
)
def test_an_id_number_is_checked_and_the_reason_given(number, code):
    assert code in [obstacle.code for obstacle in rules.problems_with_id_number(number)]


def test_a_right_id_number_has_no_problem():
    assert [id_number(serial) for serial in range(200) if list(rules.problems_with_id_number(id_number(serial)))] == []


def test_a_short_value_is_masked_whole_and_a_long_one_shows_its_ends():
    assert masked("12345", head=3, tail=2) == "*****"
    assert masked("13900001234", head=3, tail=2) == "139******34"


def test_numbers_are_typed_in_any_width_and_shown_masked(world):
    wide = NUMBER.translate({ord(str(digit)): chr(ord("０") + digit) for digit in range(10)})
    person = employee(world, world.organization(), id_number=wide, telephone="１３９-0000-1234")
    person = Person.objects.with_keys().get(pk=person.pk)
    assert person.id_number_masked == NUMBER[:3] + "*" * 11 + NUMBER[-4:]
    assert person.telephone_masked == "139********34"


def test_neither_the_table_nor_its_history_holds_a_number_in_the_clear(world):
    employee(world, world.organization(), id_number=NUMBER, telephone=TELEPHONE)
    with connection.cursor() as cursor:
        for table in ("members_person", "members_personevent", "members_personkey", "cases_step", "cases_case"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            whole = cursor.fetchone()[0]
            for value in (NUMBER, TELEPHONE):
                assert value not in whole and value.encode().hex() not in whole, table
        cursor.execute(
            "SELECT id_number_sealed, telephone_sealed FROM members_personevent ORDER BY pgh_id DESC LIMIT 1"
        )
        assert all(cursor.fetchone())


def test_the_same_number_is_sealed_differently_for_each_and_each_time(world):
    association = world.organization()
    first = employee(world, association, "张三", telephone=TELEPHONE)
    second = employee(world, association, "李四", telephone=TELEPHONE)
    assert bytes(first.telephone_sealed) != bytes(second.telephone_sealed)
    assert bytes(first.key.sealed) != bytes(second.key.sealed)


def test_a_person_known_in_ones_own_scope_is_named_and_not_registered_twice(world):
    association = world.organization(under=world.education)
    employee(world, association, id_number=NUMBER)
    with pytest.raises(Refused) as refusal:
        employee(world, association, "另一人", id_number=NUMBER.lower(), by=world.education_clerk)
    assert codes(refusal) == ["person-known"] and "张三" in str(refusal.value)


def test_a_person_known_elsewhere_is_refused_without_a_word_about_them(world):
    employee(world, world.organization("甲协会", under=world.education), id_number=NUMBER)
    theirs = world.organization("乙协会", under=world.sports)
    with pytest.raises(Refused) as refusal:
        employee(world, theirs, "另一人", id_number=NUMBER, by=world.outsider)
    assert codes(refusal) == ["id-to-be-checked"]
    assert not [word for word in ("张三", "甲协会", "已有", "教育厅") if word in str(refusal.value)]
    other = employee(world, theirs, "另一人", by=world.outsider)
    with pytest.raises(Refused) as refusal:
        members.amend(other, unit=theirs.unit, id_number=NUMBER, on=JUNE, by=world.outsider)
    assert codes(refusal) == ["id-to-be-checked"]


def test_the_database_itself_keeps_a_number_with_one_person(world):
    association = world.organization()
    employee(world, association, id_number=NUMBER)
    other = employee(world, association, "李四")
    with pytest.raises(Refused) as refusal:
        identity.seal(other, id_number=NUMBER)
    assert codes(refusal) == ["id-to-be-checked"]


def test_a_person_held_outside_has_no_id_number(world):
    association = world.organization()
    outside = {"outside_name": "某街道党工委", "standing": Standing.FULL}
    with pytest.raises(Refused) as refusal:
        employee(world, association, id_number=NUMBER, **outside)
    assert codes(refusal) == ["id-not-needed"]
    person = employee(world, association, **outside)
    with pytest.raises(Refused) as refusal:
        members.amend(person, unit=association.unit, id_number=NUMBER, on=JUNE, by=world.clerk)
    assert codes(refusal) == ["id-not-needed"]


def test_whose_relations_go_outside_loses_the_id_number_and_keeps_the_telephone(world):
    association = world.organization()
    person = member(world, association, world.branch(association), id_number=NUMBER, telephone=TELEPHONE)
    before = bytes(person.id_number_sealed)
    members.admit(
        person, outside_name="某街道党工委", unit=association.unit, standing=Standing.FULL, on=JUNE, by=world.clerk
    )
    person = Person.objects.get(pk=person.pk)
    assert (person.id_number_sealed, person.id_number_index) == (None, None)
    assert person.opened(person.telephone_sealed) == TELEPHONE
    with pytest.raises(Unreadable):  # what history and backups hold was sealed under a key that is gone
        person.opened(before)


def test_a_number_is_shown_to_who_says_what_for_and_that_is_audited_without_the_number(world):
    person = employee(world, world.organization(), id_number=NUMBER, telephone=TELEPHONE)
    with pytest.raises(Refused) as refusal:
        members.reveal(person, field="id_number", purpose=" ", by=world.clerk)
    assert codes(refusal) == ["purpose-missing"]
    assert members.reveal(person, field="telephone", purpose="通知开会", by=world.leader) == TELEPHONE
    row = AuditRecord.objects.get(kind=AuditKind.REVEAL)
    assert (row.user, row.object, row.details) == (
        world.leader,
        f"members.person:{person.pk}",
        {"field": "telephone", "purpose": "通知开会"},
    )
    assert not [each for each in AuditRecord.objects.all() if TELEPHONE in f"{each.object}{each.details}"]


def test_a_number_is_not_shown_to_who_may_not_see_the_person(world):
    person = employee(world, world.organization(), id_number=NUMBER)
    for stranger in (world.outsider, world.administrator):
        with pytest.raises(PermissionDenied):
            members.reveal(person, field="id_number", purpose="核对", by=stranger)


def test_nothing_is_shown_where_nothing_is_stored(world):
    person = employee(world, world.organization())
    for field in ("id_number", "telephone", "name"):
        with pytest.raises(Refused) as refusal:
            members.reveal(person, field=field, purpose="核对", by=world.clerk)
        assert codes(refusal) == ["nothing-stored"]


def test_erasing_the_key_makes_the_numbers_unreadable_everywhere_and_leaves_the_facts(world):
    association = world.organization()
    person = member(world, association, world.branch(association), id_number=NUMBER, telephone=TELEPHONE)
    with pytest.raises(PermissionDenied):
        members.forget(person, unit=association.unit, note="本人申请", on=JUNE, by=world.education_clerk)
    with pytest.raises(Refused) as refusal:
        members.forget(person, unit=association.unit, note="", on=JUNE, by=world.clerk)
    assert codes(refusal) == ["note-missing"]
    members.forget(person, unit=association.unit, note="本人申请删除", on=JUNE, by=world.clerk)

    person = Person.objects.get(pk=person.pk)
    assert (person.id_number_masked, person.telephone_masked) == ("", "")
    assert not PersonKey.objects.filter(person=person).exists()
    history = pghistory.models.Events.objects.tracks(person)
    sealed = Person.pgh_event_model.objects.filter(pgh_obj=person).exclude(id_number_sealed=None)
    assert history.exists() and sealed.exists()
    assert [person.opened(event.id_number_sealed) for event in sealed] == [""] * sealed.count()
    for model in (Engagement, Membership):
        assert model.objects.as_of(AsOf(SEPTEMBER)).filter(person=person).exists()


def test_a_number_registered_after_an_erasure_is_sealed_under_a_new_key(world):
    association = world.organization()
    person = employee(world, association, id_number=NUMBER)
    old = bytes(person.key.sealed)
    members.forget(person, unit=association.unit, note="本人申请删除", on=JUNE, by=world.clerk)
    members.amend(person, unit=association.unit, id_number=NUMBER, on=SEPTEMBER, by=world.clerk)
    person = Person.objects.get(pk=person.pk)
    assert person.opened(person.id_number_sealed) == NUMBER and bytes(person.key.sealed) != old


def test_a_telephone_number_is_one(world):
    with pytest.raises(Refused) as refusal:
        employee(world, world.organization(), telephone="见通讯录", born_on=MARCH)
    assert codes(refusal) == ["telephone", "born-in-future"]
