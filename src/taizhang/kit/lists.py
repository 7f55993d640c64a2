"""A list page: columns, filters, sorting, paging, the htmx part of it, and the same rows as xlsx and csv.

The door gives rows that are in the person's scope already. Slices call this through `accounts.lists.show`, which writes
every export into the audit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal, NamedTuple

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from taizhang.kit import exporting, paging
from taizhang.kit.refusals import Obstacle
from taizhang.kit.templatetags import kit as spelled

PAGE_SIZE = 50
EXPORT_LIMIT = 100_000
PART = "list"  # the id of the part that htmx replaces
OWN_PARAMETERS = ("after", "before", "format", "sort")
Value = str | Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """`value` is a path ("unit__name") or a function of the row. `sort` is the field or annotation it sorts by.

    `link` gives the address behind the cell, empty for none. `export` is what a file gets instead of `value`, and
    `heading_in_file` the heading that the import knows, where it differs.
    """

    heading: str
    value: Value
    sort: str = ""
    link: Callable[[Any], str] | None = None
    style: Literal["", "number", "code", "short", "wide"] = ""
    export: Value | None = None
    heading_in_file: str = ""
    on_screen: bool = True
    in_file: bool = True

    def of(self, row: Any) -> Any:
        return read(row, self.value)

    def in_file_of(self, row: Any) -> Any:
        return read(row, self.export if self.export is not None else self.value)

    def cell(self, row: Any) -> "Cell":
        value = self.of(row)
        style = self.style or ("short" if isinstance(value, date) else "")
        return Cell(self.heading, shown(value), self.link(row) if self.link else "", style)


class Cell(NamedTuple):
    heading: str
    text: Any
    address: str
    style: str


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a list, and its order as long as nobody asks for another."""

    columns: tuple[Column, ...]
    sort: str = "-pk"


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list without rows says: what is missing, what to do next, and the page where that is done."""

    title: str = "还没有记录"
    hint: str = ""
    page: str = ""
    label: str = ""

    @property
    def address(self) -> str:
        return reverse(self.page) if self.page else ""


class Heading(NamedTuple):
    text: str
    address: str
    order: str
    style: str


@dataclass(frozen=True)
class Listed:
    """What the template prints."""

    request: HttpRequest
    table: Table
    sort: paging.Sort
    page: paging.Page
    filters: django_filters.FilterSet | None
    empty: Empty

    @property
    def headings(self) -> Iterator[Heading]:
        for column in self.table.columns:
            if not column.on_screen:
                continue
            ordered = bool(column.sort) and column.sort == self.sort.field
            turned = f"-{column.sort}" if ordered and not self.sort.descending else column.sort
            address = self.address(sort=turned) if column.sort else ""
            order = ("descending" if self.sort.descending else "ascending") if ordered else ""
            yield Heading(column.heading, address, order, column.style)

    @property
    def rows(self) -> Iterator[list[Cell]]:
        columns = [column for column in self.table.columns if column.on_screen]
        for row in self.page.rows:
            yield [column.cell(row) for column in columns]

    @cached_property
    def is_filtered(self) -> bool:
        given = {name for name, value in self.request.GET.items() if value} - set(OWN_PARAMETERS)
        return bool(self.filters and given & set(self.filters.form.fields))

    @property
    def count(self) -> str:
        return self.page.count_text

    @property
    def previous(self) -> str:
        return self.address(before=self.page.previous) if self.page.previous else ""

    @property
    def next(self) -> str:
        return self.address(after=self.page.next) if self.page.next else ""

    @property
    def xlsx(self) -> str:
        return self.address(format="xlsx")

    @property
    def csv(self) -> str:
        return self.address(format="csv")

    def address(self, **changed: str) -> str:
        """This list with other parameters; where it begins is forgotten unless it is said."""
        query = self.request.GET.copy()
        for name in ("after", "before", "format"):
            query.pop(name, None)
        for name, value in changed.items():
            query[name] = value
        return f"?{query.urlencode()}"


def show(
    request: HttpRequest,
    *,
    table: Table,
    rows: QuerySet,
    title: str,
    exported: Callable[[str, int], object],
    filters: type[django_filters.FilterSet] | None = None,
    template: str = "kit/list.html",
    empty: Empty | None = None,
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """The page, its part, or the file, whichever the request asks for: two queries besides those of the filters.

    `exported(format, rows)` is called before a file leaves.
    """
    chosen = filters(request.GET, queryset=rows, request=request) if filters else None
    if chosen is not None:
        rows = chosen.qs if chosen.is_valid() else rows.none()
    sort = asked_sort(request, table)
    file_format = request.GET.get("format", "")
    if file_format in FORMATS and (chosen is None or chosen.is_valid()):
        return export(request, file_format, table=table, rows=rows.order_by(*sort.order()), title=title, done=exported)
    page = paging.page(
        rows, sort=sort, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=PAGE_SIZE
    )
    listed = Listed(request, table, sort, page, chosen, empty or Empty())
    part = request.headers.get("HX-Target") == PART
    response = render(
        request, "kit/list.html#rows" if part else template, {"title": title, "list": listed, **(context or {})}
    )
    patch_vary_headers(response, ["HX-Target"])
    return response


FORMATS: dict[str, Callable[..., HttpResponseBase]] = {"xlsx": exporting.xlsx, "csv": exporting.text}


def export(request, file_format: str, *, table: Table, rows: QuerySet, title: str, done) -> HttpResponseBase:
    count = rows.order_by()[: EXPORT_LIMIT + 1].count()
    if count > EXPORT_LIMIT:
        too_many = Obstacle(
            "too-many-rows", f"一次最多导出{EXPORT_LIMIT:,}条", remedy="用筛选条件分几次导出，例如按责任单位"
        )
        return render(request, "kit/refused.html", {"obstacles": [too_many], "back": request.path}, status=422)
    done(file_format, count)
    columns = [column for column in table.columns if column.in_file]
    headings = [column.heading_in_file or column.heading for column in columns]
    lines = ([column.in_file_of(row) for column in columns] for row in rows.iterator(chunk_size=2000))
    return FORMATS[file_format](title, headings, lines)


def asked_sort(request: HttpRequest, table: Table) -> paging.Sort:
    asked = request.GET.get("sort", "")
    known = {column.sort for column in table.columns if column.sort}
    return paging.Sort.named(asked if asked.removeprefix("-") in known else table.sort)


def read(row: Any, value: Value) -> Any:
    return paging.value_at(row, value) if isinstance(value, str) else value(row)


def shown(value: Any) -> Any:
    """On screen: a day as 2017-12-29, a moment in the office's zone, yes and no in words."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        return value
    if hasattr(value, "hour"):
        return spelled.moment(value)
    return exporting.plain(value)
