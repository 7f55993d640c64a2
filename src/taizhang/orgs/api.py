"""Organisations for programs."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from taizhang.kit import clock
from taizhang.kit.programs import Day, Limit, Moment, Number, Page, Words, answers, page_of
from taizhang.ledger.asking import as_of
from taizhang.orgs.models import Organization

router = Router(tags=["organizations"])


class OrganizationOut(Schema):
    """What was true of it on the day; null where nothing was stated of that day."""

    id: int
    unit: int
    code: str | None
    name: str | None
    kind: str | None
    region: str | None
    trade: str | None
    level: str | None
    mode: str | None
    status: str | None
    responsible: str | None


@router.get("", response=answers(Page[OrganizationOut]), operation_id="organizations")
def organizations(
    request, q: Words = "", day: Day | None = None, known_at: Moment | None = None, after: str = "", limit: Limit = 50
):
    """Organisations in your scope, as of a day, as known at a moment; `q` finds names, former names and codes."""
    rows = Organization.objects.visible_to(request.user).as_of(as_of(day or clock.today(), known_at))
    return page_of(rows.named(q) if q.strip() else rows, after=after, limit=limit, item=told)


@router.get("/{pk}", response=answers(OrganizationOut), operation_id="organization")
def organization(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    rows = Organization.objects.visible_to(request.user).as_of(as_of(day or clock.today(), known_at))
    return told(get_object_or_404(rows, pk=pk))


def told(row: Any) -> dict[str, Any]:
    stated = ("name", "kind", "region", "trade", "level", "mode", "status", "responsible")
    return {
        "id": row.pk,
        "unit": row.unit_id,
        "code": row.code,
        **{name: getattr(row, f"stated_{name}") for name in stated},
    }
