"""From the file to rows in the database: found, mapped, read value by value, and loaded by COPY."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from taizhang.imports import header
from taizhang.imports.annotate import SUMMARY_SHEET
from taizhang.imports.header import Header, Headings
from taizhang.imports.reading import Look, Unreadable, blocks
from taizhang.imports.sheet import Column, Sheet
from taizhang.imports.template import HELP_SHEET, LISTS_SHEET
from taizhang.imports.values import ERROR, Note
from taizhang.kit.text import fold

NOT_TABLES = frozenset((SUMMARY_SHEET, HELP_SHEET, LISTS_SHEET))
CACHE_ENTRIES = 20_000
WRITE_ROWS = 1_000
SHORT = 6  # a total or a remark begins with a short cell, or stands alone
SHOWN = 200  # characters of a value that a finding repeats
MISSING = Note("required", ERROR, "没有填写。", "这一列必填，请补上。")

ROW_COPY = "COPY imports_row (batch_id, number, sheet, row, values) FROM STDIN"
FINDING_COPY = (
    'COPY imports_finding (batch_id, number, sheet, row, "column", title, value, code, severity, message, remedy, compared)'
    " FROM STDIN"
)
COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})
ELEMENT_ESCAPES = str.maketrans(
    {"\\": "\\\\\\\\", '"': '\\\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None}
)  # an element of an array literal inside a line of COPY


@dataclass
class Staged:
    """What was read: how many rows, under which headings, and what is to be said of the file as a whole."""

    rows: int = 0
    headers: list[Header] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def stage(
    path: Path,
    look: Look,
    *,
    batch: int,
    sheet: Sheet,
    names: dict[str, str],
    corrected: dict[str, Header],
    remembered: dict[str, dict[int, str]],
    tell: Callable[[int], None],
) -> Staged:
    """Every row of every table in the file is in `imports_row`, and what its cells have wrong in `imports_finding`.

    `names` are further headings (heading → column), `corrected` the headings a person has put right, by sheet;
    `remembered` holds mappings by digest. Raises Unreadable if the file cannot be read or holds no such table.
    """
    done = Staged()
    headings = Headings(sheet.columns)
    headings.names.update({header.heading_key(heading): name for heading, name in names.items()})
    found: list[str] = []
    said = []
    with connection.cursor() as cursor:
        with no_collecting(), cursor.copy(ROW_COPY) as copy:
            for name, rows in _tables(path, look, done.notes):
                first = list(_take(rows, header.ROWS_LOOKED_AT + header.DEEPEST))
                place = corrected.get(name) or header.find(name, first, headings)
                if place is None:
                    if first:
                        done.notes.append(_not_a_table(name, sheet))
                    continue
                if name not in corrected and (kept := remembered.get(place.digest)):
                    place.mapping = kept
                done.headers.append(place)
                plan = Plan(sheet, place, batch=batch, number=len(done.headers) - 1)
                for chunk in _chunks(first, rows):
                    lines = plan.lines(chunk, headings, done)
                    copy.write("".join(lines))
                    tell(done.rows)
                found += plan.skipped_notes()
                said += plan.findings
        if not done.headers:
            raise _no_heading(sheet)
        with cursor.copy(FINDING_COPY) as copy:
            for line in said:
                copy.write(line)
    done.notes += [Note("rows-skipped", "note", text, "如果它们是数据，请核对格式后重新上传。") for text in found]
    return done


@contextmanager
def no_collecting() -> Iterator[None]:
    """Millions of short-lived tuples, none in a circle: looking for circles among them takes a fifth of the reading."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _tables(path: Path, look: Look, notes: list[Note]) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Each visible sheet with its rows; the rows must be used up before the next sheet is asked for."""
    stream = blocks(path, look)
    block = next(stream, None)
    while block is not None:
        name = block.sheet
        if not block.visible:
            if name not in NOT_TABLES:
                notes.append(
                    Note("hidden-sheet", "note", f"隐藏的工作表“{name}”没有读取。", "需要导入时请先取消隐藏。")
                )
            block = next(stream, None)
            continue
        following: list[Any] = []

        def rows(block=block, following=following):
            yield from block.rows
            for more in stream:
                if not more.rows:  # the next sheet begins
                    following.append(more)
                    return
                yield from more.rows

        inside = rows()
        if name not in NOT_TABLES:
            yield name, inside
        for _ in inside:
            pass
        block = following[0] if following else None


def _take(rows: Iterator[list[str]], count: int) -> Iterator[list[str]]:
    for _ in range(count):
        row = next(rows, None)
        if row is None:
            return
        yield row


