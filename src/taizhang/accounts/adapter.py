"""How allauth signs people in here: by name, counted before the password is hashed, recorded; nobody opens an account alone."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils import timezone

from taizhang.accounts import actions, attempts, second_step, sessions
from taizhang.accounts.acting import current_origin, record
from taizhang.accounts.freshness import is_fresh
from taizhang.accounts.models import AuditKind, User
from taizhang.kit import crypto


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "登录名或密码不正确",
        "enter_current_password": "当前密码不正确",
        "incorrect_password": "密码不正确",
        "too_many_login_attempts": "验证码错误次数过多，请五分钟后再试",
        "rate_limited": "尝试得太快，请稍候再试",
    }

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        """Turned away before any hashing: too many wrong passwords for this account, or from this address."""
        self.subjects = [
            attempts.account(credentials.get("username", "")),
            attempts.address(current_origin().address),
        ]
        if not attempts.TURNS.take():
            raise ValidationError("现在登录的人太多，请过几秒再试", code="too_many_at_once")
        locks = [lock for lock in map(attempts.count, self.subjects) if lock]
        for lock in locks:
            if lock.begins:
                self.record_failure(credentials, locked_until=lock.until.isoformat())
        if locks:
            attempts.TURNS.give_back()
            raise ValidationError(too_many(max(lock.until for lock in locks)), code="too_many_login_attempts")

    def authenticate(self, request, **credentials):
        self.pre_authenticate(request, **credentials)
        user = authenticate(request, **credentials)
        if user is None:
            self.authentication_failed(request, **credentials)
        else:
            attempts.TURNS.give_back()
            for subject in self.subjects:
                attempts.forgive(subject)
        return user

    def authentication_failed(self, request, **credentials):
        """Which account, if there is one: what was typed may be a password in the wrong field."""
        self.record_failure(credentials)

    def record_failure(self, credentials, **details):
        known = User.objects.filter(username__iexact=credentials.get("username", "")).first()
        username = known.username if known else ""
        record(AuditKind.SIGN_IN_FAILED, by=None, username=username, known=known is not None, **details)

    def login(self, request, user):
        super().login(request, user)
        sessions.begin(request, user)
        record(AuditKind.SIGN_IN, by=user, second_step=second_step.was_taken(request))

    def logout(self, request):
        if request.user.is_authenticated:
            record(AuditKind.SIGN_OUT, by=request.user)
            sessions.leave(request, why="out")
        super().logout(request)

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Whoever signed in a minute ago has proved enough, also for setting up a second step."""
        return not is_fresh(self.request)

    def set_password(self, user, password):
        actions.change_password(user, password=password, by=user)


class MultiFactorAdapter(DefaultMFAAdapter):
    """The secret behind the six digits is stored under the office's key. Whoever must have a second step keeps it."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证码不正确，请看手机上现在显示的六位数字",
        "cannot_delete_authenticator": "您的角色必须使用两步验证，不能关闭；换手机请联系安全管理员重置",
    }

    def get_totp_label(self, user) -> str:
        return user.username

    def can_delete_authenticator(self, authenticator) -> bool:
        return not second_step.is_required_of(authenticator.user)

    def encrypt(self, text: str) -> str:
        name, secret = crypto.office_key()
        sealed = crypto.seal(crypto.derive(secret, "second-factor"), text.encode())
        return f"{name}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        name, _, sealed = encrypted_text.partition(":")
        _, secret = crypto.office_key(name)
        return crypto.unseal(crypto.derive(secret, "second-factor"), base64.b64decode(sealed)).decode()


def too_many(until) -> str:
    return f"密码错误次数过多，{timezone.localtime(until):%H:%M:%S} 之后可以再试；忘记密码请联系本单位的账户管理员重置"
