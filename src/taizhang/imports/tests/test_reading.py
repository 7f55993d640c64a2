import csv
import os
import random
import time

import odf.opendocument
import odf.table
import odf.text
import pytest
import xlsxwriter
import xlwt

from taizhang.imports.reading import Limits, Unreadable, blocks, look
from taizhang.imports.tests import files

MUTATIONS = 10_000 if os.environ.get("TAIZHANG_NIGHTLY") else 60
SEED = int(os.environ.get("TAIZHANG_SEED", "0")) or random.randrange(1 << 30)


def rows_of(path, **options):
    return [row for block in blocks(path, look(path), **options) for row in block.rows]


EXPECTED = [["1", *files.HEADING], ["2", *files.ROWS[0]], ["3", *files.ROWS[1]]]


def test_an_xlsx_is_read_as_text_with_row_numbers(tmp_path):
    assert rows_of(files.honest(tmp_path / "a.xlsx")) == EXPECTED


def test_an_xls_is_read(tmp_path):
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("社会组织")
    for number, row in enumerate([files.HEADING, *files.ROWS]):
        for place, text in enumerate(row):
            sheet.write(number, place, text)
    workbook.save(str(tmp_path / "a.xls"))
    assert rows_of(tmp_path / "a.xls") == EXPECTED


def test_an_ods_is_read(tmp_path):
    document = odf.opendocument.OpenDocumentSpreadsheet()
    table = odf.table.Table(name="社会组织")
    for row in [files.HEADING, *files.ROWS]:
        line = odf.table.TableRow()
        for text in row:
            cell = odf.table.TableCell(valuetype="string")
            cell.addElement(odf.text.P(text=text))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(tmp_path / "a.ods"))
    assert rows_of(tmp_path / "a.ods") == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(("delimiter", "extension"), [(",", "csv"), ("\t", "tsv"), (";", "csv"), ("\t", "txt")])
def test_a_text_table_is_read_whatever_its_encoding_and_delimiter(tmp_path, encoding, delimiter, extension):
    path = tmp_path / f"a.{extension}"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([files.HEADING, *files.ROWS])
    assert rows_of(path) == EXPECTED


