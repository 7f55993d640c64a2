"""docs/glossary.md: every noun, fact, verb, role and figure has its one line, and nothing is named that does not exist."""

import ast
import importlib
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from pghistory.models import Event

from taizhang.accounts.models import Role

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "src" / "taizhang"
LINE = re.compile(r"^\| (?P<chinese>[^|]+) \| (?P<english>[^|]+) \| `(?P<identifier>[^`]+)` \| `(?P<where>[^`]+)` \|$")


class Term(NamedTuple):
    chinese: str
    english: str
    identifier: str
    where: str


def terms() -> list[Term]:
    text = (CHECKOUT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| 中文 |")]
    matched = [LINE.match(row) for row in rows]
    assert [row for row, found in zip(rows, matched, strict=True) if not found] == []
    return [Term(**found.groupdict()) for found in matched if found]


def nouns() -> set[str]:
    """Models and facts; the history tables the library makes have no name of their own."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("taizhang.")]
    return {model._meta.label for model in ours if not issubclass(model, Event)}


def verbs() -> set[str]:
    """The names given to @action."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        if "tests" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "action":
                found.add(node.args[0].value)  # type: ignore[attr-defined]
    return found


def figures() -> set[str]:
    return {file.stem for file in (PACKAGE / "stats" / "sql").glob("*.sql")}


def roles() -> set[str]:
    return {f"Role.{role.name}" for role in Role}


def test_every_noun_and_fact_has_a_line():
    assert sorted(nouns() - {term.identifier for term in terms()}) == []


def test_every_verb_has_a_line():
    assert len(verbs()) > 30
    assert sorted(verbs() - {term.identifier for term in terms()}) == []


def test_every_role_and_figure_has_a_line():
    assert sorted((roles() | figures()) - {term.identifier for term in terms()}) == []


def test_a_role_is_called_what_the_screen_calls_it():
    said = {term.identifier: term.chinese for term in terms()}
    assert {name: said[name] for name in roles()} == {f"Role.{role.name}": role.label for role in Role}


def test_every_identifier_exists():
    known = nouns() | verbs() | roles() | figures()
    assert [
        term.identifier for term in terms() if term.identifier not in known and not importable(term.identifier)
    ] == []


def importable(identifier: str) -> bool:
    module, _, name = identifier.rpartition(".")
    try:
        return hasattr(importlib.import_module(f"taizhang.{module}"), name)
    except ImportError:
        return False


def test_every_place_exists_and_holds_the_name():
    wrong = []
    for term in terms():
        file = CHECKOUT / term.where
        name = term.identifier.rpartition(".")[2]
        if not file.is_file() or (
            file.suffix == ".py" and not re.search(rf"\b{name}\b", file.read_text(encoding="utf-8"))
        ):
            wrong.append(term)
    assert wrong == []


def test_one_term_is_one_identifier():
    for column in ("chinese", "identifier"):
        counted = Counter(getattr(term, column) for term in terms())
        assert [word for word, times in counted.items() if times > 1] == []
