"""What a register says about a table it takes in: its columns, in one declaration.

Mapping, checks, templates with drop-downs and hints, the help page and the export headings all come from it. The
registers declare their sheets in `workbook.py`; a batch keeps only the text `orgs.workbook:organisations`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from taizhang.imports.values import Reader, Text


@dataclass(frozen=True)
class Column:
    name: str
    title: str
    read: Reader = Text()
    synonyms: tuple[str, ...] = ()
    required: bool = False
    key: bool = False  # its folded form is staged too, to be matched
    protected: bool = False  # findings show no more of it than its ends
    hint: str = ""
    example: str = ""

    def headings(self) -> tuple[str, ...]:
        return (self.title, self.name, *self.synonyms)


@dataclass(frozen=True)
class Sheet:
    """One kind of table. `examine` and `enter` are verbs of its register, given the staged rows (`comparing.Rows`).

    `examine(rows)` says what is wrong and what each row would change; `enter(rows, take_step)` does it.
    """

    path: str
    title: str
    columns: tuple[Column, ...]
    roles: frozenset[str]  # who may import it
    examine: Callable
    enter: Callable
    undone: Callable  # (step, undoing step): what hangs on the facts, but is none, follows them back
    about: str = ""
    about_people: bool = False

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def matched(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.key)


def resolve(path: str) -> Sheet:
    """`orgs.workbook:organisations` → the declaration, found at run time because the register stands above us."""
    module, _, name = path.partition(":")
    return getattr(import_module(f"taizhang.{module}"), name)
