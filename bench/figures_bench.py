"""Every figure of any day as known at any moment, uncached, against a warm count over its base table; the line through 120
month-ends; how the cost grows with the province.

The base table is the one whose rows the figure counts: of the record itself, or of what is counted for each record (its members, its
posts). TAIZHANG_BENCH_SIZES=900000 measures a nation too (it is reported, not promised); TAIZHANG_BENCH_SIZES=2000,4000 measures those
alone.
"""

import os
import statistics
from datetime import date, timedelta
from math import log
from time import perf_counter

from bench.databases import fresh

PROVINCE, PEOPLE_EACH = 35_000, 2.3
SIZES = (4_000, 8_000, 16_000, PROVINCE)
ROUNDS = 5
LAST_DAY = date(2018, 6, 30)
BASES = {
    "organisation": "orgs_particulars",
    "party": "party_partyparticulars",
    "person": "members_membership",
    "instructor": "instructors_posting",
    "application": "formation_application",
    "sitting": "meetings_sitting",
    "paper": "papers_paper",
    "declaration": "declarations_declaration",
}
COUNTS_ANOTHER = {  # whose facts are counted for each record, row by row
    "party_organisation_sizes": "members_membership",
    "should_have": "members_membership",
    "eligibility": "members_membership",
    "posts_filled": "members_post",
    "terms_due": "members_post",
    "branches_approved": "formation_application",
}


def run() -> list[dict]:
    asked = os.environ.get("TAIZHANG_BENCH_SIZES", "")
    sizes = [int(each) for each in asked.split(",")] if asked else list(SIZES)
    measured: dict[str, dict[int, float]] = {}
    lines = [line for size in sizes for line in at_size(size, measured)]
    return lines + [growth(key, costs) for key, costs in measured.items() if len(costs) > 1]


def at_size(size: int, measured: dict[str, dict[int, float]]) -> list[dict]:
    with fresh(f"figures_{size}"):
        from bench.province import fill

        clerk, moments = fill(size, people=int(size * PEOPLE_EACH))
        return [*every_figure(clerk, moments, size, measured), *trends(clerk, size, measured)]


def every_figure(clerk, moments, size: int, measured: dict[str, dict[int, float]]) -> list[dict]:
    from taizhang.ledger.asking import as_of
    from taizhang.stats import figures
    from taizhang.stats.catalogue import catalogue

    days = [LAST_DAY - timedelta(days=337 * number) for number in range(ROUNDS)]
    known = [None, None, *moments[-3:]]
    ats = [as_of(day, known[number % len(known)]) for number, day in enumerate(days)]
    counting = {table: counted(table) for table in {*BASES.values(), *COUNTS_ANOTHER.values()}}
    lines = []
    for key, figure in catalogue().items():
        table = COUNTS_ANOTHER.get(key, BASES[figure.record])
        value = median(
            lambda number, figure=figure: figures.count(figures.ask(figure, ats[number], clerk.scope), "unit")
        )
        measured.setdefault(key, {})[size] = value
        lines.append(
            {
                "name": f"{key} by unit against count({table}), {size:,}, not cached",
                "value": value,
                "measure": "ms",
                "ratio": value / counting[table],
                **({"at_most": 40} if size == PROVINCE else {}),
            }
        )
    question = figures.ask("organisation_coverage", ats[0], clerk.scope)
    figures.totals(question, "unit")
    again = median(lambda _: figures.totals(question, "unit"))
    cached = {"at_most": 5} if size == PROVINCE else {}
    return [*lines, {"name": f"the same answer again, {size:,}", "value": again, "measure": "ms", **cached}]


def trends(clerk, size: int, measured: dict[str, dict[int, float]]) -> list[dict]:
    from taizhang.ledger.asking import as_of
    from taizhang.stats import figures, trending

    lines = []
    for key in trending.spells():
        by = "level" if key == "party_organisations" else "kind"
        question = figures.ask(key, as_of(LAST_DAY), clerk.scope)
        one = median(lambda _, by=by, question=question: figures.count(question, by))
        line = median(lambda _, by=by, question=question: trending.work_out(question, by, 120))
        measured.setdefault(f"trend of {key}", {})[size] = line
        lines.append(
            {
                "name": f"120 month-ends of {key} by {by} against one day of it, {size:,}, not cached",
                "value": line,
                "measure": "ms",
                "ratio": line / one,
                **({"at_most": 3} if size == PROVINCE and key == "organisation_coverage" else {}),
            }
        )
    return lines


def growth(key: str, costs: dict[int, float]) -> dict:
    """The slope of log(cost) over log(size): 1 where it grows as the province does."""
    points = [(log(size), log(value)) for size, value in costs.items()]
    middle = [statistics.mean(each) for each in zip(*points, strict=True)]
    rise = sum((x - middle[0]) * (y - middle[1]) for x, y in points)
    return {
        "name": f"growth of {key} over {', '.join(f'{size:,}' for size in costs)}",
        "value": rise / sum((x - middle[0]) ** 2 for x, _ in points),
        "measure": "exp",
    }


def counted(table: str) -> float:
    from taizhang.stats.figures import fetch

    return median(lambda _: fetch(f"SELECT count(*) FROM {table}", {}), warm=3)


def median(act, *, warm: int = 1) -> float:
    """Milliseconds; the first `warm` rounds are not counted."""
    spent = []
    for number in range(-warm, ROUNDS):
        begun = perf_counter()
        act(number % ROUNDS)
        spent.append((perf_counter() - begun) * 1000)
    return statistics.median(spent[warm:])
