"""Asking the ledger: a day, as known at a moment that has passed, has one answer for ever."""

from datetime import UTC, date, datetime

from django.db import connection

from taizhang.kit.clock import end_of
from taizhang.ledger.models import AsOf


def as_of(day: date, known_at: datetime | date | None = None) -> AsOf:
    """The question. A bare date as known-at means its end in the office's zone; the future means "now".

    A moment later than the last commit may still be the moment of somebody who is writing: such a question waits
    for them once, so that asking again gives the same answer.
    """
    if known_at is None:
        return AsOf(day)
    if not isinstance(known_at, datetime):
        known_at = end_of(known_at)
    known_at = known_at.astimezone(UTC)  # PostgreSQL knows no zone beyond 16 hours
    with connection.cursor() as cursor:
        cursor.execute(
            # a clock that was turned back makes no moment of the ledger a future one
            """SELECT %(at)s >= greatest(ledger_now(), max(recorded_at)), %(at)s >= coalesce(max(recorded_at), '-infinity')
            FROM cases_step""",
            {"at": known_at},
        )
        future, newer_than_all = cursor.fetchone()
        if future:
            return AsOf(day)
        if newer_than_all:
            cursor.execute("SELECT pg_advisory_lock_shared(ledger_lock()), pg_advisory_unlock_shared(ledger_lock())")
    return AsOf(day, known_at)


def version() -> datetime | None:
    """The ledger's version: the moment of its last step. None while it is empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(recorded_at) FROM cases_step")
        return cursor.fetchone()[0]
