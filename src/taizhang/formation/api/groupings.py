"""Groupings for programs: ask for one, read what came of it, change it by wishes, make drafts of its groups."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.operations import filtered, verb
from taizhang.formation import actions, pooling
from taizhang.formation.forms import GroupForm, WishForm, usual_grouping
from taizhang.formation.plans import Grouping, Placement, ProposedGroup
from taizhang.formation.tables import PLACEMENTS, PlacementFilters
from taizhang.kit.clock import today
from taizhang.kit.programs import Limit, Number, Page, UnitOut, answers, page_of
from taizhang.kit.shapes import filters_schema, sort_asked
from taizhang.ledger.models import AsOf
from taizhang.statutes.rules import criteria

router = Router(tags=["联合组建编组"])

PlacedBy = filters_schema(PlacementFilters, PLACEMENTS, name="PlacementsListedBy")
SAID = ("day", "who", "wanted", "most_organizations", "state", "covered", "bound", "is_optimal", "failure")


class GroupingOut(Schema):
    """`covered` of at most `bound`; both null until it is worked out."""

    id: int
    unit: UnitOut
    day: date
    who: str
    wanted: int
    most_organizations: int
    state: str
    covered: int | None
    bound: int | None
    is_optimal: bool
    failure: str


class PlacementOut(Schema):
    """`group` is the number of the row, for `draft_joint`; null for whoever is in none, and `reason` says why."""

    organization: int
    name: str
    group: int | None
    number: int | None
    members: int
    has_secretary: bool
    reason: str


class CrowdOut(Schema):
    """Members of one pooled branch, of one trade or one place (`by`)."""

    branch: int
    by: str
    place: str
    organizations: int
    full: int
    probationary: int
    may_spin_off: bool


@router.get("", response=answers(Page[GroupingOut]), operation_id="formation.groupings", summary="编组方案")
def list_groupings(request, after: str = "", limit: Limit = 50):
    rows = Grouping.objects.visible_to(request.user).select_related("unit")
    return page_of(rows, after=after, limit=limit, item=told)


@router.get("/{pk}", response=answers(GroupingOut), operation_id="formation.grouping", summary="一个编组方案")
def grouping(request, pk: Number):
    return told(grouping_of(request, pk))


@router.get(
    "/{pk}/placements", response=answers(Page[PlacementOut]), operation_id="formation.placements", summary="编组去向"
)
def placements(request, pk: Number, asked: Query[PlacedBy], after: str = "", limit: Limit = 50):
    rows = Placement.objects.visible_to(request.user).filter(grouping=grouping_of(request, pk))
    rows = filtered(request, rows.select_related("organization__unit", "group"), PlacementFilters, asked)
    return page_of(rows, after=after, limit=limit, item=placement_told, sort=sort_asked(asked, otherwise="pk"))


@verb(router, "/group", "编一次组", form=GroupForm, stated=lambda request: usual_grouping(request.user, today()))
def group(request, filled):
    return actions.group(filled.pop("unit"), by=request.user, **filled)


@verb(router, "/{pk}/regroup", "按要求重编", form=WishForm)
def regroup(request, filled, pk: Number):
    return actions.regroup(grouping_of(request, pk), by=request.user, **filled)


@verb(router, "/groups/{pk}/draft", "一组转为申请")
def draft_joint(request, pk: Number):
    rows = ProposedGroup.objects.visible_to(request.user).select_related("grouping")
    return actions.draft_joint(get_object_or_404(rows, pk=pk), on=today(), by=request.user)


@router.get(
    "/pooled", response=answers(list[CrowdOut]), operation_id="formation.pooled", summary="联合党支部可分出的党员"
)
def pooled(request):
    found = pooling.crowds(request.user, AsOf(today()), criteria(today()))
    return [
        {
            "branch": each.branch.pk,
            "by": each.by,
            "place": each.place,
            "organizations": len(each.organizations),
            "full": len(each.full),
            "probationary": len(each.probationary),
            "may_spin_off": each.may_spin_off,
        }
        for each in found
    ]


def grouping_of(request, pk: int) -> Grouping:
    return get_object_or_404(Grouping.objects.visible_to(request.user).select_related("unit"), pk=pk)


def told(row: Any) -> dict[str, Any]:
    unit = {"id": row.unit_id, "name": row.unit.name}
    return {"id": row.pk, "unit": unit, **{name: getattr(row, name) for name in SAID}}


def placement_told(row: Any) -> dict[str, Any]:
    return {
        "organization": row.organization_id,
        "name": str(row.organization),
        "group": row.group_id,
        "number": row.group.number if row.group else None,
        "members": row.members,
        "has_secretary": row.has_secretary,
        "reason": row.group.why if row.group else row.reason,
    }
