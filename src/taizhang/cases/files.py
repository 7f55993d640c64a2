"""What an attached file is, by its content and not by its name, and why it is not taken.

Nothing is opened or unpacked here: signatures, the sizes an image declares, the directory of a package.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from taizhang.kit.refusals import Obstacle
from taizhang.kit.text import printable

MEBIBYTE = 2**20
LARGEST = 20 * MEBIBYTE
A_DAY = 300 * MEBIBYTE  # of one person
PIXELS = 120_000_000  # A3 at 600 dots an inch is 70 million
PARTS, INFLATED = 2_000, 200 * MEBIBYTE
NAME_LENGTH = 150

KINDS = {  # kind → extensions, media type
    "pdf": (("pdf",), "application/pdf"),
    "png": (("png",), "image/png"),
    "jpg": (("jpg", "jpeg"), "image/jpeg"),
    "tif": (("tif", "tiff"), "image/tiff"),
    "docx": (("docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ofd": (("ofd",), "application/ofd"),  # GB/T 33190
}
TAKEN = "PDF、OFD、图片（jpg、png、tif）、Word（docx）、Excel（xlsx）"
SAVE_AS = "请另存为 PDF 后再上传"
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    obstacles: tuple[Obstacle, ...] = ()


def look(content: bytes, name: str) -> Found:
    """The kind, and every reason why the file is not taken."""
    if not content:
        return Found("", (about_file("empty-file", "文件是空的", "检查是否选错了文件"),))
    if len(content) > LARGEST:
        return Found(
            "", (about_file("too-large", f"文件超过{LARGEST // MEBIBYTE} MB", "降低扫描分辨率，或分成几个文件"),)
        )
    kind = kind_of(content)
    if not kind:
        return Found("", (about_file("kind-not-taken", f"不是可以上传的文件类型：只收{TAKEN}", SAVE_AS),))
    return Found(kind, tuple(obstacles_of_content(kind, content, name)))


def kind_of(content: bytes) -> str:
    for start, kind in ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg")):
        if content.startswith(start):
            return kind
    if content.startswith((b"II*\x00", b"MM\x00*")):
        return "tif"
    return kind_of_package(content) if content.startswith(b"PK\x03\x04") else ""


def kind_of_package(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = {part.filename for part in package.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        return ""
    if "[Content_Types].xml" in names:
        return "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else ""
    return "ofd" if "OFD.xml" in names else ""


def obstacles_of_content(kind: str, content: bytes, name: str) -> Iterator[Obstacle]:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in KINDS[kind][0]:
        said = f"以 .{extension} 结尾" if extension else "没有扩展名"
        yield about_file("mislabelled", f"文件名{said}，内容却是 {kind}", "核对文件；确实没错的，改正扩展名后再上传")
    if kind == "pdf" and ACTIVE_PDF.search(content):
        yield about_file("active-content", "PDF 中带有脚本、程序或内嵌文件", "用“打印成 PDF”另存一份再上传")
    if kind in ("png", "jpg"):
        width, height = size_of_png(content) if kind == "png" else size_of_jpeg(content)
        if not width or not height:
            yield about_file("broken", "图片已损坏或不完整", "重新扫描或导出后再上传")
        elif width * height > PIXELS:
            yield about_file("too-many-pixels", f"图片有{width}×{height}点，过大", "降低扫描分辨率后再上传")
    if kind in ("docx", "xlsx", "ofd"):
        yield from obstacles_of_package(content)


def obstacles_of_package(content: bytes) -> Iterator[Obstacle]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
    names = [part.filename for part in parts]
    if len(parts) > PARTS or len(set(names)) < len(names) or sum(part.file_size for part in parts) > INFLATED:
        yield about_file("zip-bomb", "文件内部的部件过多或展开后过大", SAVE_AS)
    if any(part.flag_bits & 1 for part in parts):
        yield about_file("password", "文件设有打开密码", "取消密码后再上传")
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
        yield about_file("broken", "文件内部的路径不正常", SAVE_AS)
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
        yield about_file("macro", "文件带有宏或程序", "另存为不带宏的文件或 PDF 后再上传")


def size_of_png(content: bytes) -> tuple[int, int]:
    if content[12:16] != b"IHDR" or len(content) < 33:
        return 0, 0
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def size_of_jpeg(content: bytes) -> tuple[int, int]:
    """From the first frame header; nothing where there is none."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        elif marker in (0x01, *range(0xD0, 0xD9)):
            at += 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return 0, 0


def tidy_name(name: str) -> str:
    """A name that every system can keep: without folders, invisible signs and what systems reserve."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(each for each in printable(last) if each not in '<>:"|?*').strip(". ")
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[: NAME_LENGTH - 1 - len(extension)]}.{extension}" if dot and stem else kept[:NAME_LENGTH] or "file"


def about_file(code: str, reason: str, remedy: str) -> Obstacle:
    return Obstacle(code, reason, remedy=remedy, where="file")
