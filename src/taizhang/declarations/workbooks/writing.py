"""The workbook as it is taken out: one row for an organisation, filled with what is known, its keys locked."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import BinaryIO

import xlsxwriter

from taizhang.accounts.models import Unit
from taizhang.declarations.drafts import Draft
from taizhang.declarations.models import Round
from taizhang.declarations.workbooks.columns import PLACES, SEAL, SINCE, TITLE_OF, Place
from taizhang.declarations.workbooks.sealing import sealed
from taizhang.imports.template import HELP_SHEET, LISTS_SHEET, explain, validation

RUNS_FOR = timedelta(
    days=14
)  # the office's own custom: long enough to ask everybody, too short to become a second ledger
HEADING = 3  # the row of the titles, from 0
SHEET = "填报"
SAMPLE = "#FCE4C4"
GREY = "#EEEEEE"
ABOUT = (
    "一行一家社会组织。格子里已是台账和网上填报现在的情况：对的不动，不对的改。灰色的格子锁定。"
    "橙色的格子是抽查，不显示台账的数，照实际情况填。"
    "整行看过、属实的，在“核对人姓名”写姓名，送回即提交审核；空着的只存为填写中，可以以后再送。"
    "人员、党内职务、党组织和指导员有误的，在网页的填报里更正。"
    "两个人各填一本的，同一格后送的会被挡回，并写明两边的值。"
)


def write(file: BinaryIO, drafts: Collection[Draft], *, of: Round, unit: Unit, on: date) -> None:
    expires_on = on + RUNS_FOR
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        table, help_page = workbook.add_worksheet(SHEET), workbook.add_worksheet(HELP_SHEET)
        lists = workbook.add_worksheet(LISTS_SHEET)
        lists.hide()
        format_of = Formats(workbook)
        table.write_string(0, 0, f"{of.title} · {unit}", workbook.add_format({"bold": True, "font_size": 14}))
        told = (
            f"填{of.cut_off_on}的情况，{of.due_on}前提交；这本工作簿{expires_on}前送回有效。"
            "灰色锁定；橙色是抽查，照实填；整行属实的写核对人姓名，送回即提交。"
        )
        table.write_string(1, 0, told)
        write_headings(table, format_of)
        last = HEADING + len(drafts)
        for at, draft in enumerate(drafts, start=HEADING + 1):
            write_row(table, at, draft, format_of, seal=sealed(draft, unit=unit.pk, expires_on=expires_on))
        for column, place in enumerate(PLACES):
            width = 26 if column == 0 else max(12, 2 * len(place.column.title) + 3)
            table.set_column(column, column, width, None, {"hidden": place is SEAL})
            if not place.is_locked and place is not SEAL:
                table.data_validation(HEADING + 1, column, last, column, validation(place.column, column, lists))
        table.freeze_panes(HEADING + 1, 1)
        table.autofilter(HEADING, 0, last, len(PLACES) - 1)
        table.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
        explain(workbook, help_page, [each.column for each in PLACES if each is not SEAL], title=of.title, about=ABOUT)


class Formats:
    """By what a cell is: locked, to be filled in, or a sample."""

    def __init__(self, workbook):
        common = {"border": 1, "border_color": "#BBBBBB", "valign": "top", "text_wrap": True, "num_format": "@"}
        self.locked = workbook.add_format({**common, "bg_color": GREY})
        self.text = workbook.add_format({**common, "locked": False})
        self.number = workbook.add_format({**common, "locked": False, "num_format": "0"})
        self.day = workbook.add_format({**common, "locked": False, "num_format": "yyyy-mm-dd"})
        self.sample = workbook.add_format({**common, "locked": False, "bg_color": SAMPLE})
        self.number_sample = workbook.add_format({**common, "locked": False, "num_format": "0", "bg_color": SAMPLE})
        self.heading = workbook.add_format({"bold": True, "bg_color": "#F3D9D9", "border": 1, "text_wrap": True})
        self.quiet_heading = workbook.add_format({"bold": True, "bg_color": GREY, "border": 1, "text_wrap": True})

    def of(self, place: Place, draft: Draft):
        if place.is_locked or place is SEAL or (place.record and draft.record(place.record) is None):
            return self.locked
        if place is SINCE:
            return self.day
        is_number = place.asked is not None and place.asked.kind == "number"
        if place.asked and draft.is_hidden_sample(place.record, place.asked.name):
            return self.number_sample if is_number else self.sample
        return self.number if is_number else self.text


def write_headings(table, formats: Formats) -> None:
    """The section above, once where it begins; then the title of each column."""
    before = ""
    for column, place in enumerate(PLACES):
        if place.section and place.section != before:
            table.write_string(HEADING - 1, column, TITLE_OF[place.section], formats.quiet_heading)
        before = place.section
        quiet = place.is_locked or not place.column.required
        table.write_string(HEADING, column, place.column.title, formats.quiet_heading if quiet else formats.heading)


def write_row(table, at: int, draft: Draft, formats: Formats, *, seal: str) -> None:
    for column, place in enumerate(PLACES):
        text, look = seal if place is SEAL else place.shown(draft), formats.of(place, draft)
        if not text:
            table.write_blank(at, column, None, look)
        elif place.asked and place.asked.kind == "number":
            table.write_number(at, column, int(text), look)
        else:
            table.write_string(at, column, text, look)
