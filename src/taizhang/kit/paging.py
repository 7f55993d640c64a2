"""Keyset paging: a page begins after a row, not after a number of rows, so the nine-thousandth is as quick as the first.

Rows without a value come last, whichever way the list is sorted. A cursor is signed: whoever changes it gets page one.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, Q, QuerySet

COUNTED_UP_TO = 1000
SALT = "kit.paging"


@dataclass(frozen=True, slots=True)
class Sort:
    """`field` is a field or annotation of the queryset."""

    field: str
    descending: bool = False

    @classmethod
    def named(cls, name: str) -> "Sort":
        return cls(name.removeprefix("-"), name.startswith("-"))

    @property
    def name(self) -> str:
        return f"-{self.field}" if self.descending else self.field

    def order(self, *, backwards: bool = False) -> list[Any]:
        down = self.descending != backwards
        number = F("pk").desc() if down else F("pk").asc()
        if self.field == "pk":
            return [number]
        value = F(self.field)
        edge = {"nulls_first": True} if backwards else {"nulls_last": True}
        return [value.desc(**edge) if down else value.asc(**edge), number]

    def beyond(self, value: Any, pk: int, *, backwards: bool = False) -> Q:
        """The rows that follow the one with this value and number; backwards, those that precede it."""
        way = "lt" if self.descending != backwards else "gt"
        further = Q(**{f"pk__{way}": pk})
        if self.field == "pk":
            return further
        missing = Q(**{f"{self.field}__isnull": True})
        if value is None:
            return ~missing | (missing & further) if backwards else missing & further
        following = Q(**{f"{self.field}__{way}": value}) | (Q(**{self.field: value}) & further)
        return following if backwards else following | missing


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    count: int
    is_capped: bool
    previous: str  # a cursor, or empty
    next: str

    @property
    def count_text(self) -> str:
        return f"{COUNTED_UP_TO:,} 条以上" if self.is_capped else f"共 {self.count:,} 条"


def page(rows: QuerySet, *, sort: Sort, after: str = "", before: str = "", size: int = 50) -> Page:
    """Two queries: the capped count, and one row more than the page holds."""
    counted = rows.order_by()[: COUNTED_UP_TO + 1].count()
    backwards = bool(before) and not after
    cursor = read(after or before, sort)
    if cursor is None:
        backwards = False
    else:
        rows = rows.filter(sort.beyond(*cursor, backwards=backwards))
    found = list(rows.order_by(*sort.order(backwards=backwards))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return Page(
        rows=found,
        count=min(counted, COUNTED_UP_TO),
        is_capped=counted > COUNTED_UP_TO,
        previous=write(found[0], sort) if found and (more if backwards else cursor is not None) else "",
        next=write(found[-1], sort) if found and (backwards or more) else "",
    )


def write(row: Model, sort: Sort) -> str:
    value = row.pk if sort.field == "pk" else value_at(row, sort.field)
    return signing.dumps([sort.name, value, row.pk], salt=SALT, serializer=Exact)


def read(cursor: str, sort: Sort) -> tuple[Any, int] | None:
    try:
        name, value, pk = signing.loads(cursor, salt=SALT, serializer=Exact)
    except (signing.BadSignature, ValueError):
        return None
    return (value, pk) if name == sort.name else None


def value_at(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


class Exact:
    """JSON that keeps microseconds: a moment cut to milliseconds would repeat rows."""

    def dumps(self, thing: Any) -> bytes:
        return json.dumps(thing, cls=Text, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class Text(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
