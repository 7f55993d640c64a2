"""The annual report of a large province: sixty bound numbers, Word and PDF together, nothing remembered from before."""

import os
import time

from bench import databases

SIZE = int(os.environ.get("TAIZHANG_BENCH_ORGANISATIONS", "35000"))
FIELDS, SECONDS = 60, 10


def run() -> list[dict]:
    with databases.fresh("report"):
        from bench import province

        province.fill(SIZE, people=80_000)
        return [measured()]


def measured() -> dict:
    from django.db import connection

    from taizhang.accounts.models import Unit
    from taizhang.accounts.scope import Scope
    from taizhang.reports import masters, producing

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    parts = ("#counted", "#base", "?base=registered", "?base=registered#base", "?variant=wider", "?organised=now")
    tags = [*producing.STATED, *(f"organisation_coverage{part}" for part in parts)]
    for part in ("", "#counted", "#base"):
        tags += [f"{figure}{part}" for figure in ("work_coverage", "party_organisations", "members")]
    for part in ("#counted", "#base", "#value", "?organised=now"):
        tags += [f"{figure}{part}" for figure in producing.STATED]
    tags = list(dict.fromkeys(tags))[:FIELDS]
    master = masters.written(
        {"title": "{year}", "part": [{"heading": "一、", "text": ["，".join(f"{{{tag}}}" for tag in tags)]}]}
    )
    whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))
    begun = time.perf_counter()
    made = producing.report(2017, scope=whole, master=master)
    made.docx(), made.pdf()
    assert len(made.fields) == FIELDS
    took = time.perf_counter() - begun
    return {
        "name": f"annual report, {len(made.fields)} bound numbers, {SIZE:,} organisations, Word and PDF",
        "value": took,
        "measure": "s",
        "at_most": SECONDS,
    }
