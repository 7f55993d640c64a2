"""The jobs of this slice: check, apply and undo a batch as the person who asked, telling how far they are."""

import threading
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from taizhang.accounts.models import User
from taizhang.imports import actions as imports
from taizhang.imports.models import Batch, Finding, Progress, Upload
from taizhang.imports.returning import annotated
from taizhang.kit.clock import today
from taizhang.kit.refusals import Obstacle, Refused

TICK = 1.0  # seconds between two signs of life
BROKEN = Obstacle(
    "broken-off", "处理时出了意外，这一批没有任何一行入账。", remedy="请再试一次；仍不行时请把批次号告诉管理员。"
)


@app.task(name="imports.work")
def work(*, batch: int, user: int, verb: str, good_rows: bool = False, mapping: dict | None = None) -> None:
    """The batch is checked, applied or undone; or it says why not."""
    by = User.objects.get(pk=user)
    about = Batch.objects.get(pk=batch)
    with telling(about, verb) as tell:
        try:
            if verb == "check":
                keep_annotated(imports.check(about, mapping=mapping, tell=tell, by=by))
            elif verb == "apply":
                imports.apply(about, good_rows=good_rows, tell=tell, by=by)
            elif verb == "undo":
                imports.undo(about, on=today(), by=by)
        except Refused as refusal:
            imports.fail(about, obstacles=list(refusal.obstacles), by=by)
        except Exception:
            imports.fail(about, obstacles=[BROKEN], by=by)
            raise


def keep_annotated(batch: Batch) -> None:
    """The marked copy is ready when the person asks for it."""
    if Finding.objects.filter(batch=batch).exists():
        Upload.objects.filter(batch=batch).update(annotated=annotated(batch))
    else:
        Upload.objects.filter(batch=batch).update(annotated=None)


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
        Progress.objects.filter(batch_id=batch.pk).delete()


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
