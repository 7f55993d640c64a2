"""What the ledger says, and ever said, of one thing: as statements that a page prints."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Field, Model, QuerySet
from django.db.models.functions import Lower
from ninja import Schema

from taizhang.accounts.models import User
from taizhang.cases.statements import Statement, is_visible, parts_of, spoken_of, statements, visible_among
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


class StatementOut(Schema):
    """One statement of the ledger. `noun` and `id` name it where it is corrected or withdrawn; `until` is the first day
    on which it is no longer true. `values` are as they are sent, rows by their numbers where you may see the row; `says`
    is for reading.
    """

    noun: str
    id: int
    since: date
    until: date | None
    recorded_at: datetime
    step: int
    values: dict[str, str | int | None]
    says: dict[str, str]


def statements_told(facts: Mapping[str, type[Fact]], at: AsOf, user: User, **about) -> list[dict[str, Any]]:
    """The statements of that day about one thing, for programs; `facts` are the kinds by their names in an address."""
    found = []
    for noun, model in facts.items():
        lines = told(model, at, user, **about)
        visible = visible_among([each.fact for each in lines], user)
        for each in lines:
            fact = each.fact
            values = {part.name: value_told(fact, part, visible) for part in parts_of(fact)}
            says = {part.label: part.text for part in (*each.about, *each.says)}
            days = {"since": fact.since, "until": fact.until, "recorded_at": fact.recorded.lower, "step": fact.step_id}
            found.append({"noun": noun, "id": fact.pk, **days, "values": values, "says": says})
    return found


def value_told(fact: Fact, part: Field, visible: dict[type[Model], set[int]]) -> Any:
    if part.is_relation and not is_visible(fact, part, visible):
        return None
    value = getattr(fact, part.attname)
    return value.isoformat() if isinstance(value, date) else value
