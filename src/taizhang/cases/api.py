"""Matters and their steps for programs."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from taizhang.cases.models import Case, Step
from taizhang.kit.programs import Limit, Number, Page, UnitOut, answers, page_of

router = Router(tags=["cases"])


class CaseOut(Schema):
    """`turn` is the role whose move it is, empty if nobody's."""

    id: int
    kind: str
    title: str
    unit: UnitOut
    turn: str
    opened_at: datetime
    closed_at: datetime | None


class StepOut(Schema):
    """`recorded_at` is the ledger's moment: from then on it is known."""

    id: int
    case: int
    verb: str
    by: str
    on: date
    document: str
    note: str
    recorded_at: datetime


@router.get("", response=answers(Page[CaseOut]), operation_id="cases")
def cases(request, open: bool | None = None, after: str = "", limit: Limit = 50):
    """Matters of units in your scope; `open` keeps those in hand, or those done."""
    rows = Case.objects.visible_to(request.user).select_related("unit")
    rows = rows if open is None else rows.filter(closed_at__isnull=open)
    return page_of(rows, after=after, limit=limit, item=case_told)


@router.get("/{pk}", response=answers(CaseOut), operation_id="case")
def case(request, pk: Number):
    return case_told(get_object_or_404(Case.objects.visible_to(request.user).select_related("unit"), pk=pk))


@router.get("/{pk}/steps", response=answers(Page[StepOut]), operation_id="steps")
def steps(request, pk: Number, after: str = "", limit: Limit = 50):
    found = get_object_or_404(Case.objects.visible_to(request.user), pk=pk)
    rows = Step.objects.visible_to(request.user).filter(case=found).select_related("by")
    return page_of(rows, after=after, limit=limit, item=step_told)


def case_told(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "title": row.title,
        "unit": {"id": row.unit_id, "name": row.unit.name},
        "turn": row.turn_role,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
    }


def step_told(row: Any) -> dict[str, Any]:
    same = ("verb", "on", "document", "note", "recorded_at")
    return {"id": row.pk, "case": row.case_id, "by": row.by.name, **{name: getattr(row, name) for name in same}}
