"""What a step put into the registers and took out of them, read back as statements.

A register's fact is known by its two keys to Step, so this reads every register without knowing one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import BooleanField, Field, ForeignKey, Model, Q

from taizhang.accounts.models import Unit
from taizhang.cases.models import Step
from taizhang.kit.addresses import address_of
from taizhang.kit.templatetags.kit import day

SHOWN_OF_EACH = 50  # an import enters thousands of facts in one step
APART = frozenset({"id", "period", "recorded", "step", "closing_step"})


class Part(NamedTuple):
    label: str
    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact in words: what it is about, what it says, for which days; `fact` has its period and its steps."""

    fact: Any
    about: tuple[Part, ...]
    says: tuple[Part, ...]

    @property
    def noun(self) -> str:
        return str(self.fact._meta.verbose_name)


@dataclass(slots=True)
class Done:
    """What one step did to the registers. `more` says that only the first are shown."""

    entered: list[Statement] = field(default_factory=list)
    closed: list[Statement] = field(default_factory=list)
    more: bool = False


def fact_models() -> list[type[Model]]:
    return [
        model for model in apps.get_models() if points_at_step(model, "step") and points_at_step(model, "closing_step")
    ]


def points_at_step(model: type[Model], name: str) -> bool:
    return any(each.name == name and each.related_model is Step for each in model._meta.concrete_fields)


def done_by(steps: Iterable[Step], user) -> dict[int, Done]:
    """For each step what it entered and closed, as far as the user may see it. One query for each register."""
    numbers = [step.pk for step in steps]
    done: dict[int, Done] = {number: Done() for number in numbers}
    for model in fact_models():
        facts = model._default_manager.filter(Q(step__in=numbers) | Q(closing_step__in=numbers))
        found = list(facts.select_related(*spoken_of(model)).order_by("pk")[: SHOWN_OF_EACH + 1])
        for statement in statements(found[:SHOWN_OF_EACH], user):
            if entered := done.get(statement.fact.step_id):
                entered.entered.append(statement)
            if closed := done.get(statement.fact.closing_step_id):
                closed.closed.append(statement)
        if len(found) > SHOWN_OF_EACH:
            for each in done.values():
                each.more = True
    return done


def statements(facts: Iterable[Any], user) -> Iterator[Statement]:
    """Those about something the user may see. A thing that a fact merely mentions is named, and linked if visible; `steps_seen`
    of each fact are the steps whose records the user may read."""
    facts = list(facts)
    visible = visible_among(facts, user)
    seen = steps_seen({number for fact in facts for number in (fact.step_id, fact.closing_step_id)} - {None}, user)
    for fact in facts:
        fact.steps_seen = seen
        keys = [each for each in parts_of(fact) if each.name in fact.KEY]
        if all(each.related_model is Unit or is_visible(fact, each, visible) for each in keys if each.is_relation):
            yield Statement(
                fact,
                about=tuple(said(fact, each, visible) for each in keys),
                says=tuple(
                    said(fact, each, visible)
                    for each in parts_of(fact)
                    if each.name not in fact.KEY and says_something(fact, each)
                ),
            )


def steps_seen(numbers: set[int], user) -> set[int]:
    if not numbers or any(path.count(".") == 1 for path in user.people_scope.paths):  # the whole tree
        return numbers
    return set(Step.objects.visible_to(user).filter(pk__in=numbers).values_list("pk", flat=True))


def visible_among(facts: list[Any], user) -> dict[type[Model], set[int]]:
    mentioned: dict[type[Model], set[int]] = defaultdict(set)
    for fact in facts:
        for each in parts_of(fact):
            if isinstance(each, ForeignKey) and hasattr(each.related_model._default_manager, "visible_to"):
                mentioned[each.related_model].add(getattr(fact, each.attname))
    return {
        model: set(
            model._default_manager.visible_to(user)  # type: ignore[attr-defined]
            .filter(pk__in=numbers - {None})
            .values_list("pk", flat=True)
        )
        for model, numbers in mentioned.items()
    }


def is_visible(fact: Model, each: Field, visible: dict[type[Model], set[int]]) -> bool:
    return each.related_model not in visible or getattr(fact, each.attname) in visible[each.related_model]


def parts_of(fact: Model | type[Model]) -> list[Field]:
    return [each for each in fact._meta.concrete_fields if each.name not in APART]


def says_something(fact: Model, each: Field) -> bool:
    value = getattr(fact, each.attname)
    return value is not None and value != "" and value is not False


def said(fact: Model, each: Field, visible: dict[type[Model], set[int]]) -> Part:
    label = str(each.verbose_name)
    if each.is_relation:
        thing = getattr(fact, each.name)
        if label == each.name.replace("_", " "):
            label = str(thing._meta.verbose_name)
        return Part(label, str(thing), address_of(thing) if is_visible(fact, each, visible) else "")
    if each.choices:
        return Part(label, getattr(fact, f"get_{each.name}_display")())
    if isinstance(each, BooleanField):
        return Part(label, "有")
    value = getattr(fact, each.name)
    return Part(label, day(value) if isinstance(value, date) else str(value))


def spoken_of(model: type[Model]) -> list[str]:
    """The keys to follow so that naming what a fact mentions asks the database nothing more."""
    names = ["step"]
    for each in parts_of(model):
        if isinstance(each, ForeignKey):
            names.append(each.name)
            further = {part.name for part in each.related_model._meta.concrete_fields if part.is_relation}
            names += [f"{each.name}__{name}" for name in ("unit", "person") if name in further]
    return names
