"""A sitting as the recorder lives it: agenda, attendance, item by item, closed; the figure follows and opens the resolution."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from taizhang.formation.tests.asking import accepted, drafted, members_of
from taizhang.meetings.tests.sitting import NINE, committee_of
from tests.browser.test_accounts import sign_in

PASSWORD = "一个足够长的口令2017"
TODAY = date.today()


@pytest.fixture
def office(transactional_world):
    world = transactional_world
    world.clerk.set_password(PASSWORD)
    world.clerk.save(update_fields=["password"])
    world.body = committee_of(world)
    applied = TODAY - timedelta(20)
    for name, heads in (("云岭省棋类协会", 3), ("云岭省兰花协会", 2), ("云岭省桥梁学会", 3)):
        organization = world.organization(name)
        accepted(world, organization, members_of(world, organization, heads), on=applied)
    world.draft = drafted(world, world.organization("云岭省古琴学会"), [], name="", grounds="")
    return world


def covered(page, day) -> str:
    page.goto(f"/stats/organisation_coverage/?day={day}")
    return page.locator(".figure-parts").inner_text().split("家")[0].replace(" ", "")


def test_a_sitting_from_its_agenda_to_its_minutes(page, office, serious_axe_violations):
    sign_in(page, "jingban", PASSWORD)
    page.goto(f"/meetings/body/{office.body.pk}/")
    page.get_by_role("link", name="召集会议").click()
    page.fill("[name=recorder]", "经办")
    page.fill("[name=place]", "三楼会议室")
    page.click("main button[type=submit]")
    for box in page.locator("[name=case]").all():
        box.check()
    page.get_by_role("button", name="列入本次会议").click()
    page.wait_for_selector("text=已列入3项")
    assert serious_axe_violations(page) == []

    page.locator("main, .page-header").get_by_role("link", name="登记到会").click()
    page.get_by_label("冯委员").uncheck()
    page.fill("[name=absences]", "冯委员 出差")
    assert serious_axe_violations(page) == []
    page.click("main button[type=submit]")
    page.get_by_role("button", name="开会").click()
    page.wait_for_selector("text=可以逐项议决")

    for box in page.locator("[name=item]").all():
        box.check()
    page.get_by_role("button", name="一致同意").click()
    page.wait_for_selector("text=逐项表决通过2项")
    expect(page.locator("main")).to_contain_text("正式党员2名，还差1名")
    page.get_by_role("link", name="议决第 2 项").click()
    expect(page.locator("[name=note]")).to_have_value(re.compile("还差1名"))
    assert serious_axe_violations(page) == []
    page.screenshot(path="test-results/sitting_resolve.png", full_page=True)
    page.click("main button[type=submit]")
    page.wait_for_selector("text=第2项已记录")
    page.screenshot(path="test-results/sitting_open.png", full_page=True)
    page.get_by_role("button", name="结束会议").click()
    page.wait_for_selector("text=记录已冻结")
    expect(page.locator("main")).not_to_contain_text("议决第")
    expect(page.locator("main")).to_contain_text(f"赞成 {len(NINE) - 1}")

    # The figure of the day before and of the day; the change names exactly these two, and each opens its resolution.
    assert covered(page, TODAY - timedelta(1)) == "0/4"
    assert covered(page, TODAY) == "2/4"
    page.goto(f"/stats/organisation_coverage/changes/?since={TODAY - timedelta(1)}&day={TODAY}")
    changed = page.locator("table.changes tbody tr")
    expect(changed).to_have_count(2)
    for name in ("云岭省棋类协会", "云岭省桥梁学会"):
        expect(changed.filter(has_text=name)).to_have_count(1)
    changed.filter(has_text="云岭省棋类协会").locator(".cause .note a").first.click()
    expect(page.locator("main")).to_contain_text("赞成8")
    expect(page.locator("main")).to_contain_text("党组织覆盖")
    page.screenshot(path="test-results/sitting_resolution.png", full_page=True)

    # And from the application: its letter waits to be checked.
    page.goto("/formation/?state=approved")
    page.get_by_role("link", name="申请成立党组织：云岭省棋类协会").click()
    expect(page.locator(".timeline-list")).to_contain_text("会议议决")
    expect(page.locator("main")).to_contain_text("关于同意成立")
    page.screenshot(path="test-results/sitting_application.png", full_page=True)


def test_a_draft_is_saved_as_it_goes(page, office, serious_axe_violations):
    sign_in(page, "jingban", PASSWORD)
    page.goto(f"/formation/{office.draft.pk}/")
    page.fill("[name=name]", "中共云岭省古琴学会支部委员会")
    page.fill("[name=grounds]", "已有党员三名")
    page.locator("[name=grounds]").blur()
    page.wait_for_selector("#kept :text('已保存')")
    office.draft.refresh_from_db()
    assert (office.draft.name, office.draft.grounds) == ("中共云岭省古琴学会支部委员会", "已有党员三名")
    assert serious_axe_violations(page) == []


def test_on_a_telephone_the_application_says_what_is_missing(telephone, office):
    sign_in(telephone, "jingban", PASSWORD)
    telephone.goto(f"/formation/{office.draft.pk}/")
    expect(telephone.locator("main")).to_contain_text("提交前还缺")
    assert telephone.evaluate("document.documentElement.scrollWidth <= innerWidth")
