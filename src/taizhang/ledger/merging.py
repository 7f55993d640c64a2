"""Two records of one thing: what was stated of the one is stated of the other from a step on. Nothing is rewritten: the old
statements are closed by the step, and `undoing` of that step brings them back."""

from collections import Counter
from collections.abc import Iterator

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import ForeignKey, Model

from taizhang.cases.models import Step
from taizhang.ledger.actions import close, insert
from taizhang.ledger.models import Fact
from taizhang.ledger.undoing import fact_models


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
