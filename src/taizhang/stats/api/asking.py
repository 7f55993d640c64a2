"""Figures for programs: the totals, and the records behind them."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from django.core import signing
from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from taizhang.kit import clock
from taizhang.kit.programs import Day, Limit, Moment, Words, answers
from taizhang.kit.refusals import refuse
from taizhang.ledger.asking import as_of
from taizhang.stats import answers as spoken
from taizhang.stats.catalogue import THEMES, catalogue
from taizhang.stats.changes import Change, changes, parts
from taizhang.stats.changes import position as change_position
from taizhang.stats.figures import Question, Record, WrongQuestion, ask, on_day, position, records, totals
from taizhang.stats.labels import HIDDEN
from taizhang.stats.trending import TEN_YEARS, trend

router = Router(tags=["统计"])
CURSORS = "stats.records"


class FigureOut(Schema):
    """`span` is "day", or "period" for what happened from `begin` to the day. `steps`: the verbs that make a record count."""

    key: str
    theme: str
    span: str
    record: str
    steps: list[str]
    name: str
    definition: str
    source: str
    bases: dict[str, str]
    variants: dict[str, str]
    dimensions: list[str]


class GroupOut(Schema):
    """`base` and `counted` are null where they are too few to be told to whoever may not read names."""

    key: str
    label: str
    base: int | None
    counted: int | None
    rate: float | None


class TotalsOut(Schema):
    """`base` and `counted` are null where the ledger knew nothing yet; `base_is` says of what."""

    figure: str
    name: str
    definition: str
    source: str
    variant: str
    since: str | None
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


class CauseOut(Schema):
    text: str
    how: str
    step: int


class ChangeOut(Schema):
    """`record` is null where the record is a person whose name you may not read."""

    record: int | None
    label: str
    kinds: list[str]
    was: str
    now: str
    was_group: str
    is_group: str
    sentence: str
    causes: list[CauseOut]


class CountedOut(Schema):
    base: int | None
    counted: int | None


class PartOut(Schema):
    title: str
    counts: dict[str, int]


class ChangesOut(Schema):
    """`counts`: how many records of each kind of change; base and count before and after differ by exactly those.
    `parts`: of these, what became known since about the earlier day, and what happened until the later."""

    sentence: str
    parts: list[PartOut]

    before: CountedOut
    after: CountedOut
    counts: dict[str, int]
    items: list[ChangeOut]
    next: str | None


class TrendGroupOut(Schema):
    key: str
    label: str
    base: list[int]
    counted: list[int]


class TrendOut(Schema):
    days: list[Day]
    base: list[int | None]
    counted: list[int | None]
    groups: list[TrendGroupOut]


@router.get("", response=answers(list[FigureOut]), operation_id="stats.home", summary="有哪些指标")
def figures(request):
    """Which figures there are, each with its definition and what may be chosen."""
    shown = ("key", "span", "record", "name", "definition", "source", "bases", "variants")
    return [
        {
            **{name: getattr(each, name) for name in shown},
            "theme": THEMES[each.theme],
            "steps": list(each.steps),
            "dimensions": list(each.dimensions),
        }
        for each in catalogue().values()
    ]


@router.get("/{figure}", response=answers(TotalsOut), operation_id="stats.figure", summary="一个指标")
def figure(
    request,
    figure: Words,
    day: Day | None = None,
    known_at: Moment | None = None,
    variant: Words = "",
    base: Words = "",
    organised: Literal["then", "now"] = "then",
    begin: Day | None = None,
    by: Words = "",
):
    """How many count, of how many, in your scope; in groups by a dimension if `by` names one."""
    try:
        question = asked(request, figure, day, known_at, variant=variant, base=base, organised=organised, since=begin)
        return spoken.of_totals(totals(question, by), by=by)
    except WrongQuestion as error:
        refuse("wrong-question", str(error), remedy="用 /api/figures 查看可选的值")


@router.get("/{figure}/records", response=answers(Records), operation_id="stats.records", summary="一个指标的名单")
def figure_records(
    request,
    figure: Words,
    day: Day | None = None,
    known_at: Moment | None = None,
    variant: Words = "",
    base: Words = "",
    organised: Literal["then", "now"] = "then",
    begin: Day | None = None,
    shown: Literal["counted", "uncounted", "base", "outside", "all"] = "counted",
    after: str = "",
    limit: Limit = 50,
):
    """The records the number counts (or does not count), by name."""
    try:
        question = asked(request, figure, day, known_at, variant=variant, base=base, organised=organised, since=begin)
    except WrongQuestion as error:
        refuse("wrong-question", str(error), remedy="用 /api/figures 查看可选的值")
    found = records(question, shown=shown, after=place(after), limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    return {
        "items": [told(row) for row in found],
        "next": mark(*position(found[-1])) if more else None,
    }


@router.get("/{figure}/changes", response=answers(ChangesOut), operation_id="stats.changes", summary="两日之间的变动")
def figure_changes(
    request,
    figure: Words,
    since: Day,
    since_known_at: Moment | None = None,
    since_organised: Literal["", "then", "now"] = "",
    day: Day | None = None,
    known_at: Moment | None = None,
    variant: Words = "",
    base: Words = "",
    organised: Literal["then", "now"] = "then",
    begin: Day | None = None,
    by: Words = "unit",
    kind: Literal["", "joined", "left", "came", "went", "moved"] = "",
    after: str = "",
    limit: Limit = 50,
):
    """What came in and went out between two days, or two moments of knowledge, by name, with the steps that did it."""
    try:
        now = asked(request, figure, day, known_at, variant=variant, base=base, organised=organised, since=begin)
        before = replace(on_day(now, since), at=as_of(since, since_known_at), organised=since_organised or organised)
        found = changes(before, now, by=by, kind=kind, beyond=place(after), limit=limit + 1)
    except WrongQuestion as error:
        refuse("wrong-question", str(error), remedy="用 /api/figures 查看可选的值")
    more, rows = len(found.records) > limit, found.records[:limit]
    return {
        "sentence": found.sentence,
        "parts": [{"title": each.title, "counts": each.counts} for each in parts(before, now, by=by)],
        "before": {"base": found.before.base, "counted": found.before.counted},
        "after": {"base": found.after.base, "counted": found.after.counted},
        "counts": found.counts,
        "items": [change_told(each) for each in rows],
        "next": mark(*change_position(rows[-1])) if more else None,
    }


@router.get("/{figure}/trend", response=answers(TrendOut), operation_id="stats.trend", summary="一个指标的走势")
def figure_trend(
    request,
    figure: Words,
    day: Day | None = None,
    known_at: Moment | None = None,
    variant: Words = "",
    base: Words = "",
    organised: Literal["then", "now"] = "then",
    begin: Day | None = None,
    by: Words = "",
    months: Annotated[int, Field(ge=1, le=TEN_YEARS)] = TEN_YEARS,
):
    """The last month-ends up to the day, of the whole and of each group; null where the ledger knew nothing yet."""
    try:
        question = asked(request, figure, day, known_at, variant=variant, base=base, organised=organised, since=begin)
        found = trend(question, by, months)
    except WrongQuestion as error:
        refuse("wrong-question", str(error), remedy="用 /api/figures 查看可选的值")
    return {
        "days": found.days,
        "base": [point.base for point in found.whole],
        "counted": [point.counted for point in found.whole],
        "groups": [
            {"key": each.key, "label": each.label, "base": each.bases, "counted": each.counts} for each in found.groups
        ],
    }


def change_told(change: Change) -> dict[str, Any]:
    same = ("label", "was", "now", "was_group", "is_group", "sentence")
    return {
        "record": None if change.label == HIDDEN else change.record,
        "kinds": list(change.kinds),
        "causes": [{"text": each.text, "how": each.how, "step": each.step.pk} for each in change.causes],
        **{name: getattr(change, name) for name in same},
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
