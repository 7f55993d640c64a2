"""Two records of one thing: what was stated of the one is stated of the other from a step on. Nothing is rewritten: the old
statements are closed by the step, and `undoing` of that step brings them back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import ForeignKey, Model, QuerySet

from taizhang.cases.models import Step
from taizhang.ledger.actions import close, insert
from taizhang.ledger.models import Fact
from taizhang.ledger.undoing import fact_models


@dataclass(frozen=True, slots=True)
class Double:
    """A pair that may be one, and why it is offered."""

    one: Any
    other: Any
    how: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of statement, side by side."""

    title: str
    kept: list[Fact]
    dropped: list[Fact]


def compared(kept: Model, dropped: Model, *, without: str = "") -> Iterator[Compared]:
    """Every kind of which either says something now; not those of the slice `without`, which not everybody may see."""
    for model, name in keys_to(type(kept)):
        if model._meta.app_label != without:
            kept_side, dropped_side = (
                list(model.objects.current().filter(**{name: each}).order_by("period")) for each in (kept, dropped)
            )
            if kept_side or dropped_side:
                yield Compared(str(model._meta.verbose_name), kept_side, dropped_side)


def locked(rows: QuerySet, *things: Any) -> list[Any]:
    """As they are now, always in the same order, so that two who merge crosswise wait instead of blocking each other."""
    found = rows.select_for_update(of=("self",)).filter(pk__in=[each.pk for each in things]).order_by("pk")
    by_number = {each.pk: each for each in found}
    return [by_number[each.pk] for each in things]


def restate_under(kept: Model, dropped: Model, *, step: Step) -> Counter[str]:
    """Every statement of the dropped one is given up. Where the kept one says nothing of the kind for those days, it stands
    under the kept one from now on; where it does, the kept one's word stands. How many of each kind were taken over.
    """
    taken_over: Counter[str] = Counter()
    for model, name in keys_to(type(kept)):
        for fact in list(model.objects.current().filter(**{name: dropped}).order_by("period", "pk")):
            close(fact, step=step)
            said = {**fact.key, **fact.values, name: kept.pk}
            periods = [fact.period]
            if name in model.KEY:
                key = {each: said[each] for each in model.KEY}
                periods = list(left_of(fact.period, model.objects.current().filter(**key).order_by("period")))
            for period in periods:
                insert(model, step=step, period=period, **said)
            taken_over[str(model._meta.verbose_name)] += bool(periods)
    return +taken_over


def keys_to(noun: type[Model]) -> Iterator[tuple[type[Fact], str]]:
    for model in fact_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is noun:
                yield model, field.name


def left_of(period: DateRange, stated) -> Iterator[DateRange]:
    """The days of the period for which nothing is stated."""
    since, until = period.lower, period.upper
    for fact in stated.filter(period__overlap=period):
        if fact.since > since:
            yield DateRange(since, fact.since)
        if fact.until is None:
            return
        since = fact.until
    if until is None or since < until:
        yield DateRange(since, until)
