"""A round by workbook as people live it: taken out, filled in off-line, sent back, reviewed with the rest; and the second of two
copies, refused with both values."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from taizhang.accounts.models import Role
from taizhang.declarations.models import Declaration, Sending, State
from taizhang.declarations.tasks import take_in
from taizhang.declarations.tests.campaign import known, opened, right_samples
from taizhang.declarations.tests.offline import Workbook
from taizhang.declarations.workbooks.columns import BY_NAME
from tests.browser.test_accounts import sign_in

PASSWORD = "Correct-horse-battery-7"
TODAY = date.today()


@pytest.fixture
def campaign(transactional_world):
    world = transactional_world
    for name in ("云岭省茶艺协会", "云岭省花卉协会"):
        known(world, world.organization(name, under=world.education, trade="文化"))
    world.colleague = world.account(world.education, Role.UNIT_CLERK, username="tongshi", name="同事")
    for user in (world.education_clerk, world.colleague):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    world.round = opened(world, cut_off_on=TODAY - timedelta(20), due_on=TODAY + timedelta(10), on=TODAY)
    return world


def taken_out(page, round) -> Workbook:
    page.goto(f"/declarations/rounds/{round.pk}/")
    page.get_by_role("link", name="工作簿").click()
    with page.expect_download() as file:
        page.get_by_role("button", name="下载工作簿").click()
    return Workbook(file.value.path().read_bytes())


def sent_back(page, round, book: Workbook, by) -> Sending:
    """The worker comes while the page is looked at: nobody reloads it."""
    page.goto(f"/declarations/rounds/{round.pk}/workbook/")
    file = {"name": "年报.xlsx", "mimeType": "application/octet-stream", "buffer": book.bytes()}
    page.get_by_label("填好的工作簿").set_input_files(files=[file])
    page.get_by_role("button", name="送回").click()
    expect(page.locator("#sending")).to_contain_text("等待后台处理")
    sending = Sending.objects.latest("pk")
    take_in(sending=sending.pk, user=by.pk)
    expect(page.get_by_role("link", name="下载标注后的工作簿")).to_be_visible()
    return sending


def right(book: Workbook, name: str) -> Workbook:
    declaration = Declaration.objects.get(organization__unit__name=name)
    for (record, field), value in right_samples(declaration).items():
        place = BY_NAME[f"{record}-{field}"]
        book.put(name, **{place.column.title: place.asked.text(value)})
    return book.put(name, 核对人姓名="叶青")


def test_out_and_back_and_what_the_second_copy_is_told(page, campaign, serious_axe_violations):
    world, round = campaign, campaign.round
    sign_in(page, "jiaoyu", PASSWORD)
    book, other = taken_out(page, round), taken_out(page, round)
    assert serious_axe_violations(page) == []
    right(book, "云岭省茶艺协会").put("云岭省茶艺协会", 建有工会="是").put("云岭省花卉协会", 兼职人员=7)
    sent_back(page, round, book, by=world.education_clerk)
    expect(page.locator("[data-figure=changed]")).to_have_text("2，其中已提交 1")
    expect(page.locator("[data-figure=refused]")).to_have_text("0")
    assert serious_axe_violations(page) == []
    page.screenshot(path="test-results/workbook_sent_back.png", full_page=True)
    page.context.clear_cookies()

    sign_in(page, "tongshi", PASSWORD)
    sent_back(page, round, other.put("云岭省花卉协会", 兼职人员=9), by=world.colleague)
    told = page.locator("#sending tbody tr")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("由教育厅经办改为“7”，您填的是“9”")
    expect(told).to_contain_text("云岭省花卉协会")
    page.screenshot(path="test-results/workbook_refused.png", full_page=True)
    with page.expect_download() as file:
        page.get_by_role("link", name="下载标注后的工作簿").click()
    copy = Workbook(file.value.path().read_bytes())
    assert "您填的是“9”" in copy.cell("云岭省花卉协会", "兼职人员").comment.text

    page.goto("/declarations/queue/")
    page.get_by_role("link", name="云岭省茶艺协会").click()
    expect(page.locator("#review")).to_contain_text("建有工会")
    page.locator("#review li", has_text="建有工会").get_by_label("认可").check()
    page.get_by_role("button", name="通过，转综合党委").click()
    page.wait_for_selector("text=已通过")
    assert Declaration.objects.get(organization__unit__name="云岭省茶艺协会").state == State.WITH_COMMITTEE


def test_on_a_telephone(telephone, campaign, serious_axe_violations):
    sign_in(telephone, "jiaoyu", PASSWORD)
    book = taken_out(telephone, campaign.round).put("云岭省花卉协会", 兼职人员="很多", 名称=None)
    sent_back(telephone, campaign.round, book, by=campaign.education_clerk)
    expect(telephone.locator("#sending tbody tr")).to_have_count(2)
    assert serious_axe_violations(telephone) == []
    assert telephone.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
