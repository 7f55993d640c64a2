"""What the code cites exists: clauses behind obstacles, parameters behind criteria, decisions and pages behind words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from taizhang.stats.catalogue import catalogue
from taizhang.statutes import edition

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "src" / "taizhang"
IN_SQL = re.compile(r"^-- parameter: ([a-z0-9-]+)", re.M)
RULE = re.compile(r"\b(ORG|MEET|SO|ADV)-\d\d\b")


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in file.parts and "tests" not in file.parts:
            yield file, ast.parse(file.read_text(encoding="utf-8"))


def place(file: Path, node: ast.AST) -> str:
    return f"{file.relative_to(CHECKOUT)}:{getattr(node, 'lineno', 0)}"


def test_every_clause_that_an_obstacle_rests_on_is_in_the_statutes():
    known = {entry["key"] for entry in edition.read().clauses}
    lost = [
        f"{place(file, node)} {node.value.value}"
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg == "basis"
        and isinstance(node.value, ast.Constant)
        and node.value.value
        and node.value.value not in known
    ]
    assert lost == []


def criteria_named(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Names asked of criteria: criteria["x"], criteria(on).get("x"), criteria.clause("x"), ….but(x=…)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and is_criteria(node.value) and isinstance(node.slice, ast.Constant):
            yield node, node.slice.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_criteria(node.func.value):
            if node.func.attr in ("get", "clause", "severity", "is_waivable") and isinstance(
                node.args[0], ast.Constant
            ):
                yield node, node.args[0].value
            if node.func.attr == "but":
                yield from ((node, each.arg.replace("_", "-")) for each in node.keywords if each.arg)


def is_criteria(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        node = node.func
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "criteria"


def test_every_parameter_that_the_code_asks_for_is_set_by_a_clause():
    known = {entry["name"] for entry in edition.read().parameters}
    asked = [(place(file, node), name) for file, tree in sources() for node, name in criteria_named(tree)]
    assert asked, "nobody asks for criteria: the search is broken"
    assert [f"{where} {name}" for where, name in asked if name not in known] == []


def test_every_parameter_named_in_sql_is_set_by_a_clause():
    known = {entry["name"] for entry in edition.read().parameters}
    lost = [
        f"{file.relative_to(CHECKOUT)} {name}"
        for file in sorted(PACKAGE.rglob("*.sql"))
        for name in re.findall(
            r"statutes_parameter.*?name\s*=\s*'([a-z0-9-]+)'", file.read_text(encoding="utf-8"), re.S
        )
        if name not in known
    ]
    assert lost == []


def test_every_figure_names_the_clause_it_rests_on():
    known = {entry["key"] for entry in edition.read().clauses}
    assert {figure.key: figure.clause for figure in catalogue().values() if figure.clause not in known} == {}


def test_every_rule_number_in_the_code_has_a_clause():
    known = {entry.get("rule", "") for entry in edition.read().clauses}
    lost = [
        f"{file.relative_to(CHECKOUT)} {found[0]}"
        for file in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql")]
        for found in RULE.finditer(file.read_text(encoding="utf-8"))
        if found[0] not in known and "tests" not in file.parts
    ]
    assert lost == []


def test_every_parameter_is_set_by_a_clause_that_is_in_force_as_long():
    release = edition.read()
    clauses = {entry["key"]: entry for entry in release.clauses}
    outside = []
    for entry in release.parameters:
        clause = clauses[entry["clause"]]
        begins_early = clause["since"] and (entry["since"] is None or entry["since"] < clause["since"])
        ends_late = clause["until"] and (entry["until"] is None or entry["until"] > clause["until"])
        if begins_early or ends_late:
            outside.append(entry["name"])
    assert outside == []
