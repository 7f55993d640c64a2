"""How allauth signs people in here: by name, counted before the password is hashed, recorded; nobody opens an account alone."""

import base64
import time
from datetime import UTC, datetime

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone

from taizhang.accounts import actions
from taizhang.accounts.acting import record
from taizhang.accounts.freshness import is_fresh
from taizhang.accounts.models import AuditKind, User
from taizhang.kit import crypto
from taizhang.kit.text import fold

LIMIT = {"app": "allauth.account", "action": "login_failed"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "登录名或密码不正确",
        "enter_current_password": "当前密码不正确",
        "incorrect_password": "密码不正确",
    }

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        """Turned away before any hashing: too many wrong passwords for this account, or from this address."""
        key = self._get_login_attempts_cache_key(request, **credentials)
        self._login_failed_rl_usage = ratelimit.consume(request, key=key, **LIMIT)
        if not self._login_failed_rl_usage:
            until = timezone.localtime(ends_at(request, key))
            raise ValidationError(
                f"密码错误次数过多，{until:%H:%M:%S} 之后可以再试；忘记密码请联系本单位的账户管理员重置",
                code="too_many_login_attempts",
            )

    def _get_login_attempts_cache_key(self, request, **credentials):
        return fold(credentials.get("username", ""))

    def authentication_failed(self, request, **credentials):
        """Which account, if there is one: what was typed may be a password in the wrong field."""
        known = User.objects.filter(username__iexact=credentials.get("username", "")).first()
        record(AuditKind.SIGN_IN_FAILED, by=None, username=known.username if known else "", known=known is not None)

    def login(self, request, user):
        super().login(request, user)
        record(AuditKind.SIGN_IN, by=user)

    def logout(self, request):
        if request.user.is_authenticated:
            record(AuditKind.SIGN_OUT, by=request.user)
        super().logout(request)

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Whoever signed in a minute ago has proved enough, also for setting up a second step."""
        return not is_fresh(self.request)

    def set_password(self, user, password):
        actions.change_password(user, password=password, by=user)


class MultiFactorAdapter(DefaultMFAAdapter):
    """The secret behind the six digits is stored under the office's key."""

    def encrypt(self, text: str) -> str:
        name, secret = crypto.office_key()
        sealed = crypto.seal(crypto.derive(secret, "second-factor"), text.encode())
        return f"{name}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        name, _, sealed = encrypted_text.partition(":")
        _, secret = crypto.office_key(name)
        return crypto.unseal(crypto.derive(secret, "second-factor"), base64.b64decode(sealed)).decode()


def ends_at(request, key: str):
    """When the last of the limits that are full lets the next attempt in."""
    ends = time.time()
    for rate in ratelimit.get_rates(**LIMIT):
        history = cache.get(ratelimit.get_cache_key(request, rate=rate, key=key, **LIMIT), [])
        if len(history) >= rate.amount:
            ends = max(ends, history[rate.amount - 1] + rate.duration)
    return datetime.fromtimestamp(ends, tz=UTC)
