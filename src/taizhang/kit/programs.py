"""What the doors for programs take and give: days, moments, numbers and words; pages by cursor; obstacles."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field

from taizhang.kit import paging
from taizhang.kit.clock import OFFICE
from taizhang.kit.refusals import Obstacle, Severity, refuse

Item = TypeVar("Item")
BY_NUMBER = paging.Sort("pk")


def iso_day(given: Any) -> Any:
    """Only 2017-12-29: a bare number would pass for a day of 1970."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    if not isinstance(given, str) or len(given) != 10:
        return _wrong("2017-12-29")
    try:
        return date.fromisoformat(given)
    except ValueError:
        return _wrong("2017-12-29")


def iso_moment(given: Any) -> Any:
    """A day means its end; a moment without a zone is the office's."""
    if isinstance(given, date):
        return given
    if not isinstance(given, str):
        return _wrong("2018-01-31T16:30")
    if len(given) == 10:
        return iso_day(given)
    if len(given) < 16 or "T" not in given:
        return _wrong("2018-01-31T16:30")
    try:
        found = datetime.fromisoformat(given.replace(" ", "+"))  # an unquoted + of the zone arrives as a blank
    except ValueError:
        return _wrong("2018-01-31T16:30")
    found = found if found.tzinfo else found.replace(tzinfo=OFFICE)
    return found if 1900 <= found.year <= 2200 else _wrong("2018-01-31T16:30")


def _wrong(example: str) -> None:
    raise ValueError(f"写成 {example}")


def without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("含有空字符")
    return text


Day = Annotated[date, BeforeValidator(iso_day)]
Moment = Annotated[date | datetime, BeforeValidator(iso_moment)]
Number = Annotated[int, Field(ge=1, lt=2**63)]
Words = Annotated[str, Field(max_length=200), AfterValidator(without_nul)]
Limit = Annotated[int, Field(ge=1, le=500)]


class Reason(Schema):
    """One reason why not, with what to do about it and the clause it rests on; `where` is the field it belongs to."""

    code: str
    reason: str
    remedy: str = ""
    basis: str = ""
    where: str = ""
    severity: Severity = "block"


class Obstacles(Schema):
    """Every reason at once. 401, 403 and 404 have one; 422 has one for each thing that stands in the way."""

    obstacles: list[Reason]


class Page(Schema, Generic[Item]):
    """`next` is the cursor of the page that follows, null on the last."""

    items: list[Item]
    next: str | None = None


class UnitOut(Schema):
    id: int
    name: str


class Ability(Schema):
    """Whether you may do this now; if not, why."""

    allowed: bool
    why_not: Reason | None = None


class Done(Schema):
    """What the act was about or made: a row of this noun, with this number; and what should be looked at again."""

    noun: str
    id: int
    warnings: list[Reason] = []


REFUSALS = frozenset({400, 401, 403, 404, 409, 413, 422, 429})


def answers(schema: Any) -> dict[Any, Any]:
    """For `response=`: what is given, and the refusals that every operation may answer with."""
    return {200: schema, REFUSALS: Obstacles}


def page_of(
    rows: QuerySet,
    *,
    after: str,
    limit: int,
    item: Callable[[Any], dict],
    sort: paging.Sort = BY_NUMBER,
) -> dict[str, Any]:
    """A page of rows in the order of their numbers, or as sorted, each as `item` tells it."""
    if after and paging.read(after, sort) is None:
        refuse("bad-cursor", "翻页标记无效", remedy="从第一页开始，用上一页答复中的 next", where="after")
    page = paging.page(rows, sort=sort, after=after, size=limit)
    return {"items": [item(row) for row in page.rows], "next": page.next or None}


NOT_YOURS = Obstacle("wrong-person", "这项操作不在您的权限内", remedy="如确需办理，请联系本单位的账户管理员授予角色")
NOT_NOW = Obstacle("not-now", "按它现在的情况不能办理", remedy="核对它的状态和日期")


def abilities_told(verbs: Iterable[str], *, held: Callable[[str], bool], now: Iterable[str]) -> dict[str, Any]:
    """For each verb: `now` may be done; of the others, what the person's roles do not `hold` is another's to do."""
    now = frozenset(now)
    return {
        verb: {"allowed": True, "why_not": None}
        if verb in now
        else {"allowed": False, "why_not": reason(NOT_NOW if held(verb) else NOT_YOURS)}
        for verb in sorted({*verbs, *now})
    }


def done(result: Any) -> dict[str, Any]:
    """A row that a verb returned, told as `Done`."""
    details: Mapping[str, Any] = getattr(result, "details", None) or {}
    return {
        "noun": result._meta.label_lower,
        "id": result.pk,
        "warnings": [{"severity": "warn", **each} for each in details.get("warnings", ())],
    }


def reason(obstacle: Obstacle) -> dict[str, Any]:
    return {name: getattr(obstacle, name) for name in Reason.model_fields}


def as_json(obstacles: Iterable[Obstacle]) -> dict[str, Any]:
    return {"obstacles": [reason(each) for each in obstacles]}
