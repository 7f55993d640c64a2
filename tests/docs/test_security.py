"""docs/security: what is named as evidence exists, every clause of level 3 has its line, and each line says whether it holds."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, get_resolver

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted((CHECKOUT / "docs" / "security").glob("*.md"))
CODE = re.compile(r"`([^`]+)`")
CLAUSES = [
    *(f"8.1.4.1 {letter})" for letter in "abcd"),
    *(f"8.1.4.2 {letter})" for letter in "abcdefg"),
    *(f"8.1.4.3 {letter})" for letter in "abcd"),
    *("8.1.4.4 d)", "8.1.4.4 e)", "8.1.4.5", "8.1.4.7 a)", "8.1.4.7 b)", "8.1.4.8 a)", "8.1.4.8 b)"),
    *("8.1.4.9 a)", "8.1.4.10", "8.1.4.11 a)", "8.1.4.11 b)", "8.1.5.1", "8.1.5.2", "8.1.5.3", "8.1.5.4"),
]
VERDICTS = ("成立", "部分成立：", "不成立：", "由使用单位落实")


@cache
def written() -> dict[str, set[str]]:
    """Test file → the tests in it."""
    found = {}
    for folder in ("src", "tests"):
        for file in (CHECKOUT / folder).rglob("test_*.py"):
            named = re.findall(r"^def (test_\w+)\(", file.read_text(encoding="utf-8"), re.M)
            found[str(file.relative_to(CHECKOUT))] = set(named)
    return found


def set_here() -> str:
    """What Django sets by itself is no evidence."""
    return (CHECKOUT / "src/taizhang/config/settings.py").read_text(encoding="utf-8")


def missing(evidence: str) -> bool:
    """Only what looks like a test, a page or a setting is looked for."""
    if found := re.fullmatch(r"([\w/]*test_\w+\.py)(?:::(test_\w+))?", evidence):
        files = [names for path, names in written().items() if path.endswith(found[1])]
        return not files or bool(found[2] and not any(found[2] in names for names in files))
    if re.fullmatch(r"test_\w+", evidence):
        return not any(evidence in names for names in written().values())
    if re.fullmatch(r"[a-z]+:[a-z_]+|mfa_\w+|health", evidence):
        return not leads_somewhere(evidence)
    if re.fullmatch(r"TAIZHANG_[A-Z_]+", evidence):
        return evidence not in (CHECKOUT / "docs/how-to/production.md").read_text(encoding="utf-8")
    if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", evidence):
        return not hasattr(settings, evidence) or not re.search(rf"^ *{evidence}\b.* = ", set_here(), re.M)
    return False


def leads_somewhere(page: str) -> bool:
    namespace, _, name = page.rpartition(":")
    try:
        resolver = get_resolver()
        for each in filter(None, namespace.split(":")):
            resolver = resolver.namespace_dict[each][1]
        return name in resolver.reverse_dict
    except (KeyError, NoReverseMatch):
        return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_evidence_that_is_named_exists(page):
    named = CODE.findall(page.read_text(encoding="utf-8"))
    assert len(named) > 5
    assert sorted({each for each in named if missing(each)}) == []


def lines() -> list[list[str]]:
    text = (CHECKOUT / "docs" / "security" / "level-3.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
    return [row for row in rows if row[0] not in ("条款", "依据")]


def test_every_clause_of_level_three_has_its_line():
    told = " ".join(row[0] for row in lines())
    assert [clause for clause in CLAUSES if clause not in told] == []


def test_every_line_says_whether_it_holds_and_what_holds_it():
    assert [row[0] for row in lines() if len(row) != 5 or not row[4].startswith(VERDICTS)] == []
    without = [row[0] for row in lines() if row[4].startswith("成立") and not re.search(r"`test_\w+`", row[3])]
    assert without == [], "what is said to hold is held by a test"


def test_what_does_not_exist_is_found():
    assert missing("test_nobody_wrote_this") and missing("nobody:page") and missing("NO_SUCH_SETTING")
    assert missing("tests/test_nothing.py::test_x") and missing("TAIZHANG_NOTHING") and missing("SECURE_SSL_HOST")
    assert (
        not missing("test_what_does_not_exist_is_found") and not missing("desk:home") and not missing("AUTH_USER_MODEL")
    )
