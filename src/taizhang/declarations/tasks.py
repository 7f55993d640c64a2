"""The jobs of this slice: declarations are handed out while the person goes on; those of organisations struck off end."""

from django.core.exceptions import PermissionDenied

from taizhang.accounts.models import User
from taizhang.accounts.working import asked_for, of_the_house
from taizhang.declarations import actions
from taizhang.declarations.models import Opening, Round


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


@of_the_house("declarations.end_struck_off", cron="*/10 * * * *")
def end_struck_off() -> None:
    """What an organisation that is no longer there had open is over."""
    actions.end_struck_off(by=None)
