"""The jobs of this slice: check, apply and undo a batch as the person who asked, telling how far they are."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from taizhang.accounts.models import User
from taizhang.accounts.working import asked_for, of_the_house
from taizhang.imports import actions as imports
from taizhang.imports.models import Batch
from taizhang.imports.returning import keep_annotated
from taizhang.imports.telling import forget, telling
from taizhang.kit import passing
from taizhang.kit.clock import today
from taizhang.kit.refusals import Obstacle, Refused

BROKEN = Obstacle(
    "broken-off", "处理时出了意外，这一批没有任何一行入账。", remedy="请再试一次；仍不行时请把批次号告诉管理员。"
)


@asked_for("imports.work")
def work(*, batch: int, by: User, verb: str, good_rows: bool = False, mapping: dict | None = None) -> None:
    """The batch is checked, applied or undone; or it says why not, whoever may still read it."""
    try:
        about = Batch.objects.visible_to(by).filter(pk=batch).first()
        if about is None:
            raise PermissionDenied
        attempt(about, verb, good_rows=good_rows, mapping=mapping, by=by)
    except PermissionDenied:
        forget(batch)
        imports.stop(batch, by=None)
        raise


def attempt(about: Batch, verb: str, *, good_rows: bool, mapping: dict | None, by: User) -> None:
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
        except PermissionDenied:
            raise
        except Exception:
            imports.fail(about, obstacles=[BROKEN], by=by)
            raise


@of_the_house("imports.forget_files", cron="23 * * * *")
def forget_files() -> None:
    """Every hour, so that nothing stays a whole day."""
    imports.forget_files(at=timezone.now(), by=None)
    passing.sweep()
