"""A list page: columns, filters in words, sorting, paging, the htmx part of it, a selection, and the same rows as files.

The door gives rows that are in the person's scope already. Slices call this through `accounts.lists.show`, which keeps filters,
takes selections and writes every export into the audit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from html import escape
from operator import attrgetter
from typing import Any, Literal, NamedTuple, cast

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taizhang.kit import chips, exporting, paging
from taizhang.kit.templatetags import kit as spelled

PAGE_SIZE = 50
PART = "list"  # the id of the part that htmx replaces
OWN_PARAMETERS = ("after", "before", "format", "sort", "count", "all", "saved")
PASSING = ("after", "before", "format", "count")  # forgotten by every link that does not say them
Value = str | Callable[[Any], Any]
BOX = """<td class="box"><input class="form-check-input" type="checkbox" name="row" value="{}" form="selection" aria-label="选择{}"></td>"""


@dataclass(frozen=True, slots=True)
class Column:
    """`value` is a path ("unit__name") or a function of the row. `sort` is the field or annotation it sorts by.

    `link` gives the address behind the cell, empty for none. `export` is what a file gets instead of `value`, and
    `heading_in_file` the heading that the import knows, where it differs. `aside`: not shown on a telephone.
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
    aside: bool = False

    def of(self, row: Any) -> Any:
        return read(row, self.value)

    @property
    def in_file_of(self) -> Callable[[Any], Any]:
        """What a file gets of a row."""
        value = self.export if self.export is not None else self.value
        if not isinstance(value, str):
            return value
        return partial(paging.value_at, path=value) if "__" in value else attrgetter(value)

    def opening(self, style: str) -> SafeString:
        classes = " ".join(filter(None, (style, "aside" if self.aside else "")))
        if not classes:
            return format_html('<td data-label="{}">', self.heading)
        return format_html('<td data-label="{}" class="{}">', self.heading, classes)


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


@dataclass(frozen=True, slots=True)
class Bulk:
    """One verb for each of the selected rows: `verb(of(row), **filled, by=…)`, each judged by itself.

    `form(*args, user=…)` asks once for what the verb needs. The door offers only what the person may do somewhere.
    """

    name: str
    title: str
    form: Callable[..., forms.Form]
    verb: Callable[..., Any]
    of: Callable[[Any], Any] = lambda row: row
    initial: Mapping[str, Any] | None = None


class Heading(NamedTuple):
    text: str
    address: str
    order: str
    style: str


class Inquiry(HttpRequest):
    """A list asked for its rows rather than for its page: by a job, or for a selection. The list's own door answers it,
    so whatever asks sees what the person would see on the page now."""

    def __init__(self, *, user: Any, query: str, match: Any) -> None:
        super().__init__()
        self.method = "GET"
        self.user = user
        self.GET = cast(Any, as_sent(query))
        self.resolver_match = match
        self.path = self.path_info = f"/{match.route}"


class Found(HttpResponse):
    """The answer to an inquiry."""

    def __init__(
        self,
        *,
        title: str,
        table: Table,
        rows: QuerySet,
        bulk: tuple[Bulk, ...],
        words: list[str],
        filters: django_filters.FilterSet | None,
    ) -> None:
        super().__init__()
        self.title, self.table, self.rows, self.bulk, self.words = title, table, rows, bulk, words
        self.filters = filters

    @property
    def is_valid(self) -> bool:
        return self.filters is None or self.filters.is_valid()

    def file(self, file_format: str) -> HttpResponseBase:
        """The rows as a file that is made while it is sent."""
        return exporting.FORMATS[file_format](
            self.title, headings_in_file(self.table), lines_in_file(self.table, self.rows)
        )


