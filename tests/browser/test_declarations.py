"""A declaration as people live it: two sections confirmed, one corrected, returned by the unit, mended, accepted twice; the
coverage of the day of truth changes and opens down to the step."""

from datetime import date, timedelta

import pytest

from taizhang.accounts.models import Role
from taizhang.declarations import actions
from taizhang.declarations.models import Declaration, Opening
from taizhang.declarations.tests.campaign import right_samples
from taizhang.orgs import actions as orgs
from taizhang.party import actions as party
from tests.browser.test_accounts import sign_in

PASSWORD = "一个足够长的口令2017"
TODAY = date.today()
CUT_OFF, TRUTH = TODAY - timedelta(20), TODAY - timedelta(90)
HEADS = {"full_time": 6, "part_time": 2, "leaders": 2, "party_members": 3, "applicants": 1}


@pytest.fixture
def campaign(transactional_world):
    world = transactional_world
    organization = world.organization("云岭省茶艺协会", under=world.education, trade="文化")
    orgs.declare_workforce(organization, on=CUT_OFF, by=world.clerk, **HEADS)
    divided = {"leader_members": 1, "full_time_members": 3, "held_employer": 3}
    orgs.declare_breakdown(organization, on=CUT_OFF, by=world.clerk, **divided)
    party.state_absence(organization, reason="too_few", on=CUT_OFF, by=world.clerk)
    world.operator = world.account(organization.unit, Role.OPERATOR, username="chayi", name="叶青")
    for user in (world.clerk, world.education_clerk, world.operator):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    asked = {"cut_off_on": CUT_OFF, "due_on": TODAY + timedelta(10), "on": TODAY}
    opened = actions.open_round(world.committee, title="年度年报", by=world.clerk, **asked)
    while opened.opening != Opening.OPEN:
        opened = actions.hand_out(opened, by=world.clerk)
    world.declaration = opened.declarations.get(organization=organization)
    return world


def sign_out(page):
    page.context.clear_cookies()


def covered(page, day) -> str:
    page.goto(f"/stats/organisation_coverage/?day={day}")
    return page.locator(".figure-parts").inner_text().split("家")[0].replace(" ", "")


def save(page, field: str, value: str) -> None:
    with page.expect_response(lambda answer: "/keep/" in answer.url):
        page.fill(f"[name={field}]", value)
        page.locator(f"[name={field}]").blur()


def test_from_the_first_section_to_the_ledger(page, campaign, serious_axe_violations):
    address = f"/declarations/{campaign.declaration.pk}/"
    sign_in(page, "chayi", PASSWORD)
    page.screenshot(path="test-results/declaration_desk.png", full_page=True)
    page.goto(address)
    assert serious_axe_violations(page) == []
    page.screenshot(path="test-results/declaration_draft.png", full_page=True)

    page.locator("#section-particulars").get_by_role("button", name="本节属实").click()
    page.locator("#section-members").get_by_role("button", name="本节属实").click()
    page.wait_for_selector("#section-members >> text=叶青已确认")
    page.locator("#section-party summary").click()
    save(page, "new-party-name", "中共云岭省茶艺协会支部")
    with page.expect_response(lambda answer: "/keep/" in answer.url):
        page.select_option("[name=new-party-level]", "branch")
    save(page, "new-party-approved_by", "省直机关工委")
    save(page, "new-party-since", str(TRUTH))
    submit(page, campaign)
    assert "没有写批复文号" in page.inner_text("main")
    save(page, "new-party-approval", "云直工〔2026〕号")
    submit(page, campaign)
    page.wait_for_selector("text=审核期间内容不动")
    page.screenshot(path="test-results/declaration_submitted.png", full_page=True)
    sign_out(page)

    review(page, "jiaoyu", address)
    assert serious_axe_violations(page) == []
    page.screenshot(path="test-results/declaration_review.png", full_page=True)
    item = page.locator("#review li", has_text="批复文号")
    item.get_by_label("退回", exact=True).check()
    item.get_by_role("textbox").fill("文号不全")
    page.get_by_role("button", name="退回", exact=True).click()
    page.wait_for_selector("text=已退回")
    sign_out(page)

    sign_in(page, "chayi", PASSWORD)
    page.goto(address)
    assert "文号不全" in page.inner_text("#returned")
    save(page, "new-party-approval", "云直工〔2026〕12号")
    page.check("[name=all_correct]")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_selector("text=审核期间内容不动")
    sign_out(page)

    before = {"day": TRUTH - timedelta(1), "truth": TRUTH}
    review(page, "jiaoyu", address)
    page.get_by_role("button", name="通过，转综合党委").click()
    page.wait_for_selector("text=已通过")
    sign_out(page)
    review(page, "jingban", address)
    page.get_by_role("button", name="接受并记账").click()
    page.wait_for_selector("text=已接受")
    assert covered(page, before["day"]) == "0/1" and covered(page, before["truth"]) == "1/1"
    page.goto(address)
    page.get_by_role("link", name="所记内容").click()
    assert "党组织覆盖" in page.inner_text("main")
    page.goto(f"/declarations/rounds/{campaign.declaration.round_id}/")
    assert serious_axe_violations(page) == []
    page.screenshot(path="test-results/declaration_round.png", full_page=True)


def review(page, username: str, address: str) -> None:
    sign_in(page, username, PASSWORD)
    page.goto("/declarations/?turn=mine")
    page.get_by_role("link", name="云岭省茶艺协会").first.click()
    page.wait_for_selector("#review")


def submit(page, campaign) -> None:
    found = Declaration.objects.get(pk=campaign.declaration.pk)
    for (record, name), value in right_samples(found).items():
        box = page.locator(f"[name=sample-{record}-{name}]")
        if box.evaluate("each => each.tagName") == "SELECT":
            box.select_option(str(value))
        else:
            box.fill(str(value))
    page.check("[name=all_correct]")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_load_state()


def test_on_a_telephone(telephone, campaign, serious_axe_violations):
    sign_in(telephone, "chayi", PASSWORD)
    telephone.goto(f"/declarations/{campaign.declaration.pk}/")
    assert serious_axe_violations(telephone) == []
    assert telephone.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
