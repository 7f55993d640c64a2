"""Who may do what with a declaration, and everything that stands in its way, at once."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from taizhang.accounts.models import Role, User
from taizhang.declarations.drafts import Draft
from taizhang.declarations.fields import SECTIONS
from taizhang.declarations.models import (
    OPEN_TO_CHANGE,
    TRANSITIONS,
    UNDER_REVIEW,
    Declaration,
    State,
)
from taizhang.declarations.sections import Record
from taizhang.kit.refusals import Obstacle
from taizhang.orgs.codes import is_known_region
from taizhang.orgs.rules import problems_with_heads

FILLERS = frozenset({Role.OPERATOR, Role.SECRETARY, Role.PARTY_CLERK, Role.UNIT_CLERK, Role.CLERK})
OPENERS = frozenset({Role.CLERK, Role.UNIT_CLERK})
UNIT_REVIEWERS = frozenset({Role.UNIT_REVIEWER, Role.UNIT_CLERK, Role.CLERK})
COMMITTEE_REVIEWERS = frozenset({Role.CLERK})
WHO: dict[str, frozenset[str]] = {
    "open_round": OPENERS,
    "hand_out": OPENERS,
    "start": FILLERS,
    "keep": FILLERS,
    "sample": FILLERS,
    "confirm": FILLERS,
    "submit": FILLERS,
    "take_back": FILLERS,
    "pass_on": UNIT_REVIEWERS,
    "accept": COMMITTEE_REVIEWERS,
    "send_back": UNIT_REVIEWERS,
    "agree": UNIT_REVIEWERS,
    "reverse": COMMITTEE_REVIEWERS,
    "end": OPENERS,
    "take_out": FILLERS,
    "send": FILLERS,
}
OF_ROUNDS = frozenset({"open_round", "hand_out", "start", "agree", "take_out", "send"})  # of no one declaration
WHILE_OPEN = frozenset({"keep", "sample", "confirm", "submit"})
BY_HAND = ("submit", "take_back", "pass_on", "accept", "send_back", "reverse", "end")


def reviewers(declaration: Declaration) -> frozenset[str]:
    """Of the level at which it lies: the supervising unit, with the committee in its stead, or the committee alone."""
    return COMMITTEE_REVIEWERS if declaration.state == State.WITH_COMMITTEE else UNIT_REVIEWERS


def who(verb: str, declaration: Declaration) -> frozenset[str]:
    return reviewers(declaration) if verb in ("send_back", "agree") else WHO[verb]


def abilities(user: User, declaration: Declaration) -> frozenset[str]:
    """Role ∩ state: draws the buttons; the verbs check again."""
    unit = declaration.unit
    found = {
        verb
        for verb in BY_HAND
        if declaration.state in TRANSITIONS[verb][0] and user.holds(who(verb, declaration), unit)
    }
    if declaration.state in OPEN_TO_CHANGE:
        found |= {verb for verb in WHILE_OPEN if user.holds(WHO[verb], unit)}
    return frozenset(found)


def obstacles_to_opening_round(
    *, title: str, cut_off_on: date, due_on: date, on: date, path: str
) -> Iterator[Obstacle]:
    if not title.strip():
        yield Obstacle("title-missing", "没有写填报任务的名称", remedy="如：2017年度党建情况年报", where="title")
    if cut_off_on > on:
        yield Obstacle(
            "cut-off-in-future",
            f"截止日{cut_off_on}还没有到",
            remedy="截止日是要填哪一天的情况，不晚于今天",
            where="cut_off_on",
        )
    if due_on < on:
        yield Obstacle("due-in-past", f"提交期限{due_on}已经过去", remedy="期限不早于今天", where="due_on")


def obstacles_to_moving(declaration: Declaration, verb: str) -> Iterator[Obstacle]:
    if declaration.state not in TRANSITIONS[verb][0]:
        yield Obstacle(
            "not-in-that-state", f"填报{stands(declaration)}，现在不能这样办理", remedy="刷新页面，按现在的状态办理"
        )


def obstacles_to_changing(declaration: Declaration) -> Iterator[Obstacle]:
    """While it is under review nothing moves; the reason says who can hand it back."""
    if declaration.state in UNDER_REVIEW:
        yield Obstacle(
            "under-review",
            f"填报{stands(declaration)}，内容不能动",
            remedy="需要改的，先“取回”，或请审核人退回",
        )
    elif declaration.state not in OPEN_TO_CHANGE:
        yield Obstacle("over", f"填报{stands(declaration)}，不能再改", remedy="又有变化的，另提一份更正")


def stands(declaration: Declaration) -> str:
    return State(declaration.state).label


def obstacle_of_striking_off(draft: Draft) -> Iterator[Obstacle]:
    if draft.struck_off:
        yield Obstacle(
            "struck-off",
            f"该社会组织{draft.struck_off}，填报不再办理",
            remedy="点“终止”结束这份填报；已填的留存可查",
        )


def obstacles_to_values(record: Record, values: dict[str, Any]) -> Iterator[Obstacle]:
    """What is wrong with the values of one record by themselves."""
    for asked in record.kind.fields:
        value = values.get(asked.name)
        if asked.kind == "number" and value is not None and not 0 <= value <= 1_000_000:
            yield Obstacle("out-of-range", f"{asked.label}应在0至1000000之间", remedy="核对人数", where=asked.name)
        if asked.kind == "words" and value and len(value) > asked.longest:
            yield Obstacle("too-long", f"{asked.label}超过{asked.longest}字", remedy="写简短些", where=asked.name)
        if asked.name == "region" and value and value != record.values.get("region") and not is_known_region(value):
            yield Obstacle(
                "region-unknown",
                f"{value}不是已知的行政区划代码",
                remedy="填6位代码；现行和历史区划均可",
                where="region",
            )
        if asked.kind == "choice" and value and value not in asked.choices:
            yield Obstacle("not-a-choice", f"{asked.label}不在所列之中", remedy="从列出的选", where=asked.name)


def both_changed(label: str, now: str, by: str, typed: str, where: str) -> Obstacle:
    return Obstacle(
        "both-changed",
        f"“{label}”刚由{by}改为“{now}”，您填的是“{typed}”",
        remedy="两处都没有丢：核对后再填一次您认为对的",
        where=where,
    )


def obstacles_to_submitting(draft: Draft, *, on: date, late_reason: str) -> Iterator[Obstacle]:
    """Everything that is missing or does not add up."""
    yield from obstacle_of_striking_off(draft)
    yield from obstacles_of_asking(draft)
    yield from obstacles_of_content(draft)
    yield from obstacles_of_differences(draft, on=on)
    due_on = draft.declaration.due_on
    if due_on is not None and on > due_on and not late_reason.strip():
        yield Obstacle(
            "late-reason-missing",
            f"提交期限是{due_on}，已经过了",
            remedy="仍可提交，会记为逾期：写明原因",
            where="late_reason",
        )


def obstacles_of_asking(draft: Draft) -> Iterator[Obstacle]:
    """In a round every section is read and confirmed, and the samples are typed; a correction needs only a difference."""
    if draft.declaration.round_id is None:
        if not draft.differences and not draft.hidden:
            yield Obstacle("nothing-changed", "没有提出任何更正", remedy="先在有误的一节点“更正”")
        return
    for section in draft.sections:
        if section.name not in draft.confirmed:
            yield Obstacle(
                "not-confirmed",
                f"“{section.title}”还没有确认",
                remedy="看过无误（或已写更正）后，勾选“属实”",
                where=f"section-{section.name}",
            )
    for (key, name), sample in draft.samples.items():
        record = draft.record(key)
        if sample.answer is None and record is not None:
            yield Obstacle(
                "sample-missing",
                f"抽查“{record.kind.field(name).label}”还没有填写",
                remedy="照实际情况填写这一项",
                where=f"sample-{key}-{name}",
            )


def obstacles_of_content(draft: Draft) -> Iterator[Obstacle]:
    """What the whole must say, and the arithmetic of the annual table."""
    in_round = draft.declaration.round_id is not None
    new_party = draft.is_stated("new-party")
    if in_round and draft.record("absence") and not draft.is_stated("absence") and not new_party:
        yield Obstacle(
            "absence-missing", "没有党组织，也没有说明原因", remedy="在“未建党组织的原因”中选择", where="absence"
        )
    for key in ("workforce", "breakdown"):
        if in_round and not draft.is_stated(key):
            title = draft.read.by_key[key].title
            yield Obstacle(f"{key}-missing", f"“{title}”还没有填写", remedy="台账没有这些数，请填一次", where=key)
    for record in draft.read.by_key.values():
        if draft.is_stated(record.key):
            yield from obstacles_of_record(record, draft.values(record.key))
    if draft.is_stated("workforce"):
        heads = {name: value or 0 for name, value in draft.values("workforce").items()}
        divided = None
        if draft.is_stated("breakdown"):
            divided = {name: value or 0 for name, value in draft.values("breakdown").items()}
        yield from problems_with_heads(heads, divided)


def obstacles_of_record(record: Record, values: dict[str, Any]) -> Iterator[Obstacle]:
    for asked in record.kind.fields:
        if asked.required and values.get(asked.name) in (None, ""):
            yield Obstacle(
                "value-missing",
                f"“{record.kind.title}”中的{asked.label}没有填",
                remedy="填写这一项",
                where=record.key,
            )
    yield from obstacles_to_values(record, values)
    if record.key == "new-party":
        yield from obstacles_to_unknown_party(values)


def obstacles_to_unknown_party(values: dict[str, Any]) -> Iterator[Obstacle]:
    """A Party organisation that the ledger does not know was approved by somebody, by a document, on a day; or it is none yet."""
    for name, label in (("approved_by", "批准机关"), ("approval", "批复文号")):
        if not (values.get(name) or "").strip():
            yield Obstacle(
                "unknown-party-organization",
                f"台账没有的党组织，没有写{label}",
                remedy="照批复填写批准机关、文号和日期；还没有批复的，先提“组建申请”",
                basis="party-constitution-29",
                where="new-party",
            )


def obstacles_of_differences(draft: Draft, *, on: date) -> Iterator[Obstacle]:
    told: set[str] = set()
    for record, asked, difference in draft.changed():
        label = asked.label
        if difference.is_returned:
            yield Obstacle(
                "returned-unmended",
                f"退回的“{label}”还没有改：{difference.reason}",
                remedy="改正，或撤销这一项更正",
                where=record.key,
            )
        if record.key not in told:
            told.add(record.key)
            yield from obstacles_to_day(record, difference.since, cut_off_on=draft.declaration.cut_off_on, on=on)
            yield from before_what_is_stated(record, difference.since)
        if record.kind.name == "person" and asked.name.startswith("outside") and record.subject[1] is None:
            yield Obstacle(
                "not-a-member",
                "填了组织关系的人，台账没有党员记载",
                remedy="先由党务专干或主管单位登记为党员；不是党员的，撤销这一项",
                where=record.key,
            )
    yield from obstacles_of_the_ledger(draft)


def obstacles_to_day(record: Record, since: date, *, cut_off_on: date, on: date) -> Iterator[Obstacle]:
    if since > min(cut_off_on, on):
        yield Obstacle(
            "after-cut-off",
            f"“{record.kind.title}”的更正从{since}起，晚于截止日{cut_off_on}",
            remedy="填截止日当天或以前就是如此的情况；以后的变化另提更正",
            where=record.key,
        )


def before_what_is_stated(record: Record, since: date) -> Iterator[Obstacle]:
    if record.is_known and record.since is not None and since < record.since:
        yield Obstacle(
            "before-statement",
            f"“{record.kind.title}”的更正从{since}起，早于台账这条记载的{record.since}",
            remedy=f"不早于{record.since}；更早就不对的，请综合党委经办人直接更正台账",
            where=record.key,
        )


def obstacles_of_the_ledger(draft: Draft) -> Iterator[Obstacle]:
    """The ledger was changed by somebody else since the difference was written."""
    for record, asked, difference in draft.changed():
        known = record.values.get(asked.name)
        if known != difference.old:
            yield Obstacle(
                "ledger-changed",
                f"台账的“{asked.label}”已改为“{asked.text(known)}”，填写时是“{asked.text(difference.old)}”",
                remedy="核对后重填或撤销这一项更正",
                where=record.key,
            )
    for difference in draft.vanished():
        yield Obstacle(
            "ledger-changed",
            "一项更正所说的记录，台账已经不再有",
            remedy="撤销这一项更正",
            where=difference.record,
        )


def obstacles_to_agreeing(draft: Draft, *, by: User, on: date) -> Iterator[Obstacle]:
    """Why it may not be passed on or accepted as it is."""
    yield from obstacle_of_striking_off(draft)
    if draft.declaration.submitted_by_id == by.pk:
        yield Obstacle("own-work", "这份填报是您自己提交的", remedy="请另一位审核人审核")
    for _, asked, difference in draft.changed():
        if difference.is_returned:
            yield Obstacle(
                "returned-inside",
                f"“{asked.label}”的意见是退回，不能通过",
                remedy="改为认可，或将填报退回",
                where=f"verdict-{difference.pk}",
            )
    yield from obstacles_of_the_ledger(draft)


def obstacles_to_sending_back(draft: Draft, note: str) -> Iterator[Obstacle]:
    if not note.strip() and not any(each.is_returned for each in draft.differences.values()):
        yield Obstacle("reason-missing", "没有说明为什么退回", remedy="逐项写理由，或写总的说明", where="note")


def obstacles_to_confirming(sections: list[str], shown: tuple[str, ...]) -> Iterator[Obstacle]:
    if not sections:
        yield Obstacle("section-missing", "没有选要确认的节", remedy="至少选一节", where="sections")
    for name in sections:
        if name not in shown:
            yield Obstacle(
                "no-such-section",
                f"这份填报没有“{SECTIONS.get(name, name)}”一节",
                remedy="确认所列各节",
                where="sections",
            )


def note_missing(note: str) -> list[Obstacle]:
    return [] if note.strip() else [Obstacle("note-missing", "没有写明理由", remedy="写明原因", where="note")]
