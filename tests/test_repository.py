"""What holds for the repository as a whole: sizes, tests, decisions, and nothing of the machine it was written on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "src" / "taizhang"
MADE = {"node_modules", "build", "staticfiles", "var", "dist", "__pycache__"}
KINDS = {".py", ".html", ".sql", ".toml", ".md", ".txt", ".json", ".js", ".css", ".yml", ".yaml", ".sh", ".service", ""}
LONGEST = 400
MACHINE = re.compile(r"(?<![\w./~$}])/(?:work|root|home/[a-z]+|Users/[A-Za-z]+|tmp/[a-z]+_)/")
LOCKS = ("requirements.txt", "requirements-dev.txt", "package-lock.json")


def files() -> Iterator[Path]:
    for path in sorted(CHECKOUT.rglob("*")):
        parts = path.relative_to(CHECKOUT).parts
        made = any(part in MADE or part.endswith(".egg-info") for part in parts)
        made = made or (parts[0].startswith(".") and parts[0] not in {".ci", ".github"})
        if not made and path.is_file() and path.suffix in KINDS:
            yield path


def name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def test_no_file_of_ours_is_longer_than_a_sitting():
    """A slice that grows becomes two; a file that grows becomes a package. Migrations and locks are made, not written."""
    long = {
        name(path): lines
        for path in files()
        if path.suffix in {".py", ".html", ".sql", ".toml", ".js", ".css"} and "migrations" not in path.parts
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


@pytest.mark.parametrize("slice_name", settings.SLICES)
def test_every_slice_has_tests(slice_name):
    assert [*(PACKAGE / slice_name / "tests").rglob("test_*.py")]


def test_no_folder_is_named_after_nothing():
    nothing = {"util", "utils", "helper", "helpers", "common", "misc", "base", "core", "manager", "managers"}
    named = [path for path in PACKAGE.rglob("*") if path.stem in nothing and path.suffix in {"", ".py"}]
    assert [name(path) for path in named if path != PACKAGE / "kit" / "database" / "base.py"] == []


def test_nothing_speaks_of_the_machine_it_was_written_on():
    found = [
        f"{name(path)}: {line.strip()[:100]}"
        for path in files()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if MACHINE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_to_download_from(lock):
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    assert re.findall(r"(?:--index-url|--extra-index-url|--find-links|\"resolved\").*", text) == []


def test_decisions_are_numbered_titled_alike_and_in_the_index():
    folder = CHECKOUT / "docs" / "decisions"
    pages = [path for path in sorted(folder.glob("*.md")) if path.name != "README.md"]
    numbers = [path.name[:4] for path in pages]
    assert len(numbers) == len(set(numbers)), "a number is used once"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in pages if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)] == []
    for path in pages:
        title = path.read_text(encoding="utf-8").splitlines()[0]
        assert re.match(rf"# {int(path.name[:4])}\. \S", title), f"{path.name}: {title}"
        assert f"({path.name})" in index, f"{path.name} is missing in docs/decisions/README.md"


def test_decisions_that_the_code_cites_exist():
    cited = re.compile(r"docs/[a-z/-]+/[\w-]+\.md")
    lost = [
        f"{name(path)}: {found}"
        for path in files()
        if path.suffix in {".py", ".html", ".toml", ".sql"}
        for found in cited.findall(path.read_text(encoding="utf-8"))
        if not (CHECKOUT / found).is_file()
    ]
    assert lost == []
