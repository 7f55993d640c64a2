"""Checks and the yearly account, for programs."""

from django.http import Http404
from ninja import Router, Schema

from taizhang.kit import clock
from taizhang.kit.programs import Day, Limit, Moment, Words, answers
from taizhang.ledger.asking import as_of
from taizhang.stats import bridging, checking, figures
from taizhang.stats.api.asking import mark, place

router = Router(tags=["统计"])


class CheckOut(Schema):
    """`failures`: how many records it does not hold of, in your scope."""

    key: str
    name: str
    table: str
    relation: str
    source: str
    failures: int


class FailureOut(Schema):
    record: int
    label: str
    cause: str


class FailuresOut(Schema):
    items: list[FailureOut]
    next: str | None


class AccountLineOut(Schema):
    key: str
    label: str
    number: int


class YearAccountOut(Schema):
    """`opening` + `came` − `went` = `should_be`, against `closing`. `reported`: the opening number as known when that year
    ended. `astray`: how many records do not add up."""

    figure: str
    opening: int | None
    reported: int | None
    came: list[AccountLineOut]
    went: list[AccountLineOut]
    should_be: int | None
    closing: int | None
    difference: int | None
    astray: int


@router.get("", response=answers(list[CheckOut]), operation_id="stats.checks", summary="校核")
def checks(request, day: Day | None = None, known_at: Moment | None = None):
    """Every check in force on the day."""
    at = as_of(day or clock.today(), known_at)
    shown = ("key", "name", "table", "relation", "source")
    return [
        {**{name: getattr(each.check, name) for name in shown}, "failures": each.failures}
        for each in checking.results(at, request.user.scope)
    ]


@router.get("/bridge", response=answers(list[YearAccountOut]), operation_id="stats.bridge", summary="年度对账")
def bridge(request, day: Day | None = None, known_at: Moment | None = None):
    """Of the year up to the day: last year's number, what came in and went out, and what there is."""
    at, user = as_of(day or clock.today(), known_at), request.user
    found = []
    for each in bridging.bridges().values():
        closing = figures.ask(each.figure, at, user.scope, people=user.people_scope, variant=each.variant)
        account = bridging.account(each, closing)
        found.append(
            {
                "figure": each.figure,
                "opening": account.opening.counted,
                "reported": account.reported.counted,
                "came": [line.__dict__ for line in account.came],
                "went": [line.__dict__ for line in account.went],
                "should_be": account.should_be,
                "closing": account.closing.counted,
                "difference": account.difference,
                "astray": len(account.astray),
            }
        )
    return found


@router.get("/of/{check}", response=answers(FailuresOut), operation_id="stats.check", summary="一项校核不符的记录")
def check(
    request, check: Words, day: Day | None = None, known_at: Moment | None = None, after: str = "", limit: Limit = 50
):
    """The records it does not hold of, each with the likely cause."""
    if check not in checking.checks():
        raise Http404
    at = as_of(day or clock.today(), known_at)
    found = checking.failures(checking.checks()[check], at, request.user.scope, after=place(after), limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    return {
        "items": [each.__dict__ for each in found],
        "next": mark(found[-1].label, found[-1].record) if more else None,
    }
