"""The day in the office. Only doors ask; verbs, rules and SQL are given the day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

OFFICE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    return timezone.now().astimezone(OFFICE).date()


def beginning_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=OFFICE)


def end_of(day: date) -> datetime:
    """The first moment that no longer belongs to `day` in the office's zone."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=OFFICE)
