"""The chronicle: what became known, in the order in which it became known, lived through under the demonstration clock."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby

from django.db import connection

from taizhang.kit.clock import OFFICE

OPENS, HOURS = time(9), 8
Progress = Callable[[int, int], None]


class Chronicle:
    def __init__(self) -> None:
        self.deeds: list[tuple[date, int, Callable[[], object]]] = []

    def on(self, day: date, deed: Callable[[], object]) -> None:
        """On that day the office does this; of one day's deeds the one noted first is done first."""
        self.deeds.append((day, len(self.deeds), deed))

    def leave_out(self, *tellers: type) -> None:
        """What these would have told is not done."""
        self.deeds = [each for each in self.deeds if not isinstance(told_by(each[2]), tellers)]

    def live(self, progress: Progress) -> int:
        """Every deed is done on its day, at moments spread over the office's hours. Returns how many there were."""
        self.deeds.sort(key=lambda deed: deed[:2])
        done = 0
        for day, of_the_day in groupby(self.deeds, key=lambda deed: deed[0]):
            todo = list(of_the_day)
            for number, (_, _, deed) in enumerate(todo):
                set_clock(datetime.combine(day, OPENS, OFFICE) + timedelta(hours=HOURS) * number / len(todo))
                deed()
                done += 1
                progress(done, len(self.deeds))
        return done


def told_by(deed: Callable[[], object]) -> object:
    return getattr(deed.func, "__self__", None) if isinstance(deed, partial) else None


def set_clock(moment: datetime) -> None:
    """Until the end of the transaction; only a database created as a demonstration heeds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('taizhang.now', %s, true)", [moment.isoformat()])


def working_day(day: date) -> date:
    """That day, or the Monday after: offices are shut at the weekend."""
    return day + timedelta(days=(7 - day.weekday()) % 7) if day.weekday() >= 5 else day
