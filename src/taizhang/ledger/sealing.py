"""Marks are sealed into the chain by the worker, a batch at a time; digests of days go into a file outside."""

import logging
import os
from datetime import date
from pathlib import Path
from threading import Event

from django.conf import settings
from django.db import connection

from taizhang.ledger.marks import Seal

logger = logging.getLogger(__name__)

AT_ONCE = 20_000  # marks
EVERY = 15  # seconds


def seal_what_waits() -> int:
    """Every mark that is committed is sealed, unless somebody else is at it. Each batch is a transaction."""
    sealed = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT ledger_seal_next(%s)", [AT_ONCE])
            if not (batch := cursor.fetchone()[0]):
                return sealed
            sealed += batch


def keep_sealing(stop: Event, *, every: float = EVERY) -> None:
    """Until told to stop. A database that went away is waited for: nothing is lost, marks wait in it."""
    while True:
        try:
            seal_what_waits()
            if file := settings.TAIZHANG_DIGESTS:
                note_digests(Path(file))
        except Exception:
            logger.exception("sealing failed; it is tried again")
        finally:
            connection.close()
        if stop.wait(every):
            return


def waiting() -> tuple[int, float]:
    """How many marks are not sealed yet, and since how many seconds the oldest waits, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), coalesce(extract(epoch FROM ledger_now() - min(at)), 0)::float8 FROM ledger_mark
            WHERE id > coalesce((SELECT last_mark FROM ledger_seal ORDER BY id DESC LIMIT 1), 0)"""
        )
        count, seconds = cursor.fetchone()
    return count, max(seconds, 0.0)


def digest_of(day: date) -> Seal | None:
    """The last seal of that day or before it: what a page of that day bears."""
    return Seal.objects.filter(day__lte=day).defer("leaves").order_by("-id").first()


def note_digests(file: Path) -> int:
    """The file outside ends with the digests of the days that are over; what stands in it is never rewritten."""
    written = lines_of(file) if file.exists() else []
    last = written[-1][0] if written else date.min
    latest = Seal.objects.order_by("-id").values_list("day", flat=True).first()
    if latest is None or last >= latest:
        return 0
    new = Seal.objects.filter(day__gt=last, day__lt=latest).order_by("day", "-id").distinct("day").defer("leaves")
    lines = [f"{seal.day}\t{seal.pk}\t{bytes(seal.digest).hex()}\n" for seal in new]
    if lines:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as opened:
            opened.writelines(lines)
            opened.flush()
            os.fsync(opened.fileno())
    return len(lines)


def note_head(file: Path) -> Seal | None:
    """The last seal there is goes into the file at once, though its day is not over."""
    seal = Seal.objects.order_by("-id").defer("leaves").first()
    if seal is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as opened:
            opened.write(f"{seal.day}\t{seal.pk}\t{bytes(seal.digest).hex()}\n")
    return seal


def lines_of(file: Path) -> list[tuple[date, int, str]]:
    """(day, number of the seal, its digest) of each line; a line that was only begun (the disk was full) is left out."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if len(parts) == 3 and len(parts[2]) == 64:
            found.append((date.fromisoformat(parts[0]), int(parts[1]), parts[2]))
    return found
