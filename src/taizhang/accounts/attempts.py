"""Wrong passwords are counted before any is hashed: for each account, known or not, and for each address.

One statement for each subject counts and answers, so many at the same moment get no more tries than one after another. A
process remembers for some seconds what is locked, so that a flood of tries costs it next to nothing.
"""

import hashlib
import hmac
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from taizhang.accounts.signing_in import Attempts
from taizhang.kit.text import fold

REMEMBERED_SECONDS = 5
REMEMBERED_AT_MOST = 10_000

# Tries beyond the last are not counted: a lock ends when it was said to end. A count that began too long ago begins anew.
COUNT = """
INSERT INTO accounts_attempts AS a (subject, failures, since, locked_until) VALUES (%(subject)s, 1, %(now)s, NULL)
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN a.locked_until > %(now)s THEN a.failures WHEN a.since <= %(window)s THEN 1 ELSE a.failures + 1 END,
    since = CASE WHEN a.locked_until > %(now)s OR a.since > %(window)s THEN a.since ELSE %(now)s END,
    locked_until = CASE
        WHEN a.locked_until > %(now)s THEN a.locked_until
        WHEN a.since > %(window)s AND a.failures >= %(most)s THEN %(until)s
    END
RETURNING locked_until, locked_until IS NOT NULL AND locked_until = %(until)s
"""


@dataclass(frozen=True, slots=True)
class Lock:
    until: datetime
    begins: bool  # by this very try


def account(username: str) -> str:
    """A digest under the installation's key: what was typed as a name may be a password."""
    return "account:" + hmac.new(settings.SECRET_KEY.encode(), fold(username).encode(), hashlib.sha256).hexdigest()[:32]


def address(text: str | None) -> str:
    return f"address:{text}"


def count(subject: str) -> Lock | None:
    """One more try, if it is let through; the lock otherwise."""
    policy = settings.SIGN_IN_POLICY
    most = policy.attempts_per_account if subject.startswith("account:") else policy.attempts_per_address
    now = timezone.now()
    span = timedelta(minutes=policy.locked_minutes)
    asked: dict[str, Any] = {"subject": subject, "now": now, "window": now - span, "until": now + span, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, asked)
        until, begins = cursor.fetchone()
    if until is None:
        return None
    remember(subject, until)
    return Lock(until, begins)


def forgive(subject: str) -> None:
    """The try was no wrong one. An account begins anew; an address only gets the try back, or one right password would
    pay for many wrong ones."""
    with connection.cursor() as cursor:
        if subject.startswith("account:"):
            cursor.execute("UPDATE accounts_attempts SET failures = 0 WHERE subject = %s", [subject])
        else:
            cursor.execute(
                "UPDATE accounts_attempts SET failures = failures - 1 WHERE subject = %s AND failures > 0", [subject]
            )


def release(username: str) -> None:
    """An administrator gave a new password: nothing is locked."""
    Attempts.objects.filter(subject=account(username)).update(failures=0, locked_until=None)
    _locked.pop(account(username), None)


_locked: dict[str, tuple[datetime, float]] = {}  # subject → until when, and when this process learnt it


def remember(subject: str, until: datetime) -> None:
    if len(_locked) >= REMEMBERED_AT_MOST:
        _locked.clear()
    _locked[subject] = until, time.monotonic()


def locked_for_sure(subject: str) -> datetime | None:
    """Until when, if this process learnt it a moment ago. Asks nobody."""
    until, learnt = _locked.get(subject, (None, 0.0))
    if until is None or time.monotonic() - learnt > REMEMBERED_SECONDS or until <= timezone.now():
        return None
    return until


class Turns:
    """How many passwords one process checks: hashing is dear on purpose, and whoever comes from many addresses with many
    names is stopped by nothing else. A right password gives its turn back, so only wrong ones use them up.
    """

    def __init__(self, *, at_once: int, each_second: float):
        self.at_once, self.each_second = at_once, each_second
        self.lock = threading.Lock()
        self.refill()

    def refill(self) -> None:
        self.left, self.counted = float(self.at_once), time.monotonic()

    def now(self) -> float:
        moment = time.monotonic()
        self.left = min(self.at_once, self.left + (moment - self.counted) * self.each_second)
        self.counted = moment
        return self.left

    def take(self) -> bool:
        with self.lock:
            if self.now() < 1:
                return False
            self.left -= 1
            return True

    def give_back(self) -> None:
        with self.lock:
            self.left = min(self.at_once, self.now() + 1)

    def are_used_up(self) -> bool:
        with self.lock:
            return self.now() < 1


TURNS = Turns(at_once=settings.WRONG_PASSWORDS_AT_ONCE, each_second=settings.WRONG_PASSWORDS_A_SECOND)
KNOCKS = Turns(at_once=60, each_second=20)  # forms sent, whatever is in them


def forget() -> None:
    _locked.clear()
    TURNS.refill()
    KNOCKS.refill()
