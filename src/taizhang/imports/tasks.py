"""The jobs of this slice: check, apply and undo a batch as the person who asked, telling how far they are."""

from django.utils import timezone
from procrastinate.contrib.django import app

from taizhang.accounts.acting import person
from taizhang.imports import actions as imports
from taizhang.imports.models import Batch
from taizhang.imports.returning import keep_annotated
from taizhang.imports.telling import telling
from taizhang.kit.clock import today
from taizhang.kit.refusals import Obstacle, Refused

BROKEN = Obstacle(
    "broken-off", "处理时出了意外，这一批没有任何一行入账。", remedy="请再试一次；仍不行时请把批次号告诉管理员。"
)


@app.task(name="imports.work")
def work(*, batch: int, user: int, verb: str, good_rows: bool = False, mapping: dict | None = None) -> None:
    """The batch is checked, applied or undone; or it says why not."""
    by = person(user)
    about = Batch.objects.visible_to(by).get(pk=batch)
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


@app.periodic(cron="23 3 * * *")
@app.task(name="imports.forget_files")
def forget_files(timestamp: int) -> None:
    """Every night."""
    imports.forget_files(at=timezone.now(), by=None)
