"""Open a case, do a step to it, close it: called by the verbs of every slice above. Remarks and attachments beside them."""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import DateTimeField, F, Func, Sum, Value
from django.db.models.functions import Replace

from taizhang.accounts.acting import acting_for, action, current_act, name_of, require, tell_audit
from taizhang.accounts.models import Unit, User
from taizhang.cases import files, rules
from taizhang.cases.models import AttachedFile, Attachment, Case, Remark, Step
from taizhang.kit import crypto
from taizhang.kit.refusals import Obstacle, refuse_if

LEDGER_NOW = Func(function="ledger_now", output_field=DateTimeField())


def open_case(kind: str, title: str, *, unit: Unit, by: User, about_people: bool = False, subject: object = "") -> Case:
    """`subject` is the person whom the title names, so that the name can be taken out of it."""
    case = Case(
        kind=kind,
        title=title,
        unit=unit,
        opened_by=by,
        about_people=about_people,
        subject=name_of(subject),
        opened_at=ledger_now(),
    )
    case.save(force_insert=True)
    return case


def open_and_close_case(
    kind: str, title: str, *, unit: Unit, by: User, about_people: bool, subject: object = ""
) -> Case:
    """In one statement, with the moments left to PostgreSQL: nearly every verb does this."""
    moments = {"opened_at": LEDGER_NOW, "closed_at": LEDGER_NOW}
    case = Case(
        kind=kind,
        title=title,
        unit=unit,
        opened_by=by,
        about_people=about_people,
        subject=name_of(subject),
        **moments,
    )
    case.save(force_insert=True)
    return case


def do(
    case: Case,
    verb: str,
    *,
    by: User,
    on: date,
    document: str = "",
    note: str = "",
    details: dict | None = None,
    warned: Iterable[Obstacle] = (),
) -> Step:
    """The step exists, stamped with the ledger's moment; no other writer gets in before commit.

    It keeps what the verb was `warned` of and was done all the same.
    """
    warnings = [{"code": each.code, "reason": each.reason, "basis": each.basis} for each in warned]
    stood_in = {"acting_for": acted_for} if (acted_for := acting_for()) else {}
    details = {**(details or {}), **({"warnings": warnings} if warnings else {}), **stood_in}
    step = Step(case=case, verb=verb, by=by, on=on, document=document, note=note, details=details, act=current_act())
    step.save(force_insert=True)
    tell_audit(case=case.pk)
    return step


def do_at_once(
    kind: str,
    title: str,
    *,
    unit: Unit,
    by: User,
    on: date,
    document: str = "",
    note: str = "",
    warned: Iterable[Obstacle] = (),
    about_people: bool = False,
    subject: object = "",
) -> Step:
    """A matter that is opened, done and closed by one verb."""
    case = open_and_close_case(kind, title, unit=unit, by=by, about_people=about_people, subject=subject)
    return do(case, kind, by=by, on=on, document=document, note=note, warned=warned)


def pass_on(case: Case, *, unit: Unit | None, role: str) -> None:
    """It is now theirs to move."""
    case.turn_unit, case.turn_role = unit, role if unit else ""
    case.save(update_fields=["turn_unit", "turn_role"])


def close(case: Case, *, at=None) -> None:
    case.closed_at = at or ledger_now()
    case.turn_unit, case.turn_role = None, ""
    case.save(update_fields=["closed_at", "turn_unit", "turn_role"])


def retitle(subject: object, *, names: Iterable[str], now: str) -> None:
    """Cases about that person no longer name them."""
    title: Any = F("title")
    for name in names:
        title = Replace(title, Value(name), Value(now))
    Case.objects.filter(subject=name_of(subject)).update(title=title)


def ledger_now():
    """The office's clock: the real one, except where a demonstration has set it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_now()")
        return cursor.fetchone()[0]


@action("cases.remark")
def remark(case: Case, *, text: str, by: User) -> Remark:
    """It is remembered beside the log of the matter, by whom and when, for everybody who sees the matter."""
    require_sight(case, by)
    require(by, rules.WHO["remark"], case.unit)
    refuse_if(rules.obstacles_to_remark(text))
    return Remark.objects.create(case=case, unit=case.unit, text=text.strip(), by=by, at=ledger_now())


@action("cases.remark_on_unit")
def remark_on_unit(unit: Unit, *, text: str, by: User) -> Remark:
    """The same of an organisation, a Party organisation or an office, by its unit."""
    require(by, rules.WHO["remark"], unit)
    refuse_if(rules.obstacles_to_remark(text))
    return Remark.objects.create(unit=unit, text=text.strip(), by=by, at=ledger_now())


@action("cases.attach")
def attach(case: Case, *, content: bytes, name: str, title: str, by: User) -> Attachment:
    """The file belongs to the matter from now on; it is known by its digest and sealed with the office's key."""
    require_sight(case, by)
    require(by, rules.WHO["attach"], case.unit)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    found = files.look(content, name)
    digest, now = hashlib.sha256(content).hexdigest(), ledger_now()
    recent = Attachment.objects.filter(by=by, at__gt=now - timedelta(days=1)).aggregate(size=Sum("size"))["size"] or 0
    known = case.attachments.standing().filter(digest=digest).first()
    obstacles = rules.obstacles_to_attaching(title=title, size=len(content), today_by_user=recent, known=known)
    refuse_if([*found.obstacles, *obstacles])
    attachment = Attachment.objects.create(
        case=case,
        title=title.strip(),
        file_name=files.tidy_name(name),
        kind=found.kind,
        size=len(content),
        digest=digest,
        by=by,
        at=now,
    )
    AttachedFile.objects.create(attachment=attachment, sealed=crypto.office_sealed(AttachedFile.PURPOSE, content))
    return attachment


@action("cases.withdraw_attachment")
def withdraw_attachment(attachment: Attachment, *, why: str, by: User) -> Attachment:
    """It no longer counts and is struck through; who took it down, when and why stays beside it, and so does the file."""
    attachment = Attachment.objects.select_for_update(of=("self",)).select_related("case__unit").get(pk=attachment.pk)
    require_sight(attachment.case, by)
    if not rules.may_withdraw(by, attachment):
        raise PermissionDenied
    refuse_if(rules.obstacles_to_withdrawing(attachment, why))
    attachment.withdrawn_at, attachment.withdrawn_by, attachment.withdrawn_why = ledger_now(), by, why.strip()
    attachment.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    return attachment


def require_sight(case: Case, by: User) -> None:
    """A role over the unit is not enough for a matter about people."""
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise PermissionDenied
