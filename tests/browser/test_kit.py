"""What every page rests on: layout at two sizes, keyboard, choosing, charts, printing, the content security policy."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.urls("tests.browser.specimen"), pytest.mark.django_db(transaction=True)]


def test_a_page_fits_a_small_office_screen_and_axe_finds_nothing_serious(page, serious_axe_violations):
    page.goto("/")
    page.wait_for_selector("[data-chart] svg")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(page.get_by_role("link", name="统计")).to_be_visible()
    expect(page.get_by_text("演示数据")).to_be_visible()
    assert serious_axe_violations(page) == []


def test_on_a_telephone_the_navigation_folds_away_until_asked_for(telephone, serious_axe_violations):
    telephone.goto("/")
    assert telephone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(telephone.get_by_role("link", name="统计")).not_to_be_visible()
    telephone.get_by_role("button", name="菜单").click()
    telephone.get_by_role("link", name="统计").wait_for()
    assert serious_axe_violations(telephone) == []


def test_slash_goes_to_the_search_field_and_tab_offers_to_skip_the_navigation(page):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


def test_a_long_list_of_units_is_searched_by_typing(page):
    page.goto("/")
    page.locator(".ts-control").click()
    page.locator(".dropdown-input").fill("单位42")
    page.locator(".ts-dropdown .option", has_text="省级业务主管单位42").click()
    assert page.locator("select[name=unit]").input_value() == "42"


def test_errors_stand_beside_their_field(page):
    page.goto("/")
    error, *_help = page.locator("input[name=name]").get_attribute("aria-describedby").split()
    expect(page.locator(f"#{error}")).to_have_text(re.compile("此字段|必填"))


def test_a_bar_opens_its_list(page):
    page.goto("/")
    page.wait_for_selector("[data-chart] svg")
    page.evaluate("document.querySelector('[data-chart]').scrollIntoView()")
    bar = page.locator("[data-chart] svg path[fill='#b3261e']").first
    bar.click(force=True)
    page.wait_for_url("**/#*")


def test_printing_leaves_out_the_navigation(page):
    page.emulate_media(media="print")
    page.goto("/")
    expect(page.locator("aside")).not_to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()
