"""What may happen to a round and to a declaration, in the order in which it happens."""

from taizhang.declarations.actions.filling import confirm, drop, keep, sample, submit, take_back
from taizhang.declarations.actions.opening import break_off, end, end_struck_off, hand_out, open_round, start
from taizhang.declarations.actions.reviewing import accept, agree, pass_on, reverse, send_back
from taizhang.declarations.actions.workbooks import (
    fill,
    forget_workbooks,
    send,
    settle,
    take_in,
    take_out,
    turn_away,
)

__all__ = [
    "accept",
    "agree",
    "break_off",
    "confirm",
    "drop",
    "end",
    "end_struck_off",
    "fill",
    "forget_workbooks",
    "hand_out",
    "keep",
    "open_round",
    "pass_on",
    "reverse",
    "sample",
    "send",
    "send_back",
    "settle",
    "start",
    "submit",
    "take_back",
    "take_in",
    "take_out",
    "turn_away",
]
