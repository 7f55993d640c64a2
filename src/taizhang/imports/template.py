"""An empty workbook for a sheet: headings, drop-downs, hints, and a page that says what goes where."""

from collections.abc import Iterable
from typing import BinaryIO

import xlsxwriter

from taizhang.imports.sheet import Column, Sheet
from taizhang.imports.values import Code, Day, Number

ROWS_PREPARED = 5_000
LIST_LIMIT = 250  # characters that a drop-down may hold by itself; longer ones refer to the hidden sheet
HELP_SHEET, LISTS_SHEET = "填写说明", "选项"


def write(sheet: Sheet, file: BinaryIO) -> None:
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        table = workbook.add_worksheet(sheet.title)
        help_page = workbook.add_worksheet(HELP_SHEET)
        lists = workbook.add_worksheet(LISTS_SHEET)
        lists.hide()
        required = workbook.add_format({"bold": True, "bg_color": "#F3D9D9", "border": 1, "text_wrap": True})
        optional = workbook.add_format({"bold": True, "bg_color": "#EEEEEE", "border": 1, "text_wrap": True})
        text = workbook.add_format({"num_format": "@"})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for place, column in enumerate(sheet.columns):
            table.write_string(0, place, column.title, required if column.required else optional)
            kind = day if isinstance(column.read, Day) else None if isinstance(column.read, Number) else text
            table.set_column(place, place, max(12, 2 * len(column.title) + 4, len(column.example) + 4), kind)
            table.data_validation(1, place, ROWS_PREPARED, place, validation(column, place, lists))
        table.freeze_panes(1, 0)
        explain(workbook, help_page, sheet.columns, title=sheet.title, about=sheet.about)


def validation(column: Column, place: int, lists) -> dict:
    hint = column.hint or f"填写{column.read.expected}。"
    found: dict[str, object] = {
        "validate": "any",
        "input_title": column.title[:32],
        "input_message": hint[:255],
        "error_type": "warning",
        "error_title": column.title[:32],
        "error_message": hint[:255],
    }
    choices = list(column.read.choices)
    if choices and len(",".join(choices)) <= LIST_LIMIT:
        found |= {"validate": "list", "source": choices}
    elif choices:
        for number, choice in enumerate(choices):
            lists.write_string(number, place, choice)
        letters = xlsxwriter.utility.xl_col_to_name(place)
        found |= {"validate": "list", "source": f"={LISTS_SHEET}!${letters}$1:${letters}${len(choices)}"}
    return found


def explain(workbook, page, columns: Iterable[Column], *, title: str, about: str) -> None:
    """On a page of its own: what the table is for, and what goes into each column."""
    bold, wrapped = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
    page.write_string(0, 0, f"{title}：填写说明", bold)
    page.write_string(1, 0, about, wrapped)
    for place, heading in enumerate(("列名", "是否必填", "填什么", "示例")):
        page.write_string(3, place, heading, bold)
    for number, column in enumerate(columns, start=4):
        what = column.hint or ("号码" if isinstance(column.read, Code) else column.read.expected)
        if column.read.choices:
            what = f"{what} 可填：{'、'.join(column.read.choices)}"
        for place, value in enumerate((column.title, "必填" if column.required else "", what, column.example)):
            page.write_string(number, place, value, wrapped)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 10)
    page.set_column(2, 2, 70)
    page.set_column(3, 3, 30)
