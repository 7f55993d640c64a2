"""Opening what the audit keeps closed: asked with a purpose, granted by a second person, for half an hour, each look recorded."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from taizhang.accounts.actions import end_grant
from taizhang.accounts.models import AuditKind, AuditRecord, User
from taizhang.audit import actions
from taizhang.audit.changes import changes_of
from taizhang.audit.models import Opening
from taizhang.kit.clock import OFFICE
from taizhang.kit.refusals import Refused
from taizhang.members import actions as members
from taizhang.members.models import Engagement, Person
from taizhang.members.tests.people import JUNE, codes, employee, id_number

NOW = datetime(2017, 6, 1, 9, 0, tzinfo=OFFICE)
NUMBER = id_number(5)


@pytest.fixture
def amended(world) -> AuditRecord:
    """A clerk has changed somebody's name, number and schooling."""
    association = world.organization()
    world.person = employee(world, association, "张三", telephone="13900001234")
    members.amend(
        world.person,
        unit=association.unit,
        name="张珊",
        id_number=NUMBER,
        education="bachelor",
        on=JUNE,
        by=world.clerk,
    )
    world.association = association
    return AuditRecord.objects.get(verb="members.amend")


def values(found) -> dict[str, tuple[str, str]]:
    return {change.field: (change.before, change.after) for row in found for change in row.changes}


def test_an_act_tells_before_and_after_and_names_what_is_protected(world, amended):
    told = values(changes_of(amended))
    assert told["学历"] == ("未知", "大学本科")
    assert told["姓名、出生日期"] == ("（受保护）", "（受保护）")
    assert told["身份证号"] == ("—", "（受保护）")
    assert "张" not in str(told) and NUMBER not in str(told)


def test_what_is_protected_is_opened_by_two_and_for_half_an_hour(world, amended):
    opening = actions.ask(amended, purpose="核查误改", at=NOW, by=world.auditor)
    with pytest.raises(Refused) as refusal:
        actions.open_values(opening, at=NOW, by=world.auditor)
    assert codes(refusal) == ["not-decided"]
    opening = actions.decide(opening, granted=True, at=NOW, by=world.security)
    _, found = actions.open_values(opening, at=NOW + timedelta(minutes=29), by=world.auditor)
    told = values(found)
    assert told["姓名、出生日期"] == ("张三", "张珊") and told["身份证号"] == ("—", NUMBER)
    with pytest.raises(Refused) as refusal:
        actions.open_values(opening, at=NOW + timedelta(minutes=30), by=world.auditor)
    assert codes(refusal) == ["over"]
    looks = AuditRecord.objects.filter(verb="audit.open").order_by("pk")
    assert [look.kind for look in looks] == [AuditKind.REFUSAL, AuditKind.REVEAL, AuditKind.REFUSAL]
    assert NUMBER not in str(list(AuditRecord.objects.values()))


def test_what_was_refused_stays_closed(world, amended):
    opening = actions.ask(amended, purpose="核查误改", at=NOW, by=world.auditor)
    actions.decide(opening, granted=False, answer="用途不清", at=NOW, by=world.security)
    with pytest.raises(Refused) as refusal:
        actions.open_values(opening, at=NOW, by=world.auditor)
    assert codes(refusal) == ["not-granted"]
    with pytest.raises(Refused) as refusal:
        actions.decide(opening, granted=True, at=NOW, by=world.security)
    assert codes(refusal) == ["decided-already"]


def test_asking_needs_a_purpose_and_something_protected_and_is_done_once(world, amended):
    harmless = AuditRecord.objects.filter(verb="orgs.create_unit").first()
    with pytest.raises(Refused) as refusal:
        actions.ask(harmless, purpose=" ", at=NOW, by=world.auditor)
    assert codes(refusal) == ["nothing-protected", "purpose-missing"]
    actions.ask(amended, purpose="核查误改", at=NOW, by=world.auditor)
    with pytest.raises(Refused) as refusal:
        actions.ask(amended, purpose="核查误改", at=NOW, by=world.auditor)
    assert codes(refusal) == ["asked-already"]


def test_nobody_else_asks_decides_or_looks(world, amended):
    for stranger in (world.clerk, world.administrator, world.security):
        with pytest.raises(PermissionDenied):
            actions.ask(amended, purpose="核查", at=NOW, by=stranger)
    opening = actions.ask(amended, purpose="核查", at=NOW, by=world.auditor)
    for stranger in (world.clerk, world.administrator, world.auditor):
        with pytest.raises(PermissionDenied):
            actions.decide(opening, granted=True, at=NOW, by=stranger)
    actions.decide(opening, granted=True, at=NOW, by=world.security)
    for stranger in (world.clerk, world.security):
        with pytest.raises(PermissionDenied):
            actions.open_values(opening, at=NOW, by=stranger)


def test_the_database_itself_wants_a_second_person_and_one_decision(world, amended):
    opening = actions.ask(amended, purpose="核查", at=NOW, by=world.auditor)
    rows = Opening.objects.filter(pk=opening.pk)
    decided = {"decided_at": NOW, "granted": True, "ends_at": NOW + timedelta(minutes=30)}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(decided_by=world.auditor, **decided)
    rows.update(decided_by=world.security, **decided)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(ends_at=NOW + timedelta(days=365))


def test_after_an_erasure_nobody_opens_it_any_more(world, amended):
    members.leave(Engagement.objects.still().get(person=world.person), on=JUNE, by=world.clerk)
    person = Person.objects.get(pk=world.person.pk)
    members.erase(
        person, unit=world.association.unit, on=JUNE, document="本人申请", note="保存期限届满", by=world.clerk
    )
    opening = actions.ask(amended, purpose="核查", at=NOW, by=world.auditor)
    actions.decide(opening, granted=True, at=NOW, by=world.security)
    _, found = actions.open_values(opening, at=NOW, by=world.auditor)
    assert values(found)["姓名、出生日期"] == ("（密钥已销毁，不能再读）",) * 2


def test_permissions_are_told_before_and_after(world):
    held = User.objects.get(pk=world.clerk.pk).active_grants[0]
    end_grant(held, by=world.security)
    record = AuditRecord.objects.get(verb="accounts.end_grant")
    assert record.kind == AuditKind.PERMISSION
    assert {"ended_by", "ended_at"} <= set(values(changes_of(record)))
