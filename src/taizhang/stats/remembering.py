"""What was answered is remembered in the process, by the question and by the last step that touched the figure's own facts.

A figure is a pure function of the ledger's version and the question, so nothing ever has to be thrown away, only forgotten for want of room.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, cast

from django.db import connection

from taizhang.ledger import asking
from taizhang.orgs.models import UnitName

if TYPE_CHECKING:
    from taizhang.stats.catalogue import Figure
    from taizhang.stats.figures import Question

T = TypeVar("T")
ROOM = 4_000
LOOKED_BACK = (
    300  # steps; where none of them touched the figure, the version moves along with them, which costs a count
)

_answers: OrderedDict[Hashable, object] = OrderedDict()
_touched: dict[str, tuple[datetime, datetime]] = {}  # figure → (the ledger's version, the last step that touched it)
_lock = Lock()


def answer(question: "Question", kind: Hashable, work_out: Callable[[], T]) -> T:
    return kept((kind, version(question), question.key()), work_out)


def while_nothing_is_done(key: Hashable, work_out: Callable[[], T]) -> T:
    """For what rests on more than one figure: remembered until the next step of any kind."""
    return kept((key, asking.version()), work_out)


def tagged(question: "Question", kind: Hashable, work_out: Callable[[], T]) -> tuple[str, Callable[[], T]]:
    """An entity tag of the answer, and the answer for whoever does not have it yet."""
    key = (kind, version(question), question.key())
    tag = hashlib.sha256(repr(key).encode()).hexdigest()[:32]
    return tag, lambda: kept(key, work_out)


def kept(key: Hashable, work_out: Callable[[], T]) -> T:
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            return cast(T, _answers[key])
    found = work_out()
    with _lock:
        _answers[key] = found
        while len(_answers) > ROOM:
            _answers.popitem(last=False)
    return found


def version(question: "Question") -> datetime | str | None:
    """An answer known at a past moment, about the whole tree as organised then, stays for ever; unless it names people,
    whose names may be erased."""
    if question.at.known_at and question.organised == "then" and question.is_whole and not question.figure.names_people:
        return "settled"
    return last_touched(question.figure)


def last_touched(figure: "Figure") -> datetime | None:
    """The moment of the last step that entered or closed a fact the figure rests on.

    Steps are walked back from the newest; what was found before is kept, so usually only the newest is looked at.
    """
    ledger, touched = _touched.get(figure.key, (None, None))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(recorded_at), EXISTS (SELECT 1 FROM cases_step WHERE recorded_at = %(ledger)s) FROM cases_step",
            {"ledger": ledger},
        )
        newest, still_there = cursor.fetchone()
        if newest is None:
            return None
        if not still_there:
            ledger, touched = None, None
        if newest == ledger:
            return touched
        if ledger is None:  # the first time here: nothing is remembered yet, so there is nothing to forget
            _touched[figure.key] = (newest, newest)
            return newest
        cursor.execute(walk(figure), {"since": ledger or "-infinity", "limit": LOOKED_BACK})
        looked_at, found, earliest = cursor.fetchone()
    touched = found or (earliest if looked_at == LOOKED_BACK or touched is None else touched)
    _touched[figure.key] = (newest, touched)
    return touched


def walk(figure: "Figure") -> str:
    if figure.names_people or figure.steps:  # what is not dated (sex, education) is put right by steps without facts
        touches = "true"
    else:
        tables = {model._meta.db_table for model in figure.facts} | {UnitName._meta.db_table}
        touches = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} f WHERE f.{column} = s.id)"
            for table in sorted(tables)
            for column in ("step_id", "closing_step_id")
        )
    return f"""
        WITH latest AS MATERIALIZED (
            SELECT id, recorded_at FROM cases_step WHERE recorded_at > %(since)s::timestamptz
            ORDER BY recorded_at DESC, id DESC LIMIT %(limit)s
        )
        SELECT (SELECT count(*) FROM latest),
               (SELECT s.recorded_at FROM latest s WHERE {touches} ORDER BY s.recorded_at DESC LIMIT 1),
               (SELECT min(recorded_at) FROM latest)
    """
