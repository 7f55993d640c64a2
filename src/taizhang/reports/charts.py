"""A chart in a text, bound to its question as a number is: `bar:organisation_coverage?by=kind`, `line:members`,
`path:organisation_coverage?gain=5`. One answer is drawn on paper and on the page, told in words, and stands behind as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from taizhang.kit.clock import end_of
from taizhang.kit.refusals import refuse
from taizhang.reports.bound import Asking, Field, answered, named
from taizhang.stats import charts, figures, trending
from taizhang.stats.aiming import Aim, measured
from taizhang.stats.answering import Answer
from taizhang.stats.catalogue import Figure
from taizhang.stats.figures import Group, Totals
from taizhang.stats.models import Target

KINDS = ("bar", "line", "path")
BARS = 16  # more are not read; the table has them all
MONTHS = 12
TOLD = 6  # of a chart, in the words for whoever does not see it


@dataclass(frozen=True)
class Row:
    """Of the table behind a chart; `query` opens the list of what it counts."""

    label: str
    numbers: tuple[str, ...]
    query: str = ""


@dataclass(frozen=True)
class Chart:
    """`data` is what is drawn, as `stats.charts` says it; `shape` is bar or line."""

    tag: str
    place: int
    answer: Answer
    shape: str
    title: str
    data: dict[str, Any]
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def heading(self) -> str:
        return f"图{self.place}　{self.title}"

    @property
    def caption(self) -> str:
        """Over the drawing, which may show fewer than there are."""
        fewer = self.shape == "bar" and len(self.rows) > BARS
        return f"{self.heading}，最大的{BARS}组" if fewer else self.heading

    @property
    def told(self) -> str:
        """The chart in words: its title and its first numbers, or the last where time goes on."""
        if not self.rows:
            return f"{self.heading}。没有记录。"
        shown = self.rows[:TOLD] if self.shape == "bar" else self.rows[-TOLD:]
        words = "；".join(f"{each.label} {'、'.join(number for number in each.numbers if number)}" for each in shown)
        return f"{self.heading}。{'、'.join(self.headings[1:])}：{words}。" + (
            "其余见表。" if len(self.rows) > TOLD else ""
        )


def is_chart(tag: str) -> bool:
    return tag.partition(":")[0] in KINDS and ":" in tag


def drawn(tags: Iterable[str], asking: Asking) -> dict[str, Chart]:
    return {tag: chart(tag, place, asking) for place, tag in enumerate(dict.fromkeys(tags), start=1)}


def chart(tag: str, place: int, asking: Asking) -> Chart:
    """Refused where the tag asks for what cannot be drawn; the text says which tag."""
    kind, _, asked = tag.partition(":")
    key, _, options = asked.partition("?")
    said = dict(parse_qsl(options))
    own = {name: said.pop(name) for name in ("by", "gain") if name in said}
    if set(own) - {"bar": {"by"}, "line": set(), "path": {"gain"}}[kind] or (kind == "bar" and "by" not in own):
        refuse(
            "wrong-chart",
            f"母版里的“{tag}”画不出来",
            remedy="写成 bar:指标名?by=分组、line:指标名 或 path:指标名?gain=5",
        )
    answer = answered(f"{key}?{urlencode(said)}" if said else key, asking, written=tag)
    at = Field(tag, "counted", answer, asking)
    with named(tag):
        if kind == "bar":
            return bars(tag, place, at, own["by"])
        if kind == "line":
            return line(tag, place, at)
        return path(tag, place, at, own.get("gain", ""))


def bars(tag: str, place: int, at: Field, by: str) -> Chart:
    totals = figures.totals(at.answer.question, by)
    figure, label = at.answer.figure, at.answer.figure.labels[by]

    def query(group: Group) -> str:
        return "" if group.is_hidden else f"{at.query}&{urlencode({'group': f'{by}:{group.key}'})}"

    groups = [*totals.groups]
    if not figure.rate:  # what counts is all there is to see
        groups = [each for each in groups if each.is_hidden or each.counted]
        groups.sort(key=lambda each: -(each.counted or 0))
    rows = [
        Row(
            group.label,
            (charts.NOT_SHOWN,) + ("",) * (2 if figure.rate else 0)
            if group.is_hidden
            else (f"{group.counted}", f"{group.base}", charts.spoken(group.rate))
            if figure.rate
            else (f"{group.counted}",),
            query(group),
        )
        for group in groups
    ]
    shown = Totals(totals.question, totals.base, totals.counted, tuple(groups[:BARS]))
    return Chart(
        tag,
        place,
        at.answer,
        "bar",
        f"{figure.name}，按{label}（{figure.measure}）",
        charts.bars(shown, query),
        (label, "计入", "基数", figure.rate) if figure.rate else (label, "计入"),
        tuple(rows),
    )


def line(tag: str, place: int, at: Field) -> Chart:
    points = trending.monthly(at.answer.question, months=MONTHS)
    figure = at.answer.figure
    return Chart(
        tag,
        place,
        at.answer,
        "line",
        f"{name_of(figure)}，最近{MONTHS}个月末（{'%' if figure.rate else figure.measure}）",
        charts.line(points, lambda point: on(at, point)),
        ("日期", "计入", "基数", figure.rate) if figure.rate else ("日期", "计入"),
        tuple(Row(f"{point.question.at.day}", numbers(point), on(at, point)) for point in points),
    )


def numbers(point: Totals) -> tuple[str, ...]:
    if point.base is None:
        return ("—",) * (3 if point.question.figure.rate else 1)
    counted = f"{point.counted}"
    return (counted, f"{point.base}", charts.spoken(point.rate)) if point.question.figure.rate else (counted,)


def on(at: Field, point: Totals) -> str:
    """`?…` of the list of another day."""
    said = dict(parse_qsl(at.query.removeprefix("?")))
    return "?" + urlencode({**said, "day": point.question.at.day.isoformat()})


def path(tag: str, place: int, at: Field, gain: str) -> Chart:
    """What came in the months up to the day, and the straight way to the target the office has set; where it has set none,
    to so much more (points of a rate) by the end of the next year as the master says."""
    found = aim(at, gain)
    figure = at.answer.figure
    if found is None:
        refuse(
            "no-target",
            f"母版里的“{tag}”没有目标可画：{figure.name}在{at.answer.day}还没有设定目标",
            remedy="先在“统计”里设定目标，或在母版里写 ?gain=提高多少",
        )
    came = {each.question.at.day: measured(each) for each in trending.monthly(at.answer.question, months=MONTHS)}
    way = {day: should for day, should in found.path if day >= found.target.begins_on}
    way[found.target.begins_on] = found.at_start
    points = [(day, way.get(day), came.get(day)) for day in sorted(came.keys() | way.keys())]
    measure = "%" if figure.rate else figure.measure
    data = charts.path(points, measure)
    return Chart(
        tag,
        place,
        at.answer,
        "line",
        f"{name_of(figure)}：到{found.target.due_on}的目标{found.goal:.0f}{measure}（{measure}）",
        {**data, "series": data["series"][::-1]},  # what came is the full line
        ("日期", "目标路径", "实际"),
        tuple(Row(f"{day}", (tenth(should), tenth(was))) for day, should, was in points),
    )


def aim(at: Field, gain: str) -> Aim | None:
    """The last word of the office on the day, as known then."""
    asking, question = at.asking, at.answer.question
    set_before = question.at.known_at or end_of(date.max - timedelta(days=1))
    target = (
        Target.objects.filter(
            unit__path__in=asking.scope.paths,
            figure=question.figure.key,
            variant=question.variant,
            made_at__lte=set_before,
        )
        .order_by("-pk")
        .first()
    )
    if target and target.goal is not None and target.begins_on <= asking.day <= target.due_on:
        return Aim(target, figures.totals(figures.on_day(question, target.begins_on)), at.answer.totals)
    value = measured(at.answer.totals)
    if not gain.isdecimal() or value is None:
        return None
    due = date(asking.day.year + 1, 12, 31)
    supposed = Target(begins_on=asking.day, due_on=due, goal=Decimal(round(value)) + int(gain))
    return Aim(supposed, at.answer.totals, at.answer.totals)


def name_of(figure: Figure) -> str:
    """党的组织覆盖, and of it the 覆盖率: 党的组织覆盖率."""
    return figure.name + figure.rate.removeprefix(figure.name[-2:])


def tenth(number: float | None) -> str:
    return "" if number is None else f"{number:.1f}".removesuffix(".0")
