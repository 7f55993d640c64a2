"""A figure at month-ends, in one question to the database: ten years of them as cheaply as a few single days.

A figure whose file stands in `sql/spells/` too is read as spells: how long each record was in the base, and how long it counted.
Each spell adds one at the first month-end it reaches and takes it away at the first it does not, so the length of the line costs
nothing. Any other figure, and any dimension its spells do not have, is asked of each day, all of them in one statement.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from taizhang.stats import labels, remembering
from taizhang.stats.catalogue import FOLDER, heading_lines, without_head
from taizhang.stats.figures import (
    NOW,
    Question,
    Totals,
    WrongQuestion,
    chosen,
    fetch,
    first_known,
    is_sensitive,
    on_day,
    unknown,
)

TEN_YEARS = 120


@dataclass(frozen=True)
class Series:
    """One group through the months: how many there were, and how many counted, at each."""

    key: str
    label: str
    bases: list[int]
    counts: list[int]

    def values(self, *, rate: bool) -> list[float | int | None]:
        """In per cent where the figure is a rate; nothing where there was nothing to count."""
        pairs = zip(self.counts, self.bases, strict=True)
        return [(round(100 * counted / base, 1) if base else None) if rate else counted for counted, base in pairs]


@dataclass(frozen=True)
class Trend:
    """`whole` has an answer for each day; `groups` are those of the dimension, the largest first."""

    question: Question
    by: str
    days: list[date]
    whole: list[Totals]
    groups: list[Series]


def monthly(question: Question, months: int = 12) -> list[Totals]:
    """The same figure at the last month-ends up to its day."""
    return trend(question, months=months).whole


def trend(question: Question, by: str = "", months: int = TEN_YEARS) -> Trend:
    if by:
        chosen(question.figure.labels, by, "分组")
        if is_sensitive(question, by):
            raise WrongQuestion("按年龄、性别、学历的走势只给有权查看姓名的人")
    return remembering.answer(question, ("trend", by, months), lambda: work_out(question, by, months))


def work_out(question: Question, by: str, months: int) -> Trend:
    days = month_ends(question.at.day, months)
    counting = by_spells if reads_spells(question, by) else by_days
    found: dict[str, tuple[list[int], list[int]]] = {}
    for key, place, base, counted in counting(question, by, days):
        bases, counts = found.setdefault(key or "", ([0] * months, [0] * months))
        bases[place], counts[place] = base, counted
    sums = [[sum(pair[which][place] for pair in found.values()) for place in range(months)] for which in (0, 1)]
    known = first_known(question) if 0 in sums[0] else None
    whole = []
    for day, base, counted in zip(days, *sums, strict=True):
        asked = on_day(question, day)
        whole.append((known and not base and unknown(asked, *known)) or Totals(asked, base, counted))
    named = labels.of(by, found, question.at, organised_now=question.organised == NOW) if by else {}
    groups = [Series(key, named[key], *numbers) for key, numbers in found.items()] if by else []
    return Trend(question, by, days, whole, sorted(groups, key=lambda each: (-each.bases[-1], each.label)))


@cache
def spells() -> dict[str, tuple[frozenset[str], str]]:
    """Figure → the dimensions its spells have, and their question."""
    found = {}
    for path in (FOLDER / "spells").glob("*.sql"):
        text = path.read_text(encoding="utf-8")
        found[path.stem] = frozenset(dict(heading_lines(text))["dimensions"].split()), without_head(text)
    return found


def reads_spells(question: Question, by: str) -> bool:
    has = spells().get(question.figure.key, (frozenset(), ""))[0]
    asked = {by, *(question.where[:1] if question.where else ())} - {""}
    return bool(has) and asked <= has and len(asked) <= 1


def by_spells(question: Question, by: str, days: list[date]) -> list[tuple]:
    """What each spell adds at its first month-end and takes away at its end, summed up along the line."""
    sql = f"""
        WITH spell AS MATERIALIZED ({spells()[question.figure.key][1]}),
        reached AS (
            SELECT {f"f.{by}::text" if by else "NULL::text"} AS key, f.way,
                   CASE WHEN lower_inf(f.period) THEN 0
                        ELSE width_bucket(lower(f.period) - 1, %(days)s::date[]) END AS first,
                   CASE WHEN upper_inf(f.period) THEN {len(days)}
                        ELSE width_bucket(upper(f.period) - 1, %(days)s::date[]) END AS past
            FROM spell f WHERE NOT isempty(f.period) AND {question.condition}
        ),
        many AS (SELECT key, way, first, past, count(*) AS number FROM reached WHERE first < past GROUP BY 1, 2, 3, 4),
        moves AS (
            SELECT key, way, first AS place, number FROM many
            UNION ALL SELECT key, way, past, -number FROM many
        ),
        added AS (
            SELECT key, place, sum(number) FILTER (WHERE way IN ('base', 'both')) AS base,
                   sum(number) FILTER (WHERE way IN ('counted', 'both')) AS counted
            FROM moves GROUP BY 1, 2
        )
        SELECT key, place, base, counted FROM (
            SELECT k.key, m.place, (sum(coalesce(a.base, 0)) OVER w)::bigint AS base,
                   (sum(coalesce(a.counted, 0)) OVER w)::bigint AS counted
            FROM (SELECT DISTINCT key FROM added) k
            CROSS JOIN generate_series(0, {len(days) - 1}) m (place)
            LEFT JOIN added a ON a.key IS NOT DISTINCT FROM k.key AND a.place = m.place
            WINDOW w AS (PARTITION BY k.key ORDER BY m.place)
        ) line
    """
    asked = by or (question.where[0] if question.where else "")
    return fetch(sql, {**question.parameters(), "days": days, "by": asked})


def by_days(question: Question, by: str, days: list[date]) -> list[tuple]:
    """Each day stands in the text by itself, so that PostgreSQL plans it as well as a single one."""
    parameters: dict[str, Any] = question.parameters()
    parts = []
    for place, day in enumerate(days):
        parts.append(
            f"""SELECT {f"f.{by}::text" if by else "NULL::text"}, {place}, count(*), count(*) FILTER (WHERE f.counted)
            FROM ({at_place(question.figure.sql, place)}) f WHERE f.in_base AND {question.condition} GROUP BY 1"""
        )
        parameters |= {f"day_{place}": day, f"since_{place}": on_day(question, day).begins}
    return fetch(" UNION ALL ".join(parts), parameters)


def at_place(sql: str, place: int) -> str:
    return sql.replace("%(day)s", f"%(day_{place})s").replace("%(since)s", f"%(since_{place})s")


def month_ends(day: date, months: int) -> list[date]:
    """The last day itself, and the ends of the months before it."""
    ends = [day]
    for _ in range(months - 1):
        ends.append(date.fromordinal(ends[-1].replace(day=1).toordinal() - 1))
    return ends[::-1]
