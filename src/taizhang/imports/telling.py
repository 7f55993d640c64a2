"""How far a worker has come with a batch, told while the work's own transaction tells nothing yet."""

import threading
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from taizhang.imports.models import TRANSITIONS, Batch, Progress

TICK = 1.0  # seconds between two signs of life
QUIET_SECONDS = 20  # after this without one the worker is taken for dead


@contextmanager
def telling(batch: Batch, verb: str):
    """How far the work is, told from a connection of its own, because the work's own tells nothing before its end."""
    state = {"work": verb, "done": 0}
    over = threading.Event()

    def tell(work: str, done: int) -> None:
        state.update(work=work, done=done)

    thread = threading.Thread(target=_tick, args=(batch.pk, state, over), daemon=True)
    begin(batch.pk, verb)
    thread.start()
    try:
        yield tell
    finally:
        over.set()
        thread.join(timeout=10)
        forget(batch.pk)


def forget(batch: int) -> None:
    Progress.objects.filter(batch_id=batch).delete()


def may_begin(batch: Batch, verb: str) -> bool:
    """Whether the batch, locked, is where the verb begins and nobody is at it."""
    state = Batch.objects.select_for_update().values_list("state", flat=True).get(pk=batch.pk)
    progress = Progress.objects.filter(batch_id=batch.pk).first()
    return state in TRANSITIONS[verb] and (progress is None or is_quiet(progress))


def is_quiet(progress: Progress) -> bool:
    return (timezone.now() - progress.told_at).total_seconds() > QUIET_SECONDS


def begin(batch: int, verb: str) -> None:
    now = timezone.now()
    Progress.objects.update_or_create(
        batch_id=batch, defaults={"work": verb, "done": 0, "begun_at": now, "told_at": now}
    )


def _tick(batch: int, state: dict, over: threading.Event) -> None:
    own = connection.copy()
    try:
        while not over.wait(TICK):
            with own.cursor() as cursor:
                cursor.execute(
                    "UPDATE imports_progress SET work = %s, done = %s, told_at = now() WHERE batch_id = %s",
                    [state["work"], state["done"], batch],
                )
    finally:
        own.close()
