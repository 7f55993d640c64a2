"""From a file nobody has looked at to rows of text: look first, then read in a child that may die."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from taizhang.imports.reading.guard import Look, look
from taizhang.imports.reading.unreadable import LIMITS, Limits, Unreadable

__all__ = ["LIMITS", "Block", "Limits", "Look", "Unreadable", "blocks", "look"]

CHILD = Path(__file__).with_name("child.py")
FIELD, RECORD = "\x1f", b"\x1e"
PIPE_BYTES = 128 * 1024
SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。"


@dataclass
class Block:
    """Some rows of one sheet: the first of each row is its number as the person sees it."""

    sheet: str
    visible: bool
    rows: list[list[str]]


def blocks(path: Path, look: Look, *, limits: Limits = LIMITS) -> Iterator[Block]:
    """The file's rows as text, in order, a block at a time; blank rows are left out.

    Dates arrive as 2017-05-06, numbers as a person would type them, error values as #N/A.
    Raises Unreadable when the child cannot go on, dies or takes too long; what was read before is void then.
    """
    command = [sys.executable, "-I", str(CHILD), look.kind, str(path), look.encoding, look.delimiter]
    command += [str(limits.memory_bytes), str(limits.cpu_seconds), str(limits.rows), str(limits.columns)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    timer = threading.Timer(limits.wall_seconds, child.kill)
    timer.daemon = True
    timer.start()
    try:
        yield from _blocks(child, look, limits)
    finally:
        timer.cancel()
        child.kill()
        child.stdout.close()  # type: ignore[union-attr]
        child.wait()


def _blocks(child: subprocess.Popen, look: Look, limits: Limits) -> Iterator[Block]:
    block = Block("", True, [])
    errors: dict[tuple[int, int], str] = {}
    complete = False
    rest = b""
    while data := child.stdout.read1(PIPE_BYTES):  # type: ignore[union-attr]
        *records, rest = (rest + data).split(RECORD)
        for record in b"\x1e".join(records).decode("utf-8").split("\x1e") if records else ():
            fields = record.split(FIELD)
            tag, fields[0] = fields[0][:1], fields[0][1:]
            if tag == "R":
                block.rows.append(fields)
            elif tag == "S":
                if block.rows:
                    yield _with_errors(block, errors)
                block = Block(fields[0], fields[1] == "1", [])
                errors = look.error_cells.get(block.sheet, {})
                yield Block(block.sheet, block.visible, [])
            elif tag == "E":
                raise _refused(fields[0], fields[1] if len(fields) > 1 else "", limits)
            elif tag == "Z":
                complete = True
        if block.rows:
            yield _with_errors(block, errors)
            block = Block(block.sheet, block.visible, [])
    if not complete:
        raise _died(child.wait())


def _with_errors(block: Block, errors: dict[tuple[int, int], str]) -> Block:
    """calamine reads an error value as nothing; put back what the guard saw."""
    if errors:
        numbers = {row for row, _ in errors}
        for fields in block.rows:
            if int(fields[0]) in numbers:
                for (row, column), value in errors.items():
                    if row == int(fields[0]):
                        fields.extend([""] * (column + 1 - len(fields)))
                        fields[column] = value
    return block


def _refused(code: str, detail: str, limits: Limits) -> Unreadable:
    if code == "password":
        return Unreadable(code, "文件设有打开密码。", "请在 Excel 或 WPS 中取消密码，保存后再导入。")
    if code == "too-many-rows":
        return Unreadable(code, f"表格超过 {limits.rows:,} 行。", "请按地区或类别分成几个文件导入。")
    if code == "too-many-columns":
        return Unreadable(code, f"表格超过 {limits.columns} 列。", "请删除多余的列。")
    if code == "cell-too-long":
        return Unreadable(code, f"第 {detail} 行有一个单元格的文字太长。", "请核对引号是否成对，或缩短文字。")
    if code == "no-sheets":
        return Unreadable(code, "工作簿里没有可以读取的工作表。", SAVE_AS)
    if code == "memory":
        return _too_heavy()
    return Unreadable("broken", "文件已损坏或不完整，不能读取。", "请重新导出或重新上传；" + SAVE_AS)


def _died(returncode: int) -> Unreadable:
    if returncode in (-9, -24):  # killed by the wall clock or by RLIMIT_CPU
        return Unreadable("too-slow", "读取这个文件用时过长，已经停止。", "请只保留有内容的行和列，或分成几个文件。")
    return _too_heavy()


def _too_heavy() -> Unreadable:
    return Unreadable(
        "too-heavy",
        "读取这个文件需要的内存过多，已经停止。",
        "请把有内容的部分复制到一张新工作表，或分成几个文件导入。",
    )
