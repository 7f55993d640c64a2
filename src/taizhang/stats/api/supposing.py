"""What if, for programs: other criteria of forming, and those kept under a name."""

from dataclasses import asdict, replace
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Query, Schema
from pydantic import Field

from taizhang.accounts.operations import verb
from taizhang.kit import clock
from taizhang.kit.programs import Day, Limit, Number, Page, answers, page_of
from taizhang.kit.refusals import refuse
from taizhang.members.eligibility import WhoCounts
from taizhang.stats import actions
from taizhang.stats.api.asking import ChangeOut, change_told, mark, place, router
from taizhang.stats.changes import position as change_position
from taizhang.stats.figures import WrongQuestion
from taizhang.stats.forms import KeepForm
from taizhang.stats.models import Scenario
from taizhang.stats.supposing import Supposition, compare
from taizhang.statutes.rules import criteria


class SuppositionOut(Schema):
    """Who counts, whether a promised transfer counts already, how many are wanted, how many may share a joint branch."""

    who: str
    promised: bool
    wanted: int
    most_organizations: int


class ScenarioOut(SuppositionOut):
    """`day` is null where it is judged by the day on which it is looked at."""

    id: int
    name: str
    day: Day | None


class OutcomeOut(Schema):
    outcome: str
    by_rule: int
    supposed: int


class WhatIfOut(Schema):
    """How many of each outcome by the rule of the day and as supposed; `items` are those whose outcome would be another."""

    day: Day
    rule: SuppositionOut
    supposed: SuppositionOut
    outcomes: list[OutcomeOut]
    items: list[ChangeOut]
    next: str | None


class SupposedBy(Schema):
    day: Day | None = None
    who: WhoCounts | None = None
    promised: bool | None = None
    wanted: Annotated[int, Field(ge=1, le=100)] | None = None
    most_organizations: Annotated[int, Field(ge=1, le=100)] | None = None


SUPPOSED = tuple(SuppositionOut.model_fields)


@router.get("/what-if", response=answers(WhatIfOut), operation_id="stats.what_if", summary="假如按另一些条件")
def what_if(request, asked: Query[SupposedBy], after: str = "", limit: Limit = 50):
    """What is not said is as the rule of the day has it. Nothing is changed by asking."""
    day = asked.day or clock.today()
    rule = Supposition.by_rule(criteria(day))
    said = {name: value for name, value in asked.dict(exclude={"day"}).items() if value is not None}
    supposed = replace(rule, **said)
    scope = request.user.scope
    try:
        found = compare(rule, supposed, day=day, scope=scope, beyond=place(after), limit=limit + 1)
    except WrongQuestion as error:
        refuse("wrong-question", str(error), remedy="核对所设的条件")
    changed = found.changes.records
    more, rows = len(changed) > limit, changed[:limit]
    return {
        "day": day,
        "rule": asdict(rule),
        "supposed": asdict(supposed),
        "outcomes": [
            {"outcome": each.outcome, "by_rule": each.by_rule, "supposed": each.supposed} for each in found.lines
        ],
        "items": [change_told(each) for each in rows],
        "next": mark(*change_position(rows[-1])) if more else None,
    }


@router.get("/what-if/kept", response=answers(Page[ScenarioOut]), operation_id="stats.scenarios", summary="保存的设想")
def scenarios(request, after: str = "", limit: Limit = 50):
    return page_of(Scenario.objects.visible_to(request.user), after=after, limit=limit, item=scenario_told)


@verb(router, "/what-if/keep", "保存设想", form=KeepForm)
def keep_scenario(request, filled):
    supposed = Supposition(**{name: filled[name] for name in SUPPOSED})
    return actions.keep_scenario(supposed, name=filled["name"], day=filled["day"], by=request.user)


@verb(router, "/what-if/{pk}/forget", "删去设想")
def forget_scenario(request, pk: Number):
    scenario = get_object_or_404(Scenario.objects.visible_to(request.user), pk=pk)
    actions.forget_scenario(scenario, by=request.user)
    return scenario


def scenario_told(row: Any) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in (*SUPPOSED, "name", "day")}}
