"""docs/manual: a chapter for every register and front with pages, one for every kind of user, all of them in the index."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CHECKOUT = Path(__file__).resolve().parents[2]
MANUAL = CHECKOUT / "docs" / "manual"
BY_ROLE = ("clerk", "unit-clerk", "operator", "administrator")
LINK = re.compile(r"\]\(([^)#\s]+)")


def with_pages() -> list[str]:
    return [name for name in settings.SLICES if (CHECKOUT / "src" / "taizhang" / name / "urls.py").is_file()]


@pytest.mark.parametrize("chapter", [*with_pages(), *BY_ROLE])
def test_there_is_a_chapter(chapter):
    text = (MANUAL / f"{chapter}.md").read_text(encoding="utf-8")
    assert text.startswith("# ") and len(text) > 150


def test_the_index_leads_to_every_chapter():
    linked = set(LINK.findall((MANUAL / "README.md").read_text(encoding="utf-8")))
    assert sorted({path.name for path in MANUAL.glob("*.md")} - {"README.md"} - linked) == []


def test_every_chapter_begins_with_what_the_index_calls_it():
    index = (MANUAL / "README.md").read_text(encoding="utf-8")
    for title, page in re.findall(r"\[([^\]]+)\]\(([a-z-]+\.md)\)", index):
        assert title in (MANUAL / page).read_text(encoding="utf-8").splitlines()[0]
