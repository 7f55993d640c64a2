"""What the documents name exists: files, commands, variables, make targets; and what exists is named."""

import pkgutil
import re
from pathlib import Path

import pytest

from taizhang.config import commands

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
VARIABLE = re.compile(r"\b(?:DATABASE(?:_OWNER)?_URL|TAIZHANG_[A-Z_]+|SECRET_KEY)\b")
READ = re.compile(r"""(?:environ(?:\.get)?[(\[]|flag\()\s*["']([A-Z_]+)["']""")


def name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_to_files_of_the_repository(document):
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_commands_that_are_named_exist(document):
    known = {info.name.strip("_").replace("_", "-") for info in pkgutil.iter_modules(commands.__path__)} | {
        "user",
        "import",
        "coverage",
    }
    named = re.findall(r"(?:`|bin/|&& |exec )taizhang ([a-z][a-z-]+)", document.read_text(encoding="utf-8"))
    assert set(named) - known == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_make_targets_that_are_named_exist(document):
    targets = set(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", document.read_text(encoding="utf-8"))) - targets == set()


def test_every_variable_of_the_environment_that_settings_read_is_explained():
    explained = set(VARIABLE.findall((CHECKOUT / "docs/how-to/production.md").read_text(encoding="utf-8")))
    read = {
        variable
        for path in (CHECKOUT / "src/taizhang").glob("*/**/*.py")
        if "tests" not in path.parts
        for variable in READ.findall(path.read_text(encoding="utf-8"))
        if VARIABLE.fullmatch(variable)
    }
    assert read - explained == set()


def test_both_readmes_have_the_same_parts():
    chinese, english = ((CHECKOUT / name).read_text(encoding="utf-8") for name in ("README.md", "README.en.md"))
    for part in (r"^## ", r"^- ", r"^\| \[", r"^make "):
        assert len(re.findall(part, chinese, re.MULTILINE)) == len(re.findall(part, english, re.MULTILINE)), part


def test_every_library_of_ours_has_its_line_in_the_decision():
    declared = re.findall(
        r'^    "([A-Za-z0-9-]+)(?:\[|>|<)',
        (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8").split("[project.optional-dependencies]")[0],
        re.MULTILINE,
    )
    text = (CHECKOUT / "docs/decisions/0003-libraries.md").read_text(encoding="utf-8").lower()
    assert [library for library in declared if library.lower() not in text] == []
