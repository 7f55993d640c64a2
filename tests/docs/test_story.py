"""docs/story.md is lived through, block by block, against an empty ledger; every answer it prints is compared."""

import doctest
from pathlib import Path

import pytest

STORY = Path(__file__).resolve().parents[2] / "docs" / "story.md"


def told() -> doctest.DocTest:
    """The fenced blocks alone, each at its own line, as one session."""
    inside, lines = False, []
    for line in STORY.read_text(encoding="utf-8").splitlines():
        fence = line.startswith("```")
        lines.append(line if inside and not fence else "")
        inside = inside != fence
    assert not inside, "a block is not closed"
    return doctest.DocTestParser().get_doctest("\n".join(lines) + "\n", {}, STORY.name, str(STORY), 0)


@pytest.mark.django_db
def test_the_year_happens_as_it_is_told():
    story, said = told(), []
    assert len(story.examples) > 50
    outcome = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(story, out=said.append)
    assert outcome.failed == 0, "".join(said)
