"""The old binary container (xls, and encrypted xlsx): what is inside, by its directory entries alone."""

import mmap
from pathlib import Path

from taizhang.imports.reading.unreadable import Unreadable

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRY = 128  # directory entries are 128 bytes, aligned; the name is UTF-16 with its length at byte 64


def refuse_what_is_not_a_plain_workbook(path: Path) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if _has_entry(data, "EncryptedPackage"):
            raise Unreadable("password", "文件设有打开密码。", "请在 Excel 或 WPS 中取消密码，保存后再导入。")
        if _has_entry(data, "_VBA_PROJECT_CUR") or _has_entry(data, "_VBA_PROJECT"):
            raise Unreadable("macro", "工作簿带有宏，为安全起见不打开。", "请另存为不带宏的 .xlsx 后再导入。")
        if _has_entry(data, "WordDocument"):
            raise Unreadable(
                "not-a-table", "这是 Word 文档，不是表格。", "请把其中的表格复制到 Excel，存为 .xlsx 后再导入。"
            )
        if not (_has_entry(data, "Workbook") or _has_entry(data, "Book")):
            raise Unreadable("broken", "文件已损坏，或者不是表格。", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。")


def _has_entry(data: mmap.mmap, name: str) -> bool:
    wanted = name.encode("utf-16-le")
    length = (len(wanted) + 2).to_bytes(2, "little")
    position = data.find(wanted)
    while position >= 0:
        if position % ENTRY == 0 and data[position + 64 : position + 66] == length:
            return True
        position = data.find(wanted, position + 2)
    return False
