"""The staged rows as a typed table, for the register that knows what they mean.

`rows.table` is a temporary table `staged` with the columns number, sheet, row, outcome, target, one column per column
of the sheet, and `<name>_key` for those that match. A register asks it questions in SQL, says what it found with
`find`, and sets `outcome` and `target`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from taizhang.accounts.models import Unit, User
from taizhang.accounts.scope import Scope
from taizhang.imports.models import Batch, Finding, Outcome
from taizhang.imports.sheet import Sheet
from taizhang.imports.values import ERROR, Choice, Day, Days, Number, YesNo

TYPES = ((Day, "date"), (Days, "daterange"), (Number, "integer"), (YesNo, "boolean"))
STATISTICS = 10  # a sample of 3,000 rows tells large from small; a table that lives for one import needs no finer


class Rows:
    """`scope` is where the person may write, `sees` what they may see: what lies outside is never named to them.

    `known` rows were compared with the ledger as it is now: what was found then stands, and is not looked for again.
    """

    def __init__(self, batch: Batch, sheet: Sheet, *, by: User, known: bool = False):
        self.batch, self.sheet, self.by = batch, sheet, by
        self.known = known
        self.on: date = batch.on
        self.unit: Unit = batch.unit
        self.scope: Scope = by.scope_as(sheet.roles)
        self.sees: Scope = by.scope

    def open(self) -> None:
        """The temporary table stands until the transaction ends."""
        columns = [
            f"r.values[{place}]::{_type(column.read)} AS {column.name}"
            for place, column in enumerate(self.sheet.columns, start=1)
        ]
        first = len(self.sheet.columns) + 1
        columns += [f"r.values[{place}] AS {name}_key" for place, name in enumerate(self.sheet.matched(), start=first)]
        self.run("DROP TABLE IF EXISTS pg_temp.staged")
        self.run(
            f"""CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
            SELECT r.number, r.sheet, r.row, r.outcome::text AS outcome, NULL::bigint AS target, {", ".join(columns)}
            FROM imports_row r WHERE r.batch_id = %(batch)s"""
        )
        self.run("CREATE INDEX ON staged (number)")
        self.run(f"SET LOCAL default_statistics_target = {STATISTICS}")
        self.run("ANALYZE staged")

    def run(self, sql: str, **parameters) -> int:
        """Do it; how many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.parameters, **parameters})
            return cursor.rowcount

    def ask(self, sql: str, **parameters) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.parameters, **parameters})
            return cursor.fetchall()

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "batch": self.batch.pk,
            "on": self.on,
            "scope": self.scope.patterns or ["-"],
            "sees": self.sees.patterns or ["-"],
        }

    def find(
        self,
        column: str,
        code: str,
        severity: str,
        message: str,
        remedy: str,
        *,
        where: str,
        say: Sequence[str] = (),
        join: str = "",
        **parameters,
    ) -> int:
        """Say this of every row `s` that meets the condition. `%s` in the message stand for the expressions of `say`."""
        if self.known:
            return 0
        declared = self.sheet.column(column) if column else None
        said = f"format(%(message)s, {', '.join(say)})" if say else "%(message)s"
        return self.run(
            f"""INSERT INTO imports_finding
                (batch_id, number, sheet, row, "column", title, value, code, severity, message, remedy, compared)
            SELECT %(batch)s, s.number, (%(sheets)s::text[])[s.sheet + 1], s.row, %(column)s, %(title)s, {self._shown(column)},
                %(code)s, %(severity)s, {said}, %(remedy)s, true
            FROM staged s {join} WHERE {where}""",
            sheets=[heading["sheet"] for heading in self.batch.headings],
            column=column,
            title=declared.title if declared else "",
            code=code,
            severity=severity,
            message=message,
            remedy=remedy,
            **parameters,
        )

    def _shown(self, column: str) -> str:
        if not column:
            return "''"
        if self.sheet.column(column).protected:
            return "''"
        reader = self.sheet.column(column).read
        if isinstance(reader, Choice):
            cases = " ".join(f"WHEN '{value}' THEN '{label}'" for value, label, *_ in reader.options)
            return f"CASE s.{column}::text {cases} ELSE '' END"
        return f"coalesce(left(s.{column}::text, 200), '')"

    def reject_the_faulty(self) -> None:
        """A row with an error is rejected, whatever else it says; a missing column rejects them all."""
        self.run(
            """UPDATE staged s SET outcome = 'rejected'
            WHERE s.number IN (SELECT number FROM imports_finding WHERE batch_id = %(batch)s AND severity = %(error)s)
               OR EXISTS (SELECT FROM imports_finding
                          WHERE batch_id = %(batch)s AND severity = %(error)s AND number = 0)""",
            error=ERROR,
        )

    def count(self) -> dict[str, int]:
        return dict(self.ask("SELECT outcome, count(*) FROM staged GROUP BY outcome"))

    def keep_outcomes(self) -> None:
        """So that the preview can show them; a row is new unless it says otherwise."""
        self.run(
            """UPDATE imports_row r SET outcome = s.outcome FROM staged s
            WHERE r.batch_id = %(batch)s AND r.number = s.number AND r.outcome <> s.outcome"""
        )

    def coming_in(self) -> list[dict[str, Any]]:
        """The rows that will be entered, for a register that takes them one by one."""
        names = (
            "number",
            "row",
            "outcome",
            "target",
            *self.sheet.names(),
            *(f"{name}_key" for name in self.sheet.matched()),
        )
        found = self.ask(
            f"SELECT {', '.join(names)} FROM staged WHERE outcome IN ('new', 'changed', 'held') ORDER BY number"
        )
        return [dict(zip(names, row, strict=True)) for row in found]

    def report(self, found: Sequence[tuple[int, str, str, str, str, str]]) -> None:
        """(number, column, code, severity, message, remedy) of rows that were judged one by one."""
        if self.known:
            return
        places = {number: (sheet, row) for number, sheet, row in self.ask("SELECT number, sheet, row FROM staged")}
        values = {row["number"]: row for row in self.every()} if found else {}
        Finding.objects.bulk_create(
            [
                Finding(
                    batch=self.batch,
                    number=number,
                    sheet=self.batch.headings[places[number][0]]["sheet"],
                    row=places[number][1],
                    column=column,
                    title=self.sheet.column(column).title if column else "",
                    value=self._as_said(values[number], column),
                    code=code,
                    severity=severity,
                    message=message,
                    remedy=remedy,
                    compared=True,
                )
                for number, column, code, severity, message, remedy in found
            ],
            batch_size=2_000,
        )

    def _as_said(self, row: dict[str, object], column: str) -> str:
        if not column or row[column] is None or self.sheet.column(column).protected:
            return ""
        reader = self.sheet.column(column).read
        return reader.label(str(row[column])) if isinstance(reader, Choice) else str(row[column])[:200]

    def numbers_with_error(self, column: str) -> set[int]:
        """The rows whose cell in that column could not be read."""
        found = self.ask(
            """SELECT number FROM imports_finding
            WHERE batch_id = %(batch)s AND "column" = %(column)s AND severity = %(error)s AND NOT compared""",
            column=column,
            error=ERROR,
        )
        return {number for (number,) in found}

    def every(self) -> list[dict[str, Any]]:
        names = ("number", "row", "outcome", *self.sheet.names(), *(f"{name}_key" for name in self.sheet.matched()))
        found = self.ask(f"SELECT {', '.join(names)} FROM staged ORDER BY number")
        return [dict(zip(names, row, strict=True)) for row in found]

    def settle(self, decided: Sequence[tuple[int, str, int | None]]) -> None:
        """(number, outcome, target) of rows that were judged one by one."""
        self.run(
            """UPDATE staged s SET outcome = d.outcome, target = d.target
            FROM unnest(%(numbers)s::int[], %(outcomes)s::text[], %(targets)s::bigint[]) AS d (number, outcome, target)
            WHERE s.number = d.number""",
            numbers=[number for number, _, _ in decided],
            outcomes=[str(Outcome(outcome)) for _, outcome, _ in decided],
            targets=[target for _, _, target in decided],
        )


def _type(reader) -> str:
    return next((name for kind, name in TYPES if isinstance(reader, kind)), "text")
