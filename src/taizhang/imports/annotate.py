"""The person's workbook back, with what is wrong in it marked, explained and summed up.

An xlsx of moderate size keeps its formatting; a larger one, and every other kind, comes back as a plain xlsx of the
same rows. Text that looks like a formula is never written as one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

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
    if look.kind == "xlsx" and rows <= FORMATTED_ROWS:
        # 20 MB with its library: for whoever sends a workbook back, not for every process
        from taizhang.imports import annotate_own

        if annotate_own.annotate(source, target, marks, summary, headings):
            return
    _annotate_plain(source, target, look, marks, summary, headings)


def by_row(marks: Iterable[Mark]) -> dict[str, dict[int, list[Mark]]]:
    found: dict[str, dict[int, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in marks:
        found[mark.sheet][mark.row].append(mark)
    return found


def worst(marks: Iterable[Mark]) -> str:
    severities = {mark.severity for mark in marks}
    return next(severity for severity in ORDER if severity in severities)


LIST_HEADINGS = ("工作表", "行", "列", "填写的内容", "级别", "问题", "怎样改")
LIST_WIDTHS = (18, 10, 20, 30, 8, 44, 50)


def listed(mark: Mark) -> tuple[object, ...]:
    return mark.sheet, mark.row, mark.title, mark.value, CALLED[mark.severity], mark.message, mark.remedy


# -- a plain workbook of the same rows


def _annotate_plain(
    source: Path, target: Path, look: Look, marks: Sequence[Mark], summary: Summary, headings: dict[str, int]
) -> None:
    found = by_row(marks)
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
                    worksheet.write_string(number - 1, max(place, len(cells)), text, fills[worst(here)])
        worksheet = workbook.add_worksheet(SUMMARY_SHEET)
        worksheet.write_string(0, 0, summary.title)
        number = 1
        for label, figure in summary.lines:
            worksheet.write_string(number, 0, label)
            worksheet.write_string(number, 1, str(figure))
            number += 1
        for line in (LIST_HEADINGS, *(listed(mark) for mark in marks[:SUMMARY_ROWS])):
            number += 1
            for column, value in enumerate(line):
                worksheet.write_string(number, column, str(value))
        for column, width in enumerate(LIST_WIDTHS):
            worksheet.set_column(column, column, width)


PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
