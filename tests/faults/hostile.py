"""Files that somebody might send to do harm: made by hand, each for one trick; name → (file name, content)."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from taizhang.cases.tests.papers import PDF, docx, jpeg, png
from taizhang.cases.tests.papers import package as zipped
from taizhang.imports.tests import files

DEEP = 100_000


def workbooks(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """What the intake's own tests know already, and shapes of XML and of zip besides."""
    known = ("far_cell", "hidden_far_cell", "many_cells", "declared_40_million", "billion_laughs", "external_entity")
    for name in (*known, "truncated", "with_macro", "many_parts", "many_sheets", "uncalculated"):
        yield name, "表.xlsx", getattr(files, name)(folder / f"{name}.xlsx").read_bytes()
    yield "old container with a password", "表.xls", files.compound(folder / "a.xls", "EncryptedPackage").read_bytes()
    yield "old container with macros", "表.xls", files.compound(folder / "b.xls", "_VBA_PROJECT").read_bytes()
    cell, package = files.cell, files.package
    rows = {
        "deep tags": "<x>" * DEEP + "</x>" * DEEP,
        "tags that never end": "<row><c><v>" * DEEP,
        "a reference to no cell": '<row r="1"><c r="ZZZZZZ99999999999999"><v>1</v></c></row>',
        "a row before the first": '<row r="-7"><c r="A-7"><v>1</v></c></row>',
        "a shared text that is not there": '<row r="1"><c r="A1" t="s"><v>999999999</v></c></row>',
        "a number that is none": '<row r="1"><c r="A1"><v>1e999999</v></c><c r="B1"><v>NaN</v></c></row>',
        "a date in the year 4000000": '<row r="1"><c r="A1" t="d"><v>4000000-13-45T99:99:99Z</v></c></row>',
        "a style that is not there": '<row r="1"><c r="A1" s="4294967295"><v>42736</v></c></row>',
        "a text of ten megabytes": f'<row r="1">{cell("A1", "长" * 3_500_000)}</row>',
        "a formula that calls a program": f'<row r="1">{cell("A1", "=cmd|&apos;/C calc&apos;!A0")}</row>',
        "signs that no XML may hold": '<row r="1"><c r="A1" t="inlineStr"><is><t>\x01\x08\x1f</t></is></c></row>',
    }
    for name, inside in rows.items():
        yield name, "表.xlsx", package(folder / "rows.xlsx", inside).read_bytes()
    honest = files.honest(folder / "honest.xlsx").read_bytes()
    yield "two directories", "表.xlsx", honest + honest
    yield "a directory in the comment", "表.xlsx", honest[:-2] + b"\xff\x00" + honest[-200:]
    yield "a path out of the folder", "表.xlsx", repacked(honest, {"../../../../tmp/x.xml": b"<a/>"})
    yield "a link instead of a part", "表.xlsx", with_link(honest)
    yield "a part that lies about its size", "表.xlsx", lying(honest)


def other_files() -> Iterator[tuple[str, str, bytes]]:
    yield "nothing", "表.csv", b""
    yield "zeros", "表.csv", bytes(4096)
    yield "a quote that is never closed", "表.csv", b'"' + "长,".encode() * 300_000
    yield "one line of a million columns", "表.csv", b"a," * 1_000_000
    yield "half a character", "表.csv", "单位名称\n协会".encode()[:-1]
    yield "utf-16 cut short", "表.csv", "单位名称,代码\n甲,乙".encode("utf-16")[:-1]
    yield "a web page", "表.xls", b"<html><table><tr><td>=1+1</td></tr></table></html>"
    yield "JSON of depth 100000", "表.json", b"[" * DEEP + b"]" * DEEP
    yield "an archive in an archive", "表.zip", zipped("inner.zip", content=zipped("a.xlsx", content=b"x"))
    yield "a gzip bomb", "表.xlsx", gzip.compress(bytes(50 * 2**20))
    yield "a tar that leaves its folder", "表.tar", tar_with("../../etc/passwd")
    yield "a program", "请示.pdf", b"MZ\x90\x00" + bytes(2000)
    yield "an image of 3.6 billion points", "照片.png", png(60_000, 60_000)
    yield "a photograph that ends at once", "照片.jpg", jpeg()[:12]
    yield "a photograph whose parts go backwards", "照片.jpg", b"\xff\xd8\xff\xe0\x00\x00\xff\xe0\x00\x00" * 50
    yield "a drawing with a script", "图.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    yield "a page with a script", "请示.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>")
    yield "a page that is an archive too", "请示.pdf", PDF + zipped("xl/workbook.xml", "[Content_Types].xml")
    yield "a letter with a program", "函.docx", docx("word/vbaProject.bin")
    yield "a name that reads backwards", "请示\u202efdp.exe", PDF
    yield "a name of five thousand signs", "长" * 5000 + ".pdf", PDF
    yield "a name that is a path", "../../../../etc/cron.d/x.pdf", PDF
    yield "a name with a line break", "a\r\nSet-Cookie: x=1.pdf", PDF


def repacked(original: bytes, more: dict[str, bytes]) -> bytes:
    file = io.BytesIO(original)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as made:
        for name, content in more.items():
            made.writestr(name, content)
    return file.getvalue()


def with_link(original: bytes) -> bytes:
    link = zipfile.ZipInfo("xl/media/link.xml")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    file = io.BytesIO(original)
    with zipfile.ZipFile(file, "a") as made:
        made.writestr(link, "/etc/passwd")
    return file.getvalue()


def lying(original: bytes) -> bytes:
    """The directory says that every part is one byte long."""
    data = bytearray(original)
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 24 : place + 28] = b"\x01\x00\x00\x00"
        place = data.find(b"PK\x01\x02", place + 4)
    return bytes(data)


def tar_with(name: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as made:
        made.addfile(tarfile.TarInfo(name))
    return file.getvalue()


def nested_json(depth: int) -> bytes:
    return json.dumps({"name": "x"}).encode()[:-1] + b',"deep":' + b"[" * depth + b"]" * depth + b"}"
