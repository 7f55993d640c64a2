"""What programs need that call in somebody's name: a token, an allowance of calls, and answers that are given only once."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any, cast

import pgtrigger
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from taizhang.kit.triggers import NoDelete, NoTruncate

PREFIX = "tz_"
USED_EVERY = timedelta(minutes=1)  # when a token was last used is told to the minute
ANSWERS_KEPT = timedelta(days=1)


class TokenScope(models.TextChoices):
    READ = "read", "只读"
    WRITE = "write", "读和办理"


class TokenQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those of the accounts one administers."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(user=user.pk) | Q(user__in=get_user_model().objects.visible_to(user).values("pk")))

    def presented(self, secret: str):
        """The token of that secret, whatever has become of it."""
        return self.filter(digest=digest_of(secret)).select_related("user")


class Token(models.Model):
    """Somebody's program may call in their name, with the rights they have at that moment, until the day it expires.

    The secret is shown once and stored as a digest. A token is revoked, never deleted, and never comes back.
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (last_used_at, revoked_at, revoked_by_id)")

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="tokens")
    name = models.CharField("名称", max_length=60)
    scope = models.CharField("权限", max_length=10, choices=TokenScope)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField("开头", max_length=10)
    made_at = models.DateTimeField("生成时间", default=timezone.now)
    expires_at = models.DateTimeField("到期")
    last_used_at = models.DateTimeField("最近使用", null=True)
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = "访问令牌"
        constraints = [
            models.CheckConstraint(name="accounts_token_expires", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(
                name="accounts_token_revoked_by",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="revoked_for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
                func="""
                IF NEW IS DISTINCT FROM OLD THEN
                    RAISE EXCEPTION 'a revoked token stays as it was' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"{self.name}（{self.hint}…）"

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at and self.user.is_active

    @property
    def last_on(self) -> date:
        """The last day on which it works."""
        return timezone.localtime(self.expires_at - timedelta(microseconds=1)).date()

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "已撤销"
        return "有效" if self.is_live(timezone.now()) else "已失效"


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """256 random bits need no slow hash: nobody can try them all."""
    return hashlib.sha256(secret.encode()).hexdigest()


def note_use(token: Token, at: datetime) -> None:
    """To the minute, and never waiting for somebody who revokes it at this moment."""
    if token.last_used_at is None or at - token.last_used_at > USED_EVERY:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_token SET last_used_at = %s WHERE id = (SELECT id FROM accounts_token"
                " WHERE id = %s AND revoked_at IS NULL FOR NO KEY UPDATE SKIP LOCKED)",
                [at, token.pk],
            )


class Allowance(models.Model):
    """How far ahead of its rate a caller is. One row a caller, moved by one statement, so that all processes agree.

    `used_until` is when all calls so far would have been made at the even rate (GCRA).
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    caller = models.CharField(primary_key=True, max_length=80)
    used_until = models.DateTimeField()

    class Meta:
        verbose_name = "调用额度"

    def __str__(self):
        return self.caller


def take_call(caller: str, *, per_minute: int) -> int:
    """One call is taken from the caller's allowance: 0, or in how many seconds the next may be made.

    As many calls as a minute holds may come at once; after that they come at the even rate.
    """
    asked: dict[str, Any] = {"caller": caller, "each": timedelta(minutes=1) / per_minute}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_allowance AS a (caller, used_until)
            VALUES (%(caller)s, clock_timestamp() + %(each)s)
            ON CONFLICT (caller) DO UPDATE SET used_until = greatest(a.used_until, clock_timestamp()) + %(each)s
                WHERE a.used_until <= clock_timestamp() + interval '1 minute' - %(each)s
            RETURNING 0
            """,
            asked,
        )
        if cursor.fetchone():
            return 0
        cursor.execute(
            "SELECT greatest(1, ceil(extract(epoch FROM used_until + %s - interval '1 minute' - clock_timestamp())))::int"
            " FROM accounts_allowance WHERE caller = %s",
            [asked["each"], caller],
        )
        return (cursor.fetchone() or (1,))[0]


class Answer(models.Model):
    """What was answered to a call with an `Idempotency-Key`: whoever asks again gets it again, and nothing is done twice.

    Without `status` the call came to nothing, and the key may be used again. Sealed: an answer may hold a new password.
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)  # digest of method, address and body
    status = models.SmallIntegerField(null=True)
    content = models.BinaryField(null=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "已作的答复"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="accounts_answer_once")]

    def __str__(self):
        return f"{self.user_id}:{self.key}"


def begin_answer(*, user: int, key: str, asked: str) -> Answer | None:
    """The row to answer into, locked to the end of the transaction; whoever asks at the same moment waits for it.

    None where it was answered before: `answered` reads it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_answer AS a (user_id, key, asked, at) VALUES (%s, %s, %s, clock_timestamp())
            ON CONFLICT (user_id, key) DO UPDATE SET asked = excluded.asked, at = excluded.at, status = NULL
                WHERE a.status IS NULL OR a.at < clock_timestamp() - %s
            RETURNING id
            """,
            [user, key, asked, cast(Any, ANSWERS_KEPT)],
        )
        found = cursor.fetchone()
    return Answer(pk=found[0], user_id=user, key=key, asked=asked) if found else None


def answered(*, user: int, key: str) -> Answer:
    return Answer.objects.get(user=user, key=key)


def forget_calls(*, at: datetime) -> None:
    """What nobody can ask for again: answers of yesterday, allowances that are whole again."""
    Answer.objects.filter(at__lt=at - ANSWERS_KEPT).delete()
    Allowance.objects.filter(used_until__lt=at).delete()
