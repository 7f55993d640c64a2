"""The figures 指标: one per file in `sql/`, read with the definition 口径 its first lines state.

A file is one question that returns one row per record: `record, label, unit, dimensions…, in_base, counted, reason`. Its head says in
`-- key: value` lines what it is called, what it counts, by which definition, from which source, and what may be chosen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps

from taizhang.ledger.models import Fact

FOLDER = Path(__file__).parent / "sql"
HEAD = re.compile(r"^-- (\w+): (.+)$")
DIMENSION_LABELS = {
    "outcome": "组建条件",
    "unit": "责任单位",
    "kind": "类型",
    "region": "行政区划",
    "trade": "行业",
    "level": "层级",
    "mode": "登记体制",
    "form": "组建形式",
    "nature": "性质",
    "standing": "党员类别",
    "place": "组织关系所在",
    "sex": "性别",
    "education": "学历",
}


@dataclass(frozen=True)
class Parameter:
    """A dated threshold of `statutes` the question needs, and what holds where none is in force."""

    name: str
    otherwise: int


@dataclass(frozen=True, eq=False)
class Figure:
    key: str
    name: str
    measure: str
    rate: str  # what counted ÷ base is called; empty where it means nothing
    definition: str
    clause: str
    source: str
    record: str  # organisation, party or person
    bases: dict[str, str]
    variants: dict[str, str]
    dimensions: tuple[str, ...]
    parameter: Parameter | None
    facts: tuple[type[Fact], ...]
    sql: str

    @property
    def headline(self) -> str:
        """The variant that is meant when none is named."""
        return next(iter(self.variants))

    @property
    def default_base(self) -> str:
        return next(iter(self.bases), "")

    @property
    def columns(self) -> tuple[str, ...]:
        """What a row says beyond its dimensions."""
        return ("code",) if self.record == "organisation" else ()

    @property
    def labels(self) -> dict[str, str]:
        return {name: DIMENSION_LABELS[name] for name in self.dimensions}


@cache
def catalogue() -> dict[str, Figure]:
    found = {path.stem: read(path) for path in sorted(FOLDER.glob("*.sql"))}
    first = [key for key in ("organisation_coverage", "work_coverage", "should_have") if key in found]
    return {key: found[key] for key in [*first, *(key for key in found if key not in first)]}


def read(path: Path) -> Figure:
    text = path.read_text(encoding="utf-8")
    head = dict(heading_lines(text))
    clause, _, source = head["source"].partition(" ")
    name, _, otherwise = head.get("parameter", "").partition(" = ")
    return Figure(
        key=path.stem,
        name=head["name"],
        measure=head["measure"],
        rate=head.get("rate", ""),
        definition=head["definition"],
        clause=clause,
        source=source,
        record=head["record"],
        bases=choices(head.get("bases", "")),
        variants=choices(head["variants"]),
        dimensions=tuple(head["dimensions"].split()),
        parameter=Parameter(name, int(otherwise)) if name else None,
        facts=tuple(apps.get_model(label) for label in head["facts"].split()),
        sql="".join(line for line in text.splitlines(keepends=True) if not HEAD.match(line)),
    )


def heading_lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if not (found := HEAD.match(line)):
            return
        yield found[1], found[2]


def choices(text: str) -> dict[str, str]:
    """`formal=由正式党组织覆盖; wider=…` in the order in which they stand."""
    pairs = (each.partition("=") for each in text.split("; ") if each)
    return {key: label for key, _, label in pairs}
