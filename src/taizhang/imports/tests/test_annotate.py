import csv

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.imports import annotate, template
from taizhang.imports.annotate import CHECK_COLUMN, SUMMARY_SHEET, Mark, Summary
from taizhang.imports.reading import blocks, look
from taizhang.imports.sheet import Column, Sheet
from taizhang.imports.tests import files
from taizhang.imports.values import ERROR, WARNING, Choice, Code, Day

SUMMARY = Summary("导入检查结果", [("行数", 2), ("错误", 1)])


def mark(sheet, row, column, *, severity=ERROR, value="x", message="不是日期。"):
    return Mark(sheet, row, column, "成立日期", value, severity, message, "请改正。")


def annotated(path, marks, *, sheet="社会组织", rows=2):
    target = path.with_name("annotated.xlsx")
    annotate.annotate(path, target, look=look(path), marks=marks, summary=SUMMARY, headings={sheet: 1}, rows=rows)
    return target


def test_the_own_workbook_keeps_its_formatting_and_gains_marks_comments_and_a_summary(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("社会组织")
        sheet.write_row(0, 0, files.HEADING, workbook.add_format({"bold": True, "font_color": "#0000FF"}))
        sheet.write_row(1, 0, files.ROWS[0])
        sheet.write_row(2, 0, files.ROWS[1])
        sheet.set_column(0, 0, 44)
    result = openpyxl.load_workbook(annotated(path, [mark("社会组织", 3, 3)]))
    sheet = result["社会组织"]
    assert sheet["A1"].font.bold and sheet.column_dimensions["A"].width == pytest.approx(44, abs=1)
    assert sheet["D3"].fill.start_color.rgb == annotate.COLOURS[ERROR]
    assert "不是日期" in sheet["D3"].comment.text
    assert sheet["E1"].value == CHECK_COLUMN and "不是日期" in sheet["E3"].value
    assert sheet["E2"].value is None
    assert [row[5].value for row in result[SUMMARY_SHEET].iter_rows() if row[0].value == "社会组织"] == ["不是日期。"]


def test_marks_of_an_earlier_round_go_when_the_file_comes_again(tmp_path):
    path = files.honest(tmp_path / "a.xlsx")
    first = annotated(path, [mark("社会组织", 3, 3), mark("社会组织", 2, 0, severity=WARNING)])
    again = first.with_name("again.xlsx")
    first.rename(again)
    sheet = openpyxl.load_workbook(annotated(again, [mark("社会组织", 2, 0, severity=WARNING)]))["社会组织"]
    assert sheet["D3"].comment is None and sheet["D3"].fill.fill_type is None
    assert sheet["E3"].value is None and sheet["E2"].value
    assert [cell.value for cell in sheet[1]].count(CHECK_COLUMN) == 1


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_other_kinds_and_large_files_come_back_plain_with_the_same_rows(tmp_path, extension):
    path = tmp_path / f"a.{extension}"
    if extension == "csv":
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([files.HEADING, *files.ROWS])
    else:
        files.honest(path)
    name = "" if extension == "csv" else "社会组织"
    target = annotated(path, [mark(name, 3, 3)], sheet=name, rows=annotate.FORMATTED_ROWS + 1)
    sheet = openpyxl.load_workbook(target).worksheets[0]
    assert [[cell.value for cell in row[:4]] for row in sheet.iter_rows()] == [files.HEADING, *files.ROWS]
    assert sheet["E1"].value == CHECK_COLUMN and "不是日期" in sheet["E3"].value
    assert "不是日期" in sheet["D3"].comment.text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from("=+-@\t＝＋") .flatmap(lambda first: st.text(st.characters(min_codepoint=33, max_codepoint=0xFFEF, exclude_categories=["Cs", "Cc"]), max_size=20).map(lambda rest: first + rest)).filter(str.strip))  # fmt: skip
def test_nothing_that_looks_like_a_formula_is_written_as_one(tmp_path, text):
    path = files.honest(tmp_path / "a.xlsx", [files.HEADING, [text, "1", text, "2"]])
    marks = [mark("社会组织", 2, 0, value=text, message=text)]
    for rows in (2, annotate.FORMATTED_ROWS + 1):
        target = annotated(path, marks, rows=rows)
        for sheet in openpyxl.load_workbook(target):
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        written = next(block.rows for block in blocks(target, look(target)) if block.rows)
        assert written[1][1] == text


SHEET = Sheet(
    path="",
    title="社会组织",
    columns=(
        Column("name", "单位名称", required=True, hint="登记证书上的全称", example="云岭省兰花协会"),
        Column("uscc", "统一社会信用代码", Code(), required=True),
        Column("mode", "登记体制", Choice(("direct", "直接登记"), ("dual", "双重管理"))),
        Column("trade", "行业", Choice(*((str(n), f"第{n}种行业的名称") for n in range(60)))),
        Column("founded_on", "成立日期", Day()),
    ),
    roles=frozenset(),
    examine=None,
    enter=None,
    undone=None,
)


def test_a_template_has_headings_drop_downs_hints_and_help(tmp_path):
    path = tmp_path / "template.xlsx"
    with path.open("wb") as file:
        template.write(SHEET, file)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["社会组织"]
    assert [cell.value for cell in sheet[1]] == [column.title for column in SHEET.columns]
    lists = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert lists["C2"].formula1 == '"直接登记,双重管理"'
    assert lists["D2"].formula1.startswith("选项!") or lists["D2"].formula1.startswith("'选项'!")
    assert lists["A2"].prompt == "登记证书上的全称"
    assert workbook["选项"].sheet_state == "hidden"
    assert "云岭省兰花协会" in [cell.value for row in workbook["填写说明"].iter_rows() for cell in row]


def test_an_empty_template_is_read_as_a_heading_without_rows(tmp_path):
    path = tmp_path / "template.xlsx"
    with path.open("wb") as file:
        template.write(SHEET, file)
    rows = [block.rows for block in blocks(path, look(path)) if block.sheet == "社会组织" and block.rows]
    assert [len(found) for found in rows] == [1]
