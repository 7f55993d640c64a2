"""Doors reach rows by `Model.objects.visible_to(user)` and by nothing else."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "taizhang"
DOORS = ("views", "api", "tasks", "workbook", "tables", "forms")
BACK_WAYS = {"_default_manager", "_base_manager", "raw"}


def files() -> list[Path]:
    found = [path for name in DOORS for path in PACKAGE.glob(f"*/{name}.py")]
    found += [path for name in DOORS for path in PACKAGE.glob(f"*/{name}/**/*.py")]
    return sorted(path for path in found if "tests" not in path.parts)


def ways_past_the_scope(source: str) -> list[str]:
    """`X.objects` that is not the beginning of `X.objects.visible_to(`, and the other ways to rows."""
    tree = ast.parse(source)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    through_scope = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "visible_to" and id(node) in called
    }
    past = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and (node.attr in BACK_WAYS or (node.attr == "objects" and id(node) not in through_scope))
    ]
    past += [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("_or_404")
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id[0].isupper()
    ]
    return [f"line {node.lineno}: {ast.unparse(node)}" for node in past]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_doors_reach_rows_by_visible_to(path):
    cure = "write get_object_or_404(Model.objects.visible_to(request.user), …); a verb may look further"
    assert ways_past_the_scope(path.read_text(encoding="utf-8")) == [], cure


def test_the_ways_past_the_scope_are_known():
    assert ways_past_the_scope("Case.objects.all()") == ["line 1: Case.objects"]
    assert ways_past_the_scope("Case._base_manager") == ["line 1: Case._base_manager"]
    assert ways_past_the_scope("get_object_or_404(Case, pk=1)") == ["line 1: get_object_or_404(Case, pk=1)"]
    assert ways_past_the_scope("rows = Case.objects\nrows.visible_to") == ["line 1: Case.objects"]
    assert ways_past_the_scope("Case.objects.visible_to(user).filter(pk=1)") == []
