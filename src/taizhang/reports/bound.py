"""A number in a text, bound to its question: `organisation_coverage?base=registered#counted`."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode

from taizhang.accounts.scope import NOWHERE, Scope
from taizhang.kit.refusals import refuse
from taizhang.stats import answering
from taizhang.stats.answering import Answer
from taizhang.stats.figures import WrongQuestion

TOKEN = re.compile(r"\{((?:[a-z]+:)?[a-z_]+(?:\?[a-z0-9_=&]+)?(?:#[a-z]+)?)\}")
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
    file_name: str = "report"

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
    def measured(self) -> str:
        """With what it is counted in."""
        return self.text if self.is_rate or self.value is None else f"{self.text}{self.answer.figure.measure}"

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


def fields(tags: Iterable[str], asking: Asking) -> dict[str, Field]:
    """Each is asked once: the count, the base and the rate of one question are one answer."""
    found: dict[str, Field] = {}
    answers: dict[str, Answer] = {}
    for tag in dict.fromkeys(tags):
        question, _, part = tag.partition("#")
        part = part or "value"
        if part not in PARTS:
            not_a_number(tag)
        if question not in answers:
            answers[question] = answered(question, asking)
        found[tag] = Field(tag, part, answers[question], asking)
    return found


def answered(tag: str, asking: Asking, *, written: str = "") -> Answer:
    """Refused where the tag asks for what no figure answers; the text says which tag, as it is `written` in the master."""
    key, _, options = tag.partition("?")
    said: dict[str, Any] = dict(parse_qsl(options))
    if set(said) - set(OPTIONS):
        not_a_number(written or tag)
    with named(written or tag):
        return answering.figure(
            key,
            day=asking.day,
            known_at=asking.known_at,
            scope=asking.scope,
            people=asking.people,
            since=asking.since,
            **said,
        )


@contextmanager
def named(tag: str) -> Iterator[None]:
    """What cannot be asked is refused, and the refusal says where in the master it stands."""
    try:
        yield
    except WrongQuestion as error:
        refuse("wrong-field", f"母版里的“{tag}”问不出来：{error}", remedy="改母版里这一处")


def not_a_number(tag: str) -> NoReturn:
    refuse("wrong-field", f"母版里的“{tag}”不是一个数", remedy="写成 指标名?variant=…&base=…#counted、base 或 rate")


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
