"""Keyset paging: a page begins after a row, not after a number of rows, so the nine-thousandth is as quick as the first.

Rows without a value come last, whichever way the list is sorted. A cursor is signed: whoever changes it gets page one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, IntegerField, Model, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

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

    def order(self) -> list[Any]:
        """For the rows as a whole: a file, an exact list."""
        number = F("pk").desc() if self.descending else F("pk").asc()
        if self.field == "pk":
            return [number]
        value = F(self.field)
        return [value.desc(nulls_last=True) if self.descending else value.asc(nulls_last=True), number]

    def parts(self, rows: QuerySet, cursor: tuple[Any, int] | None, *, backwards: bool) -> Iterator[QuerySet]:
        """What follows the cursor (backwards, what precedes it), part by part, each in the plain order of an index.

        A part with values and a part without: as one question the two would leave no index to begin in the middle of.
        """
        down = self.descending != backwards
        way = "lt" if down else "gt"
        number = "-pk" if down else "pk"
        if self.field == "pk":
            yield (rows.filter(**{f"pk__{way}": cursor[1]}) if cursor else rows).order_by(number)
            return
        ordered = [f"-{self.field}" if down else self.field, number]
        if not may_be_missing(rows, self.field):
            if cursor and self.is_link(rows):
                rows = rows.filter(within(LinkedNumber(self.field), cursor[0], down=down))
            yield (rows.filter(self.beyond(*cursor, down=down)) if cursor else rows).order_by(*ordered)
            return
        stated = rows.filter(**{f"{self.field}__isnull": False}).order_by(*ordered)
        missing = rows.filter(**{f"{self.field}__isnull": True}).order_by(number)
        if cursor is None:
            yield from (missing, stated) if backwards else (stated, missing)
        elif cursor[0] is None:
            yield missing.filter(**{f"pk__{way}": cursor[1]})
            if backwards:
                yield stated
        else:
            yield stated.filter(self.beyond(*cursor, down=down))
            if not backwards:
                yield missing

    def is_link(self, rows: QuerySet) -> bool:
        """Sorted by the number of a thing that is joined anyway."""
        name, joined = self.field.removesuffix("_id"), rows.query.select_related
        return name != self.field and isinstance(joined, dict) and name in joined

    def beyond(self, value: Any, pk: int, *, down: bool) -> Any:
        """One comparison of both, so that an index over both begins at the very row."""
        return (TupleLessThan if down else TupleGreaterThan)(Tuple(F(self.field), F("pk")), (value, pk))


def may_be_missing(rows: QuerySet, path: str) -> bool:
    """Annotations may; fields where they, or a link on the way to them, may be null."""
    model = rows.model
    if path in rows.query.annotations:
        return True
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if getattr(field, "null", True):
            return True
        model = field.related_model  # type: ignore[assignment]
    return False


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


class LinkedNumber(F):
    """The number of a linked row as that row has it, not as the link does. PostgreSQL does not carry a bound from one side of
    an equality to the other, and would read the linked table from its beginning to where the page begins."""

    name: str

    def resolve_expression(self, query=None, allow_joins=True, reuse=None, summarize=False, for_save=False):
        found = query.setup_joins([self.name.removesuffix("_id"), "id"], query.get_meta(), query.get_initial_alias())
        return found.targets[0].get_col(found.joins[-1])


def within(number: F, bound: int, *, down: bool) -> Any:
    return (LessThanOrEqual if down else GreaterThanOrEqual)(number, bound)


class Counted(Subquery):
    """How many rows a question has, told by each row of another: count and page are one statement."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def page(rows: QuerySet, *, sort: Sort, after: str = "", before: str = "", size: int = 50, exact: bool = False) -> Page:
    """One statement, for the count and for one row more than the page holds; a second where values end and begin to be missing."""
    counting = rows.order_by() if exact else rows.order_by()[: COUNTED_UP_TO + 1]
    backwards = bool(before) and not after
    cursor = read(after or before, sort)
    if cursor is None:
        backwards = False
    told: dict[str, Any] = {"counted_in_all": Counted(counting.values("pk"))}
    if sort.field != "pk":
        told["sorted_by"] = F(sort.field)
    counted_rows = rows.annotate(**told)
    found: list[Any] = []
    for part in sort.parts(counted_rows, cursor, backwards=backwards):
        found += part[: size + 1 - len(found)]
        if len(found) > size or (found and cursor is None and not backwards and len(found) == found[0].counted_in_all):
            break
    counted = found[0].counted_in_all if found else counting.count() if cursor else 0
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return Page(
        rows=found,
        count=counted if exact else min(counted, COUNTED_UP_TO),
        is_capped=counted > COUNTED_UP_TO and not exact,
        previous=write(found[0], sort) if found and (more if backwards else cursor is not None) else "",
        next=write(found[-1], sort) if found and (backwards or more) else "",
    )


def write(row: Model, sort: Sort) -> str:
    value = row.pk if sort.field == "pk" else row.sorted_by if hasattr(row, "sorted_by") else value_at(row, sort.field)
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
