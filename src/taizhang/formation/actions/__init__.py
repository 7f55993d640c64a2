"""What may happen to an application, in the order in which it happens."""

from taizhang.formation.actions.applying import (
    consent,
    disinvite,
    drop,
    invite,
    keep,
    propose,
    start,
    submit,
    withdraw,
)
from taizhang.formation.actions.deciding import (
    acknowledge,
    answer,
    approve,
    defer,
    file_approval,
    file_refusal,
    refuse_application,
    reply,
    reverse,
    schedule,
)
from taizhang.formation.actions.electing import agree_result, conclude, record_result
from taizhang.formation.actions.planning import break_off, draft_joint, group, regroup, work_out
from taizhang.formation.actions.receiving import accept, redirect, send_back

__all__ = [
    "accept",
    "acknowledge",
    "agree_result",
    "answer",
    "approve",
    "break_off",
    "conclude",
    "consent",
    "defer",
    "disinvite",
    "draft_joint",
    "drop",
    "file_approval",
    "file_refusal",
    "group",
    "invite",
    "keep",
    "propose",
    "record_result",
    "redirect",
    "refuse_application",
    "regroup",
    "reply",
    "reverse",
    "schedule",
    "send_back",
    "start",
    "submit",
    "withdraw",
    "work_out",
]
