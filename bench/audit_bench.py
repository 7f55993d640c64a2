"""What the audit costs: the same verbs by the same person, committed one by one, with their row in the audit and without.

The two take turns act by act, so that whatever else the machine does falls on both; the ratio is of the medians.
"""

import os
import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, timedelta

from bench import databases

ACTS = int(os.environ.get("TAIZHANG_BENCH_ACTS", "400"))
WARM_UP = 40


def run() -> list[dict]:
    with databases.fresh("audit"):
        return measured()


def measured() -> list[dict]:
    from taizhang.accounts.models import AuditRecord
    from taizhang.members import actions as members
    from taizhang.orgs import actions as orgs
    from taizhang.statutes.actions import load
    from tests import world as cast

    load()
    world = cast.build()
    association = world.organization()
    person = members.enrol(
        name="某人", organization=association, employment="full_time", on=cast.FIRST_DAY, by=world.clerk
    )

    def declare(number: int) -> None:
        day = date(2018, 1, 1) + timedelta(days=number)
        orgs.declare_workforce(association, full_time=number, on=day, by=world.clerk)

    def amend(number: int) -> None:
        members.amend(person, unit=association.unit, name=f"某人{number}", on=cast.FIRST_DAY, by=world.clerk)

    lines = []
    for name, act in (("从业人数变更", declare), ("人员信息更正", amend)):
        before = AuditRecord.objects.count()
        with_row, without = alternated(act)
        assert AuditRecord.objects.count() - before == WARM_UP + ACTS
        lines.append(
            {
                "name": f"{name}, committed, with its audit row against without",
                "value": with_row * 1000,
                "measure": "ms",
                "ratio": with_row / without,
                "at_most": 1.3,
                "aim": 1.1,
                "note": f"{ACTS} acts of each, in turns; without: {without * 1000:.2f} ms",
            }
        )
    return lines


def alternated(act: Callable[[int], None]) -> tuple[float, float]:
    """Median seconds of an act with its audit row, and without."""
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * (WARM_UP + ACTS)):
        audited = number % 2 == 0
        with as_it_is() if audited else unaudited():
            begun = time.perf_counter()
            act(number)
            took[audited].append(time.perf_counter() - begun)
    return statistics.median(took[True][WARM_UP:]), statistics.median(took[False][WARM_UP:])


@contextmanager
def as_it_is():
    yield


@contextmanager
def unaudited():
    from taizhang.accounts import acting

    record = acting.record
    acting.record = lambda *_, **__: None  # type: ignore[assignment]
    try:
        yield
    finally:
        acting.record = record
