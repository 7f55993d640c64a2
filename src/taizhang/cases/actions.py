"""Open a case, do a step to it, close it. Called by the verbs of every slice above."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import DateTimeField, Func

from taizhang.accounts.acting import current_act
from taizhang.accounts.models import Unit, User
from taizhang.cases.models import Case, Step
from taizhang.kit.refusals import Obstacle

LEDGER_NOW = Func(function="ledger_now", output_field=DateTimeField())


def open_case(kind: str, title: str, *, unit: Unit, by: User, about_people: bool = False) -> Case:
    case = Case(kind=kind, title=title, unit=unit, opened_by=by, about_people=about_people, opened_at=ledger_now())
    case.save(force_insert=True)
    return case


def open_and_close_case(kind: str, title: str, *, unit: Unit, by: User, about_people: bool) -> Case:
    """In one statement, with the moments left to PostgreSQL: nearly every verb does this."""
    moments = {"opened_at": LEDGER_NOW, "closed_at": LEDGER_NOW}
    case = Case(kind=kind, title=title, unit=unit, opened_by=by, about_people=about_people, **moments)
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
    details = {**(details or {}), **({"warnings": warnings} if warnings else {})}
    step = Step(case=case, verb=verb, by=by, on=on, document=document, note=note, details=details, act=current_act())
    step.save(force_insert=True)
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
) -> Step:
    """A matter that is opened, done and closed by one verb."""
    case = open_and_close_case(kind, title, unit=unit, by=by, about_people=about_people)
    return do(case, kind, by=by, on=on, document=document, note=note, warned=warned)


def close(case: Case, *, at=None) -> None:
    case.closed_at = at or ledger_now()
    case.turn_unit, case.turn_role = None, ""
    case.save(update_fields=["closed_at", "turn_unit", "turn_role"])


def ledger_now():
    """The office's clock: the real one, except where a demonstration has set it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_now()")
        return cursor.fetchone()[0]
