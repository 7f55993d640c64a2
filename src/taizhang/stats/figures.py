"""Asking a figure: its totals, the records behind them, the line through the months. PostgreSQL counts, nothing here does."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from taizhang.accounts.scope import NOWHERE, Scope
from taizhang.ledger.models import AsOf
from taizhang.stats import labels, remembering
from taizhang.stats.catalogue import Figure, catalogue
from taizhang.statutes.rules import criteria

THEN, NOW = "then", "now"
SHOWN = {
    "counted": "f.counted",
    "uncounted": "f.in_base AND NOT f.counted",
    "base": "f.in_base",
    "outside": "NOT f.in_base",
    "all": "true",
}


FEWEST = 5
TOO_FEW = "人数太少，不分组"
TELLING_OF_PERSONS = frozenset({"age", "sex", "education"})


class WrongQuestion(ValueError):
    """The figure has no such variant, base or dimension; the text says which it has."""


@dataclass(frozen=True)
class Question:
    """One figure, of a day as known at a moment, over the rows of a scope.

    `people` is where names of persons may be shown. `organised` is THEN (who was responsible that day) or NOW.
    `where` keeps the records of one group: a dimension and its key. `wanted` supposes another threshold than the day's.
    `since` begins the period of a figure that counts what happened; the first of January where none is named.
    """

    figure: Figure
    at: AsOf
    scope: Scope
    people: Scope = NOWHERE
    variant: str = ""
    base: str = ""
    organised: str = THEN
    where: tuple[str, str] | None = None
    wanted: int | None = None
    since: date | None = None

    @property
    def begins(self) -> date:
        """The first day of the period that ends with the day."""
        return self.since or self.at.day.replace(month=1, day=1)

    @property
    def threshold(self) -> int:
        """The parameter in force on the day; the clause that sets it is shown beside the number."""
        if (wanted := self.figure.parameter) is None:
            return 0
        if self.wanted is not None:
            return self.wanted
        return criteria(self.at.day).get(wanted.name, wanted.otherwise)

    @property
    def threshold_clause(self) -> str:
        """The key of the clause that sets it; the figure's own source where none is in force."""
        if (wanted := self.figure.parameter) is None or self.wanted is not None:
            return ""
        return criteria(self.at.day).clause(wanted.name) or self.figure.clause

    def parameters(self) -> dict[str, Any]:
        return {
            **self.at.parameters,
            "since": self.begins,
            "scope": self.scope.patterns,
            "whole": self.is_whole,
            "people": self.people.patterns,
            "variant": self.variant,
            "base": self.base,
            "organised": self.organised,
            "parameter": self.threshold,
            **({"where": self.where[1]} if self.where else {}),
        }

    @property
    def is_whole(self) -> bool:
        """Over a whole tree there is no row to leave out, and nothing to join for it."""
        return bool(self.scope.paths) and all(path.count(".") == 1 for path in self.scope.paths)

    @property
    def condition(self) -> str:
        return f"coalesce(f.{self.where[0]}::text, '') = %(where)s" if self.where else "true"

    def key(self) -> tuple:
        """What an answer depends on, besides the ledger's version."""
        about = (self.figure.key, self.variant, self.base, self.organised, self.where, self.threshold)
        return (*about, self.since, self.at.day, self.at.known_at, self.scope.paths, self.people.paths)


@dataclass(frozen=True)
class Group:
    """Without numbers where they are so small that they would tell of persons whose names these eyes may not see."""

    key: str
    label: str
    base: int | None
    counted: int | None

    @property
    def is_hidden(self) -> bool:
        return self.base is None

    @property
    def rate(self) -> float | None:
        return self.counted / self.base if self.base and self.counted is not None else None


@dataclass(frozen=True)
class Totals:
    """`not_known_before` is the first day, or moment, the ledger can say anything about: then there is no number."""

    question: Question
    base: int | None
    counted: int | None
    groups: tuple[Group, ...] = ()
    not_known_before: date | datetime | None = None
    nothing_known: bool = False

    @property
    def rate(self) -> float | None:
        return self.counted / self.base if self.base and self.counted is not None else None


@dataclass(frozen=True)
class Record:
    record: int
    label: str
    code: str
    dimensions: dict[str, str]
    in_base: bool
    counted: bool
    reason: str


