"""The difference between two answers of one figure, as a list of named records: who came in, went out, changed group."""

import re
from dataclasses import dataclass, field
from typing import Any

from taizhang.stats import explaining, labels
from taizhang.stats.explaining import Cause
from taizhang.stats.figures import NOW, Question, Totals, chosen, fetch, totals

# In what order a record's change is told; each is a condition on the two rows of the record.
KINDS = {
    "joined": "is_in AND NOT was_in",
    "left": "was_in AND NOT is_in",
    "came": "is_counted AND NOT was_counted",
    "went": "was_counted AND NOT is_counted",
    "moved": "was_in AND is_in AND was_group IS DISTINCT FROM is_group",
}
KIND_LABELS = {"joined": "进入基数", "left": "退出基数", "came": "新计入", "went": "不再计入", "moved": "换组"}


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
        return f"{self.label}：{self.did}。{because or f'{self.was} → {self.now}'}"


@dataclass(frozen=True)
class Changes:
    """`counts` has the number of records of each kind; base and count before and after differ by exactly those."""

    before: Totals
    after: Totals
    by: str
    counts: dict[str, int]
    records: list[Change]


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
    if kind:
        chosen(KINDS, kind, "变动")
    compared = differing(before, after, by)
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in KINDS.values())
    [numbers] = fetch(f"SELECT {counted} FROM ({compared}) d", both(before, after))
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
        counts=dict(zip(KINDS, numbers, strict=True)),
        records=named(rows, before, after, by),
    )


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
            causes=causes.get(record, []) or [acts[step] for step in (is_step or was_step,) if step],
        )
        for record, label, was_group, is_group, was, is_now, was_step, is_step, *holding in rows
    ]


def position(change: Change) -> tuple[str, int]:
    """Where the next page begins."""
    return ("" if change.label == labels.HIDDEN else change.label), change.record
