"""A sitting is convened, attended, held item by item, left and resumed, closed; then its minutes are frozen."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from taizhang.cases import actions as cases
from taizhang.kit.refusals import Refused
from taizhang.meetings import actions as meetings
from taizhang.meetings.models import AgendaItem, Attendance, HouseRules, Outcome, Seat, Sitting, State
from taizhang.meetings.order import order_on
from taizhang.meetings.tests.sitting import AUGUST, NINE, NOVEMBER, attending, committee_of, convened
from taizhang.members.tests.people import codes
from taizhang.papers.models import Paper

pytestmark = pytest.mark.django_db
ALL = {"outcome": Outcome.APPROVED, "in_favour": 9}


@pytest.fixture
def body(world):
    return committee_of(world)


def matter(world, title="一件事"):
    return cases.open_case("meetings:matter", title, unit=world.committee, by=world.clerk)


def put(world, sitting, case=None, **said):
    return meetings.put_on_agenda(case or matter(world), sitting=sitting, on=AUGUST, by=world.clerk, **said)


def test_the_members_are_those_of_the_day(world, body):
    seat = Seat.objects.get(name=NINE[8])
    meetings.unseat(seat, on=date(2017, 10, 1), by=world.clerk)
    assert len(meetings.seats_on(body, AUGUST)) == 9 and len(meetings.seats_on(body, NOVEMBER)) == 8
    with pytest.raises(Refused) as refusal:
        meetings.convene(body, held_on=NOVEMBER, chair=NINE[8], recorder="记录员", on=AUGUST, by=world.clerk)
    assert codes(refusal) == ["chair-not-a-member"]
    sitting = convened(body, by=world.clerk, on=NOVEMBER, present=None)
    with pytest.raises(Refused) as refusal:
        meetings.attend(sitting, present=[NINE[8]], by=world.clerk)
    assert codes(refusal) == ["not-a-member"]


def test_it_begins_with_its_chair_and_enough_members(world, body):
    sitting = convened(body, by=world.clerk, present=None)
    meetings.attend(sitting, present=NINE[1:4], by=world.clerk)
    with pytest.raises(Refused) as refusal:
        meetings.begin(sitting, on=AUGUST, by=world.clerk)
    assert codes(refusal) == ["chair-absent", "quorum-lost"]
    with pytest.raises(Refused) as refusal:
        meetings.attend(sitting, present=NINE[1:], chair="外人", by=world.clerk)
    assert codes(refusal) == ["chair-not-a-member"]
    meetings.attend(sitting, present=NINE[1:], chair=NINE[1], by=world.clerk)
    sitting = meetings.begin(sitting, on=AUGUST, by=world.clerk)
    assert (sitting.state, sitting.chair) == (State.OPEN, NINE[1])


def test_quorum_lost_half_way_leaves_what_was_resolved_and_stops_the_rest(world, body):
    sitting = convened(body, by=world.clerk, present=5)
    first, second = put(world, sitting), put(world, sitting)
    meetings.resolve(first, outcome=Outcome.APPROVED, in_favour=5, by=world.clerk)
    attending(sitting, 4, by=world.clerk)
    with pytest.raises(Refused) as refusal:
        meetings.resolve(second, outcome=Outcome.APPROVED, in_favour=4, by=world.clerk)
    assert "quorum-lost" in codes(refusal)
    first.refresh_from_db()
    assert (first.outcome, first.entitled, first.present) == (Outcome.APPROVED, 9, 5)
    sitting = meetings.adjourn(sitting, on=AUGUST, by=world.clerk)
    attending(sitting, 6, by=world.clerk)
    meetings.begin(sitting, on=NOVEMBER, by=world.clerk)
    meetings.resolve(second, outcome=Outcome.APPROVED, in_favour=6, by=world.clerk)


def test_a_case_stands_on_one_agenda_at_a_time(world, body):
    case = matter(world)
    first, second = convened(body, by=world.clerk), convened(body, by=world.clerk, on=NOVEMBER)
    item = put(world, first, case)
    with pytest.raises(Refused) as refusal:
        put(world, second, case)
    assert codes(refusal) == ["on-an-agenda"]
    meetings.resolve(item, outcome=Outcome.WITHDRAWN, by=world.clerk)
    assert put(world, second, case).position == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        AgendaItem.objects.create(sitting=first, case=case, position=2)


def test_it_closes_when_every_item_has_an_outcome_and_is_frozen_then(world, body):
    sitting = convened(body, by=world.clerk)
    item = put(world, sitting)
    with pytest.raises(Refused) as refusal:
        meetings.close(sitting, on=AUGUST, by=world.clerk)
    assert codes(refusal) == ["item-pending"]
    meetings.resolve(item, by=world.clerk, ballots=dict.fromkeys(NINE, "for"), outcome=Outcome.APPROVED)
    sitting = meetings.close(sitting, on=AUGUST, by=world.clerk)
    assert sitting.state == State.CLOSED and sitting.case.closed_at
    frozen = (
        lambda: AgendaItem.objects.update(note="改"),
        lambda: Attendance.objects.update(is_present=False),
        lambda: Sitting.objects.update(place="别处"),
        lambda: AgendaItem.objects.create(sitting=sitting, case=matter(world), position=2),
    )
    for change in frozen:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    for again in (lambda: put(world, sitting), lambda: attending(sitting, 3, by=world.clerk)):
        with pytest.raises(Refused) as refusal:
            again()
        assert codes(refusal) == ["sitting-over"]
    record, minutes = Paper.objects.filter(case=sitting.case).order_by("pk")
    assert (record.kind, minutes.kind) == ("record", "minutes")
    for paper in (record, minutes):
        assert "赞成9票，反对0票，弃权0票" in paper.body and "冯委员" in paper.body and "三楼会议室" in paper.body


def test_what_was_resolved_is_reopened_by_a_later_sitting_only(world, body):
    case = matter(world)
    sitting = convened(body, by=world.clerk)
    item = put(world, sitting, case)
    meetings.resolve(item, by=world.clerk, **ALL)
    with pytest.raises(Refused) as refusal:
        meetings.resolve(item, by=world.clerk, **ALL)
    assert codes(refusal) == ["already-resolved"]
    with pytest.raises(DatabaseError), transaction.atomic():
        AgendaItem.objects.update(outcome=Outcome.REFUSED)
    with pytest.raises(Refused) as refusal:
        put(world, sitting, case, reopens=True)
    assert codes(refusal) == ["not-a-later-sitting"]
    later = convened(body, by=world.clerk, on=NOVEMBER)
    assert put(world, later, case, reopens=True).reopens == item


def test_a_sitting_that_is_not_held_is_postponed_or_cancelled(world, body):
    sitting = convened(body, by=world.clerk, present=None)
    item = put(world, sitting)
    assert meetings.postpone(sitting, held_on=NOVEMBER, on=AUGUST, by=world.clerk).held_on == NOVEMBER
    with pytest.raises(Refused) as refusal:
        meetings.cancel(sitting, on=AUGUST, by=world.clerk, note="")
    assert codes(refusal) == ["item-pending", "note-missing"]
    meetings.resolve(item, outcome=Outcome.WITHDRAWN, by=world.clerk)
    assert meetings.cancel(sitting, on=AUGUST, by=world.clerk, note="人数不足").state == State.CANCELLED
    with pytest.raises(Refused):
        meetings.begin(sitting, on=AUGUST, by=world.clerk)
    with pytest.raises(Refused):
        meetings.postpone(sitting, held_on=AUGUST, on=AUGUST, by=world.clerk)


def test_the_bodys_own_rules_hold_from_their_day(world, body):
    with pytest.raises(Refused) as refusal:
        meetings.adopt_rules(body, quorum="多数", majority="3/2", on=AUGUST, by=world.clerk)
    assert codes(refusal) == ["share-unreadable", "share-unreadable"]
    meetings.adopt_rules(body, quorum="2/3", majority="2/3", on=NOVEMBER, by=world.clerk, document="议事规则")
    assert HouseRules.objects.get().since == NOVEMBER
    assert (order_on(body, AUGUST).quorum.needed(9), order_on(body, NOVEMBER).quorum.needed(9)) == (5, 7)


def test_the_wrong_person_keeps_no_minutes(world, body):
    sitting = convened(body, by=world.clerk)
    item = put(world, sitting)
    tried = (
        lambda by: meetings.resolve(item, by=by, **ALL),
        lambda by: meetings.close(sitting, on=AUGUST, by=by),
        lambda by: meetings.seat(body, name="新委员", on=AUGUST, by=by),
        lambda by: meetings.attend(sitting, present=[], by=by),
        lambda by: meetings.convene(body, held_on=NOVEMBER, chair=NINE[0], recorder="记", on=AUGUST, by=by),
    )
    for verb in tried:
        for user in (world.outsider, world.leader):
            with pytest.raises(PermissionDenied):
                verb(user)
