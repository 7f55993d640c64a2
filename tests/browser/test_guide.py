"""The operator's guide, walked: each step is done in the browser as docs/manual/guide.md tells it.

With TAIZHANG_PICTURES set to a folder (`make docs` does) each step leaves its picture there, so that guide and product cannot
drift apart: a step that no longer works fails here, one that looks otherwise has another picture.
"""

import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from taizhang.accounts import handing_out
from taizhang.accounts.models import Role
from taizhang.declarations.actions.moving import whole
from taizhang.declarations.models import Declaration
from taizhang.declarations.tests.campaign import known, opened
from taizhang.kit.clock import today
from taizhang.notices import actions as notices
from tests.world import at_work

CHECKOUT = Path(__file__).resolve().parents[2]
GUIDE = CHECKOUT / "docs" / "manual" / "guide.md"
PASSWORD = "Lanhua-xiehui-2026"
LOOK = {"width": 1100, "height": 820}


@pytest.fixture
def campaign(transactional_world):
    """The committee asks everybody; the association's operator has a slip in hand."""
    world = transactional_world
    association = known(world, world.organization("云岭省兰花协会", under=world.education))
    admin = at_work(world.account(world.education, Role.UNIT_ADMIN, username="guanli", name="单位管理员"))
    wanted = handing_out.without_one(world.education, role=Role.OPERATOR, direct=True, by=admin)
    handout = handing_out.hand_out(world.education, wanted=wanted, title="填报员", days=14, at=timezone.now(), by=admin)
    (world.slip,) = handing_out.slips_of(handout, at=timezone.now())
    opened(world, title="2017年度党建情况年报", due_on=today() + timedelta(days=30), on=date(2018, 1, 10))
    notices.sweep(on=today(), at=timezone.now(), by=None)
    world.declaration = Declaration.objects.get(organization=association)
    return world


@pytest.fixture
def picture(page):
    page.set_viewport_size(LOOK)
    folder = os.environ.get("TAIZHANG_PICTURES")
    taken = []

    def take(name: str, at: str = "") -> None:
        taken.append(name)
        if at:
            page.locator(at).first.scroll_into_view_if_needed()
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png")

    yield take
    named = re.findall(r"\]\(pictures/([\w-]+)\.png\)", GUIDE.read_text(encoding="utf-8"))
    assert named == taken, "the guide shows the pictures of these steps, in this order"


def test_an_operator_activates_confirms_and_submits(page, campaign, picture):
    page.goto("/sign-in/")
    page.get_by_role("link", name="凭激活码激活账号").click()
    page.get_by_label("登录名").fill(campaign.slip.user.username)
    page.get_by_label("激活码").fill(campaign.slip.code)
    page.get_by_label("您的姓名").fill("王兰")
    page.get_by_label("设置密码").fill(PASSWORD)
    page.get_by_label("再输一次密码").fill(PASSWORD)
    picture("1-activate")
    page.get_by_role("button", name="激活并登录").click()
    page.wait_for_selector("h1:has-text('工作台')")
    picture("2-desk")
    page.get_by_role("link", name=re.compile("^提醒")).first.click()
    page.wait_for_selector("h1:has-text('提醒')")
    picture("3-notices")
    page.goto("/declarations/")
    picture("4-list")
    page.get_by_role("link", name=re.compile("兰花协会")).first.click()
    page.wait_for_selector("text=随填随存")
    picture("5-known")
    page.locator("details summary:has-text('更正')").first.click()
    picture("6-correct", "details[open]")
    fill_samples(page, campaign.declaration)
    page.get_by_label("以上各节我都看过，属实").check()
    page.get_by_label("填报人姓名").fill("王兰")
    picture("7-submit", "#submit")
    page.locator("#submit").get_by_role("button", name="提交").click()
    page.wait_for_selector("text=已提交")
    picture("8-submitted")
    assert Declaration.objects.get(pk=campaign.declaration.pk).submitted_on


def fill_samples(page, declaration) -> None:
    """The person knows the answers; here they are read from the ledger."""
    draft = whole(Declaration.objects.get(pk=declaration.pk))
    for record, name in draft.samples:
        field = page.locator(f"[name='sample-{record}-{name}']")
        value = draft.record(record).values[name]
        if field.get_attribute("type") == "checkbox":
            field.set_checked(bool(value))
        elif field.evaluate("each => each.tagName") == "SELECT":
            field.evaluate("(each, value) => { each.value = value; each.tomselect?.setValue(value) }", str(value))
        else:
            field.fill(str(value))
