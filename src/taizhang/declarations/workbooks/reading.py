"""What came back in a workbook, row by row as it was written: the file is looked at first and read in a child that may die."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from taizhang.declarations.workbooks.columns import PLACES, SEAL
from taizhang.imports import header
from taizhang.imports.annotate import SUMMARY_SHEET
from taizhang.imports.header import Headings
from taizhang.imports.reading import LIMITS, Look, blocks
from taizhang.imports.template import HELP_SHEET, LISTS_SHEET

FEW = replace(LIMITS, file_bytes=10 * 2**20, rows=6_000, wall_seconds=60, cpu_seconds=30)
NOT_TABLES = frozenset((SUMMARY_SHEET, HELP_SHEET, LISTS_SHEET))


@dataclass(frozen=True)
class Line:
    """`row` as the person sees it; the text of each column that the sheet still has, by its name."""

    row: int
    texts: dict[str, str]

    @property
    def seal(self) -> str:
        return self.texts.get(SEAL.name, "").strip()


@dataclass
class Table:
    sheet: str = ""
    last_heading: int = 0
    columns: dict[str, int] = field(default_factory=dict)  # name → place, from 0
    lines: list[Line] = field(default_factory=list)


def table_in(path: Path, look: Look) -> Table | None:
    """The sheet that has a column of seals; None where no sheet has. Raises Unreadable."""
    rows: dict[str, list[list[str]]] = {}
    for block in blocks(path, look, limits=FEW):
        if block.visible and block.sheet not in NOT_TABLES:
            rows.setdefault(block.sheet, []).extend(block.rows)
    headings = Headings([place.column for place in PLACES])
    for sheet, each in rows.items():
        place = header.find(sheet, each[: header.ROWS_LOOKED_AT], headings)
        if place is not None and SEAL.name in place.mapping.values():
            columns = {name: column for column, name in place.mapping.items()}
            return Table(sheet, place.last_row, columns, list(lines(each, place.last_row, columns)))
    return None


def lines(rows: Iterable[list[str]], last_heading: int, columns: dict[str, int]) -> Iterator[Line]:
    for row in rows:
        cells = row[1:]
        texts = {name: cells[column] if column < len(cells) else "" for name, column in columns.items()}
        if int(row[0]) > last_heading and any(text.strip() for text in texts.values()):
            yield Line(int(row[0]), texts)
