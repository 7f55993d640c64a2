"""Signing in and keeping accounts, as people see it: on a desk and on a telephone, with nothing serious for axe."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from taizhang.accounts import actions
from taizhang.accounts.models import Role, User

PASSWORD = "Correct-horse-battery-7"
NEW = "Another-horse-battery-7"


@pytest.fixture
def administrator(transactional_world):
    world = transactional_world
    actions.change_password(world.administrator, password=PASSWORD, by=world.administrator)
    return world.administrator


def sign_in(page, username, password):
    page.goto("/sign-in/")
    page.get_by_label("登录名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


@pytest.mark.django_db(transaction=True)
def test_an_account_is_opened_and_its_owner_signs_in_and_changes_the_password(
    page, administrator, transactional_world, serious_axe_violations
):
    page.goto("/sign-in/")
    assert serious_axe_violations(page) == []
    sign_in(page, "admin", "wrong-wrong-wrong")
    assert page.get_by_role("alert").inner_text() == "登录名或密码不正确"
    sign_in(page, "admin", PASSWORD)
    page.goto("/accounts/")
    assert serious_axe_violations(page) == []
    page.get_by_role("link", name="开设账号").first.click()
    page.get_by_label("登录名").fill("xinren")
    page.get_by_label("姓名").fill("新人")
    assert serious_axe_violations(page) == []
    page.get_by_role("button", name="开设账号").click()
    given = page.locator("#password").inner_text()
    page.get_by_role("link", name="已经记下").click()
    assert page.get_by_text("没有角色的账号看不到任何记录").is_visible(), (
        "the role is given by the security administrator"
    )
    world = transactional_world
    newcomer = User.objects.get(username="xinren")
    actions.grant(newcomer, unit=world.education, role=Role.UNIT_CLERK, by=world.security)
    page.reload()
    expect(page.get_by_role("cell", name="单位经办人")).to_be_visible()
    assert serious_axe_violations(page) == []

    page.get_by_role("button", name="退出").click()
    sign_in(page, "xinren", given)
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    page.get_by_label("当前密码").fill(given)
    page.get_by_label("新密码", exact=False).first.fill(NEW)
    page.get_by_label("新密码", exact=False).last.fill(NEW)
    assert serious_axe_violations(page) == []
    page.get_by_role("button", name="修改密码").click()
    page.goto("/accounts/me/")
    expect(page.get_by_role("cell", name="省教育厅")).to_be_visible()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page_name", ["account_login", "accounts:list", "accounts:open_account", "accounts:me"])
def test_pages_of_accounts_fit_a_telephone(telephone, administrator, page_name):
    if page_name != "account_login":
        sign_in(telephone, "admin", PASSWORD)
    telephone.goto(reverse(page_name))
    assert telephone.evaluate("document.documentElement.scrollWidth") <= 390
