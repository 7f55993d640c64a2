"""Declarations that an organisation still has to submit, by the deadline of their round; and those that wait for review."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone

from taizhang.accounts.models import Role
from taizhang.declarations.models import UNDER_REVIEW, Declaration, State
from taizhang.notices.sources import Matter, Source

FILLERS = (Role.OPERATOR, Role.PARTY_CLERK, Role.SECRETARY, Role.UNIT_CLERK, Role.CLERK)
REVIEWERS = {State.WITH_UNIT: (Role.UNIT_REVIEWER, Role.UNIT_CLERK, Role.CLERK), State.WITH_COMMITTEE: (Role.CLERK,)}
WITHIN = 7  # days, to be reviewed or put right after the last step: the office's own custom, no rule
BEFORE_THE_DEADLINE = (30, 7, 3, 0, -1)


def declarations(on: date) -> Iterator[Matter]:
    """One for each that is under way: to be filled in until the round's deadline, to be reviewed within a week."""
    rows = Declaration.objects.under_way().select_related("round", "organization__unit")
    for each in rows.order_by("pk").iterator(chunk_size=2000):
        name, since = each.organization.unit.name, timezone.localtime(each.since_at).date() if each.since_at else on
        due_on = since + timedelta(days=WITHIN)
        days_before: tuple[int, ...] = (WITHIN, 0, -WITHIN)
        if each.state in UNDER_REVIEW:
            title, roles = f"{name}的填报待审核", REVIEWERS[State(each.state)]
        elif each.state == State.RETURNED:
            title, roles = f"{name}的填报被退回，请改正后再提交", FILLERS
        elif each.round is not None:
            title, roles = f"{name}：{each.round.title}请填报", FILLERS
            due_on, days_before = each.round.due_on, BEFORE_THE_DEADLINE
        else:
            continue  # a correction somebody has begun of their own accord
        about = f"declarations.declaration:{each.pk}"
        yield Matter(about, title, each.organization.unit_id, roles, due_on, days_before)


DECLARATIONS = Source(
    "declarations.due",
    "填报",
    "填报任务的提交期限；提交后一般7天内审核，退回后一般7天内改正",
    declarations,
    speaks_for="declarations:",
)
