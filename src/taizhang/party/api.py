"""Party organisations for programs."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from taizhang.kit import clock
from taizhang.kit.programs import Day, Limit, Moment, Number, Page, answers, page_of
from taizhang.ledger.asking import as_of
from taizhang.party.models import PartyOrganization

router = Router(tags=["party-organizations"])


class PartyOrganizationOut(Schema):
    """What was true of it on the day; null where it did not exist."""

    id: int
    unit: int
    name: str | None
    level: str | None
    nature: str | None
    superior: str | None


@router.get("", response=answers(Page[PartyOrganizationOut]), operation_id="party_organizations")
def party_organizations(
    request, day: Day | None = None, known_at: Moment | None = None, after: str = "", limit: Limit = 50
):
    """Party organisations in your scope, as of a day, as known at a moment."""
    rows = PartyOrganization.objects.visible_to(request.user).as_of(as_of(day or clock.today(), known_at))
    return page_of(rows, after=after, limit=limit, item=told)


@router.get("/{pk}", response=answers(PartyOrganizationOut), operation_id="party_organization")
def party_organization(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    rows = PartyOrganization.objects.visible_to(request.user).as_of(as_of(day or clock.today(), known_at))
    return told(get_object_or_404(rows, pk=pk))


def told(row: Any) -> dict[str, Any]:
    stated = ("name", "level", "nature", "superior")
    return {"id": row.pk, "unit": row.unit_id, **{name: getattr(row, f"stated_{name}") for name in stated}}
