"""A target beside the figure: the straight path to it, what is still needed each month, and which organisations are nearest.

For a rate the goal is in per cent; what is needed is told in records: so many more have to count, of the base as it is.
"""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from taizhang.accounts.scope import NOWHERE, Scope
from taizhang.ledger.models import AsOf
from taizhang.members.eligibility import Outcome
from taizhang.stats import figures
from taizhang.stats.catalogue import catalogue
from taizhang.stats.figures import Question, Record, Totals, on_day, totals
from taizhang.stats.models import Target
from taizhang.stats.trending import month_ends

# What an organisation without a Party organisation lacks least comes first.
NEAREST = (Outcome.ALONE, Outcome.TRANSFER, Outcome.JOINT)
COVERING = frozenset({"organisation_coverage", "work_coverage", "organisations_newly_covered"})
SHOWN = 12


@dataclass(frozen=True)
class Aim:
    """How far it is on a day. `start` and `now` are in the target's measure: per cent of a rate, otherwise a number."""

    target: Target
    start: Totals
    now: Totals

    @property
    def question(self) -> Question:
        return self.now.question

    @property
    def goal(self) -> float:
        return float(self.target.goal or 0)

    @property
    def is_rate(self) -> bool:
        return bool(self.question.figure.rate)

    @property
    def measure(self) -> str:
        return "%" if self.is_rate else self.question.figure.measure

    @property
    def at_start(self) -> float | None:
        return measured(self.start)

    @property
    def at_present(self) -> float | None:
        return measured(self.now)

    def should_be(self, day: date) -> float | None:
        """Where the straight path stands on a day; flat before it begins and after it is due."""
        if self.at_start is None:
            return None
        whole = (self.target.due_on - self.target.begins_on).days
        gone = min(max((day - self.target.begins_on).days, 0), whole)
        return self.at_start + (self.goal - self.at_start) * gone / whole

    @property
    def by_now(self) -> float | None:
        return self.should_be(self.question.at.day)

    @property
    def is_behind(self) -> bool:
        """By more than the figure is told to: a tenth of a point, or one."""
        if self.at_present is None or self.by_now is None:
            return False
        return self.at_present < self.by_now - (0.05 if self.is_rate else 0.5)

    @property
    def needed(self) -> int | None:
        """How many more have to count, the base being as it is."""
        if self.now.counted is None or self.now.base is None:
            return None
        wanted = (
            math.ceil(Decimal(self.target.goal or 0) * self.now.base / 100) if self.is_rate else math.ceil(self.goal)
        )
        return max(wanted - self.now.counted, 0)

    @property
    def months_left(self) -> int:
        day, due = self.question.at.day, self.target.due_on
        return max((due.year - day.year) * 12 + due.month - day.month, 0 if due <= day else 1)

    @property
    def needed_monthly(self) -> int | None:
        if self.needed is None or not self.months_left:
            return self.needed
        return math.ceil(self.needed / self.months_left)

    @property
    def path(self) -> list[tuple[date, float | None]]:
        """The target's own month-ends, with where the path stands."""
        begins, due = self.target.begins_on, self.target.due_on
        months = (due.year - begins.year) * 12 + due.month - begins.month
        return [(day, self.should_be(day)) for day in month_ends(due, months)] if months else [(due, self.goal)]


def measured(found: Totals) -> float | None:
    if not found.question.figure.rate:
        return found.counted
    return None if found.rate is None else 100 * found.rate


def aim(target: Target, at: AsOf, scope: Scope) -> Aim:
    """The target's unit on that day, as far as these eyes see it; the start as it is known now."""
    whole = Scope((target.unit.path,))
    seen = whole if scope.covers(target.unit.path) else scope
    question = figures.ask(catalogue()[target.figure], at, seen, people=NOWHERE, variant=target.variant)
    return Aim(target, totals(on_day(question, target.begins_on)), totals(question))


def nearest(question: Question, *, limit: int = SHOWN) -> list[tuple[Outcome, int, list[Record]]]:
    """Of those without: how many could form at once, after transfers, jointly; and the first of each by name."""
    found = []
    for outcome in NEAREST:
        asked = figures.ask("eligibility", question.at, question.scope, where=("outcome", outcome.value))
        number = totals(asked).base or 0
        found.append((outcome, number, figures.records(asked, shown="base", limit=limit) if number else []))
    return found
