"""What the doors for programs take and give: days, moments, numbers and words; pages by cursor; obstacles."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field

from taizhang.kit import paging
from taizhang.kit.clock import OFFICE
from taizhang.kit.refusals import Obstacle, refuse

Item = TypeVar("Item")
BY_NUMBER = paging.Sort("pk")


def iso_day(text: Any) -> Any:
    """Only 2017-12-29: a bare number would pass for a day of 1970."""
    if not isinstance(text, str):
        return text
    return date.fromisoformat(text) if len(text) == 10 else _wrong("2017-12-29")


def iso_moment(text: Any) -> Any:
    """A day means its end; a moment without a zone is the office's."""
    if not isinstance(text, str):
        return text
    if len(text) == 10:
        return date.fromisoformat(text)
    if len(text) < 16 or "T" not in text:
        return _wrong("2018-01-31T16:30")
    found = datetime.fromisoformat(text.replace(" ", "+"))  # an unquoted + of the zone arrives as a blank
    return found if found.tzinfo else found.replace(tzinfo=OFFICE)


def _wrong(example: str) -> None:
    raise ValueError(f"写成 {example}")


def without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("含有空字符")
    return text


Day = Annotated[date, BeforeValidator(iso_day)]
Moment = Annotated[date | datetime, BeforeValidator(iso_moment)]
Number = Annotated[int, Field(ge=1, lt=2**63)]
Words = Annotated[str, AfterValidator(without_nul), Field(max_length=200)]
Limit = Annotated[int, Field(ge=1, le=500)]


class Reason(Schema):
    """One reason why not, with what to do about it and the clause it rests on."""

    code: str
    reason: str
    remedy: str = ""
    basis: str = ""
    where: str = ""


class Obstacles(Schema):
    obstacles: list[Reason]


class Page(Schema, Generic[Item]):
    """`next` is the cursor of the page that follows, null on the last."""

    items: list[Item]
    next: str | None = None


class UnitOut(Schema):
    id: int
    name: str


def answers(schema: Any) -> dict[Any, Any]:
    """For `response=`: what is given, and the refusals that every operation may answer with."""
    return {200: schema, frozenset({401, 403, 404, 422}): Obstacles}


def page_of(rows: QuerySet, *, after: str, limit: int, item: Callable[[Any], dict]) -> dict[str, Any]:
    """A page of rows in the order of their numbers, each as `item` tells it."""
    if after and paging.read(after, BY_NUMBER) is None:
        refuse("bad-cursor", "翻页标记无效", remedy="从第一页开始，用上一页答复中的 next", where="after")
    page = paging.page(rows, sort=BY_NUMBER, after=after, size=limit)
    return {"items": [item(row) for row in page.rows], "next": page.next or None}


def as_json(obstacles: tuple[Obstacle, ...]) -> dict[str, Any]:
    shown = ("code", "reason", "remedy", "basis", "where")
    return {"obstacles": [{name: getattr(obstacle, name) for name in shown} for obstacle in obstacles]}
