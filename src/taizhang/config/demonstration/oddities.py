"""What the registers also allow, each at least once: functional, temporary and mobile ones, dissolved ones, ones left behind."""

from collections.abc import Iterator
from datetime import date
from random import Random

from taizhang.config.demonstration.branches import Branch, Grouping, settle, single
from taizhang.config.demonstration.stories import Story, random_day
from taizhang.party.models import Form, Nature

FUNCTIONAL, TEMPORARY, MOBILE, DISSOLVED = 14, 6, 2, 12
COVERED_BUT_NOT_ENTERED = 5
LEFT_BEHIND = 2


def write_oddities(random: Random, units: Grouping, stories: list[Story]) -> Iterator[Branch]:
    """None of these counts in the headline: of another nature, over, or not of an entered active organisation."""
    number = 700
    for nature, count, ending in (
        (Nature.FUNCTIONAL, FUNCTIONAL, "功能型支部委员会"),
        (Nature.TEMPORARY, TEMPORARY, "临时支部委员会"),
        (Nature.MOBILE, MOBILE, "流动党员支部委员会"),
    ):
        for _ in range(count):
            branch = single(random, units.one(), number := number + 1)
            branch.nature, branch.ending, branch.level = nature, ending, "branch"
            branch.on = random_day(random, max(branch.on, date(2012, 6, 1)), date(2017, 10, 20))
            settle(random, branch, number)
            yield branch
    yield from write_dissolved(random, units)
    unentered = [s for s in stories if s.entered_on is None and s.ends_on is None and s.registered_on.year < 2011]
    struck = [s for s in stories if s.ends_on and s.entered_on and s.ends_on.year > 2014]
    for story in unentered[-COVERED_BUT_NOT_ENTERED:] + struck[:LEFT_BEHIND]:
        branch = single(random, story, number := number + 1)
        branch.on = random_day(random, story.registered_on, date(2012, 3, 1))
        settle(random, branch, number)
        yield branch


def write_dissolved(random: Random, units: Grouping) -> Iterator[Branch]:
    for number in range(DISSOLVED):
        story = next(s for s in units.free if s.registered_on < date(2010, 1, 1) and s.known_on.year < 2013)
        units.free.remove(story)
        branch = single(random, story, 800 + number)
        branch.form, branch.size = Form.SINGLE, 3
        branch.on = random_day(random, story.registered_on, date(2011, 6, 1))
        settle(random, branch, 800 + number)
        branch.dissolved_on = random_day(random, date(2013, 3, 1), date(2017, 9, 1))
        yield branch
