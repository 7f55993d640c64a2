"""Quorum, majority, votes: every reason why an item cannot be minuted like that."""

from dataclasses import replace
from fractions import Fraction

import pytest

from taizhang.meetings.models import AgendaItem, HouseRules, Outcome, State
from taizhang.meetings.rules import Order, Threshold, Vote, obstacles_to_resolving, order_of
from taizhang.statutes.rules import Criteria

HALF, TWO_THIRDS = Threshold(Fraction(1, 2), True), Threshold(Fraction(2, 3), False)
ORDER = Order(quorum=HALF, quorum_for_personnel=TWO_THIRDS, majority=HALF)
NINE = tuple("甲乙丙丁戊己庚辛壬")
ALL = Vote(Outcome.APPROVED, in_favour=9)


def codes(vote: Vote, *, present=NINE, state=State.OPEN, **of_item) -> list[str]:
    item = AgendaItem(**of_item)
    found = obstacles_to_resolving(item, state, vote, seated=9, present=present, order=ORDER)
    return [each.code for each in found]


@pytest.mark.parametrize(
    "threshold, entitled, needed",
    [(HALF, 9, 5), (HALF, 8, 5), (TWO_THIRDS, 9, 6), (TWO_THIRDS, 7, 5), (Threshold(Fraction(1, 2), False), 8, 4)],
)
def test_how_many_are_needed(threshold, entitled, needed):
    assert threshold.needed(entitled) == needed


def test_all_agree():
    assert codes(ALL) == []


def test_the_quorum_is_counted_at_each_item_and_for_personnel_it_is_two_thirds():
    five = replace(ALL, in_favour=5)
    assert codes(five, present=NINE[:5]) == []
    assert codes(replace(ALL, in_favour=4), present=NINE[:4]) == ["quorum-lost", "not-carried"]
    assert codes(five, present=NINE[:5], is_personnel=True) == ["quorum-lost"]
    assert codes(Vote(Outcome.WITHDRAWN), present=()) == []


def test_more_than_half_of_all_members_must_agree_not_of_those_present():
    assert codes(Vote(Outcome.APPROVED, in_favour=4, against=1), present=NINE[:5]) == ["not-carried"]
    assert codes(Vote(Outcome.REFUSED, against=5, note="理由", next_step="下步"), present=NINE[:5]) == []
    assert codes(Vote(Outcome.REFUSED, in_favour=9, note="理由", next_step="下步")) == ["carried-yet-refused"]


def test_who_has_an_interest_stands_aside_and_does_not_vote():
    concerned = replace(ALL, interested=("甲",))
    assert codes(concerned) == ["interest-undeclared"]
    assert codes(replace(concerned, note="同名，非本人")) == []
    aside = replace(concerned, in_favour=8, stands_aside=("甲",))
    assert codes(aside) == []
    ballots = dict.fromkeys(NINE, "for")
    assert codes(replace(aside, ballots=ballots)) == ["interested-votes"]
    assert codes(replace(ALL, stands_aside=("癸",))) == ["aside-not-present"]


def test_written_views_of_absentees_are_no_votes():
    ballots = dict.fromkeys(NINE, "for")
    eight = NINE[:8]
    assert codes(replace(ALL, ballots=ballots), present=eight) == ["voter-absent", "votes-do-not-add-up"]
    assert codes(replace(ALL, in_favour=8), present=eight) == []


def test_votes_add_up_and_outcomes_say_why():
    assert codes(replace(ALL, in_favour=7)) == ["votes-do-not-add-up"]
    assert codes(Vote(Outcome.REFUSED, against=9)) == ["reasons-missing", "next-step-missing"]
    assert codes(Vote(Outcome.DEFERRED)) == ["note-missing"]
    assert codes(Vote("")) == ["outcome-missing"]


def test_nothing_is_resolved_twice_or_outside_the_sitting():
    assert codes(ALL, outcome=Outcome.REFUSED) == ["already-resolved"]
    assert codes(ALL, state=State.ADJOURNED) == ["sitting-not-open"]


def test_the_bodys_own_rules_prevail_but_ask_no_less_for_personnel():
    shares = {
        "committee-meeting-quorum": {"share": "1/2", "strictly": True},
        "committee-meeting-quorum-appointments": {"share": "2/3", "strictly": False},
        "committee-meeting-majority": {"share": "1/2", "strictly": True},
    }
    criteria = Criteria(None, shares)
    own = HouseRules(quorum="3/5", quorum_strictly=False, majority="2/3", majority_strictly=False)
    found = order_of(criteria, own)
    assert (found.quorum.needed(9), found.majority.needed(9), found.quorum_for_personnel.needed(9)) == (6, 6, 6)
    assert order_of(criteria, None).majority.needed(9) == 5
