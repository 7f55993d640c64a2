"""History as a clerk uses it: slide to a day, see it beside today; a remark and a file beside the log."""

from datetime import date

import pytest

from taizhang.cases.models import Case
from taizhang.cases.tests.papers import PDF
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode
from tests.browser.test_accounts import sign_in

PASSWORD = "一个足够长的口令2017"


@pytest.fixture
def association(transactional_world):
    world = transactional_world
    world.clerk.set_password(PASSWORD)
    world.clerk.save(update_fields=["password"])
    made = world.organization("甲协会", under=world.education)
    orgs.rename(made, name="乙学会", on=date(2017, 3, 1), document="批1号", by=world.clerk)
    orgs.hand_over(made, to=world.sports, mode=Mode.DUAL, on=date(2017, 6, 1), document="函2号", by=world.clerk)
    return made


def test_a_clerk_slides_through_the_days_and_sees_each_beside_today(page, association, serious_axe_violations):
    sign_in(page, "jingban", PASSWORD)
    page.goto(f"/organisations/{association.pk}/")
    page.click("text=历史")
    page.wait_for_selector("text=选一个日子，与今天对照")
    slider = page.locator("[data-days]")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**day=2017-03-01**")
    assert page.locator("tr.changed mark").all_inner_texts() == ["省体育局"]
    page.click("text=← 2017-01-01")
    page.wait_for_selector("text=甲协会")
    assert set(page.locator("tr.changed mark").all_inner_texts()) == {"乙学会", "省体育局"}
    assert serious_axe_violations(page) == []


def test_on_a_telephone_the_history_is_readable(telephone, association, serious_axe_violations):
    sign_in(telephone, "jingban", PASSWORD)
    telephone.goto(f"/history/organisation/{association.pk}/?day=2017-02-01")
    assert telephone.locator("tr.changed").count() >= 2
    assert telephone.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious_axe_violations(telephone) == []


def test_a_remark_and_a_file_stand_beside_the_log(page, association, tmp_path, serious_axe_violations):
    scan = tmp_path / "请示.pdf"
    scan.write_bytes(PDF)
    sign_in(page, "jingban", PASSWORD)
    case = Case.objects.get(title__startswith="登记")
    page.goto(f"/cases/{case.pk}/")
    page.click("text=写备注")
    page.fill("[name=text]", "已电话核实")
    page.click("main button[type=submit]")
    page.wait_for_selector("text=备注已记下")
    page.click("text=上传附件")
    page.fill("[name=title]", "成立请示")
    page.set_input_files("[name=file]", scan)
    page.click("main button[type=submit]")
    page.wait_for_selector("text=SHA-256")
    assert "已电话核实" in page.inner_text("main") and "成立请示" in page.inner_text("main")
    assert serious_axe_violations(page) == []
