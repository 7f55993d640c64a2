"""The jobs of this slice: errands too large to wait for, and the tidying up after them and after calls."""

from django.utils import timezone

from taizhang.accounts import errands, handing_out, programs, spelling
from taizhang.accounts.kept import Errand
from taizhang.accounts.models import User
from taizhang.accounts.working import asked_for, of_the_house


@asked_for("accounts.carry_out")
def carry_out(*, errand: int, by: User) -> None:
    """The errand is done row by row, or says why not."""
    errands.carry_out(Errand.objects.visible_to(by).get(pk=errand), by=by)


@of_the_house("accounts.tidy", cron="41 * * * *")
def tidy() -> None:
    errands.tidy()
    handing_out.tidy(timezone.now())


@of_the_house("accounts.forget_calls", cron="47 3 * * *")
def forget_calls() -> None:
    programs.forget_calls(at=timezone.now())


@asked_for("accounts.spell")
def spell(*, by: User) -> None:
    """What an import brought in is found by pinyin, too."""
    spelling.spell_missing()
