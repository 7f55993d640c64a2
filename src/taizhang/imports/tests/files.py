"""Workbooks that the tests make: honest ones, hostile ones, and mutations of honest ones."""

import random
import zipfile
from pathlib import Path

import openpyxl
import xlsxwriter

HEADING = ["单位名称", "统一社会信用代码", "业务主管单位", "成立日期"]
ROWS = [
    ["云岭省兰花协会", "513400005000000014", "云岭省农业厅", "1996-12-30"],
    ["云岭省桥梁学会", "513400005000000022", "云岭省交通厅", "2003-05-16"],
]

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{main}+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    "</Types>"
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{type}" Target="{target}"/></Relationships>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def honest_rows() -> str:
    rows = ""
    for number, row in enumerate([HEADING, *ROWS], start=1):
        rows += (
            f'<row r="{number}">'
            + "".join(cell(f"{'ABCD'[place]}{number}", text) for place, text in enumerate(row))
            + "</row>"
        )
    return rows


def package(
    path: Path, rows: str | list[str], *, prolog="", dimension="A1:D3", extra=(), main="sheet.main", strict=False
) -> Path:
    """A small xlsx by hand; `rows` is the inside of sheetData, or pieces of it to be written one after the other."""
    office, namespace = (STRICT_OFFICE, STRICT_MAIN) if strict else (OFFICE, MAIN)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(main=main))
        archive.writestr("_rels/.rels", RELATIONS.format(type=f"{office}/officeDocument", target="xl/workbook.xml"))
        archive.writestr(
            "xl/_rels/workbook.xml.rels", RELATIONS.format(type=f"{office}/worksheet", target="worksheets/sheet1.xml")
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{namespace}" xmlns:r="{office}">'
            '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<worksheet xmlns="{namespace}">'.encode())
            part.write(f'<dimension ref="{dimension}"/><sheetData>'.encode())
            for piece in [rows] if isinstance(rows, str) else rows:
                part.write(piece.encode())
            part.write(b"</sheetData></worksheet>")
        for name, content in extra:
            archive.writestr(name, content)
    return path


def far_cell(path: Path) -> Path:
    return package(path, f'<row r="1">{cell("A1", "单位名称")}</row><row r="1048576">{cell("XFD1048576", "远")}</row>')


def hidden_far_cell(path: Path) -> Path:
    """The same, written so that a pattern does not find it: the child has to die for it."""
    return package(
        path, '<row r="1"><c t="n" r="A1"><v>1</v></c></row><row r="1048576"><c t="n" r="XFD1048576"><v>1</v></c></row>'
    )


def blank_bomb(path: Path) -> Path:
    return package(path, [" " * (1024 * 1024)] * 500)


def many_cells(path: Path) -> Path:
    row = "".join(f'<c r="A{number}"><v>1</v></c>' for number in range(10_000))
    return package(path, [row] * 600)


def declared_40_million(path: Path) -> Path:
    return package(path, honest_rows(), dimension="A1:ZZ57000")


def billion_laughs(path: Path) -> Path:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return package(path, f'<row r="1">{cell("A1", "&a9;")}</row>', prolog=f'<!DOCTYPE x [<!ENTITY a0 "哈">{entities}]>')


def external_entity(path: Path) -> Path:
    prolog = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    return package(path, f'<row r="1">{cell("A1", "&secret;")}</row>', prolog=prolog)


def truncated(path: Path) -> Path:
    package(path, honest_rows())
    path.write_bytes(path.read_bytes()[:-300])
    return path


def with_macro(path: Path) -> Path:
    return package(
        path, honest_rows(), main="sheet.macroEnabled.main", extra=[("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")]
    )


def compound(path: Path, *names: str) -> Path:
    """An old binary container that has entries of these names, and nothing in them."""
    data = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00"))
    for name in ("Root Entry", *names):
        encoded = name.encode("utf-16-le")
        data += encoded.ljust(64, b"\x00") + (len(encoded) + 2).to_bytes(2, "little") + bytes(62)
    path.write_bytes(bytes(data.ljust(4096, b"\x00")))
    return path


def many_sheets(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        for number in range(60):
            workbook.add_worksheet(f"第{number}张").write_string(0, 0, "单位名称")
    return path


def many_parts(path: Path) -> Path:
    return package(path, honest_rows(), extra=[(f"xl/media/{number}.png", b"") for number in range(2_100)])


def honest(path: Path, rows=None, *, sheet="社会组织") -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        worksheet = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows or [HEADING, *ROWS]):
            for place, value in enumerate(row):
                worksheet.write_string(number, place, value) if isinstance(value, str) else worksheet.write(
                    number, place, value
                )
    return path


def uncalculated(path: Path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.append(["单位名称", "人数"])
    workbook.active.append(["云岭省兰花协会", "=1+2"])
    workbook.save(path)
    return path


def mutated(original: bytes, seed: int) -> bytes:
    """The file with a few of its bytes changed, cut, doubled or swapped."""
    chance = random.Random(seed)
    data = bytearray(original)
    for _ in range(chance.randint(1, 8)):
        place, length = chance.randrange(len(data)), chance.randint(1, 64)
        match chance.randrange(5):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + length]
            case 2:
                data[place:place] = data[place : place + length]
            case 3:
                data[place : place + length] = bytes(chance.randrange(256) for _ in range(length))
            case 4:
                data = data[: max(place, 16)]
        if len(data) < 32:
            break
    return bytes(data)


def mutated_parts(path: Path, original: Path, seed: int) -> Path:
    """The workbook with bytes changed inside its parts, and packed again so that the checksums are right."""
    chance = random.Random(seed)
    with zipfile.ZipFile(original) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            if content and chance.random() < 0.5:
                content = mutated(content, chance.randrange(1 << 30)) or content
            target.writestr(part.filename, content)
    return path
