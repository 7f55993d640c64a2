"""The jobs of this slice: declarations are handed out while the person goes on; those of organisations struck off end."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from taizhang.accounts.models import User
from taizhang.accounts.working import asked_for, of_the_house
from taizhang.declarations import actions
from taizhang.declarations.models import Opening, Round, Sending
from taizhang.declarations.rules import WHO
from taizhang.declarations.workbooks.reasons import BROKEN, MAY_NOT
from taizhang.kit.clock import today
from taizhang.kit.refusals import Refused


@asked_for("declarations.hand_out")
def hand_out(*, round: int, by: User) -> None:
    """Every organisation of the round has its declaration."""
    found = Round.objects.visible_to(by).filter(pk=round).first()
    if found is None:
        raise PermissionDenied
    try:
        while (found := actions.hand_out(found, by=by)).opening == Opening.WORKING:
            pass
    except Exception:
        actions.break_off(found, by=None)
        raise


@asked_for("declarations.take_in")
def take_in(*, sending: int, by: User) -> None:
    """The rows of a workbook are in their drafts; or it says why not, to whoever sent it."""
    found = Sending.objects.visible_to(by).filter(pk=sending).select_related("round").first()
    try:
        if found is None or not by.holds(WHO["send"], found.unit):
            raise PermissionDenied
        actions.take_in(found, on=today(), by=by)
    except Refused as refusal:
        actions.turn_away(sending, obstacles=refusal.obstacles, by=by)
    except PermissionDenied:
        actions.turn_away(sending, obstacles=[MAY_NOT], by=None)
        raise
    except Exception:
        actions.turn_away(sending, obstacles=[BROKEN], by=by)
        raise


@of_the_house("declarations.forget_workbooks", cron="37 * * * *")
def forget_workbooks() -> None:
    """Every hour, so that nothing stays a whole day."""
    actions.forget_workbooks(at=timezone.now(), by=None)


@of_the_house("declarations.end_struck_off", cron="*/10 * * * *")
def end_struck_off() -> None:
    """What an organisation that is no longer there had open is over."""
    actions.end_struck_off(by=None)
