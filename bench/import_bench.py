"""A 100,000-row workbook of organisations with all checks, facts and steps, against django-import-export and a bare COPY.

TAIZHANG_BENCH_ROWS sets the size of ours, TAIZHANG_BENCH_COMPARATOR_ROWS that of the comparator; both are steady from 20,000 on.

The bare COPY is made twice: into a table indexed as organisations must be to be kept apart and found (number, code, a piece of
the name), which is what is promised against; and into one with B-trees only, which cannot be searched, for comparison.
"""

import os
import tempfile
from datetime import date
from pathlib import Path
from statistics import fmean
from time import perf_counter

from bench.apart import apart
from bench.databases import fresh

ROWS = int(os.environ.get("TAIZHANG_BENCH_ROWS", "100000"))
COMPARATOR_ROWS = int(os.environ.get("TAIZHANG_BENCH_COMPARATOR_ROWS", "100000"))
EXPECTED = 1_030  # rows/s of the comparator where it was first measured
DAY = date(2017, 12, 29)


def run() -> list[dict]:
    with fresh("import"), tempfile.TemporaryDirectory(prefix="taizhang-bench-") as folder:
        ours, theirs = Path(folder) / "ours.xlsx", Path(folder) / "theirs.xlsx"
        apart(lambda: prepare(ours, theirs))
        return measured(ours, theirs)


def prepare(ours: Path, theirs: Path) -> dict:
    from bench import workbooks
    from tests import world

    workbooks.write(ours, ROWS)
    workbooks.write(theirs, COMPARATOR_ROWS)
    world.build()
    return {}


def measured(ours: Path, theirs: Path) -> list[dict]:
    # the comparators before and after, because a machine is seldom equally busy for minutes
    before = apart(bare_copy), apart(lambda: bare_copy(searched=True)), apart(lambda: compare(theirs))
    first = apart(lambda: take_in(ours))
    after = apart(bare_copy), apart(lambda: bare_copy(searched=True)), apart(lambda: compare(theirs))
    again = apart(lambda: take_in(ours))
    plain, copied, compared = (fmean(each["seconds"] for each in pair) for pair in zip(before, after, strict=True))
    each, theirs_each = first["seconds"] / ROWS, compared / COMPARATOR_ROWS
    their_pace = 1 / theirs_each
    return [
        {"name": f"django-import-export, tuned, {COMPARATOR_ROWS:,} rows", "value": their_pace, "measure": "rows/s",
         "note": f"{their_pace / EXPECTED:.2f} of {EXPECTED} rows/s"},
        {"name": f"bare COPY of {ROWS:,} rows, B-trees only", "value": ROWS / plain, "measure": "rows/s"},
        {"name": f"bare COPY of {ROWS:,} rows into a table that is searched", "value": ROWS / copied, "measure": "rows/s"},
        {"name": f"import of {ROWS:,} rows", "value": ROWS / first["seconds"], "measure": "rows/s",
         "note": f"times the comparator: {theirs_each / each:.1f} (at least 5, aim 10)"},
        {"name": "time a row against the comparator's", "value": each * 1e6, "measure": "µs", "ratio": each / theirs_each,
         "at_most": 0.2, "aim": 0.1},
        {"name": "time against the bare COPY into a table that is searched", "value": first["seconds"], "measure": "s",
         "ratio": first["seconds"] / copied, "at_most": 15, "aim": 8},
        {"name": "time against the bare COPY, B-trees only", "value": first["seconds"], "measure": "s",
         "ratio": first["seconds"] / plain},
        {"name": "peak memory, importing process", "value": first["self"], "measure": "MB", "at_most": 400, "aim": 150},
        {"name": "peak memory, its reading child", "value": first["children"], "measure": "MB", "at_most": 512},
        {"name": "the same file again", "value": again["seconds"], "measure": "s", "ratio": again["seconds"] / first["seconds"],
         "note": f"{again['unchanged']:,} unchanged"},
        {"name": "rows written by the same file again", "value": again["written"], "measure": "rows", "at_most": 0},
    ]  # fmt: skip


def take_in(path: Path) -> dict:
    from taizhang.accounts.models import User
    from taizhang.imports import actions as imports
    from taizhang.orgs.models import Organization

    clerk = User.objects.get(username="jingban")
    before, organizations = written(), Organization.objects.count()
    start = perf_counter()
    batch = imports.receive(
        path, name=path.name, sheet="orgs.workbook:organisations", unit=clerk.active_grants[0].unit, on=DAY, by=clerk
    )
    batch = imports.check(batch, by=clerk)
    batch = imports.apply(batch, good_rows=True, by=clerk)
    seconds = perf_counter() - start
    assert batch.accepted + batch.unchanged + batch.rejected == ROWS
    assert Organization.objects.count() == organizations + batch.accepted
    return {"seconds": seconds, "unchanged": batch.unchanged, "written": written() - before}


def written() -> int:
    from taizhang.cases.models import Step
    from taizhang.ledger.undoing import fact_models

    return sum(model.objects.count() for model in fact_models()) + Step.objects.count()


def compare(path: Path) -> dict:
    from bench import comparator

    plain = comparator.table()
    start = perf_counter()
    entered = comparator.load(plain, path)
    seconds = perf_counter() - start
    assert entered == plain.objects.count() > COMPARATOR_ROWS * 0.95
    comparator.drop(plain)
    return {"seconds": seconds}


def bare_copy(*, searched: bool = False) -> dict:
    from django.db import connection

    from bench import workbooks
    from taizhang.orgs.entering import SEARCH_PENDING

    lines = ["\t".join(str(value)[:60] for value in row) + "\n" for row in workbooks.rows(ROWS)]
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, code text UNIQUE, kind text, mode text,
            supervisor text, registrar text, founded timestamp, region text, trade text, level text, staff int, members int)"""
        )
        if searched:
            cursor.execute("CREATE INDEX ON bare USING gin (kit_grams(name))")
            cursor.execute(f"SET gin_pending_list_limit = '{SEARCH_PENDING}'")  # as ours has it
        else:
            cursor.execute("CREATE INDEX ON bare (name); CREATE INDEX ON bare (supervisor)")
        start = perf_counter()
        columns = "name, code, kind, mode, supervisor, registrar, founded, region, trade, level, staff, members"
        with cursor.copy(f"COPY bare ({columns}) FROM STDIN") as copy:
            for begin in range(0, ROWS, 1_000):
                copy.write("".join(lines[begin : begin + 1_000]))
        seconds = perf_counter() - start
        cursor.execute("DROP TABLE bare")
    return {"seconds": seconds}
