"""Figures for programs: the totals, and the records behind them."""

from typing import Any, Literal

from django.core import signing
from django.http import Http404
from ninja import Router, Schema

from taizhang.kit import clock
from taizhang.kit.programs import Day, Limit, Moment, Words, answers
from taizhang.kit.refusals import refuse
from taizhang.ledger.asking import as_of
from taizhang.stats import answers as spoken
from taizhang.stats.catalogue import catalogue
from taizhang.stats.figures import Question, Record, WrongQuestion, ask, position, records, totals
from taizhang.stats.labels import HIDDEN

router = Router(tags=["figures"])
CURSORS = "stats.records"


class FigureOut(Schema):
    key: str
    name: str
    definition: str
    source: str
    bases: dict[str, str]
    variants: dict[str, str]
    dimensions: list[str]


class GroupOut(Schema):
    key: str
    label: str
    base: int
    counted: int
    rate: float | None


class TotalsOut(Schema):
    """`base` and `counted` are null where the ledger knew nothing yet; `base_is` says of what."""

    figure: str
    name: str
    definition: str
    source: str
    variant: str
    day: str
    known_at: str | None
    organised: str
    base_is: str | None
    by: str | None
    base: int | None
    counted: int | None
    rate: float | None
    groups: list[GroupOut]
    not_known_before: str | None


class RecordOut(Schema):
    """`record` is null where the record is a person whose name you may not read."""

    record: int | None
    label: str
    code: str
    dimensions: dict[str, str]
    in_base: bool
    counted: bool
    reason: str


class Records(Schema):
    items: list[RecordOut]
    next: str | None


@router.get("", response=answers(list[FigureOut]), operation_id="figures")
def figures(request):
    """Which figures there are, each with its definition and what may be chosen."""
    shown = ("key", "name", "definition", "source", "bases", "variants")
    return [
        {**{name: getattr(each, name) for name in shown}, "dimensions": list(each.dimensions)}
        for each in catalogue().values()
    ]


@router.get("/{figure}", response=answers(TotalsOut), operation_id="figure")
def figure(
    request,
    figure: Words,
    day: Day | None = None,
    known_at: Moment | None = None,
    variant: Words = "",
    base: Words = "",
    organised: Literal["then", "now"] = "then",
    by: Words = "",
):
    """How many count, of how many, in your scope; in groups by a dimension if `by` names one."""
    try:
        question = asked(request, figure, day, known_at, variant=variant, base=base, organised=organised)
        return spoken.of_totals(totals(question, by), by=by)
    except WrongQuestion as error:
        refuse("wrong-question", str(error), remedy="用 /api/figures 查看可选的值")


@router.get("/{figure}/records", response=answers(Records), operation_id="figure_records")
def figure_records(
    request,
    figure: Words,
    day: Day | None = None,
    known_at: Moment | None = None,
    variant: Words = "",
    base: Words = "",
    organised: Literal["then", "now"] = "then",
    shown: Literal["counted", "uncounted", "base", "outside", "all"] = "counted",
    after: str = "",
    limit: Limit = 50,
):
    """The records the number counts (or does not count), by name."""
    try:
        question = asked(request, figure, day, known_at, variant=variant, base=base, organised=organised)
    except WrongQuestion as error:
        refuse("wrong-question", str(error), remedy="用 /api/figures 查看可选的值")
    found = records(question, shown=shown, after=place(after), limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    return {
        "items": [told(row) for row in found],
        "next": mark(*position(found[-1])) if more else None,
    }


def told(row: Record) -> dict[str, Any]:
    same = ("label", "code", "dimensions", "in_base", "counted", "reason")
    return {"record": None if row.label == HIDDEN else row.record, **{name: getattr(row, name) for name in same}}


def mark(label: str, record: int) -> str:
    return signing.dumps([label, record], salt=CURSORS)


def place(after: str) -> tuple[str, int] | None:
    if not after:
        return None
    try:
        label, record = signing.loads(after, salt=CURSORS)
    except signing.BadSignature:
        refuse("bad-cursor", "翻页标记无效", remedy="从第一页开始，用上一页答复中的 next", where="after")
    return label, record


def asked(request, figure: str, day: Any, known_at: Any, **chosen: Any) -> Question:
    if figure not in catalogue():
        raise Http404
    user = request.user
    at = as_of(day or clock.today(), known_at)
    return ask(figure, at, user.scope, people=user.people_scope, **chosen)
