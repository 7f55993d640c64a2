"""Signing in: by name, limited before the hash, recorded, and never telling who has an account."""

import re

import pytest
from django.urls import reverse

from taizhang.accounts import actions
from taizhang.accounts.models import AuditKind, AuditRecord, User

PASSWORD = "Correct-horse-battery-7"
WRONG = "not-the-password"

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(world):
    actions.change_password(world.clerk, password=PASSWORD, by=world.clerk)
    return world.clerk


def sign_in(client, username, password, **extra):
    return client.post(reverse("account_login"), {"login": username, "password": password}, **extra)


def page(response):
    """The body without what differs at every request."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", response.content.decode())


def test_the_name_and_the_password_let_in_and_the_audit_says_so(client, clerk):
    response = sign_in(client, "JingBan", PASSWORD)
    assert response.status_code == 302
    kept = AuditRecord.objects.get(kind=AuditKind.SIGN_IN)
    assert (kept.user, kept.address, kept.request) == (clerk, "127.0.0.1", response["X-Request-Id"])


def test_a_wrong_password_is_recorded_without_it(client, clerk):
    assert sign_in(client, "jingban", WRONG).status_code == 200
    kept = AuditRecord.objects.get(kind=AuditKind.SIGN_IN_FAILED)
    assert (kept.username, kept.details) == ("jingban", {"known": True})
    assert WRONG not in str(vars(kept))


def test_what_was_typed_as_a_name_that_nobody_has_is_not_kept(client, clerk):
    sign_in(client, PASSWORD, WRONG)
    kept = AuditRecord.objects.get(kind=AuditKind.SIGN_IN_FAILED)
    assert (kept.username, kept.details) == ("", {"known": False})


def test_nobody_learns_whether_a_name_exists(client, clerk):
    known = page(sign_in(client, "jingban", WRONG)).replace("jingban", "")
    unknown = page(sign_in(client, "nobody", WRONG)).replace("nobody", "")
    assert known == unknown
    actions.close_account(clerk, by=User.objects.get(username="admin"))
    assert page(sign_in(client, "jingban", PASSWORD)).replace("jingban", "") == known


def test_after_five_wrong_passwords_the_right_one_waits_and_is_not_even_hashed(client, clerk, monkeypatch):
    for _ in range(5):
        sign_in(client, "jingban", WRONG)
    hashed = []
    monkeypatch.setattr(User, "check_password", lambda user, password: hashed.append(password) or True)
    response = sign_in(client, "JINGBAN", PASSWORD)
    assert hashed == []
    assert re.search(r"\d\d:\d\d:\d\d 之后可以再试", response.content.decode())


def test_an_unknown_name_is_limited_just_the_same(client, clerk):
    for _ in range(5):
        sign_in(client, "nobody", WRONG)
    assert "之后可以再试" in sign_in(client, "nobody", WRONG).content.decode()


def test_one_address_cannot_try_many_accounts(client, clerk):
    for number in range(20):
        sign_in(client, f"guess{number}", WRONG)
    assert "之后可以再试" in sign_in(client, "jingban", PASSWORD).content.decode()
    elsewhere = sign_in(client, "jingban", PASSWORD, REMOTE_ADDR="10.0.0.7")
    assert elsewhere.status_code == 302


def test_a_given_password_must_be_changed_before_anything_else(client, world):
    password = actions.reset_password(world.clerk, by=world.administrator)
    sign_in(client, "jingban", password)
    assert client.get("/accounts/me/").url == reverse("account_change_password")
    assert client.get("/accounts/me/", headers={"hx-request": "true"})["HX-Redirect"] == reverse(
        "account_change_password"
    )
    changed = client.post(
        reverse("account_change_password"), {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD}
    )
    assert changed.status_code == 302
    assert client.get("/accounts/me/").status_code == 200
    assert AuditRecord.objects.filter(verb="accounts.change_password", user=world.clerk).exists()


def test_a_weak_password_is_refused_with_what_is_expected(client, world):
    password = actions.reset_password(world.clerk, by=world.administrator)
    sign_in(client, "jingban", password)
    response = client.post(
        reverse("account_change_password"), {"oldpassword": password, "password1": "12345678", "password2": "12345678"}
    )
    assert "12" in response.content.decode() and "密码" in response.content.decode()
    assert User.objects.get(pk=world.clerk.pk).must_change_password


def test_sessions_begin_anew_at_sign_in_and_end_with_the_password_and_the_account(client, clerk, world):
    from django.test import Client

    client.get(reverse("account_login"))
    before = client.session.session_key
    sign_in(client, "jingban", PASSWORD)
    assert client.session.session_key != before
    elsewhere = Client()
    sign_in(elsewhere, "jingban", PASSWORD)
    new = "Another-horse-battery-7"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert elsewhere.get("/accounts/me/").status_code == 302, "the other session is over"
    assert client.get("/accounts/me/").status_code == 200
    actions.close_account(clerk, by=world.administrator)
    assert client.get("/accounts/me/").status_code == 302, "gone on the next request"


def test_signing_out_ends_the_session_and_is_recorded(client, clerk):
    sign_in(client, "jingban", PASSWORD)
    key = client.cookies["sessionid"].value
    client.post(reverse("account_logout"))
    client.cookies["sessionid"] = key
    assert client.get("/accounts/me/").status_code == 302
    assert AuditRecord.objects.filter(kind=AuditKind.SIGN_OUT, user=clerk).count() == 1


def test_nobody_opens_an_account_alone(client, world):
    assert client.get("/sign-in/signup/").status_code == 404


def test_signing_in_leads_only_to_pages_of_ours(client, clerk):
    for outside in ("https://example.org/", "//example.org/", "javascript:alert(1)", "\\\\example.org"):
        client.logout()
        response = client.post(reverse("account_login"), {"login": "jingban", "password": PASSWORD, "next": outside})
        assert response.status_code == 302 and response.url == "/"


def test_the_product_hashes_with_argon2_and_knows_no_second_way_in():
    from taizhang.config import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert settings.AUTHENTICATION_BACKENDS == ["django.contrib.auth.backends.ModelBackend"]


def test_the_secret_of_the_second_factor_is_stored_under_the_offices_key(db):
    from taizhang.accounts.adapter import MultiFactorAdapter

    stored = MultiFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in stored
    assert MultiFactorAdapter().decrypt(stored) == "JBSWY3DPEHPK3PXP"
