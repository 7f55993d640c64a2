"""Signing in as people do it: the second step set up and used, a recovery code, a lock-out, an absence; at both sizes."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from playwright.sync_api import expect

from taizhang.accounts import actions, policy
from taizhang.accounts.models import Role, User

PASSWORD = "Correct-horse-battery-7"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_world, settings):
    settings.SIGN_IN_POLICY = policy.chosen(second_step="clerk")
    for user in (transactional_world.clerk, transactional_world.security, transactional_world.leader):
        actions.change_password(user, password=PASSWORD, by=user)
    return transactional_world


def sign_in(page, username, password=PASSWORD):
    page.goto("/sign-in/")
    page.get_by_label("登录名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def digits(secret: str, periods_ago: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 - periods_ago))


def with_time_to_spare(page) -> None:
    """The digits of the last half minute are accepted until this one ends: not to be typed in its last seconds."""
    left = 30 - time.time() % 30
    if left < 12:
        page.wait_for_timeout(left * 1000)


def looked_at(page, name: str) -> None:
    from tests.browser.conftest import SHOTS

    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"sign-in-{name}-{page.viewport_size['width']}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def set_up_and_use(page, serious_axe_violations):
    """To the recovery codes and out again; in with six digits, out, in with a recovery code."""
    sign_in(page, "jingban")
    expect(page.get_by_role("heading", name="设置两步验证")).to_be_visible()
    assert serious_axe_violations(page) == []
    looked_at(page, "set-up")
    secret = page.locator("#secret").inner_text()
    page.get_by_label("六位数字").fill("000000")
    page.get_by_role("button", name="完成设置").click()
    expect(page.get_by_text("验证码不正确")).to_be_visible()
    with_time_to_spare(page)
    page.get_by_label("六位数字").fill(digits(secret, 1))
    page.get_by_role("button", name="完成设置").click()
    codes = re.findall(r"\w{6,}", page.locator("#codes").inner_text())
    assert len(codes) == 10 and serious_axe_violations(page) == []
    looked_at(page, "recovery-codes")
    page.get_by_role("link", name="已经保存好，开始工作").click()
    page.goto(reverse("mfa_index"))
    assert serious_axe_violations(page) == []
    looked_at(page, "second-step")
    page.goto(reverse("accounts:sign_ins"))
    expect(page.get_by_text("本机")).to_be_visible()
    assert serious_axe_violations(page) == []
    looked_at(page, "sign-ins")
    sign_out(page)

    sign_in(page, "jingban")
    expect(page.get_by_role("heading", name="两步验证")).to_be_visible()
    assert serious_axe_violations(page) == []
    looked_at(page, "six-digits")
    page.get_by_label("六位数字或恢复码").fill(digits(secret))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url("/")
    sign_out(page)
    for code, lets_in in ((codes[0], True), (codes[0], False)):
        sign_in(page, "jingban")
        page.get_by_label("六位数字或恢复码").fill(code)
        page.get_by_role("button", name="登录", exact=True).click()
        if lets_in:
            expect(page).to_have_url("/")
            sign_out(page)
        else:
            expect(page.get_by_text("验证码不正确")).to_be_visible()


def sign_out(page):
    page.goto("/sign-in/out/")
    page.get_by_role("main").get_by_role("button", name="退出").click()


def test_the_second_step_is_set_up_used_and_replaced_by_a_recovery_code(page, office, serious_axe_violations):
    set_up_and_use(page, serious_axe_violations)


def test_the_same_on_a_telephone(telephone, office, serious_axe_violations):
    set_up_and_use(telephone, serious_axe_violations)


def test_whoever_is_locked_out_is_told_until_when(page, office, serious_axe_violations):
    for _ in range(6):
        sign_in(page, "lingdao", "Wrong-horse-battery-7")
    assert re.search(r"\d\d:\d\d:\d\d 之后可以再试", page.get_by_role("alert").inner_text())
    assert serious_axe_violations(page) == []
    looked_at(page, "locked-out")
    sign_in(page, "lingdao")
    assert re.search(r"\d\d:\d\d:\d\d 之后可以再试", page.get_by_role("alert").inner_text())
    looked_at(page, "turned-away")


@pytest.mark.parametrize("size", ["page", "telephone"])
def test_a_role_is_given_after_the_password_again_and_an_absence_is_arranged(
    request, size, office, serious_axe_violations
):
    page = request.getfixturevalue(size)
    office.account(office.committee, Role.REVIEWER, username="shenhe", name="审核")
    office.account(office.committee, Role.REVIEWER, username="shenhe2", name="审核乙")
    sign_in(page, "anquan")
    expect(page).to_have_url("/")
    forget_the_proof(page.context)
    page.goto(reverse("accounts:account", args=[office.leader.pk]))
    assert serious_axe_violations(page) == []
    looked_at(page, "account")
    page.get_by_label("单位").fill("某省社会组织综合党委")
    page.get_by_label("角色").select_option(Role.REVIEWER)
    page.get_by_label("依据").fill("党委会2017年3月1日议定")
    page.get_by_role("button", name="授予").click()
    expect(page.get_by_role("heading", name="再次确认身份")).to_be_visible()
    assert serious_axe_violations(page) == []
    looked_at(page, "again")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", name="身份已确认")).to_be_visible()
    looked_at(page, "go-on")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_text("角色已授予")).to_be_visible()
    assert User.objects.get(pk=office.leader.pk).holds({Role.REVIEWER})
    for name in ("holders", "policy", "list"):
        page.goto(reverse(f"accounts:{name}"))
        assert serious_axe_violations(page) == []
        looked_at(page, name)
    sign_out(page)

    sign_in(page, "lingdao")
    page.goto(reverse("accounts:me"))
    page.get_by_role("link", name="委托代理").first.click()
    page.get_by_label("代理人的登录名").fill("shenhe")
    page.get_by_label("至", exact=False).last.fill(time.strftime("%Y-%m-%d", time.localtime(time.time() + 5 * 86400)))
    page.get_by_label("事由").fill("出差")
    assert serious_axe_violations(page) == []
    looked_at(page, "delegate")
    page.get_by_role("button", name="委托").click()
    expect(page.get_by_text("审核 代理 领导")).to_be_visible()
    looked_at(page, "me")


def forget_the_proof(context):
    """As if the sign-in had been an hour ago."""
    from django.contrib.sessions.backends.db import SessionStore

    key = next(each["value"] for each in context.cookies() if each["name"] == "sessionid")
    session = SessionStore(key)
    session["account_authentication_methods"] = []
    session.save()
