"""The inventory of personal information: one file, shown on the privacy page, held against the models by a test."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

INVENTORY = Path(__file__).parent / "data" / "personal.toml"
NAME = "members.Person.name"


@dataclass(frozen=True, slots=True)
class Entry:
    """Fields that are kept for the same purpose, as long, and in the same way."""

    label: str
    fields: tuple[str, ...]
    purpose: str
    basis: str
    retention: str
    years: int | None
    protection: str


@cache
def inventory() -> tuple[Entry, ...]:
    text = read()
    kept = {each["key"]: each for each in text["retention"]}
    return tuple(
        Entry(
            label=each["label"],
            fields=tuple(each["fields"]),
            purpose=each["purpose"],
            basis=each["basis"],
            retention=kept[each["retention"]]["says"],
            years=kept[each["retention"]].get("years"),
            protection=each["protection"],
        )
        for each in text["field"]
    )


def read() -> dict:
    return tomllib.loads(INVENTORY.read_text(encoding="utf-8"))


def impersonal() -> dict[str, str]:
    """Fields, or `slice.Model.*`, `slice.*`, whose text is about nobody, and why."""
    return read()["impersonal"]


def years_of_names() -> int:
    """How long a name stays after the last thing stated of the person has ended."""
    return next(entry.years for entry in inventory() if NAME in entry.fields) or 0


def past_retention_since(on: date) -> date:
    """Whoever has been on record for nothing since before that day is past retention on `on`."""
    years = years_of_names()
    day = on if (on.month, on.day) != (2, 29) else on.replace(day=28)
    return day.replace(year=day.year - years)
