"""What may happen to people on record. Each verb is one case with one step that shows no protected value."""

from taizhang.members.actions.branches import dissolve, withdraw_establishment
from taizhang.members.actions.facts import (
    admit,
    appoint,
    become_full,
    correct,
    end_membership,
    end_post,
    engage,
    leave,
    withdraw,
)
from taizhang.members.actions.keys import keys_counted, rewrap_keys
from taizhang.members.actions.known import membership_on, nothing_changed, take_known, unit_of, units_of
from taizhang.members.actions.own import account_named, hand_out, lines_of, link_account, record_of
from taizhang.members.actions.people import add, amend, enrol, erase, forget, reveal
from taizhang.members.identity import find_by_id_number

__all__ = [
    "account_named",
    "add",
    "admit",
    "amend",
    "appoint",
    "become_full",
    "correct",
    "dissolve",
    "end_membership",
    "end_post",
    "engage",
    "enrol",
    "erase",
    "find_by_id_number",
    "forget",
    "hand_out",
    "keys_counted",
    "leave",
    "lines_of",
    "link_account",
    "membership_on",
    "nothing_changed",
    "take_known",
    "reveal",
    "record_of",
    "rewrap_keys",
    "unit_of",
    "units_of",
    "withdraw",
    "withdraw_establishment",
]
