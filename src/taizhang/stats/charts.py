"""What the charts draw: numbers, words, and behind each point the address of its list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from taizhang.stats.figures import Group, Totals
from taizhang.stats.trending import Trend

NOT_SHOWN = "不显示"


def bars(found: Totals, address: Callable[[Group], str]) -> dict[str, Any]:
    """One bar for each group: the base in outline, what counts filled; the numbers in words beside it."""
    figure = found.question.figure
    links = [address(group) for group in found.groups]
    counted = {"name": "计入", "values": [group.counted for group in found.groups], "links": links}
    data: dict[str, Any] = {
        "categories": [group.label for group in found.groups],
        "horizontal": True,
        "unit": figure.measure,
    }
    if not figure.rate:
        notes = [NOT_SHOWN if group.is_hidden else f"{group.counted}" for group in found.groups]
        return {**data, "notes": notes, "series": [counted]}
    base = {"name": "基数", "values": [group.base for group in found.groups], "links": links}
    return {
        **data,
        "within": True,
        "notes": [
            NOT_SHOWN if group.is_hidden else f"{group.counted}/{group.base}　{spoken(group.rate)}"
            for group in found.groups
        ],
        "series": [base, counted],
    }


def line(points: list[Totals], address: Callable[[Totals], str]) -> dict[str, Any]:
    """The rate in per cent at each month-end, or the number where there is no rate; a gap where nothing was known."""
    figure = points[-1].question.figure
    return {
        "categories": [f"{point.question.at.day:%Y-%m-%d}" for point in points],
        "unit": "%" if figure.rate else figure.measure,
        "series": [
            {
                "name": figure.rate or figure.name,
                "values": [value(point) for point in points],
                "links": [address(point) for point in points],
            }
        ],
    }


def value(point: Totals) -> float | int | None:
    if not point.question.figure.rate:
        return point.counted
    return None if point.rate is None else round(point.rate * 100, 1)


def spoken(rate: float | None) -> str:
    return "—" if rate is None else f"{rate * 100:.1f}%"


def lines(found: Trend, most: int) -> dict[str, Any]:
    """The whole, or the largest groups: told apart by mark and dash, so that they print in black."""
    figure = found.question.figure
    rate = bool(figure.rate)
    shown = found.groups[:most] or None
    series = (
        [{"name": each.label, "values": each.values(rate=rate)} for each in shown]
        if shown
        else [{"name": figure.rate or figure.name, "values": [value(point) for point in found.whole]}]
    )
    return {
        "categories": [f"{day:%Y-%m}" for day in found.days],
        "unit": "%" if rate else figure.measure,
        "marked": False,
        "series": series,
    }


@dataclass(frozen=True)
class Small:
    """A line of its own, `points` in a box of WIDTH by HEIGHT, and the numbers at both ends."""

    key: str
    label: str
    points: list[str]  # a gap begins another
    first: float | int | None
    last: float | int | None


WIDTH, HEIGHT = 160, 44


def small(found: Trend, most: int) -> list[Small]:
    """The groups to one scale, so that they can be compared by eye."""
    rate = bool(found.question.figure.rate)
    shown = [(each, each.values(rate=rate)) for each in found.groups[:most]]
    top = 100 if rate else max((number or 0 for _, values in shown for number in values), default=0) or 1
    return [
        Small(each.key, each.label, runs(values, top), next((v for v in values if v is not None), None), values[-1])
        for each, values in shown
    ]


def runs(values: list[float | int | None], top: float) -> list[str]:
    step = WIDTH / max(len(values) - 1, 1)
    found: list[list[str]] = [[]]
    for place, number in enumerate(values):
        if number is None:
            found.append([])
        else:
            found[-1].append(f"{place * step:.1f},{HEIGHT - 2 - (HEIGHT - 4) * number / top:.1f}")
    return [" ".join(points) for points in found if points]


def path(points: list[tuple], measure: str) -> dict[str, Any]:
    """A target's path and what came of it."""
    return {
        "categories": [f"{day:%Y-%m}" for day, _, _ in points],
        "unit": measure,
        "series": [
            {"name": "目标路径", "values": [rounded(should) for _, should, _ in points]},
            {"name": "实际", "values": [rounded(came) for _, _, came in points]},
        ],
    }


def rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)
