"""The columns of the workbook: what is asked of an organisation's own record, between what only says whose row it is.

People, posts and Party organisations stand there as numbers and names to be read; they are corrected on the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from taizhang.declarations.drafts import Draft
from taizhang.declarations.explanations import explanations
from taizhang.declarations.fields import KINDS, SECTIONS, Asked
from taizhang.imports.sheet import Column
from taizhang.imports.values import YES_NO, Choice, Code, Day, Number, Reader, Text

RECORDS = ("particulars", "absence", "workforce", "breakdown")
MOST = 1_000_000
BY_PAGE = "有误的，在网页的填报里更正"


@dataclass(frozen=True)
class Place:
    """One column. A field of a record is `asked`; what is only read `tells`; what is said of the whole row is neither."""

    column: Column
    section: str = ""
    record: str = ""
    asked: Asked | None = None
    tells: Callable[[Draft], str] | None = None
    is_compared: bool = True  # what is only for information on the day of taking out is not

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def is_locked(self) -> bool:
        return self.tells is not None

    def shown(self, draft: Draft) -> str:
        """What stands in the cell. A sample that is not typed yet stands empty."""
        if self.tells is not None:
            return self.tells(draft)
        record = draft.record(self.record)
        if self.asked is None or record is None or draft.is_hidden_sample(self.record, self.asked.name):
            return ""
        value = draft.declared(record, self.asked.name)
        return "" if value is None or value == "" else self.asked.text(value)

    def plain(self, text: str) -> str:
        """What the cell means, however it is written: the same for what was taken out and for what comes back."""
        value, _ = self.column.read(text)
        if value is None:
            return "false" if self.asked is not None and self.asked.kind == "yes" else ""
        return value

    def value(self, plain: str) -> Any:
        """As a draft keeps it."""
        kind = self.asked.kind if self.asked else "words"
        if kind == "yes":
            return plain == "true"
        return (int(plain) if plain else None) if kind == "number" else plain


class Words(Text):
    """Nothing is meant by a word for nothing, and an error of a formula is none of ours: a locked cell is as it is."""

    def __call__(self, text: str):
        return (" ".join(text.split()) or None), ()


def reader_of(asked: Asked) -> Reader:
    if asked.kind == "number":
        return Number(most=MOST)
    if asked.kind == "yes":
        return YES_NO
    if asked.kind == "choice":
        return Choice(*asked.choices.items())
    return Code(longest=6) if asked.name == "region" else Text(longest=asked.longest)


def state_told(draft: Draft) -> str:
    declaration = draft.declaration
    returned = [each.reason for each in draft.differences.values() if each.is_returned and each.reason]
    why = "；".join(filter(None, [declaration.returned_why, *returned]))
    return f"{declaration.get_state_display()}：{why}" if why else declaration.get_state_display()


def lines_told(section: str) -> Callable[[Draft], str]:
    def told(draft: Draft) -> str:
        found = next(each for each in draft.sections if each.name == section)
        names = [each.title for each in found.records if each.is_known]
        return "；".join([*names, *(f"{label} {number}" for label, number in found.lines)]) or "没有"

    return told


def told(name: str, title: str, tells: Callable[[Draft], str], *, section: str = "", hint: str = "", **more) -> Place:
    return Place(Column(name, title, Words(), hint=hint or "锁定，不用填。"), section, tells=tells, **more)


def field_of(record: str, asked: Asked) -> Place:
    """What the page says beside the field, the column says too."""
    said = explanations()[record, asked.name]
    column = Column(
        f"{record}-{asked.name}",
        asked.label,
        reader_of(asked),
        required=asked.required,
        hint=said.meaning,
        example=said.example,
    )
    return Place(column, KINDS[record].section, record, asked)


def fields_of(record: str) -> tuple[Place, ...]:
    return tuple(field_of(record, asked) for asked in KINDS[record].fields)


ORGANIZATION = told("organization", "社会组织", lambda draft: str(draft.declaration.organization))
CODE = told("code", "统一社会信用代码", lambda draft: draft.declaration.organization.code or "")
STATE = told("state", "下载时的状态", state_told, is_compared=False)
SINCE = Place(
    Column(
        "since",
        "基本情况从哪天起变的",
        Day(),
        hint="名称等改了的才填，写成 2017-07-01；空着的，从截止日起。人数和未建原因都填截止日的，另有日子的在网页上更正。",
    ),
    "particulars",
)
NAME = Place(
    Column(
        "name",
        "核对人姓名",
        Text(longest=60),
        hint="整行各节都看过、属实的，写填报人姓名：送回即提交。还没填完的空着。",
    )
)
LATE = Place(Column("late_reason", "逾期原因", Text(longest=200), hint="过了提交期限才送回的，写明原因。"))
SEAL = Place(Column("seal", "行校验码", Words(), hint="锁定，不用填。"))

PLACES: tuple[Place, ...] = (
    ORGANIZATION,
    CODE,
    STATE,
    *fields_of("particulars"),
    SINCE,
    *fields_of("absence"),
    told("party", "台账中的党组织", lines_told("party"), section="party", hint=f"台账中的情况。{BY_PAGE}。"),
    told("members", "台账中的人员", lines_told("members"), section="members", hint=f"台账中的人数。{BY_PAGE}。"),
    *fields_of("workforce"),
    *fields_of("breakdown"),
    told(
        "instructor",
        "台账中的指导员",
        lines_told("instructor"),
        section="instructor",
        hint=f"台账中的人数。{BY_PAGE}。",
    ),
    NAME,
    LATE,
    SEAL,
)
BY_NAME = {place.name: place for place in PLACES}
MARKED = tuple(place for place in PLACES if place.is_compared and (place.asked or place.is_locked))
TITLE_OF = {"": "", **SECTIONS}
