"""A number in a text, bound to its question: `organisation_coverage?base=registered#counted`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from taizhang.accounts.scope import NOWHERE, Scope
from taizhang.kit.refusals import refuse
from taizhang.stats import answering
from taizhang.stats.answering import Answer
from taizhang.stats.figures import WrongQuestion

TOKEN = re.compile(r"\{([a-z_]+(?:\?[a-z0-9_=&]+)?(?:#[a-z]+)?)\}")
PARTS = ("value", "counted", "base", "rate")
OPTIONS = ("variant", "base", "organised")
WORDS = ("year", "day", "period")


@dataclass(frozen=True)
class Asking:
    """Of which year and day, as known when, over which rows."""

    year: int
    day: date
    known_at: datetime | date | None
    scope: Scope
    people: Scope = NOWHERE
    since: date | None = None
    period: str = ""

    @property
    def words(self) -> dict[str, str]:
        day = f"{self.day.year}年{self.day.month}月{self.day.day}日"
        return {"year": str(self.year), "day": day, "period": self.period or f"{self.year}年"}


@dataclass(frozen=True)
class Field:
    """A number as it stands in the text, the answer it comes from, and how its list is opened."""

    tag: str
    part: str
    answer: Answer
    asking: Asking

    @cached_property
    def value(self) -> float | int | None:
        totals = self.answer.totals
        return {
            "value": self.answer.value,
            "counted": totals.counted,
            "base": totals.base,
            "rate": totals.rate,
        }[self.part]

    @property
    def is_rate(self) -> bool:
        return self.part == "rate" or (self.part == "value" and self.answer.is_rate)

    @property
    def text(self) -> str:
        """As it is printed: a percentage in whole points; a dash where the ledger says nothing yet."""
        if self.value is None:
            return "—"
        return f"{self.value * 100:.0f}%" if self.is_rate else f"{self.value}"

    @property
    def query(self) -> str:
        """`?…` of the list behind the number."""
        question = self.answer.question
        said = {
            "day": question.at.day.isoformat(),
            "known_at": self.asking.known_at.isoformat() if self.asking.known_at else "",
            "variant": "" if question.variant == self.answer.figure.headline else question.variant,
            "base": "" if question.base == self.answer.figure.default_base else question.base,
            "begin": question.since.isoformat() if question.since else "",
            "shown": "base" if self.part == "base" else "counted",
        }
        return "?" + urlencode({name: value for name, value in said.items() if value})


def field(tag: str, asking: Asking) -> Field:
    """Refused where the tag asks for what no figure answers; the text says which tag."""
    named, _, part = tag.partition("#")
    key, _, options = named.partition("?")
    said: dict[str, Any] = dict(parse_qsl(options))
    part = part or "value"
    if part not in PARTS or set(said) - set(OPTIONS):
        refuse("wrong-field", f"母版里的“{tag}”不是一个数", remedy="写成 指标名?variant=…&base=…#counted、base 或 rate")
    try:
        answer = answering.figure(
            key,
            day=asking.day,
            known_at=asking.known_at,
            scope=asking.scope,
            people=asking.people,
            since=asking.since,
            **said,
        )
    except WrongQuestion as error:
        refuse("wrong-field", f"母版里的“{tag}”问不出来：{error}", remedy="改母版里这一处")
    return Field(tag, part, answer, asking)


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """("text", …) and ("field", tag), in order."""
    place = 0
    for found in TOKEN.finditer(text):
        if found.start() > place:
            yield "text", text[place : found.start()]
        yield "field", found[1]
        place = found.end()
    if place < len(text):
        yield "text", text[place:]