def _chunks(first: list[list[str]], rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    yield first
    while chunk := list(_take(rows, WRITE_ROWS)):
        yield chunk


class Plan:
    """How the rows of one table become lines of COPY."""

    def __init__(self, sheet: Sheet, place: Header, *, batch: int, number: int):
        self.sheet, self.place, self.batch, self.number = sheet, place, batch, number
        places = {name: column for column, name in place.mapping.items()}
        keys = [column.name for column in sheet.columns if column.key]
        self.columns: list[
            tuple[int, Column, int, int, dict]
        ] = [  # (place in the row, column, place among the values, place among the keys, what was read before)
            (
                places[column.name] + 1,
                column,
                order,
                len(sheet.columns) + keys.index(column.name) if column.key else 0,
                {},
            )
            for order, column in enumerate(sheet.columns)
            if column.name in places
        ]
        self.places = [place for place, *_ in self.columns]
        self.blank = ["NULL"] * (len(sheet.columns) + len(keys))
        self.required = [column for column in sheet.columns if column.required]
        self.findings: list[str] = []
        self.skipped: list[int] = []
        self._say_missing_columns(places)

    def lines(self, rows: list[list[str]], headings: Headings, done: Staged) -> list[str]:
        """Column by column: most cells repeat one that was read before."""
        rows = self._with_data(rows)
        width = max(map(len, rows), default=0)
        for cells in rows:
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
        texts = list(zip(*rows, strict=True))
        elements: list[Sequence[str]] = [[blank] * len(rows) for blank in self.blank]
        notes: dict[int, list] = {}
        for place, column, order, key, cache in self.columns:
            if place >= width:
                continue  # nobody has filled in the last columns
            hits = self._hits(column, texts[place], cache)
            elements[order], keys, noted = zip(*hits, strict=True)
            if key:
                elements[key] = keys
            if any(noted):
                for at, each in enumerate(noted):
                    if each:
                        notes.setdefault(at, []).append((column, texts[place][at], each))
        return self._joined(rows, elements, notes, headings, done)

    def _joined(self, rows, elements, notes, headings: Headings, done: Staged) -> list[str]:
        lines = []
        number, prefix, middle = done.rows, f"{self.batch}\t", f"\t{self.number}\t"
        for at, (cells, values) in enumerate(zip(rows, zip(*elements, strict=True), strict=True)):
            if not any(cells[place] for place in self.places if place < len(cells)):
                continue
            if at in notes:
                noted = notes[at]
                if len(noted) >= len(self.required) and header.is_heading_again(cells[1:], self.place, headings):
                    self.skipped.append(int(cells[0]))
                    continue
                self._note(number + 1, int(cells[0]), noted)
            number += 1
            lines.append(f"{prefix}{number}{middle}{cells[0]}\t{{{','.join(values)}}}\n")
        done.rows = number
        return lines

    def _with_data(self, rows: list[list[str]]) -> list[list[str]]:
        found = []
        last = self.place.last_row
        for cells in rows:
            if int(cells[0]) <= last:
                continue
            first = cells[1]
            if (len(first) <= SHORT or not cells[-1] or len(cells) <= 4) and self._is_remark(cells):
                self.skipped.append(int(cells[0]))
            else:
                found.append(cells)
        return found

    def _is_remark(self, cells: list[str]) -> bool:
        filled = [cell for cell in cells[1:] if cell.strip()]
        return bool(filled) and header.is_remark(filled)

    def _hits(self, column: Column, texts: Sequence[str], cache: dict) -> list[tuple]:
        read = self._read
        return [cache.get(text) or read(column, text, cache) for text in texts]

    def _read(self, column: Column, text: str, cache: dict) -> tuple[str, str, tuple[Note, ...]]:
        value, notes = column.read(text)
        if value is None and column.required and not any(note.severity == ERROR for note in notes):
            notes = (*notes, MISSING)
        hit = (_element(value), _element(fold(value)) if column.key and value else "NULL", notes)
        if len(cache) > CACHE_ENTRIES:
            cache.clear()
        cache[text] = hit
        return hit

    def _note(self, number: int, row: int, noted: list[tuple[Column, str, tuple[Note, ...]]]) -> None:
        for column, text, notes in noted:
            for note in notes:
                fields = (self.place.sheet, row, column.name, column.title, _shown(column, text), *_said(note))
                self.findings.append(self._line(number, *fields))

    def _line(self, number: int, *fields: object) -> str:
        line = "\t".join(str(value).translate(COPY_ESCAPES) for value in fields)
        return f"{self.batch}\t{number}\t{line}\tf\n"

    def _say_missing_columns(self, places: dict[str, int]) -> None:
        for column in self.required:
            if column.name not in places:
                note = Note(
                    "column-missing",
                    ERROR,
                    f"没有找到“{column.title}”这一列。",
                    "请在“列对应”中指定它是哪一列，或在表头中写上这个列名。",
                )
                fields = (self.place.sheet, self.place.last_row, column.name, column.title, "", *_said(note))
                self.findings.append(self._line(0, *fields))

    def skipped_notes(self) -> list[str]:
        if not self.skipped:
            return []
        rows = "、".join(str(row) for row in self.skipped[:20]) + ("等" if len(self.skipped) > 20 else "")
        where = f"工作表“{self.place.sheet}”" if self.place.sheet else "文件"
        return [f"{where}第 {rows} 行是合计、说明或重复的表头，没有作为数据。"]


def _said(note: Note) -> tuple[str, str, str, str]:
    return note.code, note.severity, note.message, note.remedy


def _shown(column: Column, text: str) -> str:
    text = text.strip()
    if column.protected and len(text) > 6:
        return f"{text[:3]}{'*' * (len(text) - 5)}{text[-2:]}"
    return "*" * len(text) if column.protected else text[:SHOWN]


def _element(value: str | None) -> str:
    if value is None:
        return "NULL"
    return f'"{value}"' if value.isalnum() else f'"{value.translate(ELEMENT_ESCAPES)}"'


def _not_a_table(name: str, sheet: Sheet) -> Note:
    return Note(
        "no-heading", "note", f"工作表“{name}”里没有找到“{sheet.title}”的表头，没有读取。", "需要导入时请核对表头。"
    )


def _no_heading(sheet: Sheet) -> Unreadable:
    expected = "、".join(column.title for column in sheet.columns[:8])
    return Unreadable(
        "no-heading",
        f"没有找到“{sheet.title}”的表头：前 {header.ROWS_LOOKED_AT} 行里认不出两个以上的列名。",
        f"表头应含有这样的列名：{expected}。可下载模板填写，或在表头里改用这些名称。",
    )
