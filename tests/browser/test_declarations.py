"""A declaration as people live it: codes handed out, an operator lets herself in by one, confirms two sections and corrects one;
the unit returns it, she mends it, it is accepted twice; the coverage of the day of truth changes and opens down to the step."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from taizhang.accounts.models import Role
from taizhang.declarations import actions
from taizhang.declarations.models import Declaration, Opening
from taizhang.declarations.tests.campaign import right_samples
from taizhang.orgs import actions as orgs
from taizhang.party import actions as party
from tests.browser.test_accounts import sign_in
from tests.world import at_work

PASSWORD = "Correct-horse-battery-7"
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
    world.admin = at_work(world.account(world.education, Role.UNIT_ADMIN, username="guanli", name="单位管理员"))
    for user in (world.clerk, world.education_clerk, world.admin):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    asked = {"cut_off_on": CUT_OFF, "due_on": TODAY + timedelta(10), "on": TODAY}
    opened = actions.open_round(world.committee, title="年度年报", by=world.clerk, **asked)
    while opened.opening != Opening.OPEN:
        opened = actions.hand_out(opened, by=world.clerk)
    world.declaration = opened.declarations.get(organization=organization)
    return world


def sign_out(page):
    """As a browser of somebody else: what is returned is the sign-in, to come back with."""
    cookies = page.context.cookies()
    page.context.clear_cookies()
    return cookies


def covered(page, day) -> str:
    page.goto(f"/stats/organisation_coverage/?day={day}")
    return page.locator(".figure-parts").inner_text().split("家")[0].replace(" ", "")


def handed_out(page) -> tuple[str, str]:
    """By the unit's administrator, to every organisation below that has nobody yet: the sign-in name and code on the slip."""
    sign_in(page, "guanli", PASSWORD)
    page.goto("/accounts/handouts/make/")
    page.get_by_role("button", name="先看有多少").click()
    page.get_by_role("button", name="确认开设").click()
    page.get_by_role("link", name="打印通知单").click()
    told = page.locator(".slip code")
    expect(told).to_have_count(2)
    found = told.nth(0).inner_text(), told.nth(1).inner_text()
    sign_out(page)
    return found


def let_in(page, username: str, code: str) -> None:
    page.goto("/accounts/activate/")
    page.get_by_label("登录名").fill(username)
    page.get_by_label("激活码").fill(code)
    page.get_by_label("您的姓名").fill("叶青")
    page.get_by_label("设置密码").fill(PASSWORD)
    page.get_by_label("再输一次密码").fill(PASSWORD)
    page.get_by_role("button", name="激活并登录").click()
    page.wait_for_url("**/")


def save(page, field: str, value: str) -> None:
    with page.expect_response(lambda answer: "/keep/" in answer.url):
        page.fill(f"[name={field}]", value)
        page.locator(f"[name={field}]").blur()


def test_from_the_first_section_to_the_ledger(page, campaign, serious_axe_violations):
    address = f"/declarations/{campaign.declaration.pk}/"
    let_in(page, *handed_out(page))
    page.get_by_role("link", name="去办理").first.click()
    page.wait_for_url(f"**{address}")
    assert serious_axe_violations(page) == []
    page.screenshot(path="test-results/declaration_draft.png", full_page=True)

    page.locator("#section-particulars").get_by_role("button", name="本节属实").click()
    page.locator("#section-members").get_by_role("button", name="本节属实").click()
    expect(page.locator("#section-members")).to_contain_text("叶青已确认")
    page.locator("#section-party summary").first.click()
    save(page, "new-party-name", "中共云岭省茶艺协会支部")
    with page.expect_response(lambda answer: "/keep/" in answer.url):
        page.select_option("[name=new-party-level]", "branch")
    save(page, "new-party-approved_by", "省直机关工委")
    save(page, "new-party-since", str(TRUTH))
    submit(page, campaign)
    expect(page.locator("main")).to_contain_text("没有写批复文号")
    save(page, "new-party-approval", "云直工〔2026〕号")
    submit(page, campaign)
    page.wait_for_selector("text=审核期间内容不动")
    operator = sign_out(page)

    sign_in(page, "jiaoyu", PASSWORD)
    review(page)
    assert serious_axe_violations(page) == []
    page.screenshot(path="test-results/declaration_review.png", full_page=True)
    return_by_keys(page, "批复文号", "文号不全")
    page.wait_for_selector("text=已退回")
    reviewer = sign_out(page)

    page.context.add_cookies(operator)
    page.goto(address)
    expect(page.locator("#returned")).to_contain_text("文号不全")
    save(page, "new-party-approval", "云直工〔2026〕12号")
    page.check("[name=all_correct]")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_selector("text=审核期间内容不动")
    sign_out(page)

    page.context.add_cookies(reviewer)
    review(page)
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="通过，转综合党委")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=已通过")
    sign_out(page)
    sign_in(page, "jingban", PASSWORD)
    review(page)
    page.get_by_role("button", name="接受并记账").click()
    page.wait_for_selector("text=已接受")
    assert covered(page, TRUTH - timedelta(1)) == "0/1" and covered(page, TRUTH) == "1/1"
    page.goto(f"/stats/organisation_coverage/changes/?day={TRUTH}&since={TRUTH - timedelta(1)}")
    page.locator("td[data-label=依据] a").first.click()
    page.wait_for_url("**/cases/steps/*/")
    expect(page.locator("main")).to_contain_text("党组织覆盖")
    page.goto(f"/declarations/rounds/{campaign.declaration.round_id}/")
    assert serious_axe_violations(page) == []


def review(page) -> None:
    """The oldest of the queue, by its first key and Enter."""
    page.goto("/declarations/queue/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="云岭省茶艺协会")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector("#review")


def return_by_keys(page, what: str, why: str) -> None:
    item = page.locator("#review li", has_text=what)
    while not item.evaluate("each => each === document.activeElement"):
        page.keyboard.press("j")
    page.keyboard.press("2")
    expect(item.get_by_label("退回", exact=True)).to_be_checked()
    page.keyboard.type(why)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("Enter")


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


def test_on_a_telephone(telephone, campaign, serious_axe_violations):
    let_in(telephone, *handed_out(telephone))
    telephone.goto(f"/declarations/{campaign.declaration.pk}/")
    assert serious_axe_violations(telephone) == []
    assert telephone.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
