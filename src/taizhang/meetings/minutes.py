"""The papers of a sitting that is over, from what was recorded: 纪要 for those who carry it out, 记录 for the files."""

from datetime import date

from taizhang.accounts.models import User
from taizhang.meetings.models import VOTED, AgendaItem, Attendance, Outcome, Sitting
from taizhang.papers import actions as papers

NOT_NOTED = "（未记）"


def draft(sitting: Sitting, *, on: date, by: User) -> None:
    """Nothing, if nothing was on the agenda."""
    items = list(sitting.items.exclude(outcome__in=["", Outcome.WITHDRAWN]).select_related("case"))
    if not items:
        return
    there = list(Attendance.objects.filter(sitting=sitting))
    facts = {
        "meeting": f"{sitting.body}会议",
        "held": sitting.held_on,
        "place": sitting.place or NOT_NOTED,
        "chair": sitting.chair,
        "recorder": sitting.recorder,
        "present": [each.name for each in there if each.is_present],
        "absent": [
            f"{each.name}（{each.absence}）" if each.absence else each.name for each in there if not each.is_present
        ],
        "attending": [sitting.also_present] if sitting.also_present else [],
    }
    for kind, told in (("record", recorded), ("minutes", resolved)):
        said = {**facts, "items": [told(item) for item in items]}
        papers.draft(sitting.case, kind, facts=said, issuer=sitting.body.unit, on=on, by=by)


def recorded(item: AgendaItem) -> str:
    """The whole course of the item."""
    lines = [item.case.title]
    if item.report:
        lines.append(f"汇报：{item.report}")
    if item.stands_aside:
        lines.append(f"{'、'.join(item.stands_aside)}回避。")
    if item.written_views:
        lines.append(f"缺席者书面意见（不计票）：{item.written_views}")
    lines += [counted(item), f"决定：{item.get_outcome_display()}。"]
    lines += [f"理由：{item.note}"] if item.note else []
    lines += [f"下步：{item.next_step}"] if item.next_step else []
    return "\n".join(lines)


def resolved(item: AgendaItem) -> str:
    """What was resolved, and why."""
    lines = [f"{item.case.title}：{item.get_outcome_display()}。", counted(item)]
    lines += [item.note] if item.note and item.outcome != Outcome.APPROVED else []
    lines += [f"下步：{item.next_step}"] if item.next_step else []
    return "\n".join(lines)


def counted(item: AgendaItem) -> str:
    head = f"应到{item.entitled}人，实到{item.present}人"
    if item.outcome not in VOTED:
        return f"{head}。"
    return f"{head}；赞成{item.in_favour}票，反对{item.against}票，弃权{item.abstained}票。"
