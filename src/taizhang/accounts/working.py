"""Jobs. What somebody asked for is done as that person, with the rights they have when it is done, not when they asked.

Every job says which it is: `@asked_for` or `@of_the_house`. tests/test_access.py holds that there is no third kind.
"""

import functools
import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from procrastinate.contrib.django import app

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind, User

logger = logging.getLogger(__name__)


class Whose(StrEnum):
    ASKED_FOR = "asked-for"
    OF_THE_HOUSE = "of-the-house"


def asked_for(name: str) -> Callable:
    """`later(name, user=…, …)` runs the function with `by=` that person as they are now.

    Somebody whose account is closed, or whose role is gone, is refused like at any door: nothing is done, the audit says so,
    and the job is over; it is not tried again.
    """

    def declare(work: Callable[..., None]) -> Any:
        @functools.wraps(work)
        def run(*, user: int, **arguments: Any) -> None:
            by = User.objects.get(pk=user)
            told = {key: value for key, value in arguments.items() if isinstance(value, int)}
            try:
                work(by=by, **arguments)
            except PermissionDenied as refusal:
                if not getattr(refusal, "recorded", False):
                    record(AuditKind.REFUSAL, by=by, verb=name, codes=["wrong-person"], **told)
                record(AuditKind.JOB, by=by, verb=name, outcome="refused", **told)
                logger.warning("job %s was refused: user %s may no longer", name, user)
            except Exception:
                record(AuditKind.JOB, by=by, verb=name, outcome="broken", **told)
                raise
            else:
                record(AuditKind.JOB, by=by, verb=name, outcome="done", **told)

        run.whose = Whose.ASKED_FOR  # type: ignore[attr-defined]
        return app.task(name=name)(run)

    return declare


def of_the_house(name: str, *, cron: str) -> Callable:
    """Work that nobody asks for, by the clock; it shows nothing to anybody."""

    def declare(work: Callable[[], None]) -> Any:
        @functools.wraps(work)
        def run(timestamp: int) -> None:
            try:
                work()
            except Exception:
                record(AuditKind.JOB, by=None, verb=name, outcome="broken")
                raise
            record(AuditKind.JOB, by=None, verb=name, outcome="done")

        run.whose = Whose.OF_THE_HOUSE  # type: ignore[attr-defined]
        return app.periodic(cron=cron)(app.task(name=name)(run))

    return declare
