"""Is the ledger what was written? Every row against its mark, every mark against its seal, every seal against the one before.

This shows that something was altered. It keeps nobody from altering it: whoever owns the database can rebuild the whole chain,
and is found out by a digest that was written down elsewhere.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction

from taizhang.ledger.marking import SETTINGS, digest, quoted

DIGEST = 32


@dataclass(frozen=True, slots=True)
class Bad:
    """What does not agree. `what`: altered, removed, inserted; against a digest kept outside: rebuilt, or missing where the chain
    ends before it (a database taken back to an earlier moment)."""

    what: str
    table: str
    record: int
    mark: int | None
    seal: int | None
    at: str

    @property
    def sentence(self) -> str:
        words = {
            "altered": "被改动",
            "removed": "被删去",
            "inserted": "不是由办理写入的",
            "rebuilt": "与另存的日校验值不符",
            "missing": "另存了日校验值而库里没有：链在它之前就完了，恢复到更早的时刻便如此",
        }
        return f"{self.table} 第{self.record}号{words[self.what]}（{self.at}）"


@dataclass
class Verdict:
    steps: int = 0
    facts: int = 0
    sealed: int = 0
    unsealed: int = 0
    seals: int = 0
    head: str = ""
    first_bad: Bad | None = None
    bad: list[Bad] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.bad

    def as_dict(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in ("steps", "facts", "ok", "sealed", "unsealed", "seals", "head")}
        return {**told, "first_bad": asdict(self.first_bad) if self.first_bad else None}


def verify(outside: Iterable[tuple[date, int, str]] = ()) -> Verdict:
    """All of it, of one moment, while others write. `outside`: digests of days as they were written down elsewhere."""
    if connection.in_atomic_block:  # of a test, or of whoever has chosen the moment
        return examined(outside)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return examined(outside)


def examined(outside: Iterable[tuple[date, int, str]]) -> Verdict:
    verdict = Verdict()
    with connection.cursor() as cursor:
        before = {}
        for name, value in {**SETTINGS, "max_parallel_workers_per_gather": "4", "work_mem": "64MB"}.items():
            cursor.execute("SELECT current_setting(%s), set_config(%s, %s, true)", [name, name, value])
            before[name] = cursor.fetchone()[0]
        patterns = known_patterns(cursor)
        for table, of_table in patterns.items():
            count, bad = rows_against_marks(cursor, table, of_table)
            verdict.bad += bad
            if table == "cases_step":
                verdict.steps = count
            else:
                verdict.facts += count
        digests = chain(cursor, verdict, {number: table for table, known in patterns.items() for number, _ in known})
        for name, value in before.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
    verdict.bad += against(outside, digests)
    verdict.bad.sort(key=lambda bad: (bad.at, bad.table != "cases_step", bad.what in ("rebuilt", "missing")))
    verdict.first_bad = verdict.bad[0] if verdict.bad else None
    return verdict


def against(outside: Iterable[tuple[date, int, str]], digests: dict[int, str]) -> list[Bad]:
    """The digests kept outside that the chain does not have, or has otherwise."""
    return [
        Bad("rebuilt" if number in digests else "missing", "ledger_seal", number, None, number, f"{day}")
        for day, number, written in outside
        if digests.get(number) != written
    ]


def known_patterns(cursor) -> dict[str, list[tuple[int, list[str]]]]:
    cursor.execute('SELECT "table", id, columns FROM ledger_pattern ORDER BY id')
    found: dict[str, list[tuple[int, list[str]]]] = {}
    for table, number, columns in cursor.fetchall():
        found.setdefault(table, []).append((number, columns))
    return found


def rows_against_marks(cursor, table: str, patterns: list[tuple[int, list[str]]]) -> tuple[int, list[Bad]]:
    """How many rows there are, and the first ones that are not as marked."""
    facts = table != "cases_step"
    ways = [("entered", "true"), ("closed", "(NOT upper_inf(f.recorded) OR f.closing_step_id IS NOT NULL)")]
    numbers = ", ".join(str(number) for number, _ in patterns)
    rows, found = 0, []
    for way, condition in ways if facts else [("done", "true")]:
        if way == "closed":
            # a row that is gone has been told of where it was entered
            text, moment, gone = "ROW(f.id, f.closing_step_id, upper(f.recorded))::text", "upper(f.recorded)", "altered"
        else:
            moment = "lower(f.recorded)" if facts else "f.recorded_at"
            text, gone = text_by_pattern(patterns, moment if facts else ""), "removed"
        cursor.execute(
            f"""
            WITH wrong AS MATERIALIZED (
                SELECT m.mark, coalesce(m.at, {moment}) AS at, coalesce(m.id, f.id) AS id,
                    CASE WHEN m.id IS NULL THEN 'inserted' WHEN f.id IS NULL THEN '{gone}' ELSE 'altered' END AS what
                FROM (
                    SELECT m.id AS mark, m.pattern_id, m.at, m.salt, u.id, u.digest
                    FROM ledger_mark m CROSS JOIN LATERAL unnest(m.ids, m.digests) AS u (id, digest)
                    WHERE m.way = '{way}' AND m.pattern_id IN ({numbers})
                ) m FULL JOIN (SELECT f.* FROM {table} f WHERE {condition}) f ON f.id = m.id
                WHERE m.id IS NULL OR f.id IS NULL OR {digest("m.salt", text)} <> m.digest
            )
            SELECT what, id, mark, at::text FROM wrong ORDER BY at, id LIMIT 20
            """
        )
        found += [Bad(what, table, record, mark, None, at or "") for what, record, mark, at in cursor.fetchall()]
        if way != "closed":
            cursor.execute(f"SELECT count(*) FROM {table}")
            rows = cursor.fetchone()[0]
    return rows, found


def text_by_pattern(patterns: list[tuple[int, list[str]]], moment: str) -> str:
    texts = {
        number: f"ROW({', '.join([*(f'f.{quoted(each)}' for each in columns), *([moment] if moment else [])])})::text"
        for number, columns in patterns
    }
    if len(texts) == 1:
        return next(iter(texts.values()))
    cases = " ".join(f"WHEN {number} THEN {text}" for number, text in texts.items())
    return f"CASE m.pattern_id {cases} END"


def chain(cursor, verdict: Verdict, tables: dict[int, str]) -> dict[int, str]:
    """Number of each seal → its digest. Seals are counted up from one, each rests on the one before and on its marks."""
    cursor.execute(
        """
        SELECT s.id, s.day::text, s.last_mark, s.leaves, s.digest, s.steps, s.facts, r.leaves, r.marks, r.steps, r.facts
        FROM (SELECT *, lag(last_mark, 1, 0::bigint) OVER (ORDER BY id) AS after FROM ledger_seal) s
        CROSS JOIN LATERAL (
            SELECT coalesce(string_agg(sha256(convert_to(ledger_leaf(m), 'UTF8')), '' ORDER BY m.id), '') AS leaves,
                count(*) AS marks, coalesce(sum(cardinality(m.ids)) FILTER (WHERE m.way = 'done'), 0) AS steps,
                coalesce(sum(cardinality(m.ids)) FILTER (WHERE m.way = 'entered'), 0) AS facts
            FROM ledger_mark m WHERE m.id > s.after AND m.id <= s.last_mark
        ) r ORDER BY s.id
        """
    )
    before, digests, last = b"", {}, 0
    for place, row in enumerate(cursor.fetchall(), start=1):
        number, day, last_mark, leaves, stored, steps, facts, found, marks, found_steps, found_facts = row
        leaves, stored, found = bytes(leaves), bytes(stored), bytes(found)
        reckoned = hashlib.sha256(
            before + f"{number}|{last_mark}|{day}|".encode() + hashlib.sha256(leaves).digest()
        ).digest()
        miscounted = leaves == found and (steps, facts) != (found_steps, found_facts)
        if number != place or reckoned != stored or miscounted:
            verdict.bad.append(Bad("altered", "ledger_seal", number, None, number, day))
        elif leaves != found:
            verdict.bad.append(differing(cursor, number, last, last_mark, leaves, found, day, tables))
        digests[number], before, last = stored.hex(), stored, last_mark
        verdict.sealed += marks
    verdict.seals, verdict.head = len(digests), before.hex()
    cursor.execute("SELECT count(*) FROM ledger_mark WHERE id > %s", [last])
    verdict.unsealed = cursor.fetchone()[0]
    return digests


def differing(
    cursor, seal: int, after: int, last: int, leaves: bytes, found: bytes, day: str, tables: dict[int, str]
) -> Bad:
    """The first mark that is not the one that was sealed, and the record of which it spoke."""
    cursor.execute(
        "SELECT id, pattern_id, ids[1], at::text FROM ledger_mark WHERE id > %s AND id <= %s ORDER BY id", [after, last]
    )
    marks = cursor.fetchall()
    for place, (mark, pattern, record, at) in enumerate(marks):
        cut = slice(place * DIGEST, (place + 1) * DIGEST)
        if leaves[cut] != found[cut]:
            fewer = len(found) < len(leaves) and leaves[cut.start + DIGEST : cut.stop + DIGEST] == found[cut]
            if fewer:
                return Bad("removed", "ledger_mark", mark - 1, mark - 1, seal, at)
            return Bad("altered", tables.get(pattern, "ledger_mark"), record, mark, seal, at)
    return Bad("removed", "ledger_mark", last, last, seal, day)
