"""What is asked of a body for one day: who sits on it, and how it decides."""

from datetime import date

from taizhang.ledger.models import AsOf
from taizhang.meetings.models import Attendance, Body, HouseRules, Seat, Sitting
from taizhang.meetings.rules import Order, order_of
from taizhang.statutes.rules import criteria


def seats_on(body: Body, on: date) -> list[Seat]:
    """In the order in which they were seated."""
    return list(Seat.objects.as_of(AsOf(on)).filter(body=body).order_by("period", "pk"))


def order_on(body: Body, on: date) -> Order:
    own = HouseRules.objects.as_of(AsOf(on)).filter(body=body).first()
    return order_of(criteria(on), own)


def present_at(sitting: Sitting) -> list[str]:
    there = Attendance.objects.filter(sitting=sitting, is_present=True)
    return list(there.values_list("name", flat=True))
