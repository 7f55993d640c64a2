"""Look at a file before anything opens it.

Nothing here builds a table or trusts a header: parts are inflated a block at a time and counted, and what
could hurt a reader (a far cell, a bomb, an entity, a macro, a password) is refused with its reason.
"""

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from taizhang.imports.reading import cells, ole
from taizhang.imports.reading.unreadable import LIMITS, MEBIBYTE, Limits, Unreadable

BLOCK = 256 * 1024
EXTENSIONS = {
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "xls": "xls",
    "ods": "ods",
    "csv": "text",
    "tsv": "text",
    "txt": "text",
}
CALLED = {"xlsx": "xlsx 工作簿", "xls": "xls 工作簿", "ods": "ods 工作簿", "text": "文本（csv、tsv）"}
SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。"

OTHER_KINDS = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x7fELF", "程序"),
    (b"MZ", "程序"),
)


@dataclass
class Look:
    """What the file is, and what its reader cannot tell us later."""

    kind: str
    size: int
    encoding: str = ""
    delimiter: str = ""
    error_cells: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)  # sheet → (row, column) → "#N/A"

    def as_data(self) -> dict[str, object]:
        cells = {
            sheet: [[row, column, value] for (row, column), value in errors.items()]
            for sheet, errors in self.error_cells.items()
        }
        return {**vars(self), "error_cells": cells}

    @classmethod
    def from_data(cls, data: dict) -> "Look":
        cells = {
            sheet: {(row, column): value for row, column, value in errors}
            for sheet, errors in data["error_cells"].items()
        }
        return cls(**{**data, "error_cells": cells})


def look(path: Path, *, name: str = "", limits: Limits = LIMITS) -> Look:
    """What kind of table this is; raises Unreadable for everything that must not be opened."""
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("empty-file", "文件是空的。", "请检查是否选错了文件，或者上传是否中断。")
    if size > limits.file_bytes:
        allowed = limits.file_bytes // MEBIBYTE
        raise Unreadable("too-large", f"文件超过 {allowed} MB。", "请按地区或类别分成几个文件导入。")
    with path.open("rb") as file:
        head = file.read(8192)
    found = _by_content(path, head, size, limits)
    extension = (name or path.name).rpartition(".")[2].lower()
    expected = EXTENSIONS.get(extension)
    if expected and expected != found.kind:
        raise Unreadable(
            "mislabelled",
            f"文件名以 .{extension} 结尾，内容却是{CALLED[found.kind]}。",
            "请用 Excel 或 WPS 打开核对内容，另存为与扩展名一致的格式后再导入。",
        )
    return found


def _by_content(path: Path, head: bytes, size: int, limits: Limits) -> Look:
    if head.startswith(b"PK"):
        return _look_at_zip(path, size, limits)
    if head.startswith(ole.SIGNATURE):
        ole.refuse_what_is_not_a_plain_workbook(path)
        return Look("xls", size)
    for start, called in OTHER_KINDS:
        if head.startswith(start):
            raise Unreadable("not-a-table", f"这是{called}，不是表格文件。", "请选择 xlsx、xls、ods、csv 或 tsv 文件。")
    return _look_at_text(path, head, size, limits)


# -- csv and tsv


def _look_at_text(path: Path, head: bytes, size: int, limits: Limits) -> Look:
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise Unreadable("mislabelled", "这是从网页保存的表格（HTML），不是真正的表格文件。", SAVE_AS)
    if start.startswith(b"<?xml"):
        raise Unreadable("not-a-table", "这是 XML 文件。", SAVE_AS)
    encoding = _encoding(path, head)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(64 * 1024)
    return Look("text", size, encoding=encoding, delimiter=_delimiter(sample))


