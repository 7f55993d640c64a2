"""What the demonstration province will be is decided before anything is entered, by one seed."""

import hashlib
from collections import Counter
from functools import partial
from random import Random

from taizhang.config import demonstration
from taizhang.config.demonstration.chronicle import Chronicle
from taizhang.config.demonstration.names import people_names
from taizhang.config.demonstration.stories import write_stories
from taizhang.orgs.codes import problems_with_code

DIGEST = "0a44b5204dc1ba2f"


def plan() -> Chronicle:
    chronicle = Chronicle()
    demonstration.write(Random(demonstration.SEED), chronicle, office=None)
    return chronicle


def digest(chronicle: Chronicle) -> str:
    """Of every name, day and act that was decided, in the order of the deeds."""
    told = hashlib.sha256()
    for day, order, deed in chronicle.deeds:
        named = (deed.func.__name__, deed.args, deed.keywords) if isinstance(deed, partial) else deed.__name__
        told.update(f"{day} {order} {named!r}".encode())
    return told.hexdigest()[:16]


def test_the_same_seed_decides_the_same_names_and_days():
    assert digest(plan()) == digest(plan()) == DIGEST


def test_nothing_is_known_before_the_ledger_opened_nor_on_a_day_that_has_not_come():
    days = sorted(day for day, _, _ in plan().deeds)
    assert (days[0].year, days[-1].year) == (2012, 2018)


def test_nobody_is_noted_before_they_work_there_as_a_full_member():
    """A day that has not come is refused by the ledger, and with it the whole province."""
    noted = [
        (day, deed) for day, _, deed in plan().deeds if getattr(deed, "func", deed).__name__ in ("note_outside", "join")
    ]
    assert len(noted) > 1000
    assert [deed.args[0] for day, deed in noted if day < deed.args[0].true_from] == []


def test_every_organisation_has_a_name_of_its_own_and_people_may_share_one():
    stories = write_stories(Random(demonstration.SEED))
    assert max(Counter(story.name for story in stories).values()) == 1
    assert all(story.name.startswith("某省") for story in stories)
    names = people_names(Random(1))
    assert all(next(names)[1] == "演" for _ in range(2_000))


def test_codes_check_and_are_of_no_region():
    for story in write_stories(Random(demonstration.SEED))[:50]:
        assert story.code is None or [o.code for o in problems_with_code(story.code, story.kind)] == ["code-region"]
