"""What a source says of what is due. Sources stand above this slice and are named in settings.DUES; each answers for a day.

def terms(on: date) -> Iterator[Matter]: …
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.module_loading import import_string

from taizhang.cases.models import Case

WAITS = 7  # days after which a matter that is somebody's turn is said to be late: the office's own custom, no rule


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that is due. `roles` are whose business it is: whoever holds one nearest to the unit is told."""

    about: str
    title: str
    unit: int
    roles: tuple[str, ...]
    due_on: date
    days_before: tuple[int, ...]
    clause: str = ""
    about_people: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """`rule` says in words by which rule the day is reckoned, shown beside each matter."""

    kind: str
    title: str
    rule: str
    find: Callable[[date], Iterator[Matter]]
    speaks_for: str = ""  # kinds of cases that begin so: their turns are this source's matters


def sources() -> dict[str, Source]:
    found = [import_string(path) for path in settings.DUES]
    return {source.kind: source for source in found}


def title_of(kind: str) -> str:
    source = sources().get(kind)
    return source.title if source else kind


def waiting(on: date) -> Iterator[Matter]:
    """Open cases that are somebody's turn, since the last step."""
    open_cases = Case.objects.open().exclude(turn_unit=None).exclude(turn_role="")
    for source in sources().values():
        if source.speaks_for:
            open_cases = open_cases.exclude(kind__startswith=source.speaks_for)
    for case in open_cases.annotate(moved_at=Max("steps__recorded_at")).iterator():
        since = timezone.localtime(case.moved_at or case.opened_at).date()
        yield Matter(
            about=f"cases.case:{case.pk}",
            title="轮到您办的事项（涉及人员）" if case.about_people else case.title,
            unit=case.turn_unit_id,
            roles=(case.turn_role,),
            due_on=since + timedelta(days=WAITS),
            days_before=(WAITS, 0, -WAITS),
            about_people=case.about_people,
        )


TURNS = Source("cases.turn", "轮到办理", f"从上一步办完起，一般{WAITS}天内办", waiting)
