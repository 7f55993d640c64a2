"""A person's own record: whose account it is, and what is handed out to them of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from taizhang.accounts.acting import action, name_of, tell_audit
from taizhang.accounts.models import AuditKind, AuditRecord, Unit, User
from taizhang.kit.refusals import refuse_if
from taizhang.ledger.models import Fact
from taizhang.members import rules
from taizhang.members.actions.known import about, require_keeper, take_known
from taizhang.members.models import FACTS, Person

FIELDS = {"id_number": "身份证号", "telephone": "电话"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is on record of the person."""

    what: str
    says: str
    since: date | None = None
    until: date | None = None
    entered_at: datetime | None = None


@action("members.link_account")
def link_account(person: Person, *, account: User | None, unit: Unit, on: date, by: User, note: str = "") -> Person:
    """That account is the person's own: whoever signs in with it sees and takes away this record. None ends it."""
    require_keeper(by, "link_account", unit)
    person = take_known(person, by=by)
    taken = Person.objects.filter(account=account).exclude(pk=person.pk).exists() if account else False
    refuse_if(rules.obstacles_to_linking(person, account, taken=taken))
    person.account = account
    person.save(update_fields=["account"])
    about(person, "members:link_account", "关联本人账号", unit=unit, by=by, on=on, note=note)
    return person


def account_named(username: str) -> User | None:
    return User.objects.filter(username__iexact=username).first()


def record_of(user: User) -> Person | None:
    """The person whose own account it is, if the clerk has said so."""
    return Person.objects.with_keys().filter(account=user).first()


@action("members.hand_out", kind=AuditKind.EXPORT)
def hand_out(person: Person, *, by: User, purpose: str = "") -> list[Line]:
    """All that is on record of a person, as lines to read (个人信息保护法 45): to themselves with whole numbers; by the clerk
    at their request with masked ones, saying at whose request. Who took it is in the audit."""
    is_own = person.account_id == by.pk
    if not is_own and not rules.may_hand_out(by, person):
        raise PermissionDenied
    refuse_if(rules.obstacles_to_handing_out(person, purpose=purpose, is_own=is_own))
    tell_audit(own=is_own)
    if not is_own:
        tell_audit(purpose=purpose)
    return list(lines_of(person, whole=is_own))


def lines_of(person: Person, *, whole: bool) -> Iterator[Line]:
    yield Line("姓名", person.name)
    yield Line("性别", person.get_sex_display())
    yield Line("出生日期", person.born_on.isoformat() if person.born_on else "没有登记")
    yield Line("学历", person.get_education_display())
    yield Line("身份证号", (person.opened(person.id_number_sealed) if whole else person.id_number_masked) or "没有登记")
    yield Line("电话", (person.opened(person.telephone_sealed) if whole else person.telephone_masked) or "没有登记")
    for model in FACTS.values():
        for fact in model.objects.current().filter(person=person).order_by("period", "pk"):
            yield Line(str(model._meta.verbose_name), said(fact), fact.since, fact.until, fact.recorded.lower)
    for row in AuditRecord.objects.filter(object=name_of(person), kind=AuditKind.REVEAL).order_by("pk"):
        field = FIELDS.get(row.details.get("field", ""), "")
        yield Line("被查看全号", f"{field}；用途：{row.details.get('purpose', '')}", entered_at=row.at)


def said(fact: Fact) -> str:
    """What a statement says, in words: 社会组织：甲协会；用工：专职"""
    skipped = {"id", "period", "recorded", "step", "closing_step", "person", "seat"}
    parts = []
    for field in fact._meta.concrete_fields:
        value: Any = getattr(fact, field.name) if field.name not in skipped else None
        if value in (None, "", False):
            continue
        text = getattr(fact, f"get_{field.name}_display")() if field.choices else "是" if value is True else str(value)
        parts.append(f"{field.verbose_name}：{text}")
    return "；".join(parts)
