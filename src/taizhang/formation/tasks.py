"""The jobs of this slice: a grouping is worked out while the person goes on."""

from django.core.exceptions import PermissionDenied

from taizhang.accounts.models import User
from taizhang.accounts.working import asked_for
from taizhang.formation import actions
from taizhang.formation.plans import Grouping

BROKEN = "计算时出了意外，没有算成。请再试一次；仍不行时请把方案的编号告诉管理员。"


@asked_for("formation.work_out")
def work_out(*, grouping: int, by: User) -> None:
    """The answer stands, or says why there is none."""
    found = Grouping.objects.visible_to(by).select_related("unit").filter(pk=grouping).first()
    if found is None:
        raise PermissionDenied
    try:
        actions.work_out(found, by=by)
    except PermissionDenied:
        actions.break_off(found, why="提出人的角色已经收回，没有计算。", by=None)
        raise
    except Exception:
        actions.break_off(found, why=BROKEN, by=by)
        raise
