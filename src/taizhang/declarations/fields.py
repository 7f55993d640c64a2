"""What a declaration asks: by kinds of records, each with its fields. Forms, checks, tables and sections all read this."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from taizhang.members.models import Employment, OutsideKind
from taizhang.orgs.models import Breakdown, Kind, Level, Workforce
from taizhang.party.models import PartyLevel, Reason

SECTIONS: dict[str, str] = {
    "particulars": "基本情况",
    "absence": "未建党组织的原因",
    "party": "党组织和职务",
    "members": "党员和组织关系",
    "staff": "从业人员、负责人和群团组织",
    "instructor": "党建指导员",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One field. `sampled`: it may be among those whose value is hidden and typed anew."""

    name: str
    label: str
    kind: Literal["words", "number", "yes", "choice"] = "words"
    choices: Mapping[str, str] = field(default_factory=dict)
    longest: int = 200
    required: bool = False
    sampled: bool = False

    def text(self, value: Any) -> str:
        """The value as people read it."""
        if value is None or value == "":
            return "—"
        if self.kind == "yes":
            return "是" if value else "否"
        return self.choices.get(value, str(value)) if self.kind == "choice" else str(value)


@dataclass(frozen=True, slots=True)
class RecordKind:
    """`about_people`: it names a person, and only whoever may see names sees and changes it."""

    name: str
    section: str
    title: str
    fields: tuple[Asked, ...]
    about_people: bool = False
    since_label: str = "从哪天起"

    def field(self, name: str) -> Asked:
        return next(each for each in self.fields if each.name == name)


def chosen(name: str, label: str, choices: Any, **more: Any) -> Asked:
    return Asked(name, label, "choice", dict(choices.choices), **more)


def numbers(model: Any, *names: str, **more: Any) -> tuple[Asked, ...]:
    """Heads, under the names that the register gives them."""
    labels = {each.name: str(each.verbose_name) for each in model._meta.concrete_fields}
    return tuple(Asked(name, labels[name], "number", required=True, **more) for name in names)


GONE = (Asked("ended", "已经不再如此", "yes"),)

KINDS: dict[str, RecordKind] = {
    each.name: each
    for each in (
        RecordKind(
            "particulars",
            "particulars",
            "基本情况",
            (
                Asked("name", "名称", required=True),
                chosen("kind", "类型", Kind, required=True, sampled=True),
                chosen("level", "登记层级", Level, required=True, sampled=True),
                Asked("region", "行政区划代码", longest=6, sampled=True),
                Asked("trade", "行业", longest=60, sampled=True),
            ),
        ),
        RecordKind(
            "absence",
            "absence",
            "未建原因",
            (chosen("reason", "未建原因", Reason, required=True), Asked("remark", "说明")),
        ),
        RecordKind(
            "party",
            "party",
            "党组织",
            (
                Asked("name", "名称", required=True),
                chosen("level", "层级", PartyLevel, required=True),
                Asked("approved_by", "批准机关"),
                Asked("approval", "批复文号"),
            ),
        ),
        RecordKind(
            "new-party",
            "party",
            "台账没有的党组织",
            (
                Asked("name", "名称", required=True),
                chosen("level", "层级", PartyLevel, required=True),
                Asked("approved_by", "批准机关"),
                Asked("approval", "批复文号"),
            ),
            since_label="批复日期",
        ),
        RecordKind("post", "party", "党内职务", GONE, about_people=True),
        RecordKind(
            "person",
            "members",
            "人员",
            (
                chosen("employment", "用工", Employment, required=True),
                Asked("title", "职务", longest=40),
                Asked("is_management", "中层以上管理职务", "yes"),
                Asked("left", "已离开本单位", "yes"),
                Asked("outside_name", "组织关系所在的外部党组织"),
                chosen("outside_kind", "外部党组织类别", OutsideKind),
            ),
            about_people=True,
        ),
        RecordKind(
            "workforce",
            "staff",
            "从业人员和群团组织",
            (
                *numbers(Workforce, "full_time", "part_time", "leaders", "party_members", "applicants", sampled=True),
                Asked("has_union", "建有工会", "yes"),
                Asked("has_youth_league", "建有共青团组织", "yes"),
                Asked("has_womens_federation", "建有妇联组织", "yes"),
            ),
        ),
        RecordKind(
            "breakdown",
            "staff",
            "年报人数明细",
            numbers(
                Breakdown,
                *("leaders_part_time", "leader_members", "full_time_members", "held_here", "held_supervisor"),
                *("held_affiliated", "held_locality", "held_employer", "held_other", "activists", "candidates"),
            ),
        ),
        RecordKind("posting", "instructor", "派驻", GONE, about_people=True),
    )
}


def kind_of(record: str) -> RecordKind | None:
    """particulars, party-12, post-12-secretary-1 → what kind of record it is."""
    if record in KINDS:
        return KINDS[record]
    return KINDS.get(record.partition("-")[0])


def number_of(record: str) -> int:
    """party-12 → 12; 0 where there is none."""
    number = record.partition("-")[2].partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0
