"""From the file to rows in the database: found, mapped, read value by value, and loaded by COPY."""

from collections.abc import Callable, Iterator
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
        with cursor.copy(ROW_COPY) as copy:
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
        self.blank = ["NULL"] * (len(sheet.columns) + len(keys))
        self.required = [column for column in sheet.columns if column.required]
        self.findings: list[str] = []
        self.skipped: list[int] = []
        self._say_missing_columns(places)

    def lines(self, rows: list[list[str]], headings: Headings, done: Staged) -> list[str]:
        lines = []
        last, columns, blank, read = self.place.last_row, self.columns, self.blank, self._read
        prefix = f"{self.batch}\t"
        for cells in rows:
            row = int(cells[0])
            if row <= last:
                continue
            if self._is_remark(cells):
                self.skipped.append(row)
                continue
            width = len(cells)
            elements, notes, anything = blank[:], None, False
            for place, column, order, key, cache in columns:
                text = cells[place] if place < width else ""
                hit = cache.get(text)
                if hit is None:
                    hit = read(column, text, cache)
                elements[order] = hit[0]
                if key:
                    elements[key] = hit[1]
                if hit[2]:
                    notes = notes or []
                    notes.append((column, text, hit[2]))
                if text:
                    anything = True
            if not anything:
                continue
            if notes and len(notes) >= len(self.required) and header.is_heading_again(cells[1:], self.place, headings):
                self.skipped.append(row)
                continue
            done.rows += 1
            if notes:
                self._note(done.rows, row, notes)
            lines.append(f"{prefix}{done.rows}\t{self.number}\t{row}\t{{{','.join(elements)}}}\n")
        return lines

    def _is_remark(self, cells: list[str]) -> bool:
        first = cells[1]
        if len(first) > SHORT and cells[-1] and len(cells) > 4:
            return False
        filled = [cell for cell in cells[1:] if cell.strip()]
        return bool(filled) and header.is_remark(filled)

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
