"""The kinds of papers: what each is called, how it is laid out, which facts it takes, and the wording it comes with.

They are data/*.toml. A procedure gives facts under the keys of the kind's fields; whoever edits the wording sees their Chinese labels.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

DATA = Path(__file__).parent / "data"
Shape = Literal["text", "day", "list"]
Layout = Literal["document", "letter", "minutes", "form"]


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of a kind, and the blank that it fills. A list is given as strings, each of one or several lines."""

    key: str
    label: str
    shape: Shape = "text"
    required: bool = False
    example: Any = ""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    label: str
    genre: str
    layout: Layout
    fields: tuple[Field, ...]
    title: str
    body: str
    about: str = ""

    @property
    def is_numbered(self) -> bool:
        """A form is an inner record, not an official document: it takes no number."""
        return self.layout != "form"

    def labelled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Facts by label, as the wording names them; what is not given is empty."""
        return {each.label: facts.get(each.key) or ([] if each.shape == "list" else "") for each in self.fields}

    def examples(self) -> dict[str, Any]:
        return {each.key: each.example for each in self.fields}


def kind_of(name: str) -> Kind:
    return kinds()[name]


@cache
def kinds() -> dict[str, Kind]:
    return {kind.name: kind for kind in sorted(map(read, DATA.glob("*.toml")), key=lambda kind: kind.label)}


def read(file: Path) -> Kind:
    said = tomllib.loads(file.read_text(encoding="utf-8"))
    fields = tuple(Field(**each) for each in said.pop("field"))
    return Kind(name=file.stem, fields=fields, **{**said, "body": said["body"].strip()})


def as_json(value: Any) -> Any:
    """A fact as it is kept: days as 2017-08-25."""
    if isinstance(value, date):
        return value.isoformat()
    return [*map(str, value)] if isinstance(value, list | tuple) else value
