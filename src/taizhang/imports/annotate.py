"""The person's workbook back, with what is wrong in it marked, explained and summed up.

An xlsx of moderate size keeps its formatting; a larger one, and every other kind, comes back as a plain xlsx of the
same rows. Text that looks like a formula is never written as one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from taizhang.imports.reading import Look, blocks
from taizhang.imports.values import ERROR, NOTE, WARNING

FORMATTED_ROWS = 20_000
SUMMARY_ROWS = 10_000
COMMENTS = 20_000
SUMMARY_SHEET = "导入检查结果"
CHECK_COLUMN = "导入检查"
AUTHOR = "台账"
COLOURS = {ERROR: "FFF4B6B6", WARNING: "FFFFEFB0", NOTE: "FFE3ECF7"}
CALLED = {ERROR: "错误", WARNING: "提醒", NOTE: "说明"}
ORDER = (ERROR, WARNING, NOTE)


@dataclass(frozen=True)
class Mark:
    """One finding at its place; `column` counts from 0, None when the whole row is meant."""

    sheet: str
    row: int
    column: int | None
    title: str
    value: str
    severity: str
    message: str
    remedy: str

    def text(self) -> str:
        where = f"{self.title}：" if self.title else ""
        return f"【{CALLED[self.severity]}】{where}{self.message}{self.remedy}"


@dataclass(frozen=True)
class Summary:
    """What stands above the list of findings: label and figure, in order."""

    title: str
    lines: Sequence[tuple[str, object]]


def annotate(
    source: Path,
    target: Path,
    *,
    look: Look,
    marks: Sequence[Mark],
    summary: Summary,
    headings: dict[str, int],
    rows: int,
) -> None:
    """`headings` is the number of the last heading row of each sheet that was read."""
    if look.kind == "xlsx" and rows <= FORMATTED_ROWS and _annotate_own(source, target, marks, summary, headings):
        return
    _annotate_plain(source, target, look, marks, summary, headings)


def _by_row(marks: Iterable[Mark]) -> dict[str, dict[int, list[Mark]]]:
    found: dict[str, dict[int, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in marks:
        found[mark.sheet][mark.row].append(mark)
    return found


def _worst(marks: Iterable[Mark]) -> str:
    severities = {mark.severity for mark in marks}
    return next(severity for severity in ORDER if severity in severities)


# -- the person's own workbook


def _annotate_own(
    source: Path, target: Path, marks: Sequence[Mark], summary: Summary, headings: dict[str, int]
) -> bool:
    """False if the workbook is of a kind whose formatting cannot be kept (strict OOXML reads as no sheets)."""
    workbook = openpyxl.load_workbook(source, keep_links=False)
    if not set(headings) <= set(workbook.sheetnames):
        return False
    found = _by_row(marks)
    for name, heading in headings.items():
        worksheet = workbook[name]
        _remove_earlier_marks(worksheet)
        place = _check_column(worksheet, heading)
        _mark_rows(worksheet, found.get(name, {}), place)
    if SUMMARY_SHEET in workbook.sheetnames:
        del workbook[SUMMARY_SHEET]
    _summary_sheet(workbook.create_sheet(SUMMARY_SHEET), marks, summary)
    workbook.save(target)
    return True


def _remove_earlier_marks(worksheet) -> None:
    ours = set(COLOURS.values())
    for row in worksheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
            if cell.has_style and cell.fill.fill_type == "solid" and cell.fill.start_color.rgb in ours:
                cell.fill = PatternFill()


def _check_column(worksheet, heading: int) -> int:
    for cell in worksheet[heading]:
        if cell.value == CHECK_COLUMN:
            for row in range(heading + 1, worksheet.max_row + 1):
                worksheet.cell(row, cell.column).value = None
            return cell.column
    place = worksheet.max_column + 1
    title = worksheet.cell(heading, place, CHECK_COLUMN)
    title.font = Font(bold=True)
    worksheet.column_dimensions[title.column_letter].width = 60
    return place


def _mark_rows(worksheet, rows: dict[int, list[Mark]], place: int) -> None:
    fills = {
        severity: PatternFill("solid", start_color=colour, end_color=colour) for severity, colour in COLOURS.items()
    }
    for number, marks in rows.items():
        cell = worksheet.cell(number, place)
        _write(cell, "\n".join(mark.text() for mark in marks))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.fill = fills[_worst(marks)]
        by_column = defaultdict(list)
        for mark in marks:
            if mark.column is not None:
                by_column[mark.column + 1].append(mark)
        for column, here in by_column.items():
            cell = worksheet.cell(number, column)
            if isinstance(cell, openpyxl.cell.MergedCell):
                continue
            cell.fill = fills[_worst(here)]
            comment = Comment("\n".join(mark.text() for mark in here), AUTHOR)
            comment.width, comment.height = 320, 40 + 40 * len(here)
            cell.comment = comment


def _write(cell, text: object) -> None:
    cell.value = text
    if cell.data_type == "f":
        cell.data_type = "s"


def _summary_sheet(worksheet, marks: Sequence[Mark], summary: Summary) -> None:
    _write(worksheet.cell(1, 1), summary.title)
    worksheet.cell(1, 1).font = Font(bold=True, size=14)
    number = 2
    for label, figure in summary.lines:
        worksheet.cell(number, 1, label)
        _write(worksheet.cell(number, 2), figure)
        number += 1
    number += 1
    for column, heading in enumerate(LIST_HEADINGS, start=1):
        worksheet.cell(number, column, heading).font = Font(bold=True)
    for mark in marks[:SUMMARY_ROWS]:
        number += 1
        for column, value in enumerate(_listed(mark), start=1):
            _write(worksheet.cell(number, column), value)
    for letter, width in zip("ABCDEFG", LIST_WIDTHS, strict=True):
        worksheet.column_dimensions[letter].width = width


LIST_HEADINGS = ("工作表", "行", "列", "填写的内容", "级别", "问题", "怎样改")
LIST_WIDTHS = (18, 10, 20, 30, 8, 44, 50)


def _listed(mark: Mark) -> tuple[object, ...]:
    return mark.sheet, mark.row, mark.title, mark.value, CALLED[mark.severity], mark.message, mark.remedy


# -- a plain workbook of the same rows


def _annotate_plain(
    source: Path, target: Path, look: Look, marks: Sequence[Mark], summary: Summary, headings: dict[str, int]
) -> None:
    found = _by_row(marks)
    with xlsxwriter.Workbook(target, PLAIN) as workbook:
        fills = {severity: workbook.add_format({"bg_color": f"#{colour[2:]}"}) for severity, colour in COLOURS.items()}
        sheet, worksheet, comments = None, None, 0
        for block in blocks(source, look):
            if block.sheet not in headings:
                continue
            if worksheet is None or block.sheet != sheet:
                sheet = block.sheet
                worksheet = workbook.add_worksheet(sheet or "数据")
                place = 0
            for row in block.rows:
                number, cells = int(row[0]), row[1:]
                here = found.get(sheet, {}).get(number, ())
                by_column = {mark.column: mark for mark in reversed(here) if mark.column is not None}
                cells += [""] * (max(by_column, default=-1) + 1 - len(cells))
                for column, text in enumerate(cells):
                    mark = by_column.get(column)
                    worksheet.write_string(number - 1, column, text, fills[mark.severity] if mark else None)
                    if mark and comments < COMMENTS:
                        worksheet.write_comment(number - 1, column, mark.text(), {"author": AUTHOR})
                        comments += 1
                if number == headings[sheet]:
                    place = cells.index(CHECK_COLUMN) if CHECK_COLUMN in cells else len(cells)
                    worksheet.write_string(number - 1, place, CHECK_COLUMN)
                elif here:
                    text = "\n".join(mark.text() for mark in here)
                    worksheet.write_string(number - 1, max(place, len(cells)), text, fills[_worst(here)])
        worksheet = workbook.add_worksheet(SUMMARY_SHEET)
        worksheet.write_string(0, 0, summary.title)
        number = 1
        for label, figure in summary.lines:
            worksheet.write_string(number, 0, label)
            worksheet.write_string(number, 1, str(figure))
            number += 1
        for line in (LIST_HEADINGS, *(_listed(mark) for mark in marks[:SUMMARY_ROWS])):
            number += 1
            for column, value in enumerate(line):
                worksheet.write_string(number, column, str(value))
        for column, width in enumerate(LIST_WIDTHS):
            worksheet.set_column(column, column, width)


PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
