"""Somebody's name and numbers are erased: nothing that is stored says them any more, and no fact and no figure moves."""

from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from taizhang.cases.models import Case
from taizhang.instructors import actions as instructors
from taizhang.instructors.models import Instructor
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members import identity
from taizhang.members.models import FACTS, Person, PersonKey
from taizhang.members.tests.people import JUNE, MARCH, SEPTEMBER, codes, id_number, member
from taizhang.stats.catalogue import catalogue
from taizhang.stats.figures import ask, count

NUMBER, TELEPHONE, DECEMBER = id_number(7), "13955501234", date(2017, 12, 1)
LAWFUL = {"document": "本人2017年12月1日书面申请", "note": "保存期限届满"}


def lived(world):
    """Enrolled, renamed, secretary for a summer, instructor, revealed, and gone from everything in autumn."""
    association = world.organization()
    branch = world.branch(association)
    person = member(
        world, association, branch, "诸葛瑾瑜", id_number=NUMBER, telephone=TELEPHONE, born_on=date(1980, 1, 1)
    )
    members.amend(person, unit=association.unit, name="诸葛瑾萱", on=JUNE, by=world.clerk)
    person = Person.objects.get(pk=person.pk)
    members.appoint(person, party_organization=branch, position="secretary", on=JUNE, by=world.clerk)
    instructors.enlist(person, unit=world.committee, on=JUNE, by=world.clerk)
    members.reveal(person, field="telephone", purpose="通知开会", by=world.clerk)
    for name in ("post", "engagement", "membership"):
        fact = FACTS[name].objects.still().get(person=person)
        verb = {"post": members.end_post, "engagement": members.leave, "membership": members.end_membership}[name]
        verb(fact, on=SEPTEMBER, by=world.clerk)
    return association, person


def everything_stored() -> str:
    """Every row of every table of ours and of the libraries, as text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            found.append(cursor.fetchone()[0])
    return "\n".join(found)


def figures(world) -> dict:
    """Every figure in every variant, in spring, summer, autumn and winter; worked out, not remembered."""
    found = {}
    for key, figure in catalogue().items():
        for variant in figure.variants:
            for day in (MARCH, JUNE, SEPTEMBER, DECEMBER):
                question = ask(key, AsOf(day), world.clerk.scope, variant=variant)
                answer = count(question, "")
                found[key, variant, day] = (answer.base, answer.counted)
    assert any(counted for _, counted in found.values())
    return found


def test_nothing_stored_says_who_it_was_and_every_figure_stays(world, owner):
    association, person = lived(world)
    with owner():
        whole = everything_stored()
    assert "诸葛瑾萱" in whole and NUMBER not in whole and TELEPHONE not in whole
    facts = {model: list(model.objects.filter(person=person).values()) for model in FACTS.values()}
    before = figures(world)
    sealed = [bytes(value) for value in (person.id_number_sealed, person.telephone_sealed, person.particulars_sealed)]

    members.erase(person, unit=association.unit, on=DECEMBER, by=world.clerk, **LAWFUL)

    with owner():
        whole = everything_stored()
    for word in ("诸葛", NUMBER, TELEPHONE, "1980-01-01"):
        assert word not in whole
    person = Person.objects.get(pk=person.pk)
    assert (person.name, person.erased_on) == (f"已清除人员{person.pk}", DECEMBER)
    assert not PersonKey.objects.filter(person=person).exists()
    assert [person.opened(value) for value in sealed] == ["", "", ""]
    assert {model: list(model.objects.filter(person=person).values()) for model in FACTS.values()} == facts
    assert figures(world) == before


def test_history_keeps_a_former_name_under_the_persons_key(world):
    _, person = lived(world)
    assert identity.names_ever(person) == {"诸葛瑾瑜", "诸葛瑾萱"}
    events = [field.name for field in Person.pgh_event_model._meta.concrete_fields]
    assert not {"name", "born_on", "id_number_index", "account"} & set(events)


def test_whoever_is_still_on_record_is_not_erased_and_each_reason_is_told(world):
    association = world.organization()
    person = member(world, association, world.branch(association))
    with pytest.raises(Refused) as refusal:
        members.erase(person, unit=association.unit, on=JUNE, by=world.clerk, document=" ", note="")
    assert codes(refusal) == ["still-on-record", "still-on-record", "authority-missing", "note-missing"]


def test_only_the_committees_clerk_erases(world):
    association, person = lived(world)
    for stranger in (world.education_clerk, world.leader, world.administrator, world.auditor):
        with pytest.raises(PermissionDenied):
            members.erase(person, unit=association.unit, on=DECEMBER, by=stranger, **LAWFUL)


def test_whoever_is_erased_stays_erased(world):
    association, person = lived(world)
    members.erase(person, unit=association.unit, on=DECEMBER, by=world.clerk, **LAWFUL)
    person = Person.objects.get(pk=person.pk)
    again = {"unit": association.unit, "on": DECEMBER, "by": world.clerk}
    for attempt in (
        lambda: members.erase(person, **again, **LAWFUL),
        lambda: members.amend(person, name="另名", **again),
        lambda: members.engage(person, organization=association, employment="full_time", on=DECEMBER, by=world.clerk),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert codes(refusal) == ["person-erased"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(name="诸葛瑾瑜")


def test_the_database_refuses_a_new_name_without_its_sealed_copy(world):
    association = world.organization()
    person = member(world, association, world.branch(association))
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(name="李四")


def test_no_history_of_a_model_holds_a_persons_name():
    named = [
        model._meta.label
        for model in apps.get_models()
        if getattr(model, "pgh_tracked_model", None) in {Person, Case, Instructor}
        for field in model._meta.concrete_fields
        if field.name in {"name", "title", "born_on", "note"}
    ]
    assert named == []
