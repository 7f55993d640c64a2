"""The difference between two answers of one figure, as a list of named records: who came in, went out, changed group."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from taizhang.ledger.models import AsOf
from taizhang.stats import explaining, labels
from taizhang.stats.explaining import Cause
from taizhang.stats.figures import (
    NOW,
    Group,
    Question,
    Totals,
    WrongQuestion,
    chosen,
    fetch,
    is_sensitive,
    totals,
)

# In what order a record's change is told; each is a condition on the two rows of the record.
KINDS = {
    "joined": "is_in AND NOT was_in",
    "left": "was_in AND NOT is_in",
    "came": "is_counted AND NOT was_counted",
    "went": "was_counted AND NOT is_counted",
    "moved": "was_in AND is_in AND was_group IS DISTINCT FROM is_group",
}
KIND_LABELS = {"joined": "进入基数", "left": "退出基数", "came": "新计入", "went": "不再计入", "moved": "换组"}
MATTER = "办理记录"


@dataclass(frozen=True)
class Change:
    """One record whose place in the figure is not the same in both answers, with the facts and steps that did it."""

    record: int
    label: str
    kinds: tuple[str, ...]
    was_group: str
    is_group: str
    was: str
    now: str
    causes: list[Cause] = field(default_factory=list)

    @property
    def did(self) -> str:
        """What happened to it, in the words of the figure."""
        told = [KIND_LABELS[kind] for kind in self.kinds if kind != "moved"]
        if "moved" in self.kinds:
            told.append(f"由{self.was_group}转到{self.is_group}")
        return "，".join(told)

    @property
    def sentence(self) -> str:
        because = "；".join(cause.sentence for cause in self.causes)
        return f"{self.label}：{self.did}。{because or self.without_cause}"

    @property
    def without_cause(self) -> str:
        """No fact and no act did it: a term runs out and people grow older by the day alone."""
        return f"{self.was} → {self.now}" if self.was != self.now else f"{self.now}，随日期推移"


@dataclass(frozen=True)
class Changes:
    """`counts` has the number of records of each kind; base and count before and after differ by exactly those."""

    before: Totals
    after: Totals
    by: str
    counts: dict[str, int]
    records: list[Change]

    @property
    def sentence(self) -> str:
        """How the one number became the other, in one sentence."""
        was, now = self.before.counted, self.after.counted
        figure, measure = self.after.question.figure, self.after.question.figure.measure
        told = "，".join(f"{KIND_LABELS[kind]}{count}{measure}" for kind, count in self.counts.items() if count)
        if was is None or now is None:
            return f"{figure.name}：{told or '没有变动'}。"
        became = f"由{was}{measure}变为{now}{measure}" if was != now else f"仍为{now}{measure}"
        return f"{figure.name}{became}：{told or '没有变动'}。"


def changes(
    before: Question,
    after: Question,
    *,
    by: str = "unit",
    kind: str = "",
    beyond: tuple[str, int] | None = None,
    limit: int | None = None,
) -> Changes:
    """The same figure asked twice: another day, another moment of knowledge, or both."""
    chosen(after.figure.labels, by, "分组")
    if is_sensitive(after, by):
        raise WrongQuestion("按年龄、性别、学历的变动只给有权查看姓名的人")
    if kind:
        chosen(KINDS, kind, "变动")
    compared = differing(before, after, by)
    paging = {"beyond_label": beyond[0], "beyond_record": beyond[1]} if beyond else {}
    rows = fetch(
        f"""
        SELECT record, label, was_group, is_group, was, is_now, was_step, is_step, {", ".join(f"({c})" for c in KINDS.values())}
        FROM ({compared}) d WHERE {KINDS[kind] if kind else "true"}
        {"AND (label, record) > (%(beyond_label)s, %(beyond_record)s)" if beyond else ""}
        ORDER BY label, record {"LIMIT %(limit)s" if limit else ""}
        """,
        {**both(before, after), **paging, "limit": limit},
    )
    return Changes(
        before=totals(before),
        after=totals(after),
        by=by,
        counts=number_of(before, after, by),
        records=named(rows, before, after, by),
    )


@dataclass(frozen=True)
class Part:
    """One of the two reasons for which an answer differs from an earlier one: more is known, or more has happened."""

    title: str
    before: Question
    after: Question
    counts: dict[str, int]

    @property
    def net(self) -> int:
        return self.counts["came"] - self.counts["went"]


CORRECTED_SINCE, HAPPENED = "当时那一天的数，后来补记、更正", "此后到所问之日发生"


def parts(before: Question, after: Question, *, by: str = "unit") -> list[Part]:
    """First what became known since about the earlier day, then what happened until the later; together they are the
    difference. One of them alone where only the day, or only the moment of knowledge, is another."""
    between = replace(before, at=AsOf(before.at.day, after.at.known_at), organised=after.organised)
    steps = [(CORRECTED_SINCE, before, between), (HAPPENED, between, after)]
    return [
        Part(title, first, second, number_of(first, second, by)) for title, first, second in steps if first != second
    ]


def number_of(before: Question, after: Question, by: str) -> dict[str, int]:
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in KINDS.values())
    [numbers] = fetch(f"SELECT {counted} FROM ({differing(before, after, by)}) d", both(before, after))
    return dict(zip(KINDS, numbers, strict=True))


def net_of(before: Question, after: Question) -> dict[int, int]:
    """Record → whether it counts now and did not (1), or did and does not (-1)."""
    sql = f"SELECT record, is_counted::int - was_counted::int FROM ({differing(before, after, 'unit')}) d WHERE is_counted <> was_counted"
    return dict(fetch(sql, both(before, after)))


@dataclass(frozen=True)
class Beside:
    """One group in both answers."""

    key: str
    label: str
    before: Group | None
    after: Group | None

    @property
    def more(self) -> int | None:
        """None where one of them may not be shown."""
        was, now = (each.counted if each else 0 for each in (self.before, self.after))
        return None if was is None or now is None else now - was


def beside(before: Question, after: Question, by: str) -> list[Beside]:
    """Each group of both answers side by side, as the later one orders them; those that are gone come last."""
    was = {group.key: group for group in totals(before, by).groups}
    now = {group.key: group for group in totals(after, by).groups}
    found = [Beside(key, group.label, was.get(key), group) for key, group in now.items()]
    return found + [Beside(key, group.label, group, None) for key, group in was.items() if key not in now]


def differing(before: Question, after: Question, by: str) -> str:
    was, is_now = prefixed(before, "before"), prefixed(after, "after")
    steps = ("b.step", "a.step") if after.figure.steps else ("NULL::bigint", "NULL::bigint")
    return f"""
        SELECT * FROM (
            SELECT coalesce(a.record, b.record) AS record, coalesce(a.label, b.label) AS label,
                   coalesce(b.in_base, false) AS was_in, coalesce(a.in_base, false) AS is_in,
                   coalesce(b.counted, false) AS was_counted, coalesce(a.counted, false) AS is_counted,
                   b.{by}::text AS was_group, a.{by}::text AS is_group, b.reason AS was, a.reason AS is_now,
                   {steps[0]} AS was_step, {steps[1]} AS is_step
            FROM ({was}) b FULL JOIN ({is_now}) a ON a.record = b.record
        ) compared
        WHERE was_in <> is_in OR was_counted <> is_counted
           OR (was_in AND is_in AND was_group IS DISTINCT FROM is_group)
    """


def prefixed(question: Question, prefix: str) -> str:
    """The rows of the question, in its group if it has one, with parameters of its own."""
    sql = f"SELECT f.* FROM ({question.figure.sql}) f WHERE {question.condition}"
    return re.sub(r"%\((\w+)\)s", rf"%({prefix}_\1)s", sql)


def both(before: Question, after: Question) -> dict[str, Any]:
    return {
        f"{prefix}_{name}": value
        for prefix, question in (("before", before), ("after", after))
        for name, value in question.parameters().items()
    }


def named(rows: list[tuple], before: Question, after: Question, by: str) -> list[Change]:
    was_names = labels.of(by, {row[2] or "" for row in rows}, before.at, organised_now=before.organised == NOW)
    is_names = labels.of(by, {row[3] or "" for row in rows}, after.at, organised_now=after.organised == NOW)
    causes = explaining.causes(before, after, [row[0] for row in rows])
    acts = explaining.acts(after, {step for row in rows for step in row[6:8] if step})
    absent = "当日不在册"
    return [
        Change(
            record=record,
            label=label or labels.HIDDEN,
            kinds=tuple(kind for kind, holds in zip(KINDS, holding, strict=True) if holds),
            was_group=was_names[was_group or ""],
            is_group=is_names[is_group or ""],
            was=labels.reason(was, threshold=before.threshold) if was is not None else absent,
            now=labels.reason(is_now, threshold=after.threshold) if is_now is not None else absent,
            causes=told(causes.get(record, []) or [acts[step] for step in (is_step or was_step,) if step], label),
        )
        for record, label, was_group, is_group, was, is_now, was_step, is_step, *holding in rows
    ]


def told(causes: list[Cause], label: str | None) -> list[Cause]:
    """Whoever is not named as the record is not named in the title of a matter either; the matter itself may be opened."""
    return causes if label else [replace(each, title=MATTER if each.address else "") for each in causes]


def position(change: Change) -> tuple[str, int]:
    """Where the next page begins."""
    return ("" if change.label == labels.HIDDEN else change.label), change.record
