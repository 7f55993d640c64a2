"""The clock of this slice: what is due is looked for every hour, digests are written, letters handed over. A worker that was
away makes up for it at the next stroke; nothing depends on a stroke that was missed."""

from django.utils import timezone

from taizhang.accounts.working import of_the_house
from taizhang.kit.clock import today
from taizhang.notices import actions, letters


@of_the_house("notices.sweep", cron="3 * * * *")
def sweep() -> None:
    actions.sweep(on=today(), at=timezone.now(), by=None)


@of_the_house("notices.write_digests", cron="9 * * * *")
def write_digests() -> None:
    letters.write_digests(at=timezone.now(), by=None)


@of_the_house("notices.deliver", cron="*/5 * * * *")
def deliver() -> None:
    letters.deliver()
