"""What the pages of a declaration show: sections with their cells and forms, who has it, what is in the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from taizhang.accounts.models import Grant
from taizhang.declarations import rules
from taizhang.declarations.drafts import Draft
from taizhang.declarations.forms import RecordForm
from taizhang.declarations.models import Confirmation, Declaration, Difference, State
from taizhang.declarations.sections import Record, Section
from taizhang.kit.refusals import Obstacle

SAID = {
    "begin": "开始填写",
    "submit": "提交",
    "submit_to_committee": "提交",
    "take_back": "取回",
    "pass_on": "主管单位审核通过",
    "send_back": "退回",
    "accept": "综合党委接受，已记账",
    "reverse": "撤销接受，所记的账已撤回",
    "end": "终止",
}
HIDDEN = "（抽查，请在下面填写）"


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    text: str
    difference: Difference | None = None
    new: str = ""
    is_sample: bool = False


@dataclass(slots=True)
class Shown:
    """One record on the page; `form` where it may be changed right here, `address` where on a page of its own."""

    record: Record
    cells: list[Cell] = field(default_factory=list)
    form: RecordForm | None = None
    address: str = ""

    @property
    def differs(self) -> bool:
        return any(each.difference for each in self.cells)


@dataclass(slots=True)
class Part:
    section: Section
    shown: list[Shown]
    people: list[Shown]
    confirmation: Confirmation | None

    @property
    def differs(self) -> bool:
        return any(each.differs for each in (*self.shown, *self.people))


def parts(draft: Draft, *, may_change: bool) -> list[Part]:
    found = []
    for section in draft.sections:
        shown = [show(draft, record, may_change=may_change) for record in section.records]
        people = [each for each in shown if each.record.kind.name == "person"]
        others = [each for each in shown if each.record.kind.name != "person"]
        found.append(Part(section, others, people, draft.confirmed.get(section.name)))
    return found


def show(draft: Draft, record: Record, *, may_change: bool) -> Shown:
    shown = Shown(record)
    for asked in record.kind.fields:
        difference = draft.differences.get((record.key, asked.name))
        if draft.is_hidden_sample(record.key, asked.name) and may_change:
            shown.cells.append(Cell(asked.label, HIDDEN, is_sample=True))
        else:
            known = asked.text(record.values.get(asked.name))
            new = asked.text(difference.new) if difference else ""
            shown.cells.append(Cell(asked.label, known, difference, new))
    if may_change:
        if record.kind.about_people:
            shown.address = reverse("declarations:keep", args=[draft.declaration.pk, record.key])
        else:
            shown.form = RecordForm(draft=draft, record=record)
    return shown


@dataclass(frozen=True, slots=True)
class Compared:
    """One difference for review: the old beside the new."""

    difference: Difference
    title: str
    label: str
    old: str
    new: str

    @property
    def verdicts(self) -> list[str]:
        told = (
            ("主管单位", self.difference.get_unit_verdict_display()),
            ("综合党委", self.difference.get_committee_verdict_display()),
        )
        return [f"{who}{verdict}" for who, verdict in told if verdict]


def compared(draft: Draft) -> list[Compared]:
    return [
        Compared(difference, record.title, asked.label, asked.text(difference.old), asked.text(difference.new))
        for record, asked, difference in draft.changed()
    ]


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has it, since when, and who can hand it back."""

    who: str
    names: list[str]
    since: Any
    hand_back: str
    note: str = ""


def hands(declaration: Declaration) -> Hands | None:
    if not declaration.is_under_review:
        return None
    unit = declaration.unit
    roles = rules.reviewers(declaration)
    above = [int(number) for number in unit.path.split(".") if number]
    held = Grant.objects.filter(unit__in=above, role__in=roles, ended_at=None, user__is_active=True)
    people = list(held.select_related("user", "unit").order_by("unit__path", "pk"))
    own = [each for each in people if each.unit_id == unit.parent_id]
    if declaration.state == State.WITH_UNIT:
        names, who = [each.user.name for each in own], str(unit.parent)
        note = "" if own else "该单位现在没有审核人，由综合党委经办人代审。"
    else:
        names, who, note = [each.user.name for each in people], "综合党委", ""
    now = unit.parent_id
    if declaration.submitted_to_id and declaration.submitted_to_id != now:
        note = f"提交时由{declaration.submitted_to}负责，现在由{unit.parent}负责，已随之转交。{note}"
    names = names or [each.user.name for each in people]
    return Hands(who, list(dict.fromkeys(names)), declaration.since_at, "填报人“取回”，或审核人“退回”", note)


def log(declaration: Declaration) -> list[tuple[str, Any]]:
    steps = declaration.case.steps.select_related("by").order_by("-recorded_at", "-pk")
    return [(SAID.get(step.verb.partition(":")[2], step.verb), step) for step in steps]


def lacking(draft: Draft, *, on: date, late_reason: str = "") -> list[Obstacle]:
    """The check along the way: what the submission would be refused for now."""
    return list(rules.obstacles_to_submitting(draft, on=on, late_reason=late_reason))


def missing_only(obstacles: Iterable[Obstacle]) -> list[Obstacle]:
    """What is wrong, without what is merely still to be said at the end."""
    still = {"not-confirmed", "sample-missing", "late-reason-missing", "nothing-changed"}
    return [each for each in obstacles if each.code not in still]
