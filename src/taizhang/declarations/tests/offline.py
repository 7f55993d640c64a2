"""A workbook in the hands of a test: taken out, filled in by the titles of its columns, sent back."""

import io
import zipfile
from datetime import date
from xml.sax.saxutils import escape

import openpyxl

from taizhang.declarations import actions
from taizhang.declarations.tests.campaign import DAY
from taizhang.declarations.workbooks.writing import HEADING, SHEET


class Workbook:
    """What somebody downloaded; `put` types into a cell, by the organisation's name and the title of the column."""

    def __init__(self, content: bytes):
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.sheet = self.book[SHEET]
        self.titles = {cell.value: cell.column for cell in self.sheet[HEADING + 1]}

    @property
    def rows(self) -> dict[str, int]:
        first = self.titles["社会组织"]
        found = {self.sheet.cell(row, first).value: row for row in range(HEADING + 2, self.sheet.max_row + 1)}
        return {name: row for name, row in found.items() if name}

    def cell(self, name: str, title: str):
        return self.sheet.cell(self.rows[name], self.titles[title])

    def put(self, name: str, **values) -> "Workbook":
        cells = {title: self.cell(name, title) for title in values}
        for title, value in values.items():
            cells[title].value = value
        return self

    def bytes(self) -> bytes:
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()


ODS = "application/vnd.oasis.opendocument.spreadsheet"
OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def as_ods(book: Workbook) -> bytes:
    """The cells of its table as text, as a program for open documents saves them."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = [
        "".join(
            cell.format(escape(str(each.value))) if each.value is not None else "<table:table-cell/>" for each in row
        )
        for row in book.sheet.iter_rows()
    ]
    content = (
        f'<office:document-content xmlns:office="{OPEN}:office:1.0" xmlns:table="{OPEN}:table:1.0" xmlns:text="{OPEN}:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="Sheet1">'
        + "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
        + "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("mimetype", ODS)
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{OPEN}:manifest:1.0"/>')
    return file.getvalue()


def taken_out(round, *, unit, by, on: date = DAY) -> Workbook:
    return Workbook(actions.take_out(round, unit=unit, on=on, by=by))


def sent(round, book: Workbook | bytes, *, by, on: date = DAY, name: str = "填报.xlsx"):
    content = book if isinstance(book, bytes) else book.bytes()
    return actions.take_in(actions.send(round, content=content, name=name, by=by), on=on, by=by)


def figures(sending) -> tuple[int, int, int, int, int]:
    return sending.rows, sending.unchanged, sending.changed, sending.submitted, sending.refused


def told(sending) -> set[tuple[int, str, str]]:
    return {(each["row"], each["title"], each["code"]) for each in sending.findings}
