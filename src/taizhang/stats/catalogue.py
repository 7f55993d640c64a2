"""The figures 指标: one per file in `sql/`, read with the definition 口径 its first lines state.

A file is one question that returns one row per record: `record, label, unit, dimensions…, in_base, counted, reason`, and, where acts
rather than facts make it count, `step`: the one that did. Its head says in `-- key: value` lines what it is called, what it counts, by
which definition, from which source, and what may be chosen. `span: period` counts what happened from `%(since)s` to the day.
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
    "covered": "覆盖家数",
    "load": "派驻家数",
    "body": "议事机构",
    "decision": "审批结果",
    "standing_of": "状态",
    "absence": "未建原因",
    "heads": "党员人数",
    "due": "任期",
    "matter": "申请事项",
    "duration": "用时",
    "paper_kind": "文种",
    "age": "年龄",
    "stage": "填报状态",
    "late": "是否逾期",
}
THEMES = {
    "coverage": "覆盖",
    "organisations": "社会组织",
    "party": "党组织",
    "members": "党员",
    "instructors": "指导员",
    "procedures": "组建审批",
    "office": "会议和文书",
}
PLACES = {theme: place for place, theme in enumerate(THEMES)}
DAY, PERIOD = "day", "period"


@dataclass(frozen=True)
class Parameter:
    """A dated threshold of `statutes` the question needs, and what holds where none is in force."""

    name: str
    otherwise: int


@dataclass(frozen=True, eq=False)
class Figure:
    key: str
    order: tuple[int, str]
    theme: str
    span: str  # DAY: what is so on the day; PERIOD: what happened in the period that ends with it
    name: str
    measure: str
    rate: str  # what counted ÷ base is called; empty where it means nothing
    definition: str
    clause: str
    source: str
    record: str  # what a row is: organisation, party, person, instructor, sitting, application, paper or declaration
    bases: dict[str, str]
    variants: dict[str, str]
    dimensions: tuple[str, ...]
    parameter: Parameter | None
    facts: tuple[type[Fact], ...]
    steps: tuple[str, ...]  # the verbs whose steps make a record count; none where facts alone do
    beside: tuple[tuple[str, str], ...]  # other figures that are easily taken for this one, and how both can be true
    sql: str

    @property
    def headline(self) -> str:
        """The variant that is meant when none is named."""
        return next(iter(self.variants))

    @property
    def default_base(self) -> str:
        return next(iter(self.bases), "")

    @property
    def is_of_period(self) -> bool:
        return self.span == PERIOD

    @property
    def names_people(self) -> bool:
        return self.record in ("person", "instructor")

    @property
    def columns(self) -> tuple[str, ...]:
        """What a row says beyond its dimensions."""
        return ("code",) if self.record == "organisation" else ()

    @property
    def labels(self) -> dict[str, str]:
        return {name: DIMENSION_LABELS[name] for name in self.dimensions}


@cache
def catalogue() -> dict[str, Figure]:
    """By theme; within it, the file with the lower `place` first."""
    found = sorted((read(path) for path in FOLDER.glob("*.sql")), key=lambda each: (PLACES[each.theme], *each.order))
    return {figure.key: figure for figure in found}


def themes() -> dict[str, list[Figure]]:
    """The figures of each theme, under what it is called."""
    return {
        label: [figure for figure in catalogue().values() if figure.theme == theme] for theme, label in THEMES.items()
    }


def read(path: Path) -> Figure:
    text = path.read_text(encoding="utf-8")
    head = dict(heading_lines(text))
    clause, source = sourced(head)
    return Figure(
        key=path.stem,
        order=(int(head.get("place", "9")), path.stem),
        theme=head["theme"],
        span=head.get("span", DAY),
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
        parameter=parameter_of(head),
        facts=tuple(apps.get_model(label) for label in head["facts"].split()),
        steps=tuple(head.get("steps", "").split()),
        beside=tuple(choices(head.get("beside", "")).items()),
        sql=without_head(text),
    )


def sourced(head: dict[str, str]) -> tuple[str, str]:
    """The key of the clause, and what it says of the matter."""
    clause, _, source = head["source"].partition(" ")
    return clause, source


def parameter_of(head: dict[str, str]) -> Parameter | None:
    name, _, otherwise = head.get("parameter", "").partition(" = ")
    return Parameter(name, int(otherwise)) if name else None


def without_head(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not HEAD.match(line))


def heading_lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if not (found := HEAD.match(line)):
            return
        yield found[1], found[2]


def choices(text: str) -> dict[str, str]:
    """`formal=由正式党组织覆盖; wider=…` in the order in which they stand."""
    pairs = (each.partition("=") for each in text.split("; ") if each)
    return {key: label for key, _, label in pairs}
