"""Where a table begins and what its columns are.

People put titles above the heading, merge two to four heading rows, add a row of codes below, and notes at the end.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from taizhang.imports.sheet import Column

ROWS_LOOKED_AT = 30
DEEPEST = 4
IN_BRACKETS = re.compile(r"[(（〔\[【][^)）〕\]】]*[)）〕\]】]")
CODES = re.compile(r"[A-Z]{1,2}|[(（]?\d{1,3}[)）]?|[甲乙丙丁戊己庚辛壬癸]|栏次")
TOTALS = frozenset(("合计", "总计", "小计", "共计", "累计", "本页小计", "本页合计"))
REMARKS = re.compile(
    r"^[*＊※]?\s*(注|附注|说明|备注|填表|填报|制表|审核|复核|单位负责人|负责人签|统计负责人|以上|共计|截至)"
)


@dataclass
class Header:
    """`mapping` is column number (from 0) → name; rows up to and including `last_row` are not data."""

    sheet: str
    first_row: int
    last_row: int
    titles: list[str]
    mapping: dict[int, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The same headings have the same digest, so that a mapping once corrected is remembered."""
        return hashlib.sha256("\x1f".join(heading_key(title) for title in self.titles).encode()).hexdigest()


def heading_key(text: str) -> str:
    """Letters and digits only: width, blanks, underscores, stars and colons do not count."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


class Headings:
    """The words that a sheet's columns go by."""

    def __init__(self, columns: Sequence[Column]):
        self.columns = columns
        self.names: dict[str, str] = {}
        for column in columns:
            for heading in column.headings():
                self.names.setdefault(heading_key(heading), column.name)

    def name(self, heading: str) -> str | None:
        found = self.names.get(heading_key(heading))
        if found is None and IN_BRACKETS.search(heading):
            found = self.names.get(heading_key(IN_BRACKETS.sub("", heading)))
        return found


def find(sheet: str, rows: list[list[str]], headings: Headings) -> Header | None:
    """The best heading among the first rows (each with its number first), or None if nothing looks like one."""
    best: tuple[tuple, Header] | None = None
    for start in range(min(len(rows), ROWS_LOOKED_AT)):
        for depth in range(1, DEEPEST + 1):
            band = rows[start : start + depth]
            if len(band) < depth or int(band[-1][0]) - int(band[0][0]) > DEEPEST + 1:
                break
            if depth > 1 and _looks_like_data(band[-1], headings):
                break
            header = _header(sheet, band, headings)
            known = len(header.mapping)
            if known < 2 and not (known == 1 and len([title for title in header.titles if title]) == 1):
                continue
            rank = (known, -depth, -start)
            if best is None or rank > best[0]:
                best = rank, header
    if best is None:
        return None
    header = best[1]
    for row in rows:
        if int(row[0]) <= header.last_row:
            continue
        if not (is_code_row(row[1:]) or is_heading_again(row[1:], header, headings)):
            break
        header.last_row = int(row[0])
    return header


def _header(sheet: str, band: list[list[str]], headings: Headings) -> Header:
    width = max(len(row) for row in band) - 1
    grid = [[cell.strip() for cell in row[1:]] + [""] * (width - len(row) + 1) for row in band]
    for upper, lower in zip(grid, grid[1:], strict=False):
        _spread(upper, lower)
    header = Header(sheet, int(band[0][0]), int(band[-1][0]), [])
    taken = set()
    for column in range(width):
        parts = []
        for row in grid:
            if row[column] and row[column] not in parts:
                parts.append(row[column])
        header.titles.append(" ".join(parts))
        candidates = ["".join(parts), *reversed(parts)] if len(parts) > 1 else parts
        # a broad upper heading alone says nothing about the narrower columns below it
        if len(parts) > 1:
            candidates = candidates[:2] if not is_code_row([parts[-1]]) else candidates
        name = next((found for text in candidates if (found := headings.name(text)) and found not in taken), None)
        if name:
            header.mapping[column] = name
            taken.add(name)
    return header


def _spread(upper: list[str], lower: list[str]) -> None:
    """An upper heading merged over several columns stands over each of them that has a lower one."""
    current = ""
    for column, text in enumerate(upper):
        if text:
            current = text
        elif lower[column] and current:
            upper[column] = current
        else:
            current = ""


def _looks_like_data(row: list[str], headings: Headings) -> bool:
    cells = [cell for cell in row[1:] if cell.strip()]
    long_numbers = sum(bool(re.search(r"\d{4}", cell)) for cell in cells)
    return bool(cells) and long_numbers * 3 >= len(cells)


def is_code_row(cells: Sequence[str]) -> bool:
    """A row that numbers the columns: 1 2 3, (1) (2), A B C, 甲 乙 1 2."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < 1 or not all(CODES.fullmatch(cell) for cell in filled):
        return False
    numbers = [int(digits[0]) for cell in filled if (digits := re.search(r"\d+", cell))]
    return all(after - before == 1 for before, after in zip(numbers, numbers[1:], strict=False)) and (
        len(filled) > 2 and (not numbers or numbers[0] in (0, 1))
    )


def is_heading_again(cells: Sequence[str], header: Header, headings: Headings) -> bool:
    """The heading repeated (every printed page, or in English below the Chinese)."""
    filled = [(column, cell) for column, cell in enumerate(cells) if cell.strip()]
    same = sum(headings.name(cell) == header.mapping.get(column, "") for column, cell in filled)
    return len(filled) >= 2 and same * 5 >= len(filled) * 4


def is_remark(cells: Sequence[str]) -> bool:
    """A total, a note or a signature line: something below or between the rows that is not a row."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if heading_key(filled[0]) in TOTALS:
        return True
    return len(filled) <= 3 and bool(REMARKS.match(filled[0]))
