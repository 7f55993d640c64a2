"""From a number of the report down to the paper behind it, and back."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from taizhang.formation.tests.asking import accepted
from taizhang.formation.tests.test_procedure import approved, issue_letter
from taizhang.meetings.tests.sitting import committee_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(transactional_world):
    """One application that was approved by the committee and answered by a letter."""
    world = transactional_world
    body = committee_of(world)
    application = approved(world, body, accepted(world, world.organization("甲协会")))
    letter = issue_letter(world, application)
    client = Client()
    client.force_login(world.clerk)
    assert client.get("/reports/2017/").status_code == 200  # a server that has answered before: its addresses are read
    return letter, client.cookies["sessionid"].value


def test_from_a_number_to_the_paper_and_back(page, live_server, told, serious_axe_violations):
    letter, session = told
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto("/reports/2017/")
    expect(page.locator("figure [data-chart] svg").first).to_be_visible()
    assert serious_axe_violations(page) == []

    page.get_by_title("新覆盖的社会组织").click()
    page.get_by_role("table").get_by_role("link", name="甲协会").click()
    expect(page.get_by_role("heading", name="甲协会", level=1)).to_be_visible()
    covered = page.locator(".thread").filter(has_text="党组织覆盖").first
    covered.get_by_role("link", name="入账").click()
    expect(page.get_by_text("记入台账")).to_be_visible()
    page.get_by_role("link", name=letter.title).click()
    expect(page.get_by_role("heading", name=letter.title)).to_be_visible()
    expect(page.get_by_text(letter.number).first).to_be_visible()

    page.get_by_role("definition").get_by_role("link", name=str(letter.case)).click()
    page.get_by_role("link", name="甲协会", exact=True).first.click()
    expect(page.get_by_role("heading", name="甲协会", level=1)).to_be_visible()
    for _ in range(6):
        page.go_back()
    expect(page).to_have_url(f"{live_server.url}/reports/2017/")
    expect(page.get_by_title("新覆盖的社会组织")).to_have_text("1")


def test_a_report_with_its_charts_fits_a_telephone(telephone, live_server, told):
    _, session = told
    telephone.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    telephone.goto("/reports/2017/")
    expect(telephone.locator("figure [data-chart] svg").first).to_be_visible()
    assert telephone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
