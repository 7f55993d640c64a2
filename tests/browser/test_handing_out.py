"""Accounts are handed out and printed; what is due is seen and reminded; two records are compared and merged: by browser, and on a telephone."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from taizhang.accounts.models import Role
from taizhang.kit.clock import today
from taizhang.members import actions as members
from taizhang.members.tests.people import member
from taizhang.notices import actions as notices
from tests.browser.conftest import SHOTS
from tests.browser.test_accounts import sign_in
from tests.world import FIRST_DAY, at_work

PASSWORD = "Correct-horse-battery-7"


@pytest.fixture
def office(transactional_world):
    world = transactional_world
    for name in ("云岭省兰花协会", "兰花协会"):
        world.organization(name, under=world.education)
    association = world.organization("云岭省棋类协会", under=world.education)
    branch = world.branch(association, superior=world.education)
    person = member(world, association, branch, "王守正", FIRST_DAY)
    ends = date(2020, 3, 1)
    members.appoint(
        person, party_organization=branch, position="secretary", term_ends_on=ends, on=FIRST_DAY, by=world.clerk
    )
    world.admin = at_work(world.account(world.education, Role.UNIT_ADMIN, username="guanli", name="单位管理员"))
    for user in (world.admin, world.education_clerk):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    notices.sweep(on=today(), at=timezone.now(), by=None)
    return world


def look(opened, name: str, serious_axe_violations) -> None:
    SHOTS.mkdir(exist_ok=True)
    opened.screenshot(path=SHOTS / f"{name}-{opened.viewport_size['width']}.png", full_page=True)
    assert serious_axe_violations(opened) == [], name


@pytest.mark.parametrize("where", ["page", "telephone"])
def test_accounts_are_handed_out_step_by_step(request, where, office, serious_axe_violations):
    opened = request.getfixturevalue(where)
    sign_in(opened, "guanli", PASSWORD)
    opened.goto("/accounts/handouts/make/")
    opened.get_by_role("button", name="先看有多少").click()
    opened.wait_for_selector("text=将开设")
    look(opened, "hand_out", serious_axe_violations)
    opened.get_by_role("button", name="确认开设").click()
    opened.get_by_role("link", name="打印通知单").wait_for()
    look(opened, "handout", serious_axe_violations)
    opened.get_by_role("link", name="打印通知单").click()
    expect(opened.locator(".slip")).to_have_count(3)
    look(opened, "slips", serious_axe_violations)
    opened.go_back()
    opened.get_by_role("link", name="导出加密表格").click()
    look(opened, "slips_file", serious_axe_violations)
    opened.get_by_label("打开表格的密码").fill("Send-it-by-telephone-7")
    opened.get_by_label("再输一次密码").fill("Send-it-by-telephone-7")
    with opened.expect_download() as taken:
        opened.get_by_role("button", name="加密并下载").click()
    assert taken.value.suggested_filename == "激活码.xlsx"
    opened.goto("/accounts/handouts/make-listed/")
    look(opened, "hand_out_listed", serious_axe_violations)


@pytest.mark.parametrize("where", ["page", "telephone"])
def test_what_is_due_is_seen_and_reminded_and_doubles_are_merged(request, where, office, serious_axe_violations):
    opened = request.getfixturevalue(where)
    sign_in(opened, "jiaoyu", PASSWORD)
    opened.goto("/notices/due/")
    look(opened, "due", serious_axe_violations)
    opened.get_by_role("link", name="届满换届").first.click()
    opened.wait_for_selector("text=提醒过谁")
    look(opened, "due_detail", serious_axe_violations)
    opened.goto("/notices/remind/")
    look(opened, "remind", serious_axe_violations)
    opened.goto("/orgs/doubles/")
    look(opened, "doubles", serious_axe_violations)
    opened.get_by_role("link", name="比对").click()
    opened.get_by_role("link", name="不是同一家").click()
    opened.get_by_label("说明").fill("两份证书，代码不同")
    opened.get_by_role("button", name="认定为两家").click()
    expect(opened.locator("main")).to_contain_text("没有疑似重复的")
    opened.get_by_role("link", name="认定为两家的").click()
    look(opened, "told_apart", serious_axe_violations)
    opened.get_by_role("link", name="有效").click()
    opened.get_by_label("说明").fill("又收到一份证书")
    opened.get_by_role("button", name="撤销认定").click()
    opened.get_by_role("link", name="比对").click()
    opened.get_by_label("说明").fill("证书复印件核对为同一家")
    look(opened, "merge", serious_axe_violations)
    opened.get_by_role("button", name="合并", exact=True).click()
    opened.wait_for_selector("text=已并入")
