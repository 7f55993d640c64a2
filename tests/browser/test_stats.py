"""The figures in a browser: a bar and a month open their lists, a row its organisation, a change the step behind it."""

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from taizhang.stats.tests import story as told

pytestmark = pytest.mark.django_db(transaction=True)
FIGURE = "/stats/organisation_coverage/?day=2017-12-31"


@pytest.fixture
def signed_in(transactional_world):
    story = told.tell(transactional_world)
    client = Client()
    client.force_login(story.world.clerk)

    def enter(page, live_server):
        cookie = client.cookies["sessionid"]
        page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        return page

    return enter


def test_a_number_a_bar_and_a_month_open_their_lists(page, live_server, signed_in, serious_axe_violations):
    page = signed_in(page, live_server)
    page.goto(FIGURE)
    page.wait_for_selector("[data-chart=bar] svg path[fill='#b3261e']")
    page.wait_for_selector("[data-chart=line] svg")
    assert serious_axe_violations(page) == []
    bars = page.locator("[data-chart=bar] svg path[fill='#b3261e']").all()
    widest = max(bars, key=lambda bar: bar.bounding_box()["width"])
    widest.scroll_into_view_if_needed()
    widest.click(force=True)
    page.wait_for_url("**/organisation_coverage/records/?*group=unit*")
    expect(page.get_by_role("link", name="单独协会")).to_be_visible()
    assert serious_axe_violations(page) == []

    page.goto("/stats/instructed_newly_covered/?day=2017-12-31")
    assert serious_axe_violations(page) == []
    page.goto("/stats/organisation_coverage/changes/?day=2017-12-31&since=2017-02-28")
    assert serious_axe_violations(page) == []
    page.get_by_role("link", name="成立：中共单独协会支部").first.click()
    page.wait_for_url("**/cases/steps/*/")


def test_another_structure_is_asked_by_choosing_it(page, live_server, signed_in):
    page = signed_in(page, live_server)
    page.goto("/stats/organisation_coverage/?day=2017-07-31")
    page.get_by_label("隶属").select_option("now")
    page.wait_for_url("**organised=now**")
    page.get_by_text("按现在隶属").last.wait_for()
    row = page.get_by_role("row").filter(has_text="省教育厅")
    assert row.get_by_role("cell").nth(2).inner_text() == "2"


def test_on_a_telephone_the_page_fits(telephone, live_server, signed_in, serious_axe_violations):
    telephone = signed_in(telephone, live_server)
    for address in (FIGURE, "/stats/", "/stats/organisation_coverage/records/?day=2017-12-31"):
        telephone.goto(address)
        assert telephone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert serious_axe_violations(telephone) == []


def test_the_dashboard_prints_on_one_sheet_and_lines_are_told_apart_without_colour(
    page, live_server, signed_in, serious_axe_violations
):
    page = signed_in(page, live_server)
    page.goto("/stats/dashboard/")
    page.get_by_role("button", name="我看过了").click()
    page.get_by_text("没有变动").first.wait_for()
    assert serious_axe_violations(page) == []
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4"))) == 1
    page.goto("/stats/organisation_coverage/trend/?day=2017-12-31&by=mode")
    page.wait_for_selector("[data-chart=line] svg path[stroke-dasharray]")
    assert serious_axe_violations(page) == []
    page.goto("/stats/bridge/?day=2018-12-31")
    assert serious_axe_violations(page) == []
