"""For random histories the ledger answers like a plain list of what was said when."""

import os
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.accounts.acting import action
from taizhang.accounts.actions import place_unit
from taizhang.accounts.models import UnitKind
from taizhang.cases import actions as cases
from taizhang.kit.refusals import Refused
from taizhang.ledger import actions as ledger
from taizhang.ledger.asking import as_of
from taizhang.orgs.models import UnitName

FIRST = date(2017, 1, 1)
DAYS = 12
NIGHTLY = bool(os.environ.get("TAIZHANG_NIGHTLY"))

day = st.integers(0, DAYS - 1)
name = st.sampled_from(["教育厅", "体育局", "民政厅"])
ends = st.one_of(st.none(), st.integers(1, DAYS))
spoken = st.one_of(
    st.tuples(st.just("post"), day, ends, name),
    st.tuples(st.just("restate"), day, ends, name),
    st.tuples(st.just("end"), day, day),
    st.tuples(st.just("correct"), day, day, ends, name),
    st.tuples(st.just("withdraw"), day),
)


@dataclass
class Said:
    """The plain model: what is held true now, as (since, until, name), and every earlier state of that with its moment."""

    now: list[tuple[int, int | None, str]] = field(default_factory=list)
    moments: list[tuple[object, list]] = field(default_factory=list)

    def on(self, number: int, state=None) -> str | None:
        found = [n for since, until, n in (self.now if state is None else state) if covers(since, until, number)]
        assert len(found) <= 1
        return found[0] if found else None

    def spanning(self, number: int):
        return next((span for span in self.now if covers(span[0], span[1], number)), None)

    def clashes(self, since, until, without=None) -> bool:
        return any(meet(since, until, s, u) for s, u, n in self.now if (s, u, n) != without)


def covers(since, until, number) -> bool:
    return since <= number and (until is None or number < until)


def meet(since, until, other_since, other_until) -> bool:
    return (until is None or other_since < until) and (other_until is None or since < other_until)


def says_so_already(span, since, until, value) -> bool:
    reaches = span[0] <= since and (span[1] is None or (until is not None and span[1] >= until))
    return reaches and span[2] == value


def day_of(number: int | None) -> date | None:
    return None if number is None else FIRST + timedelta(days=number)


def say(said: Said, words) -> bool:
    """Do to the plain model what was said; False where the ledger must refuse, and nothing changes."""
    kind, *rest = words
    if kind in {"post", "restate"}:
        since, until, value = rest
        if until is not None and until <= since:
            return False
        if kind == "post" and said.clashes(since, until):
            return False
        reached = [span for span in said.now if meet(since, until, span[0], span[1])]
        if kind == "restate" and len(reached) == 1 and says_so_already(reached[0], since, until, value):
            return True  # restating what is known writes nothing, so it stays one statement
        kept = []
        for s, u, n in said.now:
            if not meet(since, until, s, u):
                kept.append((s, u, n))
                continue
            if s < since:
                kept.append((s, since, n))
            if until is not None and (u is None or u > until):
                kept.append((until, u, n))
        said.now = [*kept, (since, until, value)]
        return True
    span = said.spanning(rest[0])
    if span is None:
        return False
    if kind == "withdraw":
        said.now.remove(span)
    elif kind == "end":
        if rest[1] <= span[0] or (span[1] is not None and rest[1] >= span[1]):
            return False
        said.now[said.now.index(span)] = (span[0], rest[1], span[2])
    else:
        _, since, until, value = rest
        if (until is not None and until <= since) or said.clashes(since, until, without=span):
            return False
        said.now[said.now.index(span)] = (since, until, value)
    return True


@action("ledger.try")
def act(unit, words, *, by):
    kind, *rest = words
    step = cases.do_at_once("ledger:try", "试", unit=unit, by=by, on=FIRST)
    if kind in {"post", "restate"}:
        verb = ledger.post if kind == "post" else ledger.restate
        verb(UnitName, step=step, since=day_of(rest[0]), until=day_of(rest[1]), unit=unit, name=rest[2])
        return step
    fact = UnitName.objects.current().filter(unit=unit, period__contains=day_of(rest[0])).get()
    if kind == "withdraw":
        ledger.withdraw(fact, step=step)
    elif kind == "end":
        ledger.end(fact, on=day_of(rest[1]), step=step)
    else:
        ledger.correct(fact, step=step, since=day_of(rest[1]), until=day_of(rest[2]), name=rest[3])
    return step


@pytest.mark.django_db
@given(history=st.lists(spoken, min_size=1, max_size=10))
@settings(
    max_examples=1000 if NIGHTLY else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    print_blob=True,
)
def test_answers_for_any_day_as_known_at_any_moment_equal_a_plain_list(world, history):
    unit = place_unit(UnitKind.STREET, "某街道", parent=world.committee)
    said = Said()
    for words in history:
        before = list(said.now)
        expected = say(said, words)
        try:
            step = act(unit, words, by=world.clerk)
        except (Refused, UnitName.DoesNotExist):
            assert not expected, words
            said.now = before
            continue
        assert expected, words
        said.moments.append((step.recorded_at, list(said.now)))
    for moment, state in said.moments:
        for number in range(DAYS + 1):
            assert answer(unit, number, moment) == said.on(number, state), (number, moment)
    for number in range(DAYS + 1):
        assert answer(unit, number) == said.on(number)


def answer(unit, number, known_at=None):
    return (
        UnitName.objects.as_of(as_of(day_of(number), known_at)).filter(unit=unit).values_list("name", flat=True).first()
    )
