"""One figure in one call, for whoever prints it: the value with its unit, its definition, and the records behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from taizhang.accounts.scope import NOWHERE, Scope
from taizhang.ledger import asking
from taizhang.stats import figures
from taizhang.stats.catalogue import Figure
from taizhang.stats.figures import THEN, Question, Record, Totals


@dataclass(frozen=True)
class Answer:
    """`value` is the rate where the figure is one, otherwise how many count; None where the ledger says nothing yet."""

    totals: Totals

    @property
    def question(self) -> Question:
        return self.totals.question

    @property
    def figure(self) -> Figure:
        return self.question.figure

    @property
    def key(self) -> str:
        return self.figure.key

    @property
    def name(self) -> str:
        return self.figure.name

    @property
    def value(self) -> float | int | None:
        return self.totals.rate if self.is_rate else self.totals.counted

    @property
    def is_rate(self) -> bool:
        return bool(self.figure.rate)

    @property
    def unit(self) -> str:
        return self.figure.rate if self.is_rate else self.figure.measure

    @property
    def definition(self) -> str:
        """口径: the figure's, and the way of counting and the base that were chosen."""
        chosen = [self.figure.variants[self.question.variant], self.figure.bases.get(self.question.base, "")]
        return "；".join([self.figure.definition.rstrip("。"), *(each for each in chosen if each)]) + "。"

    @property
    def since(self) -> date | None:
        """The first day of the period, of a figure that counts what happened."""
        return self.question.begins if self.figure.is_of_period else None

    @property
    def day(self) -> date:
        return self.question.at.day

    @property
    def known_at(self) -> datetime | None:
        return self.question.at.known_at

    @cached_property
    def records(self) -> Sequence[Record]:
        """What it counts, by name."""
        return figures.records(self.question)


def figure(
    key: str | Figure,
    *,
    day: date,
    scope: Scope,
    known_at: datetime | date | None = None,
    since: date | None = None,
    people: Scope = NOWHERE,
    variant: str = "",
    base: str = "",
    organised: str = THEN,
    where: tuple[str, str] | None = None,
) -> Answer:
    """`figure("organisations_applied", day=date(2017, 12, 29), known_at=…, scope=user.scope).value`."""
    question = figures.ask(
        key,
        asking.as_of(day, known_at),
        scope,
        people=people,
        variant=variant,
        base=base,
        organised=organised,
        where=where,
        since=since,
    )
    return Answer(figures.totals(question))
