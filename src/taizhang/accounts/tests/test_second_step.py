"""The second step: set up, used, lost; required by role; its secret sealed; a code is good once."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from taizhang.accounts import actions, policy
from taizhang.accounts.models import AuditKind, AuditRecord, Role, User
from taizhang.accounts.signing_in import SignIn
from tests.proof import prove

pytestmark = pytest.mark.django_db

PASSWORD = "Correct-horse-7"
ACTIVATE, AUTHENTICATE = "/sign-in/second-factor/totp/activate/", "/sign-in/second-factor/authenticate/"


def digits(secret: str, periods_ago: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 - periods_ago))


def sign_in(client, username, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": username, "password": password})


@pytest.fixture
def clerk(world):
    actions.change_password(world.clerk, password=PASSWORD, by=world.clerk)
    return world.clerk


@pytest.fixture
def secret(client, clerk):
    """The clerk has set it up, and has signed out again."""
    sign_in(client, "jingban")
    shown = re.search(r'id="secret"[^>]*>([A-Z2-7]{32})<', client.get(ACTIVATE).content.decode()).group(1)
    assert client.post(ACTIVATE, {"code": digits(shown, 1)}).url == reverse("mfa_view_recovery_codes")
    client.post(reverse("account_logout"))
    return shown


def test_the_password_alone_no_longer_lets_in(client, secret, clerk):
    assert sign_in(client, "jingban").url == AUTHENTICATE
    assert client.get("/accounts/me/").status_code == 302
    wrong = client.post(AUTHENTICATE, {"code": "000000"})
    assert "验证码不正确" in wrong.content.decode()
    assert client.post(AUTHENTICATE, {"code": digits(secret)}).status_code == 302
    assert client.get("/accounts/me/").status_code == 200
    assert AuditRecord.objects.filter(kind=AuditKind.SIGN_IN).latest("pk").details["second_step"] is True
    assert AuditRecord.objects.filter(kind=AuditKind.SIGN_IN_FAILED, username="jingban").exists()


def test_the_same_six_digits_let_in_once(client, secret):
    code = digits(secret)
    sign_in(client, "jingban")
    assert client.post(AUTHENTICATE, {"code": code}).status_code == 302
    other = Client()
    sign_in(other, "jingban")
    assert "验证码不正确" in other.post(AUTHENTICATE, {"code": code}).content.decode()


def test_a_recovery_code_lets_in_once_and_is_in_the_audit(client, secret, clerk):
    sign_in(client, "jingban")
    client.post(AUTHENTICATE, {"code": digits(secret)})
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.findall(r'<li class="col-6">(\w+)</li>', page)
    assert len(codes) == 10
    for expected in (302, 200):
        other = Client()
        sign_in(other, "jingban")
        assert other.post(AUTHENTICATE, {"code": codes[0]}).status_code == expected
    assert AuditRecord.objects.filter(verb="accounts.recovery_code_used").count() == 1


def test_six_digits_are_not_guessed(client, secret):
    sign_in(client, "jingban")
    for number in range(5):
        client.post(AUTHENTICATE, {"code": f"00000{number}"})
    assert "五分钟后再试" in client.post(AUTHENTICATE, {"code": digits(secret)}).content.decode()


def test_neither_the_secret_nor_the_recovery_codes_lie_open(secret):
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept and "seed" in kept
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert ":" in seed, "sealed with the office's key, whose name stands before"


@pytest.fixture
def required(settings):
    settings.SIGN_IN_POLICY = policy.chosen(second_step="clerk,security_admin")


def test_whoever_must_have_it_sets_it_up_and_can_do_nothing_else(client, clerk, required):
    sign_in(client, "jingban")
    for page in ("/", "/accounts/me/", reverse("members:list"), reverse("accounts:sign_ins")):
        assert client.get(page).url == ACTIVATE
    assert client.get("/", headers={"hx-request": "true"})["HX-Redirect"] == ACTIVATE
    assert client.get("/api/organizations").json()["obstacles"][0]["code"] == "second-step-missing"
    shown = re.search(r'id="secret"[^>]*>([A-Z2-7]{32})<', client.get(ACTIVATE).content.decode()).group(1)
    client.post(ACTIVATE, {"code": digits(shown)})
    assert client.get("/accounts/me/").status_code == 200
    refused = client.post("/sign-in/second-factor/totp/deactivate/")
    assert "不能关闭" in refused.content.decode()
    assert Authenticator.objects.filter(user=clerk, type="totp").exists()


def test_whoever_need_not_is_not_asked(client, world, required):
    client.force_login(world.leader)
    assert client.get("/accounts/me/").status_code == 200


def test_a_lost_telephone_is_forgotten_by_another_than_whoever_gives_passwords(client, secret, clerk, world):
    sign_in(client, "jingban")
    client.post(AUTHENTICATE, {"code": digits(secret)})
    with pytest.raises(PermissionDenied):
        actions.reset_second_step(clerk, by=world.administrator)
    security = Client()
    security.force_login(world.security)
    prove(security)
    page = security.get(reverse("accounts:account", args=[clerk.pk])).content.decode()
    assert "重置两步验证" in page and "重置密码" not in page
    assert security.post(reverse("accounts:reset_second_step", args=[clerk.pk])).status_code == 302
    assert client.get("/accounts/me/").status_code == 302, "signed out everywhere"
    assert sign_in(client, "jingban").url == "/"


def test_no_administrator_resets_another_administrators(world):
    with pytest.raises(PermissionDenied):
        actions.reset_second_step(world.auditor, by=world.security)
    actions.reset_second_step(world.auditor, by=None)


def test_the_presets_and_the_roles_are_known_by_name():
    from django.core.exceptions import ImproperlyConfigured

    assert policy.chosen().second_step == frozenset(Role.values)
    assert policy.chosen("asvs", second_step="none").second_step == frozenset()
    for wrong in ({"key": "none-such"}, {"second_step": "king"}):
        with pytest.raises(ImproperlyConfigured):
            policy.chosen(**wrong)


def test_where_one_is_signed_in_is_listed_and_ended(client, clerk):
    other = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"})
    sign_in(client, "jingban")
    sign_in(other, "jingban")
    page = client.get(reverse("accounts:sign_ins")).content.decode()
    assert "Firefox · Windows" in page and "本机" in page and "127.0.0.1" in page
    theirs = SignIn.objects.latest("pk")
    assert client.post(reverse("accounts:end_sign_in", args=[theirs.pk])).status_code == 302
    assert other.get("/accounts/me/").status_code == 302
    sign_in(other, "jingban")
    client.post(reverse("accounts:end_other_sign_ins"))
    assert other.get("/accounts/me/").status_code == 302 and client.get("/accounts/me/").status_code == 200
    assert "在别处退出" in client.get(reverse("accounts:sign_ins")).content.decode()


def test_nobody_ends_what_is_not_theirs(client, clerk, world):
    sign_in(client, "jingban")
    other = Client()
    other.force_login(world.leader)
    assert other.post(reverse("accounts:end_sign_in", args=[SignIn.objects.get().pk])).status_code == 404


def test_a_session_that_is_not_used_or_lasts_too_long_ends(client, clerk, monkeypatch):
    from datetime import timedelta

    from django.utils import timezone

    from taizhang.accounts import sessions

    now = timezone.now()

    def after(minutes):
        monkeypatch.setattr(sessions.timezone, "now", lambda: now + timedelta(minutes=minutes))
        return client.get("/accounts/me/").status_code

    sign_in(client, "jingban")
    assert after(29) == 200 and after(58) == 200
    assert after(89) == 302, "half an hour without a click"
    assert "没有操作" in client.get(reverse("account_login")).content.decode()
    assert SignIn.objects.latest("pk").why == "idle"
    now = timezone.now()
    monkeypatch.undo()
    now = timezone.now()
    sign_in(client, "jingban")
    for minutes in range(25, 480, 25):
        assert after(minutes) == 200
    assert after(481) == 302, "eight hours"
    assert SignIn.objects.latest("pk").why == "long"


def test_there_are_no_more_sign_ins_than_the_policy_allows(clerk):
    clients = [Client() for _ in range(4)]
    for each in clients:
        sign_in(each, "jingban")
    assert [each.get("/accounts/me/").status_code for each in clients] == [302, 200, 200, 200]


def test_a_changed_password_keeps_this_session_known_by_its_new_key(client, clerk):
    sign_in(client, "jingban")
    new = "Another-horse-7"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert SignIn.objects.standing().get().key == client.session.session_key


def test_a_role_that_was_taken_is_gone_on_the_next_request_and_so_are_all_sessions_of_a_closed_account(client, world):
    client.force_login(world.clerk)
    assert client.get(reverse("members:list")).status_code == 200
    actions.end_grant(world.clerk.grants.get(), by=world.security)
    assert (
        client.get(reverse("members:list")).status_code in (403, 404)
        or not client.get(reverse("members:list")).context["list"].page.rows
    )
    actions.close_account(User.objects.get(pk=world.clerk.pk), by=world.administrator)
    assert client.get("/accounts/me/").status_code == 302
    assert not SignIn.objects.standing().filter(user=world.clerk).exists()
