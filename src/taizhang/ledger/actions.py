"""The only writers of facts: post, end, correct, restate, withdraw. Each closes or inserts, never changes."""

from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import Model

from taizhang.cases.models import Step
from taizhang.kit.clock import OFFICE
from taizhang.kit.refusals import Obstacle, Refused
from taizhang.ledger.models import Fact

F = TypeVar("F", bound=Fact)
UNCHANGED: Any = object()


def post(model: type[F], *, step: Step, since: date, until: date | None = None, **fields) -> F:
    """It is true from `since` on, up to and without `until`. Refused where the ledger says something else already."""
    refuse_the_future(since, step)
    key = {name: fields[name] for name in model.KEY}
    period = days(since, until)
    overlapping = model.objects.current().filter(**key, period__overlap=period).order_by("period")
    if found := list(overlapping):
        raise Refused([already_stated(fact) for fact in found])
    return insert(model, step=step, period=period, **fields)


def end(fact: F, *, on: date, step: Step) -> F:
    """It is no longer true from `on` on; until the day before it was, and stays on record."""
    if fact.until is not None and on >= fact.until:
        raise Refused([already_ended(fact)])
    return correct(fact, step=step, until=on)


def correct(fact: F, *, step: Step, since: date = UNCHANGED, until: date | None = UNCHANGED, **values) -> F:
    """What we now know instead. The old statement stays, as what was known until this step."""
    period = days(
        fact.since if since is UNCHANGED else since,
        fact.until if until is UNCHANGED else until,
    )
    if since is not UNCHANGED:
        refuse_the_future(since, step)
    close(fact, step=step)
    others = type(fact).objects.current().filter(**fact.key, period__overlap=period).exclude(pk=fact.pk)
    if found := list(others.order_by("period")):
        raise Refused([already_stated(other) for other in found])
    return insert(type(fact), step=step, period=period, **{**fact.key, **fact.values, **values})


def withdraw(fact: Fact, *, step: Step) -> None:
    """It was entered in error: from this step on the ledger no longer says so, and nothing takes its place."""
    close(fact, step=step)


def restate(model: type[F], *, step: Step, since: date, until: date | None = None, **fields) -> F:
    """From `since` on, up to and without `until`, this is true, whatever was stated for those days before.

    Statements that reach into the period are closed and their parts outside it stated again. A statement with the
    same values is left alone, so restating what is known writes nothing.
    """
    key = {name: fields[name] for name in model.KEY}
    unsaid = {
        each.name: each.get_default() for each in model._meta.concrete_fields if each.name in model.value_fields()
    }
    values = {**unsaid, **{name: value for name, value in fields.items() if name not in model.KEY}}
    refuse_the_future(since, step)
    period = days(since, until)
    reached = list(model.objects.current().filter(**key, period__overlap=period).select_for_update().order_by("period"))
    if len(reached) == 1 and says_so_already(reached[0], since, until, values):
        return reached[0]
    for fact in reached:
        close(fact, step=step)
    for fact in reached:
        again = {**fact.key, **fact.values}
        if fact.since < since:
            insert(model, step=step, period=DateRange(fact.since, since), **again)
        if until is not None and (fact.until is None or fact.until > until):
            insert(model, step=step, period=DateRange(until, fact.until), **again)
    return insert(model, step=step, period=period, **fields)


def says_so_already(fact: Fact, since: date, until: date | None, values: dict[str, Any]) -> bool:
    reaches = fact.since <= since and (fact.until is None or (until is not None and fact.until >= until))
    said = {name: value.pk if isinstance(value, Model) else value for name, value in values.items()}
    return reaches and {**fact.values, **said} == fact.values


def insert(model: type[F], *, step: Step, period: DateRange, **fields) -> F:
    said = {column_of(model, name, value): value for name, value in fields.items()}
    fact = model(period=period, recorded=DateTimeTZRange(step.recorded_at, None), step=step, **said)
    try:
        with transaction.atomic():
            fact.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([the_database_refuses(model, error)]) from error
    return fact


def column_of(model: type[Fact], name: str, value: object) -> str:
    """What a key points at is given itself or by its number."""
    return name if isinstance(value, Model) else model.column(name)


def close(fact: Fact, *, step: Step) -> None:
    if fact.recorded.lower == step.recorded_at:
        raise Refused([Obstacle("twice-in-one-step", "同一条记录在一次办理中改了两次", remedy="请分两次办理")])
    closed = (
        type(fact)
        .objects.filter(pk=fact.pk, recorded__upper_inf=True)
        .update(recorded=DateTimeTZRange(fact.recorded.lower, step.recorded_at), closing_step=step)
    )
    if not closed:
        raise Refused([Obstacle("changed-meanwhile", "这条记录刚被别人改过", remedy="请刷新页面，看过新的内容后再办")])


def refuse_the_future(since: date, step: Step) -> None:
    """Nothing is true from a day on that has not come: the step bears the ledger's moment, so nobody need say what day it is.

    An end may lie ahead: a term of office has one from its first day on.
    """
    today = step.recorded_at.astimezone(OFFICE).date()
    if since > today:
        reason = f"开始日期{since}还没有到，今天是{today}"
        raise Refused([Obstacle("in-future", reason, remedy="到那一天再办；日期填错的请改正", where="since")])


def days(since: date, until: date | None) -> DateRange:
    """The days from `since` on, up to and without `until`; refused where there are none."""
    if until is not None and until <= since:
        reason = f"自{since}起、至{until}前，没有一天"
        raise Refused([Obstacle("empty-period", reason, remedy="终止日期应晚于开始日期，请核对", where="until")])
    return DateRange(since, until)


def already_ended(fact: Fact) -> Obstacle:
    return Obstacle(
        "already-ended",
        f"{fact._meta.verbose_name}已于{fact.until}终止",
        remedy="若终止日期有误，请用“更正”",
        where="on",
    )


def already_stated(fact: Fact) -> Obstacle:
    until = f"至{fact.until}前" if fact.until else "至今"
    return Obstacle(
        "already-stated",
        f"台账已记有{fact._meta.verbose_name}：自{fact.since}{until}，与所填期间重叠",
        remedy="先终止或更正原记录，或改所填日期",
        where="since",
    )


def the_database_refuses(model: type[Fact], error: IntegrityError) -> Obstacle:
    """A race, or a rule only the database knows; the name of the constraint says which."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    if constraint.endswith(("_one_per_day", "_one_open")):
        return Obstacle(
            "already-stated",
            f"同一期间已有{model._meta.verbose_name}",
            remedy="请刷新页面，看过新的内容后再办",
            where="since",
        )
    if constraint.endswith("_period_begins"):
        return Obstacle("empty-period", "起止日期颠倒或为空", remedy="终止日期应晚于开始日期", where="since")
    return Obstacle(
        "not-consistent", f"{model._meta.verbose_name}与台账其他内容不一致（{constraint}）", remedy="核对所填内容"
    )
