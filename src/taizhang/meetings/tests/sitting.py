"""A committee of nine, and a sitting of it."""

from datetime import date

from taizhang.meetings import actions as meetings
from taizhang.meetings.models import Body, Sitting
from tests.world import FIRST_DAY

NINE = ("赵主任", "钱书记", "孙委员", "李委员", "周委员", "吴委员", "郑委员", "王委员", "冯委员")
AUGUST, NOVEMBER, DECEMBER = date(2017, 8, 25), date(2017, 11, 3), date(2017, 12, 21)


def committee_of(world, *, unit=None, by=None, name="综合党委", people=NINE) -> Body:
    body = meetings.set_up(unit or world.committee, name=name, on=FIRST_DAY, by=by or world.clerk)
    for each in people:
        meetings.seat(body, name=each, post=each[1:], on=FIRST_DAY, by=by or world.clerk)
    return body


def convened(body: Body, *, by, on: date = AUGUST, present: int | None = 9) -> Sitting:
    """Called for that day; with so many present it is open, with None it is only called."""
    first = meetings.seats_on(body, on)[0].name
    sitting = meetings.convene(body, held_on=on, chair=first, recorder="记录员", place="三楼会议室", on=on, by=by)
    if present is not None:
        attending(sitting, present, by=by)
        sitting = meetings.begin(sitting, on=on, by=by)
    return sitting


def attending(sitting: Sitting, present: int, *, by) -> Sitting:
    names = [each.name for each in meetings.seats_on(sitting.body, sitting.held_on)][:present]
    return meetings.attend(sitting, present=names, by=by)