def ask(
    figure: str | Figure,
    at: AsOf,
    scope: Scope,
    *,
    people: Scope = NOWHERE,
    variant: str = "",
    base: str = "",
    organised: str = THEN,
    where: tuple[str, str] | None = None,
    wanted: int | None = None,
    since: date | None = None,
) -> Question:
    """The question with what was left open filled in: the headline variant, the first base, as organised then."""
    named: Figure = chosen(catalogue(), figure, "指标") if isinstance(figure, str) else figure
    variant, base = variant or named.headline, base or named.default_base
    chosen(named.variants, variant, "口径")
    if named.bases:
        chosen(named.bases, base, "基数")
    else:
        base = ""
    chosen({THEN: "", NOW: ""}, organised, "隶属口径")
    if where:
        chosen(named.labels, where[0], "分组")
    if named.parameter is None:
        wanted = None
    if not named.is_of_period:
        since = None
    elif since and since > at.day:
        raise WrongQuestion(f"从{since}起算，晚于{at.day}")
    question = Question(named, at, scope, people, variant, base, organised, where, wanted, since)
    if where and is_sensitive(question, where[0]):
        raise WrongQuestion("按年龄、性别、学历的名单只给有权查看姓名的人")
    return question


def chosen(offered: dict[str, Any], key: str, what: str) -> Any:
    if key not in offered:
        raise WrongQuestion(f"没有这个{what}：{key}。可选：{'、'.join(offered)}")
    return offered[key]


def totals(question: Question, by: str = "") -> Totals:
    """How many count, of how many; by one dimension if it is named. Remembered until the ledger says something else."""
    if by:
        chosen(question.figure.labels, by, "分组")
    return remembering.answer(question, ("totals", by), lambda: count(question, by))


def count(question: Question, by: str) -> Totals:
    sql = f"""
        WITH counted AS (
            SELECT {f"f.{by}" if by else "NULL"} AS key, count(*) AS base, count(*) FILTER (WHERE f.counted) AS counted
            FROM ({question.figure.sql}) f WHERE f.in_base AND {question.condition} GROUP BY 1
        )
        SELECT key::text, false, base, counted FROM counted
        UNION ALL SELECT NULL, true, coalesce(sum(base), 0)::bigint, coalesce(sum(counted), 0)::bigint FROM counted
    """
    rows = fetch(sql, question.parameters())
    base, counted = next((base, counted) for _, whole, base, counted in rows if whole)
    if not base and (unknown := not_known(question)):
        return unknown
    keys = {key or "": (b, c) for key, whole, b, c in rows if not whole} if by else {}
    named = labels.of(by, keys, question.at, organised_now=question.organised == NOW)
    groups = [Group(key, named[key], *numbers) for key, numbers in keys.items()]
    groups.sort(key=lambda group: (-(group.base or 0), group.label))
    return Totals(question, base, counted, tuple(sparing(groups) if is_sensitive(question, by) else groups))


def is_sensitive(question: Question, by: str) -> bool:
    """Whether groups of few would tell somebody's age, sex or education to whoever may not read their name."""
    readable = all(question.people.covers(path) for path in question.scope.paths)
    return question.figure.names_people and by in TELLING_OF_PERSONS and not readable


def sparing(groups: list[Group]) -> list[Group]:
    """Groups that tell of fewer than FEWEST without their numbers, and of the others as many as it takes, from the smallest up, that
    none can be reckoned from the total: at least two, who are FEWEST together. Where there are not as many, none is told."""
    hidden = [group for group in groups if tells_of_few(group)]
    others = sorted(
        (group for group in groups if group.base and group not in hidden), key=lambda group: group.base or 0
    )
    while hidden and (len(hidden) < 2 or sum(group.base or 0 for group in hidden) < FEWEST):
        if not others:
            return [Group("", TOO_FEW, None, None)]
        hidden.append(others.pop(0))
    shown = [group for group in groups if group not in hidden]
    return shown + sorted((replace(group, base=None, counted=None) for group in hidden), key=lambda group: group.label)


def tells_of_few(group: Group) -> bool:
    """Those in it, those of them who count, or those who do not: each is a cell."""
    base, counted = group.base or 0, group.counted or 0
    return any(0 < people < FEWEST for people in (base, counted, base - counted))


