"""A token is made, shown once, used and revoked, and the description of the API is read: on a desk and on a telephone."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from taizhang.accounts import actions
from tests.browser.test_accounts import PASSWORD, sign_in


@pytest.fixture
def clerk(transactional_world):
    actions.change_password(transactional_world.clerk, password=PASSWORD, by=transactional_world.clerk)
    return transactional_world.clerk


@pytest.mark.django_db(transaction=True)
def test_a_token_is_made_shown_once_used_and_revoked(page, clerk, serious_axe_violations):
    sign_in(page, clerk.username, PASSWORD)
    page.goto(reverse("accounts:me"))
    page.get_by_role("link", name="访问令牌").click()
    assert serious_axe_violations(page) == []
    page.get_by_label("名称").fill("月报汇总")
    page.get_by_role("button", name="生成").click()
    secret = page.locator("#secret").inner_text()
    assert serious_axe_violations(page) == []
    assert secret.startswith("tz_")
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/accounts/me", headers=headers).json()["name"] == "经办"
    page.screenshot(path="test-results/token-shown-once.png", full_page=True)
    page.get_by_role("link", name="已经复制").click()
    expect(page.get_by_role("button", name="撤销")).to_be_visible()
    assert secret not in page.content()
    page.get_by_role("button", name="撤销").click()
    page.get_by_text("已撤销，下一次调用起不再有效").wait_for()
    assert Client().get("/api/accounts/me", headers=headers).status_code == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", ["page", "telephone"])
def test_the_description_of_the_api_is_read(request, size, clerk, serious_axe_violations):
    page = request.getfixturevalue(size)
    sign_in(page, clerk.username, PASSWORD)
    page.goto(reverse("accounts:own_tokens"))
    page.screenshot(path=f"test-results/own-tokens-{size}.png", full_page=True)
    page.get_by_role("link", name="接口说明").click()
    page.get_by_text("登记社会组织").first.click()
    page.get_by_text("统一社会信用代码").first.wait_for()
    page.screenshot(path=f"test-results/api-docs-{size}.png")
    assert serious_axe_violations(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]