def test_quoted_delimiters_line_breaks_and_kept_zeros_survive_in_csv(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('名称,代码\n"甲,乙\n会","=""0012"""\n丙会,3\n', encoding="utf-8")
    assert rows_of(path) == [["1", "名称", "代码"], ["2", "甲,乙\n会", "0012"], ["4", "丙会", "3"]]


def test_strict_ooxml_is_read_like_any_other(tmp_path):
    assert rows_of(files.package(tmp_path / "a.xlsx", files.honest_rows(), strict=True)) == EXPECTED


def test_formulas_count_as_their_values_and_error_values_are_kept(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet("甲")
        sheet.write_row(0, 0, ["名称", "人数", "比例"])
        sheet.write_string(1, 0, "兰花协会")
        sheet.write_formula(1, 1, "=1+2", None, 3)
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    assert rows_of(tmp_path / "a.xlsx")[1] == ["2", "兰花协会", "3", "#DIV/0!"]


def test_dates_numbers_and_long_codes_arrive_as_a_person_would_write_them(tmp_path):
    import datetime

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(0, 0, datetime.datetime(1996, 12, 30), day)
        sheet.write_number(0, 1, 12)
        sheet.write_number(0, 2, 12.5)
        sheet.write_number(0, 3, 340123199001011234)
        sheet.write_boolean(0, 4, True)
    row = rows_of(tmp_path / "a.xlsx")[0]
    assert row[1:4] == ["1996-12-30", "12", "12.5"]
    assert "E+17" in row[4]  # not silently a wrong number
    assert row[5] == "TRUE"


def test_merged_data_cells_speak_for_every_row_and_titles_only_once(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet()
        sheet.merge_range("A1:C1", "2017年度台账")
        sheet.write_row("A2", ["单位名称", "业务主管单位", "人数"])
        sheet.write_column("A3", ["甲会", "乙会", "丙会"])
        sheet.merge_range("B3:B5", "云岭省科技厅")
        sheet.write_column("C3", [1, 2, 3])
    rows = rows_of(tmp_path / "a.xlsx")
    assert [cell for cell in rows[0][1:] if cell] == ["2017年度台账"]
    assert [row[2] for row in rows[2:]] == ["云岭省科技厅"] * 3


def test_formatted_but_empty_rows_are_not_rows(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, files.HEADING)
        border = workbook.add_format({"border": 1})
        for number in range(1, 3_000):
            sheet.write_blank(number, 0, None, border)
        sheet.write_row(1, 0, files.ROWS[0])
    assert len(rows_of(tmp_path / "a.xlsx")) == 2


def test_hidden_sheets_are_named_and_not_read(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        workbook.add_worksheet("看得见").write(0, 0, "甲")
        hidden = workbook.add_worksheet("选项")
        hidden.write(0, 0, "乙")
        hidden.hide()
    found = list(blocks(tmp_path / "a.xlsx", look(tmp_path / "a.xlsx")))
    assert [(block.sheet, block.visible) for block in found if not block.rows] == [("看得见", True), ("选项", False)]
    assert [block.rows for block in found if block.rows] == [[["1", "甲"]]]


HOSTILE = {
    "far-cell": files.far_cell,
    "zip-bomb": files.blank_bomb,
    "too-many-cells": files.declared_40_million,
    "entity": files.billion_laughs,
    "broken": files.truncated,
    "macro": files.with_macro,
    "too-many-sheets": files.many_sheets,
    "formula-not-calculated": files.uncalculated,
}


@pytest.mark.parametrize(("code", "make"), HOSTILE.items())
def test_a_hostile_workbook_is_refused_before_it_is_opened(tmp_path, code, make):
    path = make(tmp_path / "a.xlsx")
    start = time.monotonic()
    with pytest.raises(Unreadable) as refusal:
        look(path)
    assert refusal.value.code == code
    assert refusal.value.reason.endswith("。") and refusal.value.remedy.endswith("。")
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    ("code", "make"),
    [("entity", files.external_entity), ("too-many-cells", files.many_cells), ("zip-bomb", files.many_parts)],
)
def test_other_shapes_of_the_same_attacks_are_refused_too(tmp_path, code, make):
    with pytest.raises(Unreadable) as refusal:
        look(make(tmp_path / "a.xlsx"))
    assert refusal.value.code == code


def test_a_far_cell_that_the_guard_does_not_see_kills_the_child_and_not_us(tmp_path):
    path = files.hidden_far_cell(tmp_path / "a.xlsx")
    found = look(path)
    with pytest.raises(Unreadable) as refusal:
        list(blocks(path, found))
    assert refusal.value.code == "too-heavy"


def test_a_child_that_takes_too_long_is_stopped(tmp_path):
    path = files.honest(tmp_path / "a.xlsx", [files.HEADING, *files.ROWS * 3000])
    with pytest.raises(Unreadable) as refusal:
        list(blocks(path, look(path), limits=Limits(wall_seconds=0.01)))
    assert refusal.value.code == "too-slow"


def test_passwords_and_macros_in_old_containers_are_refused(tmp_path):
    for names, code in [
        (["EncryptedPackage", "EncryptionInfo"], "password"),
        (["Workbook", "_VBA_PROJECT_CUR"], "macro"),
        (["WordDocument"], "not-a-table"),
        (["Something"], "broken"),
    ]:
        with pytest.raises(Unreadable) as refusal:
            look(files.compound(tmp_path / "a.xls", *names))
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "empty-file"),
        ("a.xlsx", "名称,代码\n甲,1\n".encode(), "mislabelled"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "mislabelled"),
        ("a.xlsx", b"%PDF-1.7 ...", "not-a-table"),
        ("a.csv", bytes(range(256)) * 20, "unknown-encoding"),
        ("a.csv", b"\x89PNG\r\n\x1a\n....", "not-a-table"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing else", "broken"),
    ],
)
def test_what_is_not_what_it_says_is_refused(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable) as refusal:
        look(path)
    assert refusal.value.code == code


def test_size_rows_and_columns_have_limits(tmp_path):
    path = files.honest(tmp_path / "a.xlsx", [files.HEADING, *files.ROWS * 10])
    with pytest.raises(Unreadable) as refusal:
        look(path, limits=Limits(file_bytes=1000))
    assert refusal.value.code == "too-large"
    with pytest.raises(Unreadable) as refusal:
        rows_of(path, limits=Limits(rows=5))
    assert refusal.value.code == "too-many-rows"
    with pytest.raises(Unreadable) as refusal:
        rows_of(path, limits=Limits(columns=3))
    assert refusal.value.code == "too-many-columns"


def test_mutated_files_are_read_or_refused_and_nothing_else(tmp_path):
    """The seed is in the failure message; TAIZHANG_SEED repeats it."""
    original = files.honest(tmp_path / "original.xlsx", [files.HEADING, *files.ROWS * 20])
    text = "\n".join("\t".join(row) for row in [files.HEADING, *files.ROWS * 20]).encode("gb18030")
    for number in range(MUTATIONS):
        seed = SEED + number
        path = tmp_path / ("m.tsv" if number % 6 == 5 else "m.xlsx")
        if number % 6 == 5:
            path.write_bytes(files.mutated(text, seed))
        elif number % 2:
            path.write_bytes(files.mutated(original.read_bytes(), seed))
        else:
            files.mutated_parts(path, original, seed)
        start = time.monotonic()
        try:
            rows = rows_of(path)
        except Unreadable as refusal:
            assert refusal.reason and refusal.remedy, f"seed {seed}"
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error
        else:
            assert all(len(row) > 1 and row[0].isdigit() for row in rows), f"seed {seed}"
        assert time.monotonic() - start < 5, f"seed {seed}"