@dataclass(frozen=True)
class Listed:
    """What the template prints."""

    request: HttpRequest
    table: Table
    sort: paging.Sort
    page: paging.Page
    filters: django_filters.FilterSet | None
    empty: Empty
    bulk: tuple[Bulk, ...] = ()
    selects: bool = False

    @property
    def headings(self) -> Iterator[Heading]:
        for column in self.table.columns:
            if not column.on_screen:
                continue
            ordered = bool(column.sort) and column.sort == self.sort.field
            turned = f"-{column.sort}" if ordered and not self.sort.descending else column.sort
            address = self.address(sort=turned) if column.sort else ""
            order = ("descending" if self.sort.descending else "ascending") if ordered else ""
            yield Heading(column.heading, address, order, f"{column.style}{' aside' if column.aside else ''}".strip())

    @property
    def body(self) -> SafeString:
        """The rows, each with its box where something may be done with a selection.

        Put together here, and as plain text, not by a template: a page has half a thousand cells. What is added is escaped.
        """
        columns = [
            (column, column.opening(column.style), column.opening("short"))
            for column in self.table.columns
            if column.on_screen
        ]
        return SafeString("".join(f"<tr>{self.line(row, columns)}</tr>\n" for row in self.page.rows))

    def line(self, row: Any, columns: list[tuple[Column, SafeString, SafeString]]) -> str:
        line = [BOX.format(row.pk, escaped(columns[0][0].of(row)))] if self.selects else []
        for column, opening, short in columns:
            value = column.of(row)
            text, address = escaped(value), column.link(row) if column.link else ""
            line += (
                short if not column.style and isinstance(value, date) else opening,
                f'<a href="{escape(address)}">{text}</a>' if address else text,
                "</td>",
            )
        return "".join(line)

    @cached_property
    def is_filtered(self) -> bool:
        given = {name for name, value in self.request.GET.items() if value} - set(OWN_PARAMETERS)
        return bool(self.filters and given & set(self.filters.form.fields))

    @cached_property
    def chips(self) -> list[chips.Chip]:
        """The conditions in words, each with the address of the list without it."""
        if self.filters is None or not self.filters.is_valid():
            return []
        return [chip._replace(address=self.address(**{chip.name: ""})) for chip in chips.of(self.filters.form)]

    @property
    def count(self) -> str:
        return self.page.count_text

    @property
    def exact(self) -> str:
        """The address that counts to the end, where counting stopped early."""
        return self.address(count="exact") if self.page.is_capped else ""

    @property
    def previous(self) -> str:
        return self.address(before=self.page.previous) if self.page.previous else ""

    @property
    def next(self) -> str:
        return self.address(after=self.page.next) if self.page.next else ""

    def address(self, **changed: str) -> str:
        """This list with other parameters; where it begins is forgotten unless it is said."""
        query = self.request.GET.copy()
        for name in PASSING:
            query.pop(name, None)
        for name, value in changed.items():
            query[name] = value
            if not value:
                del query[name]
        return f"?{query.urlencode()}"


def found(
    request: HttpRequest,
    *,
    table: Table,
    rows: QuerySet,
    title: str,
    filters: type[django_filters.FilterSet] | None = None,
    bulk: tuple[Bulk, ...] = (),
    **_page: Any,
) -> Found:
    """The rows as they are filtered and sorted; none where a filter cannot be read."""
    chosen = filters(request.GET, queryset=rows, request=request) if filters else None
    words = []
    if chosen is not None:
        rows = chosen.qs if chosen.is_valid() else rows.none()
        words = [f"{chip.label}：{chip.words}" for chip in chips.of(chosen.form)] if chosen.is_valid() else []
    rows = rows.order_by(*asked_sort(request, table).order())
    return Found(title=title, table=table, rows=rows, bulk=bulk, words=words, filters=chosen)


def show(
    request: HttpRequest,
    *,
    table: Table,
    template: str = "kit/list.html",
    empty: Empty | None = None,
    context: Mapping[str, Any] | None = None,
    selects: bool = False,
    **asked: Any,
) -> HttpResponseBase:
    """The page, or its part, whichever the request asks for: one query besides those of the filters."""
    answer = found(request, table=table, **asked)
    sort = asked_sort(request, table)
    page = paging.page(
        answer.rows,
        sort=sort,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
        exact=request.GET.get("count") == "exact",
    )
    listed = Listed(request, table, sort, page, answer.filters, empty or Empty(), answer.bulk, selects)
    part = request.headers.get("HX-Target") == PART
    told = {"title": answer.title, "list": listed, **(context or {})}
    response = render(request, "kit/list.html#rows" if part else template, told)
    patch_vary_headers(response, ["HX-Target"])
    return response


def word_of(choices: Any, name: str) -> Callable[[Any], str]:
    """The word for what a field or annotation chose. Django's own `get_…_display` reads all the words for each row."""
    words = dict(choices.choices)
    return lambda row: str(words.get(getattr(row, name), ""))


def as_sent(query: str) -> QueryDict:
    """What a form or an address carried, read back from where it was kept."""
    return QueryDict(query, mutable=True)


def headings_in_file(table: Table) -> list[str]:
    return [column.heading_in_file or column.heading for column in table.columns if column.in_file]


def lines_in_file(table: Table, rows: QuerySet, *, told: list[int] | None = None) -> Iterator[list[Any]]:
    """`told` takes the numbers of the rows that were given out."""
    values = [column.in_file_of for column in table.columns if column.in_file]
    for row in rows.iterator(chunk_size=2000):
        if told is not None:
            told.append(row.pk)
        yield [value_of(row) for value_of in values]


def asked_sort(request: HttpRequest, table: Table) -> paging.Sort:
    asked = request.GET.get("sort", "")
    known = {column.sort for column in table.columns if column.sort}
    return paging.Sort.named(asked if asked.removeprefix("-") in known else table.sort)


def read(row: Any, value: Value) -> Any:
    return paging.value_at(row, value) if isinstance(value, str) else value(row)


def escaped(value: Any) -> str:
    return escape(str(shown(value)))


def shown(value: Any) -> Any:
    """On screen: a day as 2017-12-29, a moment in the office's zone, yes and no in words."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        return value
    if hasattr(value, "hour"):
        return spelled.moment(value)
    return exporting.plain(value)
