"""Targets and the dashboard, for programs."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from taizhang.accounts.operations import verb
from taizhang.accounts.saving import own_unit
from taizhang.kit import clock
from taizhang.kit.programs import Day, Done, Number, answers, done
from taizhang.ledger.models import AsOf
from taizhang.stats import actions, aiming, checking, figures
from taizhang.stats.forms import TargetForm
from taizhang.stats.models import Look, Target
from taizhang.stats.standing import FIRST, waiting

router = Router(tags=["统计"])
dashboards = Router(tags=["统计"])


class TargetOut(Schema):
    """Of a rate in per cent. `needed` and `needed_monthly` are records: so many more have to count."""

    id: int
    unit: int
    figure: str
    variant: str
    begins_on: Day
    due_on: Day
    goal: float
    at_start: float | None
    at_present: float | None
    should_be: float | None
    needed: int | None
    needed_monthly: int | None
    months_left: int


class StandingOut(Schema):
    figure: str
    base: int | None
    counted: int | None


class FailingOut(Schema):
    check: str
    failures: int


class DashboardOut(Schema):
    """`seen`: the ledger's moment up to which you have seen it."""

    day: Day
    figures: list[StandingOut]
    seen: str | None
    to_decide: int
    late: int
    mine: int
    failing: list[FailingOut]


@router.get("", response=answers(list[TargetOut]), operation_id="stats.targets", summary="现行目标")
def targets(request):
    """What is aimed at, and how far it is today."""
    rows = Target.objects.visible_to(request.user).standing().select_related("unit")
    return [told(row, request.user) for row in rows]


@router.get("/{pk}", response=answers(TargetOut), operation_id="stats.target", summary="一个目标")
def target(request, pk: Number):
    rows = Target.objects.visible_to(request.user).exclude(goal=None).select_related("unit")
    return told(get_object_or_404(rows, pk=pk), request.user)


@verb(router, "/set", "设目标", form=TargetForm)
def set_target(request, filled):
    return actions.set_target(unit=own_unit(request.user), by=request.user, **filled)


@verb(router, "/{pk}/end", "取消目标")
def end_target(request, pk: Number):
    return actions.end_target(get_object_or_404(Target.objects.visible_to(request.user), pk=pk), by=request.user)


@dashboards.get("", response=answers(DashboardOut), operation_id="stats.dashboard", summary="看板")
def dashboard(request):
    """Where it stands, what waits, what is late, where checks fail."""
    user, day = request.user, clock.today()
    at, seen = AsOf(day), Look.objects.visible_to(user).first()
    numbers = waiting(user, day)
    answered = [figures.totals(figures.ask(key, at, user.scope)) for key in FIRST]
    return {
        "day": day,
        "figures": [{"figure": e.question.figure.key, "base": e.base, "counted": e.counted} for e in answered],
        "seen": seen.at.isoformat() if seen else None,
        **{name: numbers[name] for name in ("to_decide", "late", "mine")},
        "failing": [
            {"check": each.check.key, "failures": each.failures}
            for each in checking.results(at, user.scope)
            if not each.holds
        ],
    }


@dashboards.post("/look", response=answers(Done), operation_id="stats.look", summary="我看过了")
def look(request):
    """From now on only what comes after is new to you."""
    return done(actions.look(by=request.user))


def told(row: Target, user) -> dict[str, Any]:
    found = aiming.aim(row, AsOf(clock.today()), user.scope)
    return {
        "id": row.pk,
        "unit": row.unit_id,
        **{name: getattr(row, name) for name in ("figure", "variant", "begins_on", "due_on")},
        **{name: getattr(found, name) for name in ("goal", "at_start", "at_present", "needed", "needed_monthly")},
        "should_be": found.by_now,
        "months_left": found.months_left,
    }
