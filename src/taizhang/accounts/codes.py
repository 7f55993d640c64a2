"""Accounts handed out in bulk: who was let in at once, and the one-time code by which each sets a password."""

import hashlib
import hmac
import secrets
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from taizhang.accounts.roles import OVERSEES, Role
from taizhang.kit.triggers import NoDelete, NoTruncate

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is mistaken for another on paper
GROUPS, OF_A_GROUP = 4, 5  # 30 signs, 20 places: 98 bits


class HandoutQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the units one administers: whoever handed them out may be gone."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(user.scope_as({Role.UNIT_ADMIN}).q("unit__path"))


class Handout(models.Model):
    """账号发放: accounts opened together. The codes are sealed here for a day, to be printed or taken away, then gone."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (sealed, sealed_until)")

    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name="单位")
    title = models.TextField("名称")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="发放人")
    made_at = models.DateTimeField("发放时间", default=timezone.now)
    expires_at = models.DateTimeField("激活码到期")
    sealed = models.BinaryField(null=True)
    sealed_until = models.DateTimeField("激活码可取到", null=True)

    objects = HandoutQuerySet.as_manager()

    class Meta:
        verbose_name = "账号发放"
        constraints = [
            models.CheckConstraint(name="accounts_handout_expires", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(
                name="accounts_handout_sealed_for_a_time", condition=Q(sealed=None) | Q(sealed_until__isnull=False)
            ),
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return self.title

    def holds_codes(self, at: datetime) -> bool:
        return self.sealed is not None and self.sealed_until is not None and at < self.sealed_until


class ActivationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the accounts one administers."""
        if not user.is_authenticated:
            return self.none()
        if user.holds(OVERSEES):
            return self
        return self.filter(user__in=get_user_model().objects.visible_to(user).values("pk"))

    def standing(self):
        """Neither used nor replaced; it may have expired."""
        return self.filter(used_at=None, ended_at=None)


class Activation(models.Model):
    """激活码: by it one person sets the password of one account, once, before it expires. Only its keyed digest is stored."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (used_at, ended_at)")

    handout = models.ForeignKey(Handout, models.PROTECT, null=True, related_name="activations")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="activations", verbose_name="账号")
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="发放人")
    issued_at = models.DateTimeField("发放时间", default=timezone.now)
    expires_at = models.DateTimeField("到期")
    asks_name = models.BooleanField("须填姓名", default=False)  # it was handed out for a post, before anybody was named
    used_at = models.DateTimeField("激活时间", null=True)
    ended_at = models.DateTimeField("作废时间", null=True)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        verbose_name = "激活码"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None, ended_at=None), name="accounts_activation_one_at_a_time"
            ),
            models.CheckConstraint(name="accounts_activation_expires", condition=Q(expires_at__gt=F("issued_at"))),
            models.CheckConstraint(
                name="accounts_activation_used_or_ended", condition=Q(used_at=None) | Q(ended_at=None)
            ),
        ]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF OLD.used_at IS NOT NULL OR OLD.ended_at IS NOT NULL THEN
                    RAISE EXCEPTION 'a code that was used or replaced stays as it was' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.issued_at:%Y-%m-%d}"

    def state(self, at: datetime) -> str:
        if self.used_at:
            return "已激活"
        if self.ended_at:
            return "已作废"
        return "待激活" if at < self.expires_at else "已过期"


def new_code() -> str:
    """KQ7M4-…: as it stands on the slip."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(OF_A_GROUP)) for _ in range(GROUPS))


def digest_of(code: str) -> str:
    """Under the installation's key. 98 random bits need no slow hash; spaces, dashes and small letters do not matter."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hmac.new(settings.SECRET_KEY.encode(), f"activation:{plain}".encode(), hashlib.sha256).hexdigest()
