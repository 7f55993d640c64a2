"""What the charts draw: numbers, words, and behind each point the address of its list."""

from collections.abc import Callable
from typing import Any

from taizhang.stats.figures import Group, Totals


def bars(found: Totals, address: Callable[[Group], str]) -> dict[str, Any]:
    """One bar for each group: the base in outline, what counts filled, the rate in words beside it."""
    figure = found.question.figure
    links = [address(group) for group in found.groups]
    counted = {"name": "计入", "values": [group.counted for group in found.groups], "links": links}
    data: dict[str, Any] = {
        "categories": [group.label for group in found.groups],
        "horizontal": True,
        "unit": figure.measure,
    }
    if not figure.rate:
        return {**data, "series": [counted]}
    base = {"name": "基数", "values": [group.base for group in found.groups], "links": links}
    return {
        **data,
        "within": True,
        "notes": [f"{group.counted}/{group.base}　{spoken(group.rate)}" for group in found.groups],
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
