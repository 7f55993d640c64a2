"""Passwords by the policy in force: the two presets, the past, the time since the last change."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from taizhang.accounts import actions, policy
from taizhang.accounts.models import User
from taizhang.accounts.signing_in import UsedPassword

pytestmark = pytest.mark.django_db


def wrong(password: str, user=None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {each.code for each in error.error_list}
    return set()


def test_level_three_asks_for_length_kinds_and_no_common_words(world):
    assert wrong("Short-1") == {"password_too_short"}
    assert wrong("onlysmallletters") == {"password_kinds"}
    assert wrong("Taizhang台账1!") >= {"password_own_word"}
    assert "password_too_common" in wrong("1q2w3e4r5t6y")
    assert "password_too_similar" in wrong("Jingban-Jingban1", User(username="jingban-jingban"))
    assert wrong("Correct-horse-7") == set()


def test_asvs_asks_for_length_alone_and_forces_no_change(world, settings):
    settings.SIGN_IN_POLICY = policy.chosen("asvs")
    assert wrong("long enough small letters") == set()
    assert wrong("密码可以是一句很长的中文话语") == set()
    from taizhang.accounts.passwords import is_too_old

    world.clerk.password_set_at = timezone.now() - timedelta(days=4000)
    assert not is_too_old(world.clerk)


def test_the_last_five_are_not_used_again_and_older_ones_are_wiped(world):
    clerk = world.clerk
    for number in range(1, 8):
        actions.change_password(clerk, password=f"Correct-horse-{number}", by=clerk)
    for number in (7, 6, 5, 4, 3):
        assert wrong(f"Correct-horse-{number}", clerk) == {"password_used"}
    assert wrong("Correct-horse-2", clerk) == set()
    assert UsedPassword.objects.filter(user=clerk).count() == 5


def test_a_password_of_ninety_days_is_changed_before_anything_else(client, world):
    client.force_login(world.clerk)
    assert client.get("/accounts/me/").status_code == 200
    User.objects.filter(pk=world.clerk.pk).update(password_set_at=timezone.now() - timedelta(days=91))
    assert client.get("/accounts/me/").url == reverse("account_change_password")
    assert "90天" in client.get(reverse("account_change_password")).content.decode()


def test_the_rules_are_shown_to_administrators_alone(client, world):
    client.force_login(world.security)
    text = client.get(reverse("accounts:policy")).content.decode()
    assert "GB/T 22239-2019 第三级" in text and "最近5个" in text
    client.force_login(world.clerk)
    assert client.get(reverse("accounts:policy")).status_code == 403