# The records of these eyes, so that what others keep does not show in what is "not known before": by whom a fact is about.
WITHIN = {
    "organization": """JOIN orgs_organization o ON o.id = k.organization_id
        JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s::text[])""",
    "party_organization": """JOIN party_partyorganization o ON o.id = k.party_organization_id
        JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s::text[])""",
    "person": """LEFT JOIN party_partyorganization o ON o.id = k.party_organization_id
        LEFT JOIN accounts_unit u ON u.id = o.unit_id
        WHERE u.path LIKE ANY (%(scope)s::text[]) OR k.person_id IN (
            SELECT e.person_id FROM members_engagement e JOIN orgs_organization w ON w.id = e.organization_id
            JOIN accounts_unit wu ON wu.id = w.unit_id AND wu.path LIKE ANY (%(scope)s::text[]))""",
}


def not_known(question: Question) -> Totals | None:
    """No record at all: does the ledger say that there are none, or does it say nothing yet?"""
    sql = f"""
        SELECT 1 FROM (
            SELECT k.period, k.recorded FROM {on_record(question)}
        ) k WHERE k.recorded @> %(known_at)s::timestamptz AND lower(k.period) <= %(day)s::date LIMIT 1
    """
    if fetch(sql, {**question.at.parameters, "scope": question.scope.patterns}):
        return None
    return unknown(question, *first_known(question))


def first_known(question: Question) -> tuple[date | None, datetime | None]:
    """The first day, and the first moment, about which these eyes have anything on record."""
    sql = f"""
        SELECT min(lower(k.period)) FILTER (WHERE k.recorded @> %(known_at)s::timestamptz), min(lower(k.recorded))
        FROM {on_record(question)}
    """
    [found] = fetch(sql, {**question.at.parameters, "scope": question.scope.patterns})
    return found


def on_record(question: Question) -> str:
    """The facts that say from when on the figure can be answered, as `k`."""
    about = question.figure.facts[1 if question.base == "entered" else 0]
    return f"{about._meta.db_table} k {'' if question.is_whole else WITHIN[about.KEY[0]]}"


def unknown(question: Question, first_day: date | None, first_moment: datetime | None) -> Totals | None:
    if first_moment is None:
        return Totals(question, None, None, nothing_known=True)
    if question.at.known_at and question.at.known_at < first_moment:
        return Totals(question, None, None, not_known_before=first_moment)
    if first_day is None or question.at.day < first_day:
        return Totals(question, None, None, not_known_before=first_day, nothing_known=first_day is None)
    return None


def records(
    question: Question, *, shown: str = "counted", after: tuple[str, int] | None = None, limit: int | None = None
) -> list[Record]:
    """The records the number counts (or does not, or leaves out), by name; the page that follows `after`."""
    figure = question.figure
    columns = ["record", "label", *figure.columns, *figure.dimensions, "in_base", "counted", "reason"]
    sql = f"""
        SELECT {", ".join(f"f.{name}" for name in columns)} FROM ({figure.sql}) f
        WHERE {chosen(SHOWN, shown, "范围")} AND {question.condition}
        {"AND (f.label, f.record) > (%(after_label)s, %(after_record)s)" if after else ""}
        ORDER BY f.label, f.record {"LIMIT %(limit)s" if limit else ""}
    """
    paging = {"after_label": after[0], "after_record": after[1]} if after else {}
    rows = [
        dict(zip(columns, row, strict=True)) for row in fetch(sql, {**question.parameters(), **paging, "limit": limit})
    ]
    named = {
        name: labels.of(name, {text(row[name]) for row in rows}, question.at, organised_now=question.organised == NOW)
        for name in figure.dimensions
    }
    threshold = question.threshold
    return [
        Record(
            record=row["record"],
            label=row["label"] or labels.HIDDEN,
            code=row.get("code", ""),
            dimensions={
                name: labels.HELD_BACK
                if name in TELLING_OF_PERSONS and not row["label"]
                else named[name][text(row[name])]
                for name in figure.dimensions
            },
            in_base=row["in_base"],
            counted=row["counted"],
            reason=labels.reason(row["reason"], threshold=threshold),
        )
        for row in rows
    ]


def position(row: Record) -> tuple[str, int]:
    """Where the next page begins."""
    return ("" if row.label == labels.HIDDEN else row.label), row.record


def on_day(question: Question, day: date) -> Question:
    """The same asked of another day; a period begins with that day's year unless its beginning was named and is before."""
    since = question.since if question.since and question.since <= day else None
    return replace(question, at=AsOf(day, question.at.known_at), since=since)


def text(value: Any) -> str:
    return "" if value is None else str(value)


def fetch(sql: str, parameters: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
