"""Ten thousand strings through every file that leaves: a spreadsheet takes none of them for a formula, and reads back what went in."""

import csv
import io
import json
import random
import zipfile
from xml.etree import ElementTree

import openpyxl
from django.test import Client
from openpyxl.utils.escape import unescape

from taizhang.kit import exporting
from tests.doors import told

NUMBER = 10_000
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", '"', "", " =", "\u200b=", "{=")
MIDDLES = (
    "1+1",
    "cmd|'/C calc'!A0",
    'HYPERLINK("http://x","点")',
    "SUM(A1:A9)",
    "IMPORTXML(1)",
    "2+5+cmd|' /C'!A0",
    "甲协会",
)
SIGNS = "=+-@\t\r\n\"',;|<>&{}()!甲乙丙\u202e\u200b\ufeff0123ABC\\"


def strings() -> list[str]:
    chance = random.Random(20171229)
    found = [start + middle for start in STARTS for middle in MIDDLES]
    while len(found) < NUMBER:
        found.append(chance.choice(STARTS) + "".join(chance.choices(SIGNS, k=chance.randint(1, 20))))
    return found[:NUMBER]


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_workbook_holds_no_formula_and_reads_back_the_same():
    given = strings()
    file = body(exporting.xlsx("表", ["名称"], ([text] for text in given), about=[("说明", "=1+1")]))
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/"):
                tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(book.read(name)).iter()}
                assert not tags & {"f", "hyperlink", "oleObject"}, name
        assert not [name for name in book.namelist() if "externalLink" in name]
    sheet = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]
    read = [cell.value or "" for (cell,) in sheet.iter_rows(min_row=2)]
    assert [cell.coordinate for (cell,) in sheet.iter_rows(min_row=2) if cell.data_type == "f"] == []
    assert len(read) == NUMBER
    assert [(one, two) for one, two in zip(read, given, strict=True) if plain(unescape(one)) != plain(two)] == []


def plain(text: str) -> str:
    """Blanks at the ends and the kind of line break are the spreadsheet's own affair."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def test_text_for_spreadsheets_begins_no_cell_like_a_formula_and_reads_back_but_for_the_mark():
    given = strings()
    text = body(exporting.text("表", ["名称", "代码"], ([each, each] for each in given))).decode("utf-8-sig")
    rows = [*csv.reader(io.StringIO(text, newline=""))][1:]
    assert len(rows) == NUMBER
    assert [
        row
        for row in rows
        if any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) for cell in row)
    ] == []
    assert [
        (row[0], each)
        for row, each in zip(rows, given, strict=True)
        if row[0].removeprefix("'") not in (each, each.removeprefix("'"))
    ] == []


def test_every_list_that_can_be_exported_goes_through_these_two(world):
    """A name like a formula, through the lists themselves: xlsx, csv and JSON."""
    name = '=HYPERLINK("http://x","甲")协会'
    world.organization(name)
    client = Client()
    client.force_login(world.clerk)
    book = told(client.get("/orgs/?format=xlsx"))
    assert "<f>" not in book and "HYPERLINK" in book
    lines = body(client.get("/orgs/?format=csv")).decode()
    assert [row for row in csv.reader(io.StringIO(lines)) if any(cell.startswith("=") for cell in row)] == []
    items = json.loads(client.get("/api/organizations").content)["items"]
    assert items[0]["name"] == name
    assert client.get("/api/organizations")["Content-Type"].startswith("application/json")
