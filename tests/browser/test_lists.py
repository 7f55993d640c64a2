"""Lists and search as a clerk uses them: a filter kept under a name, a former name found by keyboard, a selection taken away."""

import csv
from datetime import date

import pytest
from playwright.sync_api import expect

from taizhang.orgs.actions import rename
from tests.browser.test_accounts import sign_in
from tests.browser.test_registers import clerk, furnished  # noqa: F401 (fixtures)

PASSWORD = "一个足够长的口令2017"
SIZES = ((1366, 768), (1920, 1080), (390, 844))


@pytest.fixture
def signed_in(page, furnished):  # noqa: F811
    sign_in(page, "jingban", PASSWORD)
    return furnished


def test_conditions_are_kept_under_a_name_and_open_the_list(page, signed_in, serious_axe_violations):
    page.goto("/orgs/")
    page.select_option("[name=mode]", "dual")
    page.wait_for_selector(".chip:has-text('体制：双重管理')")
    page.click("summary:has-text('保存这些条件')")
    page.fill("#kept-name", "双重管理的")
    page.check("[name=default]")
    assert serious_axe_violations(page) == []
    page.click(".menu button:has-text('保存')")
    page.wait_for_selector("text=已保存为“双重管理的”")
    page.goto("/orgs/")
    page.wait_for_selector(".chip:has-text('体制：双重管理')")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.click(".chip")
    page.wait_for_selector("text=共 56 条")


def test_a_former_name_is_found_from_any_page_by_keyboard(page, signed_in, world_clerk):
    rename(signed_in, name="棋类运动协会", on=date(2017, 6, 1), by=world_clerk)
    page.goto("/cases/")
    page.keyboard.press("/")
    page.keyboard.type("围棋")
    page.wait_for_selector("#found a:has-text('棋类运动协会')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/organisations/*/")
    page.goto("/cases/")
    page.keyboard.press("/")
    page.keyboard.type("qlyd")
    page.wait_for_selector("#found a:has-text('棋类运动协会')")
    page.keyboard.press("Escape")
    expect(page.locator("#found a")).to_have_count(0)


@pytest.fixture
def world_clerk(signed_in):
    from taizhang.accounts.models import User

    return User.objects.get(username="jingban")


def test_a_selection_over_pages_leaves_as_a_file_and_a_verb_is_done_with_it(page, signed_in):
    page.goto("/orgs/")
    page.locator("#list [name=row]").nth(0).check()
    page.locator("#list [name=row]").nth(1).check()
    page.click("text=下一页")
    page.wait_for_selector("text=上一页")
    page.locator("#list [name=row]").nth(0).check()
    page.wait_for_selector("text=已选 3 条")
    with page.expect_download() as taken:
        page.click("button:has-text('CSV')")
    with open(taken.value.path(), encoding="utf-8-sig") as file:
        assert len(list(csv.reader(file))) == 1 + 3

    page.click("button:has-text('移交（脱钩）')")
    page.wait_for_selector("text=选中 3 条")
    page.fill("[name=document]", "民社函〔2017〕12号")
    page.locator("[name=to]").evaluate(
        "(field) => { field.tomselect.setValue(Object.keys(field.tomselect.options)[1]); }"
    )
    page.click("main button[type=submit]")
    page.wait_for_selector("text=办完时间")
    done = int(page.inner_text("[data-figure=done]"))
    refused = int(page.inner_text("[data-figure=refused]").split("，")[0])
    assert done + refused == 3


@pytest.mark.parametrize(
    "address", ["/orgs/", "/party/", "/members/", "/cases/", "/imports/", "/statutes/", "/accounts/errands/"]
)
def test_every_list_is_looked_at_in_three_sizes(page, signed_in, address, serious_axe_violations):
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        page.screenshot(path=f"test-results/list{address.replace('/', '-')}{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (address, width)
    assert serious_axe_violations(page) == []
