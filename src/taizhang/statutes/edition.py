"""The edition this release carries: documents, clauses and parameters as the files in data/ state them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edition:
    """Entries by the names of the models' fields; `since` and `until` are the bounds of `in_force`."""

    documents: list[Entry]
    clauses: list[Entry]
    parameters: list[Entry]


def read(folder: Path = DATA) -> Edition:
    """A parameter stands under its clause and takes over its days, and its document's jurisdiction, unless it says otherwise."""
    texts = [tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.toml"))]
    documents = [entry for text in texts for entry in text.get("document", [])]
    jurisdictions = {entry["key"]: entry.get("jurisdiction", "national") for entry in documents}
    clauses: list[Entry] = []
    parameters: list[Entry] = []
    for text in texts:
        for entry in text.get("clause", []):
            parameters += parameters_of(entry, jurisdictions[entry["document"]])
            clauses.append(dated({name: value for name, value in entry.items() if name != "parameter"}))
    return Edition(documents, clauses, parameters)


@cache
def titles() -> dict[str, str]:
    """Each clause as it is cited: 《中国共产党章程》第二十九条."""
    found = read()
    documents = {
        entry["key"]: f"《{entry['title']}》" if entry.get("title") else entry["number"] for entry in found.documents
    }
    return {entry["key"]: f"{documents[entry['document']]}{entry['label']}" for entry in found.clauses}


def parameters_of(clause: Entry, jurisdiction: str) -> Iterator[Entry]:
    for entry in clause.get("parameter", []):
        days = {name: value for name, value in clause.items() if name in ("from", "until")}
        yield dated({"jurisdiction": jurisdiction, "clause": clause["key"], **days, **entry})


def dated(entry: Entry) -> Entry:
    since: date | None = entry.pop("from", None)
    until: date | None = entry.pop("until", None)
    return {**entry, "since": since, "until": until}
