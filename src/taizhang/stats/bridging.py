"""年度对账: last year's number + what came in − what went out = what there should be, against what there is.

Opening and closing number are the figure's, of a day; in and out are counted from the days on which the facts begin and end, by a
file of `sql/bridges/` each. Where the opening number is the one known at the end of last year, what is left over are the
corrections made since; otherwise it is nothing, and if it is not, the records are named.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from taizhang.ledger import asking
from taizhang.stats.catalogue import FOLDER, catalogue, choices, heading_lines, sourced, without_head
from taizhang.stats.changes import net_of
from taizhang.stats.figures import Question, Totals, fetch, on_day, totals


@dataclass(frozen=True, eq=False)
class Bridge:
    figure: str
    variant: str
    source: str
    clause: str
    came: dict[str, str]
    went: dict[str, str]
    sql: str


@dataclass(frozen=True)
class Line:
    key: str
    label: str
    number: int


@dataclass(frozen=True)
class Account:
    """One year's account. `reported` is the opening number as it was known when the year before ended."""

    bridge: Bridge
    reported: Totals
    opening: Totals
    closing: Totals
    came: list[Line]
    went: list[Line]
    astray: list[int]  # records whose comings and goings do not add up to where they stand

    @property
    def should_be(self) -> int | None:
        if self.opening.counted is None:
            return None
        return self.opening.counted + sum(each.number for each in self.came) - sum(each.number for each in self.went)

    @property
    def difference(self) -> int | None:
        if self.should_be is None or self.closing.counted is None:
            return None
        return self.closing.counted - self.should_be

    @property
    def corrected(self) -> int | None:
        """By how much the opening number is another than the one reported."""
        if self.opening.counted is None or self.reported.counted is None:
            return None
        return self.opening.counted - self.reported.counted

    @property
    def holds(self) -> bool:
        return not self.difference and not self.astray


@cache
def bridges() -> dict[str, Bridge]:
    return {path.stem: read(path) for path in sorted((FOLDER / "bridges").glob("*.sql"))}


def read(path: Path) -> Bridge:
    text = path.read_text(encoding="utf-8")
    head = dict(heading_lines(text))
    figure, _, variant = head["figure"].partition(" ")
    clause, source = sourced(head)
    return Bridge(figure, variant, source, clause, choices(head["in"]), choices(head["out"]), without_head(text))


def questions(bridge: Bridge, closing: Question) -> tuple[Question, Question]:
    """Of the last day of the year before: as it was known when that day ended, and as it is known with the closing one."""
    day = closing.at.day.replace(month=1, day=1) - timedelta(days=1)
    opening = on_day(replace(closing, figure=catalogue()[bridge.figure], variant=bridge.variant), day)
    return replace(opening, at=asking.as_of(day, day)), opening


def account(bridge: Bridge, closing: Question) -> Account:
    closing = replace(closing, figure=catalogue()[bridge.figure], variant=bridge.variant)
    reported, opening = questions(bridge, closing)
    moves = fetch(f"SELECT record, line, way FROM ({bridge.sql}) f", closing.parameters())
    numbers = Counter(line for _, line, _ in moves)
    net: Counter[int] = Counter()
    for record, _, way in moves:
        net[record] += way
    expected = net_of(opening, closing)
    astray = sorted(record for record in {*net, *expected} if net[record] != expected.get(record, 0))
    return Account(
        bridge=bridge,
        reported=totals(reported),
        opening=totals(opening),
        closing=totals(closing),
        came=[Line(key, label, numbers[key]) for key, label in bridge.came.items()],
        went=[Line(key, label, numbers[key]) for key, label in bridge.went.items()],
        astray=astray,
    )


def year_end(day: date) -> date:
    return day.replace(month=12, day=31)
