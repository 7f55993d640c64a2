"""The main job, from a registry workbook to a number that opens its records, as one clerk does it in one morning."""

import argparse
import threading
from datetime import date, timedelta

import openpyxl
import pytest

from taizhang.config.commands import worker
from tests.browser.test_accounts import sign_in
from tests.world import code

PASSWORD = "一个足够长的口令2017"
HEADINGS = ["序号", "社会组织名称", "统一社会信用代码", "业务主管单位", "登记体制", "成立日期"]
COVERAGE = "/stats/organisation_coverage/"


@pytest.fixture
def office(transactional_world):
    """One organisation with a branch is on record already."""
    world = transactional_world
    world.clerk.set_password(PASSWORD)
    world.clerk.save(update_fields=["password"])
    world.covered = world.organization("云岭省棋类协会", under=world.education, number=1)
    world.branch(world.covered, superior=world.education)
    return world


@pytest.fixture
def registry(tmp_path):
    """A registry as offices send it: a title above the headings, and three rows of which one is wrong."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "登记名册"
    sheet.append(["云岭省社会组织登记名册（2017年）"])
    sheet.append(HEADINGS)
    sheet.append([1, "云岭省兰花协会", code("association", 2), "省教育厅", "双重管理", "2003-05-16"])
    wrong = code("association", 3)
    sheet.append([2, "云岭省桥梁学会", wrong[:-1] + ("0" if wrong[-1] != "0" else "1"), "", "直接登记", "2005年3月1日"])
    sheet.append([3, "云岭省古琴学会", code("association", 4), "省体育局", "双重管理", "2010/11/2"])
    sheet["A1"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "登记名册.xlsx")
    return tmp_path / "登记名册.xlsx"


def work_off():
    """A real worker does what waits, then stops."""
    done = threading.Thread(target=worker.run, args=[argparse.Namespace(jobs_at_once=1, once=True)])
    done.start()
    done.join(60)
    assert not done.is_alive()


def upload(page, file):
    page.goto("/imports/upload/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_selector("text=正在检查")
    work_off()
    page.wait_for_selector("h2:has-text('检查结果')")


def coverage(page, query=""):
    page.goto(f"{COVERAGE}{query}")
    return page.locator(".figure-parts").inner_text().split("家")[0].replace(" ", "")


def test_from_a_registry_workbook_to_the_coverage_of_any_day(page, office, registry, tmp_path, serious_axe_violations):
    sign_in(page, "jingban", PASSWORD)
    assert coverage(page) == "1/1"

    # A workbook with an error comes back marked, and nothing has entered.
    upload(page, registry)
    assert page.locator("[data-figure=rows]").inner_text() == "3"
    assert page.locator("[data-figure=rejected]").inner_text() == "1"
    assert "校验码" in page.locator("tr[data-code=code-check]").inner_text()
    assert serious_axe_violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标注后的文件").click()
    returned = tmp_path / "标注.xlsx"
    download.value.save_as(returned)
    assert coverage(page) == "1/1"

    # It is mended in the person's own file, sent again, and entered.
    book = openpyxl.load_workbook(returned)
    sheet = book["登记名册"]
    assert sheet["A1"].font.bold and sheet["C4"].comment is not None and "校验码" in sheet["C4"].comment.text
    sheet["C4"] = code("association", 3)
    book.save(returned)
    upload(page, returned)
    assert page.locator("[data-figure=rejected]").inner_text() == "0"
    page.get_by_role("button", name="入账 3 行").click()
    page.wait_for_selector("text=正在入账")
    work_off()
    page.wait_for_selector("[data-figure=accepted]")
    assert page.locator("[data-figure=accepted]").inner_text() == "3"

    # The number has changed from today on, opens its list, the record, and the step behind it.
    assert coverage(page) == "1/4"
    yesterday = date.today() - timedelta(days=1)
    assert coverage(page, f"?day={yesterday}") == "1/1"
    coverage(page)
    page.locator(".figure-parts a").nth(1).click()
    page.wait_for_selector("text=云岭省桥梁学会")
    assert serious_axe_violations(page) == []
    page.get_by_role("link", name="云岭省桥梁学会").click()
    page.locator(".thread a", has_text="入账").first.click()
    page.wait_for_selector("text=办理记录")
    assert "登记名册" in page.inner_text("main") or "标注" in page.inner_text("main")

    # Handed over: for the days before, as organised then and as organised now, the same number stands elsewhere.
    page.goto(f"/organisations/{office.covered.pk}/")
    page.get_by_role("link", name="移交（脱钩）").click()
    page.fill("[name=document]", "民社函〔2017〕3号")
    page.click("main button[type=submit]")
    page.wait_for_selector("text=已移交")
    groups = {}
    for organised in ("then", "now"):
        coverage(page, f"?day={yesterday}&by=unit&organised={organised}")
        groups[organised] = page.locator("section[aria-label='按责任单位'] tbody").inner_text()
    assert "省教育厅" in groups["then"] and "综合党委" not in groups["then"]
    assert "综合党委" in groups["now"] and "省教育厅" not in groups["now"]
