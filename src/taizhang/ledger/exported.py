"""The evidence as a file, and the check of such a file with nothing but the file: no database, no key.

A line of JSON each: the patterns; then for every seal its head and its marks, and of every mark the rows as they were written. Rows
about people are not told, only their salted digests: the salt stays in the office, so nobody can guess what they say.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from taizhang.ledger.marking import as_ever, said, said_closed
from taizhang.ledger.marks import Pattern
from taizhang.ledger.verifying import DIGEST, Bad, Verdict, against

MARKS_AT_ONCE = 2_000


def write(file: Path) -> int:
    """All that is sealed, of one moment. Returns the number of lines."""
    written = 0
    with transaction.atomic(), file.open("w", encoding="utf-8") as opened:
        file.chmod(0o600)
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            as_ever(cursor)
            for line in lines(cursor):
                opened.write(json.dumps(line, ensure_ascii=False) + "\n")
                written += 1
    return written


def lines(cursor) -> Iterator[dict[str, Any]]:
    patterns = {each.pk: each for each in Pattern.objects.all()}
    yield {"patterns": {number: [each.table, each.columns] for number, each in patterns.items()}}
    cursor.execute("SELECT id, day::text, last_mark, leaves, digest FROM ledger_seal ORDER BY id")
    after = 0
    for number, day, last, leaves, digest in cursor.fetchall():
        yield {
            "seal": number,
            "day": day,
            "last_mark": last,
            "digest": bytes(digest).hex(),
            "marks": len(bytes(leaves)) // DIGEST,
        }
        yield from marks(cursor, after, last, patterns)
        after = last


def marks(cursor, after: int, last: int, patterns: dict[int, Pattern]) -> Iterator[dict[str, Any]]:
    while True:
        cursor.execute(
            """SELECT id, pattern_id, way, salt, ids, ledger_leaf(m) FROM ledger_mark m
            WHERE id > %s AND id <= %s ORDER BY id LIMIT %s""",
            [after, last, MARKS_AT_ONCE],
        )
        found = cursor.fetchall()
        told = rows_of(cursor, found, patterns)
        for number, _, _, salt, ids, leaf in found:
            line: dict[str, Any] = {"leaf": leaf}
            if number in told:
                line |= {"salt": bytes(salt).hex(), "said": [told[number].get(each) for each in ids]}
            yield line
        if len(found) < MARKS_AT_ONCE:
            return
        after = found[-1][0]


def rows_of(cursor, found: list[tuple], patterns: dict[int, Pattern]) -> dict[int, dict[int, str]]:
    """mark → number of a row → the row as it was written; nothing of marks about people."""
    told: dict[int, dict[int, str]] = {}
    for (pattern, way), of_kind in by_kind(found).items():
        known = patterns[pattern]
        if known.about_people:
            continue
        facts = way != "done"
        text = said_closed("f") if way == "closed" else said("f", known.columns, facts=facts)
        condition = ""
        if not facts:  # what was done to matters about people is not told either
            condition = "JOIN cases_case c ON c.id = f.case_id AND NOT c.about_people"
        wanted = [each for _, _, _, _, ids, _ in of_kind for each in ids]
        cursor.execute(f"SELECT f.id, {text} FROM {known.table} f {condition} WHERE f.id = ANY (%s)", [wanted])
        rows = dict(cursor.fetchall())
        for number, _, _, _, ids, _ in of_kind:
            if all(each in rows for each in ids):
                told[number] = {each: rows[each] for each in ids}
    return told


def by_kind(found: list[tuple]) -> dict[tuple[int, str], list[tuple]]:
    kinds: dict[tuple[int, str], list[tuple]] = {}
    for mark in found:
        kinds.setdefault((mark[1], mark[2]), []).append(mark)
    return kinds


def check(lines: Iterable[str], outside: Iterable[tuple[date, int, str]] = ()) -> Verdict:
    """Recomputed from the lines alone. What a line cannot be read as is altered."""
    verdict, sealed = Verdict(), Exported()
    for place, line in enumerate(lines, start=1):
        try:
            sealed.take(json.loads(line), verdict)
        except (ValueError, KeyError, TypeError, IndexError):
            verdict.bad.append(Bad("altered", "line", place, None, sealed.number or None, sealed.day))
    sealed.close(verdict)
    verdict.seals, verdict.head = sealed.number, sealed.before.hex()
    verdict.bad += against(outside, sealed.digests)
    verdict.first_bad = verdict.bad[0] if verdict.bad else None
    return verdict


class Exported:
    """The chain as far as it has been read."""

    def __init__(self) -> None:
        self.tables: dict[str, str] = {}
        self.before, self.digests = b"", dict[int, str]()
        self.number, self.day, self.last, self.stored = 0, "", 0, ""
        self.leaves, self.wanted = b"", 0

    def take(self, line: dict[str, Any], verdict: Verdict) -> None:
        if "patterns" in line:
            self.tables = {number: table for number, (table, _) in line["patterns"].items()}
        elif "seal" in line:
            self.close(verdict)
            if line["seal"] != self.number + 1:
                verdict.bad.append(Bad("removed", "ledger_seal", self.number + 1, None, self.number + 1, line["day"]))
            self.number, self.day, self.last = line["seal"], line["day"], line["last_mark"]
            self.stored, self.wanted, self.leaves = line["digest"], line["marks"], b""
        else:
            self.mark(line, verdict)

    def mark(self, line: dict[str, Any], verdict: Verdict) -> None:
        leaf = line["leaf"]
        self.leaves += hashlib.sha256(leaf.encode()).digest()
        mark, pattern, way, _, at, ids, digests = leaf.split("|")
        numbers, taken = ids.split(","), digests.split(",")
        verdict.sealed += 1
        verdict.steps += len(numbers) * (way == "done")
        verdict.facts += len(numbers) * (way == "entered")
        if "said" not in line:
            return
        salt = bytes.fromhex(line["salt"])
        for number, text, stored in zip(numbers, line["said"], taken, strict=True):
            if "\\x" + hashlib.sha256(salt + text.encode()).hexdigest() != stored:
                verdict.bad.append(Bad("altered", self.tables[pattern], int(number), int(mark), self.number, at))

    def close(self, verdict: Verdict) -> None:
        """The seal that was being read is whole, or is not."""
        if not self.number:
            return
        told = f"{self.number}|{self.last}|{self.day}|".encode()
        self.before = hashlib.sha256(self.before + told + hashlib.sha256(self.leaves).digest()).digest()
        if self.before.hex() != self.stored or len(self.leaves) != self.wanted * DIGEST:
            fewer = len(self.leaves) < self.wanted * DIGEST
            what = "removed" if fewer else "altered"
            verdict.bad.append(Bad(what, "ledger_seal", self.number, None, self.number, self.day))
        self.before = bytes.fromhex(self.stored)
        self.digests[self.number] = self.stored
