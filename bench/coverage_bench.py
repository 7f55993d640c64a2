"""Organisation coverage by unit, of any day as known at any moment, against a warm count of the organisations.

TAIZHANG_BENCH_ORGANISATIONS=900000 measures a nation too; it is reported, not promised.
"""

import os
import statistics
from datetime import date, timedelta
from time import perf_counter

from bench.databases import fresh

PROVINCE = 35_000
ROUNDS = 9
LAST_DAY = date(2018, 6, 30)


def run() -> list[dict]:
    sizes = [PROVINCE]
    if asked := int(os.environ.get("TAIZHANG_BENCH_ORGANISATIONS", "0")):
        sizes.append(asked)
    return [line for size in sizes for line in measured(size)]


def measured(size: int) -> list[dict]:
    with fresh(f"coverage_{size}"):
        from bench.province import fill

        clerk, moments = fill(size)
        return asked(clerk, moments, size)


def asked(clerk, moments, size: int) -> list[dict]:
    from django.test import Client

    from taizhang.ledger.asking import as_of
    from taizhang.orgs.models import Organization
    from taizhang.stats import figures, trending

    promised = size == PROVINCE
    days = [LAST_DAY - timedelta(days=337 * number) for number in range(ROUNDS)]
    known = [None, *moments[-3:]]
    whole = clerk.scope

    def question(number: int, figure: str = "organisation_coverage"):
        return figures.ask(figure, as_of(days[number], known[number % len(known)]), whole)

    counting = median(lambda _: Organization.objects.count(), warm=3)
    lines = [
        {"name": f"SELECT count(*) over {size:,} organisations, warm", "value": counting, "measure": "ms"},
        {
            "name": f"coverage by unit, any day and known-at, {size:,}, not cached",
            **ratio(median(lambda number: figures.count(question(number), "unit"), warm=1), counting),
            **({"at_most": 30, "aim": 15} if promised else {}),
        },
    ]
    for figure in ("work_coverage", "should_have", "party_organisations"):
        value = median(lambda number, figure=figure: figures.count(question(number, figure), "unit"), warm=1)
        lines.append({"name": f"{figure} by unit, {size:,}, not cached", **ratio(value, counting)})
    monthly = median(lambda number: trending.work_out(question(number), "", 12), warm=0, rounds=3)
    lines.append({"name": f"twelve month-ends in one question, {size:,}, not cached", **ratio(monthly, counting)})

    figures.totals(question(0), "unit")
    answered = median(lambda _: figures.totals(question(0), "unit"), warm=2)
    cached = {"at_most": 5} if promised else {}
    lines.append({"name": f"the same answer again, {size:,}", "value": answered, "measure": "ms", **cached})
    client = Client(SERVER_NAME="localhost")
    client.force_login(clerk)
    address = f"/stats/organisation_coverage.json?day={days[0]}&by=unit"
    assert client.get(address).status_code == 200
    page = median(lambda _: client.get(address), warm=3)
    lines.append({"name": f"the same as JSON, with session, user and scope, {size:,}", "value": page, "measure": "ms"})
    return lines


def median(act, *, warm: int, rounds: int = ROUNDS) -> float:
    """Milliseconds; the first `warm` rounds are not counted."""
    spent = []
    for number in range(-warm, rounds):
        begun = perf_counter()
        act(number % ROUNDS)
        spent.append((perf_counter() - begun) * 1000)
    return statistics.median(spent[warm:])


def ratio(value: float, counting: float) -> dict:
    return {"value": value, "measure": "ms", "ratio": value / counting}
