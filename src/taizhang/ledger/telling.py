"""What the ledger says, and ever said, of one thing: as statements that a page prints."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Lower

from taizhang.accounts.models import User
from taizhang.cases.statements import Statement, spoken_of, statements
from taizhang.ledger.models import AsOf, Fact


def told(model: type[Fact], at: AsOf, user: User, **about) -> list[Statement]:
    """The statements of one kind that held that day."""
    facts = model.objects.as_of(at).filter(**about).select_related(*spoken_of(model))
    return list(statements(facts.order_by("period", "pk"), user))


def timeline(models: Iterable[type[Fact]], at: AsOf, user: User, **about) -> list[Statement]:
    """Every statement ever made, latest days first; what was given up is among them."""
    found: list[Statement] = []
    for model in models:
        facts = entered_by(model.objects.filter(**about), at)
        found += statements(facts.select_related(*spoken_of(model), "closing_step"), user)
    return sorted(found, key=lambda each: (each.fact.since, each.fact.recorded.lower), reverse=True)


def entered_by(facts: QuerySet, at: AsOf) -> QuerySet:
    """Those that had been entered at the moment asked for."""
    if at.known_at is None:
        return facts
    return facts.annotate(entered_at=Lower("recorded")).filter(entered_at__lte=at.known_at)
