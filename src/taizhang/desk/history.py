"""历史: one thing on any day, as known at any moment, beside today; what changed is marked, and what was done is told in order.

Works on every register: what is said of a thing are the facts with a key to it, in the words of `cases.statements`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from taizhang.accounts.models import Unit, User
from taizhang.cases.models import Step
from taizhang.cases.statements import Part, Statement, spoken_of, statements
from taizhang.instructors.models import Instructor
from taizhang.ledger.models import AsOf, Fact
from taizhang.ledger.undoing import fact_models
from taizhang.members.models import Person
from taizhang.orgs.models import Organization, offices_known_to
from taizhang.party.models import PartyOrganization

# More facts of one kind than this, as of the organisations of a whole committee, are counted and not spelled out.
SPELLED = 500
NAMING = (Person, Instructor)


def found_in(thing: str, user: User) -> QuerySet:
    """The rows somebody may ask about, by the word in the address."""
    rows: dict[str, QuerySet] = {
        "organisation": Organization.objects.visible_to(user).select_related("unit"),
        "party": PartyOrganization.objects.visible_to(user).select_related("unit"),
        "person": Person.objects.visible_to(user),
        "instructor": Instructor.objects.visible_to(user).select_related("person", "unit"),
        "unit": offices_known_to(user),
    }
    return rows.get(thing, Organization.objects.none())


THINGS = {
    Organization: "organisation",
    PartyOrganization: "party",
    Person: "person",
    Instructor: "instructor",
    Unit: "unit",
}


class Line(NamedTuple):
    """One field of one statement: then and now."""

    label: str
    then: Part | None
    now: Part | None

    @property
    def changed(self) -> bool:
        return (self.then and self.then.text) != (self.now and self.now.text)


@dataclass(frozen=True, slots=True)
class Pair:
    """What is said under one key, then and now; either may be missing."""

    noun: str
    about: tuple[Part, ...]
    lines: list[Line]
    then: Any = None
    now: Any = None

    @property
    def changed(self) -> bool:
        return any(line.changed for line in self.lines) or (self.then is None) != (self.now is None)

    @property
    def word(self) -> str:
        if not self.changed:
            return ""
        return "后来新增" if self.then is None else "后来没有了" if self.now is None else "有变化"


@dataclass(slots=True)
class Deed:
    """One step, as far as it was about this thing."""

    step: Step
    is_visible: bool
    address: str = ""
    entered: list[Statement] = field(default_factory=list)
    closed: list[Statement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class History:
    pairs: list[Pair]
    counted: list[Line]
    days: list[date]
    deeds: list[Deed]

    @property
    def changes(self) -> int:
        return sum(pair.changed for pair in self.pairs) + sum(line.changed for line in self.counted)

    def before(self, day: date) -> date | None:
        return max((each for each in self.days if each < day), default=None)

    def after(self, day: date) -> date | None:
        return min((each for each in self.days if each > day), default=None)


def of(thing: Model, *, at: AsOf, now: AsOf, user: User) -> History:
    told: list[Statement] = []
    counted: list[Line] = []
    for model, names in about(type(thing)).items():
        if not may_read(model, thing, user):
            continue
        facts = rows_of(model, names, thing)
        if facts.count() > SPELLED:
            counted.append(line_of_counts(model, facts, at, now))
        else:
            told += facts.select_related(*spoken_of(model)).order_by("period", "pk")
    told = list(statements(told, user))
    known = [each for each in told if is_known(each.fact, at.known_at)]
    days = {day for each in known for day in (each.fact.since, each.fact.until) if day}
    return History(list(pairs(thing, told, at, now)), counted, sorted(days, reverse=True), deeds(told, at, user))


def about(noun: type[Model]) -> dict[type[Fact], list[str]]:
    """The registers that speak of such a thing, by the fields that name it."""
    found: dict[type[Fact], list[str]] = defaultdict(list)
    for model in fact_models():
        for each in model._meta.concrete_fields:
            if each.is_relation and each.related_model is noun:
                found[model].append(each.name)
    return found


def rows_of(model: type[Fact], names: list[str], thing: Model) -> QuerySet:
    rows = model.objects.none()
    for name in names:
        rows = rows | model.objects.filter(**{name: thing})
    return rows


def may_read(model: type[Fact], thing: Model, user: User) -> bool:
    """What names people is for those who may see the people of the unit. A person found was found by that right."""
    naming = any(each.related_model in NAMING for each in model._meta.concrete_fields)
    unit = getattr(thing, "unit", None)
    return not naming or isinstance(thing, Person) or (unit is not None and user.people_scope.covers(unit.path))


def is_known(fact: Fact, known_at: datetime | None) -> bool:
    if known_at is None:
        return fact.recorded.upper is None
    return fact.recorded.lower <= known_at and (fact.recorded.upper is None or known_at < fact.recorded.upper)


def holds(fact: Fact, at: AsOf) -> bool:
    return is_known(fact, at.known_at) and fact.since <= at.day and (fact.until is None or at.day < fact.until)


def pairs(thing: Model, told: list[Statement], at: AsOf, now: AsOf) -> Iterator[Pair]:
    """In the order of the registers; under one key there is at most one statement for each of the two questions."""
    keys: dict[tuple, dict[str, Statement]] = defaultdict(dict)
    for each in told:
        key = (type(each.fact), *(getattr(each.fact, name) for name in each.fact.KEY))
        for when, question in (("then", at), ("now", now)):
            if holds(each.fact, question):
                keys[key][when] = each
    for found in keys.values():
        then, now_ = found.get("then"), found.get("now")
        stated = then or now_
        assert stated is not None
        others = tuple(
            part
            for part, name in zip(stated.about, stated.fact.KEY, strict=True)
            if getattr(stated.fact, name) != thing and name != "seat"
        )
        yield Pair(stated.noun, others, lines(then, now_), then and then.fact, now_ and now_.fact)


def lines(then: Statement | None, now: Statement | None) -> list[Line]:
    before, after = ({part.label: part for part in each.says} if each else {} for each in (then, now))
    return [Line(label, before.get(label), after.get(label)) for label in dict.fromkeys([*before, *after])]


def line_of_counts(model: type[Fact], facts: Any, at: AsOf, now: AsOf) -> Line:
    numbers = (facts.as_of(question).count() for question in (at, now))
    then, today = (Part(str(model._meta.verbose_name), f"{number:,} 条") for number in numbers)
    return Line(then.label, then, today)


def deeds(told: Iterable[Statement], at: AsOf, user: User) -> list[Deed]:
    """Latest first; those after the moment asked for had not been done."""
    told = list(told)
    numbers = {number for each in told for number in (each.fact.step_id, each.fact.closing_step_id) if number}
    steps = Step.objects.filter(pk__in=numbers).select_related("by", "case")
    if at.known_at is not None:
        steps = steps.filter(recorded_at__lte=at.known_at)
    seen = set(Step.objects.visible_to(user).filter(pk__in=numbers).values_list("pk", flat=True))
    found = {step.pk: Deed(step, step.pk in seen) for step in steps.order_by("-recorded_at", "-pk")}
    for each in told:
        if deed := found.get(each.fact.step_id):
            deed.entered.append(each)
        if deed := found.get(each.fact.closing_step_id):
            deed.closed.append(each)
    return list(found.values())
