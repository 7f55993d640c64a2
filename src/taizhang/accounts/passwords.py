"""Whether a password will do, by the policy in force: Django's validators, one for what the policy asks beyond them."""

import re
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, is_password_usable
from django.core.exceptions import ValidationError
from django.utils import timezone

from taizhang.accounts.models import User
from taizhang.accounts.signing_in import UsedPassword

KINDS = (re.compile(r"[A-Z]"), re.compile(r"[a-z]"), re.compile(r"[0-9]"), re.compile(r"[^A-Za-z0-9]"))
OWN_WORDS = ("taizhang", "台账", "dangjian", "党建", "zonghedangwei", "综合党委")
MOST_OF_IT = 0.5  # a password is not made of one of our own words


class PolicyValidator:
    """What the policy asks of the characters, the length and the past."""

    def validate(self, password: str, user: User | None = None) -> None:
        policy, wrong = settings.SIGN_IN_POLICY, []
        if len(password) < policy.minimum_length:
            wrong.append(ValidationError(f"密码至少{policy.minimum_length}位。", code="password_too_short"))
        if sum(bool(kind.search(password)) for kind in KINDS) < policy.kinds_of_characters:
            wrong.append(
                ValidationError(
                    f"密码要有大写字母、小写字母、数字、符号中的至少{policy.kinds_of_characters}种。",
                    code="password_kinds",
                )
            )
        if any(word in password.lower() and len(word) / len(password) >= MOST_OF_IT for word in OWN_WORDS):
            wrong.append(ValidationError("密码不能用本系统的名称组成。", code="password_own_word"))
        if user is not None and user.pk and policy.passwords_remembered and was_used(user, password):
            wrong.append(
                ValidationError(f"不能用最近{policy.passwords_remembered}个用过的密码。", code="password_used")
            )
        if wrong:
            raise ValidationError(wrong)

    def get_help_text(self) -> str:
        policy = settings.SIGN_IN_POLICY
        kinds = (
            f"，含大写字母、小写字母、数字、符号中的至少{policy.kinds_of_characters}种"
            if policy.kinds_of_characters
            else ""
        )
        return f"至少{policy.minimum_length}位{kinds}。"


def was_used(user: User, password: str) -> bool:
    """Of somebody who has had no password yet nothing is hashed: Django would, so that a guess tells nothing by its time."""
    most = settings.SIGN_IN_POLICY.passwords_remembered
    past = UsedPassword.objects.filter(user=user).order_by("-pk").values_list("password", flat=True)[: most - 1]
    known = [each for each in (user.password, *past) if each and is_password_usable(each)]
    return any(check_password(password, each) for each in known)


def remember(user: User) -> None:
    """The one that is about to be replaced; older ones than the policy remembers are wiped (8.1.4.10)."""
    most = settings.SIGN_IN_POLICY.passwords_remembered
    if most and user.password and user.has_usable_password():
        UsedPassword.objects.create(user=user, password=user.password)
    kept = UsedPassword.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[:most]
    UsedPassword.objects.filter(user=user).exclude(pk__in=list(kept)).delete()


def is_too_old(user: User) -> bool:
    days = settings.SIGN_IN_POLICY.days_until_change
    return bool(days) and timezone.now() - user.password_set_at > timedelta(days=days)
