"""Sittings that are near, and those that are over and not closed."""

from collections.abc import Iterator
from datetime import date

from taizhang.meetings.models import OVER, Sitting
from taizhang.meetings.rules import KEEPERS
from taizhang.notices.sources import Matter, Source

DAYS = (3, 0, -3)


def sittings(on: date) -> Iterator[Matter]:
    for sitting in Sitting.objects.exclude(state__in=OVER).select_related("body").order_by("pk").iterator():
        yield Matter(
            about=f"meetings.sitting:{sitting.pk}",
            title=str(sitting),
            unit=sitting.body.unit_id,
            roles=tuple(sorted(KEEPERS)),
            due_on=sitting.held_on,
            days_before=DAYS,
        )


SITTINGS = Source("meetings.sittings", "会议", "开会之日；会后应当场或次日办结纪要", sittings)
