"""The person's own workbook with what is wrong in it marked: its formatting stays."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from taizhang.imports.annotate import (
    AUTHOR,
    CHECK_COLUMN,
    COLOURS,
    LIST_HEADINGS,
    LIST_WIDTHS,
    SUMMARY_ROWS,
    SUMMARY_SHEET,
    Mark,
    Summary,
    by_row,
    listed,
    worst,
)


def annotate(source: Path, target: Path, marks: Sequence[Mark], summary: Summary, headings: dict[str, int]) -> bool:
    """False if the workbook is of a kind whose formatting cannot be kept (strict OOXML reads as no sheets)."""
    workbook = openpyxl.load_workbook(source, keep_links=False)
    if not set(headings) <= set(workbook.sheetnames):
        return False
    found = by_row(marks)
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
        cell.fill = fills[worst(marks)]
        by_column = defaultdict(list)
        for mark in marks:
            if mark.column is not None:
                by_column[mark.column + 1].append(mark)
        for column, here in by_column.items():
            cell = worksheet.cell(number, column)
            if isinstance(cell, openpyxl.cell.MergedCell):
                continue
            cell.fill = fills[worst(here)]
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
        for column, value in enumerate(listed(mark), start=1):
            _write(worksheet.cell(number, column), value)
    for letter, width in zip("ABCDEFG", LIST_WIDTHS, strict=True):
        worksheet.column_dimensions[letter].width = width
