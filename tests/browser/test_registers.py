"""The register of organisations as a clerk uses it: find, sort, page, hand over, and see it under then and now."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_accounts import sign_in


@pytest.fixture
def clerk(transactional_world):
    transactional_world.clerk.set_password("一个足够长的口令2017")
    transactional_world.clerk.save(update_fields=["password"])
    return transactional_world


@pytest.fixture
def furnished(clerk):
    for number in range(55):
        clerk.organization(f"第{number + 1}兰花协会", number=number + 1)
    return clerk.organization("围棋协会", under=clerk.education, number=99)


def test_a_list_is_searched_by_typing_sorted_and_paged_without_leaving_it(page, furnished):
    sign_in(page, "jingban", "一个足够长的口令2017")
    page.goto("/orgs/")
    page.fill("#filters [type=search]", "围棋")
    page.wait_for_selector("text=共 1 条")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert "q=" in page.url

    page.goto("/orgs/")
    page.click("thead a:has-text('名称')")
    page.wait_for_selector("th[aria-sort=ascending]")
    first = page.locator("#list tbody tr").first.inner_text()
    page.click("text=下一页")
    page.wait_for_selector("text=上一页")
    expect(page.locator("#list tbody tr")).to_have_count(6)
    page.go_back()
    page.wait_for_selector("text=下一页")
    assert page.locator("#list tbody tr").first.inner_text() == first
    expect(page.locator("aside")).to_have_count(1)  # the whole page came back, not its part alone


def test_an_organisation_is_handed_over_and_seen_under_then_and_now(page, furnished, serious_axe_violations):
    sign_in(page, "jingban", "一个足够长的口令2017")
    page.goto(f"/organisations/{furnished.pk}/")
    assert serious_axe_violations(page) == []
    page.click("text=移交（脱钩）")
    page.wait_for_selector("text=不涉及党组织和党员")
    page.fill("[name=on]", "2017-06-01")
    page.click("main button[type=submit]")
    assert "没有填写依据文件" in page.inner_text("main")
    assert page.input_value("[name=on]") == "2017-06-01"
    page.fill("[name=document]", "民社函〔2017〕3号")
    page.click("main button[type=submit]")
    page.wait_for_selector("text=已移交")
    assert "已脱钩" in page.inner_text("main")

    page.fill("[name=day]", "2017-05-31")
    page.click("text=查看")
    page.wait_for_selector(".as-of")
    then = page.locator(".thread", has_text="责任单位").first.inner_text()
    assert "省教育厅" in page.inner_text("main") and "双重管理" in then + page.inner_text("main")
    page.click("text=回到今天")
    page.locator(".thread a", has_text="入账").first.click()
    page.wait_for_selector("text=办理记录")
    assert "民社函〔2017〕3号" in page.inner_text("main")


@pytest.mark.parametrize("address", ["/", "/orgs/", "/orgs/register/", "/cases/", "/orgs/units/", "/search/?q=围棋"])
def test_pages_of_the_register_fit_a_telephone(telephone, furnished, serious_axe_violations, address):
    sign_in(telephone, "jingban", "一个足够长的口令2017")
    telephone.goto(address)
    assert telephone.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious_axe_violations(telephone) == []
