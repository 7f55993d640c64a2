"""What the evidence costs: the same verbs with their marks and without, in turns; how quickly marks are sealed and all is verified."""

import os
import statistics
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta

from bench import databases

ACTS = int(os.environ.get("TAIZHANG_BENCH_ACTS", "400"))
STEPS = int(os.environ.get("TAIZHANG_BENCH_STEPS", "200000"))
WARM_UP = 40
TURN, PLANNED_ANEW = 20, 8
LATE = 60  # seconds


def run() -> list[dict]:
    with databases.fresh("chain"):
        return [*cost_of_a_step(), *sealing_while_written(), *verification()]


def cost_of_a_step() -> list[dict]:
    from taizhang.orgs import actions as orgs
    from taizhang.statutes.actions import load
    from tests import world as cast

    load()
    world = cast.build()
    association = world.organization()

    def declare(number: int) -> None:
        day = date(2018, 1, 1) + timedelta(days=number)
        orgs.declare_workforce(association, full_time=number, on=day, by=world.clerk)

    marked, bare = alternated(declare)
    return [
        {
            "name": "从业人数变更 (a step, two facts, one closed), committed, marked against not",
            "value": marked * 1000,
            "measure": "ms",
            "ratio": marked / bare,
            "at_most": 1.2,
            "note": f"{ACTS} acts of each, in turns; unmarked: {bare * 1000:.2f} ms",
        }
    ]


def alternated(act: Callable[[int], None]) -> tuple[float, float]:
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * (WARM_UP + ACTS)):
        marked = number // TURN % 2 == 0
        if number % TURN == 0:
            marking(marked)  # every session plans its statements anew after that
        begun = time.perf_counter()
        act(number)
        if number % TURN >= PLANNED_ANEW:
            took[marked].append(time.perf_counter() - begun)
    marking(True)
    return statistics.median(took[True][WARM_UP:]), statistics.median(took[False][WARM_UP:])


def marking(wanted: bool) -> None:
    """Only the triggers that mark stand or not; the catalogue is written before the clock starts."""
    from django.db import connection

    from taizhang.cases.models import Step
    from taizhang.ledger.marking import marked_models
    from taizhang.orgs.models import Workforce

    with connection.cursor() as cursor:
        for model in marked_models():
            if model in (Step, Workforce):
                for event in ("insert", "update") if model is Workforce else ("insert",):
                    state = "ENABLE" if wanted else "DISABLE"
                    cursor.execute(f"ALTER TABLE {model._meta.db_table} {state} TRIGGER witnessed_{event}")


def marked_anew() -> None:
    """What was written without marks is marked as it stands."""
    from django.db import connection, transaction

    from taizhang.ledger import marking

    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("ledger_mark", "ledger_pattern"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        marking.mark_all("default")


def sealing_while_written() -> list[dict]:
    """Two writers as quickly as they can; how long the oldest mark waited at most, looked at every tenth of a second."""
    from django.db import connection, transaction

    from taizhang.cases.models import Case
    from taizhang.ledger import sealing

    marked_anew()
    case = Case.objects.earliest("pk").pk
    stop, waited = threading.Event(), [0.0]

    def write() -> None:
        while not stop.is_set():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(INSERT, {"case": case, "many": 1})
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    threads.append(threading.Thread(target=sealing.keep_sealing, args=[stop], kwargs={"every": 1.0}))
    for thread in threads:
        thread.start()
    until = time.perf_counter() + 10
    while time.perf_counter() < until:
        waited[0] = max(waited[0], sealing.waiting()[1])
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    return [{"name": "the oldest mark waits to be sealed, two writers, a look every second", "value": waited[0],
             "measure": "s", "at_most": LATE}]  # fmt: skip


INSERT = """
    INSERT INTO cases_step (case_id, verb, by_id, "on", document, note, details, recorded_at, transaction, act)
    SELECT %(case)s, 'bench:step', c.opened_by_id, '2018-01-01', '', '说明', '{}', now(), 0, NULL
    FROM cases_case c, generate_series(1, %(many)s) WHERE c.id = %(case)s
"""
FACTS = """
    INSERT INTO orgs_workforce (organization_id, full_time, part_time, leaders, party_members, applicants,
        has_union, has_youth_league, has_womens_federation, period, recorded, step_id)
    SELECT w.organization_id, 3, 1, 2, 0, 0, false, false, false,
        daterange('1000-01-01'::date + s.place::int, '1000-01-02'::date + s.place::int), tstzrange(s.recorded_at, NULL), s.id
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM cases_step WHERE verb = 'bench:many') s,
        (SELECT * FROM orgs_workforce ORDER BY id LIMIT 1) w
"""


def verification() -> list[dict]:
    """As many steps with a fact each, each with marks of its own, as if done one by one."""
    from django.db import connection, transaction

    from taizhang.cases.models import Case
    from taizhang.ledger import sealing
    from taizhang.ledger.verifying import verify

    case = Case.objects.earliest("pk").pk
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT.replace("bench:step", "bench:many"), {"case": case, "many": STEPS})
        cursor.execute(FACTS)
        # the triggers gave one mark to many rows; one each is what an office that works row by row has
        cursor.execute("ALTER TABLE ledger_mark DISABLE TRIGGER USER")
        cursor.execute(
            """WITH many AS (DELETE FROM ledger_mark WHERE cardinality(ids) > 100 OR pattern_id =
                (SELECT id FROM ledger_pattern WHERE "table" = 'orgs_workforce') AND at = (SELECT max(at) FROM ledger_mark)
                RETURNING *)
            INSERT INTO ledger_mark (pattern_id, way, step_id, at, salt, ids, digests)
            SELECT pattern_id, way, CASE way WHEN 'done' THEN u.id ELSE step_id END, at, salt, ARRAY[u.id], ARRAY[u.digest]
            FROM many, unnest(ids, digests) u (id, digest)"""
        )
        cursor.execute("ALTER TABLE ledger_mark ENABLE TRIGGER USER")
    begun = time.perf_counter()
    sealed = sealing.seal_what_waits()
    sealing_took = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        found = verify()
        times.append(time.perf_counter() - begun)
        assert found.ok, found.first_bad
    took = statistics.median(times)
    return [
        {"name": "marks sealed", "value": sealed / sealing_took, "measure": "a second"},
        {
            "name": f"{found.steps:,} steps with {found.facts:,} facts verified, time of a step against 1/100,000 s",
            "value": found.steps / took,
            "measure": "a second",
            "ratio": took / found.steps * 100_000,
            "at_most": 1.0,
            "note": f"{took:.2f} s",
        },
    ]