def _encoding(path: Path, head: bytes) -> str:
    if head.startswith(b"\xef\xbb\xbf"):
        candidates = ["utf-8-sig"]
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\x00" in head:
        candidates = []
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        try:
            with path.open(encoding=encoding, newline="") as file:
                while block := file.read(BLOCK):
                    if "\x00" in block:
                        break
                else:
                    return encoding
        except UnicodeError:
            continue
    raise Unreadable(
        "unknown-encoding",
        "文件不是表格，或者文字编码不能识别。",
        "文本文件请存为 UTF-8 或 GB18030 编码；" + SAVE_AS,
    )


def _delimiter(sample: str) -> str:
    lines = [line for line in sample.splitlines()[:-1] or sample.splitlines() if line.strip()][:30]
    best, best_score = ",", 0
    for candidate in ("\t", ",", ";", "|", "，"):
        try:
            widths = [len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=candidate) if row]
        except csv.Error:
            continue
        width = max(set(widths), key=widths.count, default=1)
        score = (width - 1) * widths.count(width)
        if score > best_score:
            best, best_score = candidate, score
    return best


# -- xlsx and ods


def _look_at_zip(path: Path, size: int, limits: Limits) -> Look:
    try:
        with zipfile.ZipFile(path) as archive:
            return _look_at_parts(archive, size, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise Unreadable("broken", "文件已损坏或不完整，不能打开。", "请重新导出或重新上传；" + SAVE_AS) from error


def _look_at_parts(archive: zipfile.ZipFile, size: int, limits: Limits) -> Look:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > limits.parts or len(names) < len(parts):
        raise Unreadable("zip-bomb", "文件内部的部件过多或重复，不是正常的工作簿。", SAVE_AS)
    if any(part.flag_bits & 1 for part in parts):
        raise _password()
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise Unreadable("broken", "文件内部的路径不正常。", SAVE_AS)
    kind = _kind_of_package(archive, names)
    if sum(part.file_size for part in parts) > limits.inflated_bytes:
        raise _bomb(limits)

    scan = cells.Scan(kind, limits)
    inflated = 0
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        scan.begin(part.filename)
        with archive.open(part) as stream:
            while block := stream.read(BLOCK):
                inflated += len(block)
                if inflated > limits.inflated_bytes:
                    raise _bomb(limits)
                scan.feed(block)
        scan.end()
    return Look(kind, size, error_cells=scan.errors_by_sheet())


def _kind_of_package(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        with archive.open("[Content_Types].xml") as stream:
            types = stream.read(MEBIBYTE)
        if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Unreadable("macro", "工作簿带有宏，为安全起见不打开。", "请另存为不带宏的 .xlsx 后再导入。")
        if "xl/workbook.bin" in names:
            raise Unreadable("not-a-table", "这是二进制工作簿（xlsb）。", SAVE_AS)
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        with archive.open("mimetype") as stream:
            mimetype = stream.read(200)
        if b"opendocument.spreadsheet" not in mimetype:
            raise Unreadable("not-a-table", "这是 OpenDocument 文件，但不是表格。", SAVE_AS)
        if "META-INF/manifest.xml" in names:
            with archive.open("META-INF/manifest.xml") as stream:
                if re.search(rb"encryption-data", stream.read(MEBIBYTE)):
                    raise _password()
        return "ods"
    if any(name.startswith("word/") for name in names):
        raise Unreadable(
            "not-a-table", "这是 Word 文档，不是表格。", "请把其中的表格复制到 Excel，存为 .xlsx 后再导入。"
        )
    raise Unreadable("not-a-table", "这是压缩包，不是表格文件。", "请先解压，再选择其中的表格文件。")


def _password() -> Unreadable:
    return Unreadable("password", "文件设有打开密码。", "请在 Excel 或 WPS 中取消密码，保存后再导入。")


def _bomb(limits: Limits) -> Unreadable:
    allowed = limits.inflated_bytes // MEBIBYTE
    return Unreadable(
        "zip-bomb", f"文件展开后超过 {allowed} MB，远大于正常的表格。", "请只保留有内容的行和列，或分成几个文件。"
    )
