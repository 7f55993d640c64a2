"""Coverage by unit as of a day, beside what else Django offers: plain ORM aggregation over a table that knows only today, and
django-simple-history, which knows what its rows said at any moment (one axis of time; the ledger answers for two).

All three count the same organisations on the same day; the comparators have every column they need in one table, without joins.
"""

import os
import statistics
from collections.abc import Callable
from time import perf_counter

from bench.databases import fresh

PROVINCE = int(os.environ.get("TAIZHANG_BENCH_ORGANISATIONS", "35000"))
ROUNDS = 9
STATES = """
    SELECT p.organization_id AS id, s.unit_id AS unit, p.status, e.organization_id IS NOT NULL AS entered,
           c.organization_id IS NOT NULL AS covered
    FROM orgs_particulars p
    LEFT JOIN orgs_entry e ON e.organization_id = p.organization_id AND e.period @> {day} AND upper_inf(e.recorded)
    LEFT JOIN orgs_supervision s ON s.organization_id = p.organization_id AND s.period @> {day} AND upper_inf(s.recorded)
    LEFT JOIN party_coverage c ON c.organization_id = p.organization_id AND c.nature = 'formal'
        AND c.period @> {day} AND upper_inf(c.recorded)
    WHERE p.period @> {day} AND upper_inf(p.recorded)
"""
DAYS = ("2012-12-31", "2015-12-31", "2018-06-30")  # a row of history for each organisation on each; the last is today
COLUMNS = "unit, status, entered, covered"


def run() -> list[dict]:
    with fresh("history"):
        from bench.province import fill

        clerk, _ = fill(PROVINCE)
        plain = tables()
        try:
            return measured(clerk, plain)
        finally:
            drop(plain)


def tables():
    """The plain table and its history, made here."""
    from django.db import connection, models
    from simple_history.models import HistoricalRecords

    class Stated(models.Model):
        unit = models.BigIntegerField(null=True)
        status = models.CharField(max_length=20)
        entered = models.BooleanField()
        covered = models.BooleanField()
        history = HistoricalRecords(history_user_id_field=models.IntegerField(null=True))

        class Meta:
            app_label = "stats"  # of some app it must be

    with connection.schema_editor() as editor:
        editor.create_model(Stated)
        editor.create_model(Stated.history.model)
    plain, past = Stated._meta.db_table, Stated.history.model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {plain} (id, {COLUMNS}) {STATES.format(day=quoted(DAYS[-1]))}")
        for day in DAYS:
            cursor.execute(
                f"""INSERT INTO {past} (id, {COLUMNS}, history_date, history_type)
                SELECT id, {COLUMNS}, {quoted(day)}::timestamp AT TIME ZONE 'Asia/Shanghai', '~'
                FROM ({STATES.format(day=quoted(day))}) f"""
            )
        cursor.execute("VACUUM ANALYZE")
    return Stated


def drop(plain) -> None:
    from django.db import connection

    with connection.schema_editor() as editor:
        editor.delete_model(plain.history.model)
        editor.delete_model(plain)


def quoted(day: str) -> str:
    return f"'{day}'::date"


def measured(clerk, plain) -> list[dict]:
    from datetime import date, datetime

    from django.db.models import Count, Q

    from taizhang.kit.clock import OFFICE
    from taizhang.ledger.models import AsOf
    from taizhang.stats import figures

    day = date.fromisoformat(DAYS[1])
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=OFFICE)
    question = figures.ask("organisation_coverage", AsOf(day), clerk.scope)

    def ours() -> set:
        return {(int(each.key), each.base, each.counted) for each in figures.count(question, "unit").groups}

    def of(rows) -> set:
        """In the comparator's own words: the rows that count, grouped and counted by the database."""
        asked = rows.filter(status="normal", entered=True).values("unit")
        found = asked.annotate(base=Count("pk"), counted=Count("pk", filter=Q(covered=True))).order_by()
        return {(each["unit"], each["base"], each["counted"]) for each in found}

    def then() -> set:
        return of(plain.history.as_of(moment))

    assert ours() == then(), "they do not count the same"
    spent = in_turns({"ours": ours, "orm": lambda: of(plain.objects.all()), "history": then})
    shown = f"coverage by unit, {PROVINCE:,} organisations"
    return [
        {
            "name": f"{shown}: the ledger, of a past day",
            "value": spent["ours"],
            "measure": "ms",
            "note": "any day as known at any moment, from four kinds of facts, each with days and moments of its own",
        },
        {
            "name": f"{shown}: the ledger against plain ORM aggregation, of today only",
            "value": spent["orm"],
            "measure": "ms",
            "ratio": spent["ours"] / spent["orm"],
            "note": "one table without joins that knows no yesterday: what it costs to have a past at all",
        },
        {
            "name": f"{shown}: the ledger against django-simple-history as of the same day",
            "value": spent["history"],
            "measure": "ms",
            "ratio": spent["ours"] / spent["history"],
            "note": "what a row said at a moment, three states each: what was entered late or put right stands on the wrong day",
        },
    ]


def in_turns(acts: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Milliseconds of each, the median; one after another in every round, so that whatever else runs slows all alike."""
    spent: dict[str, list[float]] = {name: [] for name in acts}
    for each in range(1 + ROUNDS):  # the first warms up
        for name, act in acts.items():
            begun = perf_counter()
            act()
            if each:
                spent[name].append((perf_counter() - begun) * 1000)
    return {name: statistics.median(times) for name, times in spent.items()}
