"""校核: what must hold within a table and between tables on a day; each that does not names its records and the likely cause.

A check is a file of `sql/checks/`: its head says what must hold, by which source and in which years; its text returns a row for
every record of which it does not, with the cause that the facts themselves suggest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from taizhang.accounts.scope import Scope
from taizhang.ledger.models import AsOf
from taizhang.stats import remembering
from taizhang.stats.catalogue import FOLDER, Parameter, heading_lines, parameter_of, sourced, without_head
from taizhang.stats.figures import fetch
from taizhang.statutes.rules import criteria


@dataclass(frozen=True, eq=False)
class Check:
    key: str
    name: str
    table: str
    relation: str
    clause: str
    source: str
    record: str
    parameter: Parameter | None
    begins: date | None  # in force from, and to
    ends: date | None
    sql: str

    def is_in_force(self, day: date) -> bool:
        return (self.begins is None or self.begins <= day) and (self.ends is None or day < self.ends)


@dataclass(frozen=True)
class Failure:
    record: int
    label: str
    cause: str


@dataclass(frozen=True)
class Result:
    check: Check
    failures: int

    @property
    def holds(self) -> bool:
        return not self.failures


@cache
def checks() -> dict[str, Check]:
    return {path.stem: read(path) for path in sorted((FOLDER / "checks").glob("*.sql"))}


def read(path: Path) -> Check:
    text = path.read_text(encoding="utf-8")
    head = dict(heading_lines(text))
    clause, source = sourced(head)
    return Check(
        key=path.stem,
        name=head["name"],
        table=head["table"],
        relation=head["relation"],
        clause=clause,
        source=source,
        record=head["record"],
        parameter=parameter_of(head),
        begins=date.fromisoformat(head["from"]) if "from" in head else None,
        ends=date.fromisoformat(head["until"]) if "until" in head else None,
        sql=without_head(text),
    )


def in_force(day: date) -> list[Check]:
    return [check for check in checks().values() if check.is_in_force(day)]


def results(at: AsOf, scope: Scope, *, among: Iterable[Check] | None = None) -> list[Result]:
    """How many records fail each check that is in force on the day; one question to the database for all of them."""
    asked = tuple(in_force(at.day) if among is None else among)
    key = ("checks", tuple(each.key for each in asked), at, scope.paths)
    return remembering.while_nothing_is_done(key, lambda: count(asked, at, scope)) if asked else []


def count(asked: tuple[Check, ...], at: AsOf, scope: Scope) -> list[Result]:
    parts, parameters = [], {**at.parameters, "scope": scope.patterns}
    for place, check in enumerate(asked):
        parts.append(
            f"SELECT {place}, count(*) FROM ({check.sql.replace('%(parameter)s', f'%(parameter_{place})s')}) f"
        )
        parameters[f"parameter_{place}"] = threshold(check, at.day)
    numbers = dict(fetch(" UNION ALL ".join(parts), parameters))
    return [Result(check, numbers[place]) for place, check in enumerate(asked)]


def failures(
    check: Check, at: AsOf, scope: Scope, *, after: tuple[str, int] | None = None, limit: int | None = None
) -> list[Failure]:
    """The records of which it does not hold, by name; the page that follows `after`."""
    asked: dict[str, Any] = {
        **at.parameters,
        "scope": scope.patterns,
        "parameter": threshold(check, at.day),
        "limit": limit,
        **({"after_label": after[0], "after_record": after[1]} if after else {}),
    }
    rows = fetch(
        f"""
        SELECT f.record, f.label, f.cause FROM ({check.sql}) f
        {"WHERE (f.label, f.record) > (%(after_label)s, %(after_record)s)" if after else ""}
        ORDER BY f.label, f.record {"LIMIT %(limit)s" if limit else ""}
        """,
        asked,
    )
    return [Failure(*row) for row in rows]


def threshold(check: Check, day: date) -> int:
    wanted = check.parameter
    return criteria(day).get(wanted.name, wanted.otherwise) if wanted else 0
