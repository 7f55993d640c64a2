"""The Party organisations, decided before anything is entered: whom each covers, since when, who approved it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from taizhang.config.demonstration.chronicle import working_day
from taizhang.config.demonstration.office import OPENED
from taizhang.config.demonstration.stories import COUNTED_ON, Story, random_day
from taizhang.party.models import Form, Nature, PartyLevel, PartyOrganization

BEFORE_2017_SITTINGS = date(2017, 6, 20)


@dataclass(eq=False)
class Branch:
    """One Party organisation, under whichever nature: what is decided, and its row once it is on record."""

    ending: str
    form: str
    covers: list[Story]
    unit: str | None  # None: the committee
    on: date
    known_on: date
    approval: str
    level: str = PartyLevel.BRANCH
    nature: str = Nature.FORMAL
    attached: list[Story] = field(default_factory=list)
    dissolved_on: date | None = None
    size: int = 4
    is_instructed: bool = False
    row: PartyOrganization = field(init=False, repr=False)  # from its establishment on

    @property
    def covered(self) -> list[Story]:
        return [*self.covers, *self.attached]

    @property
    def name(self) -> str:
        """After its first organisation, as that is called when the branch goes on record."""
        return f"中共{self.covers[0].row.unit.name}{self.ending}"


@dataclass(frozen=True)
class Share:
    """How many organisations of one side (the committee's, or the supervising units') are covered in which way."""

    singles: int
    joint_by_trade: tuple[int, ...]
    joint_by_region: tuple[int, ...]
    attached: int

    @property
    def covered(self) -> int:
        return self.singles + sum(self.joint_by_trade) + sum(self.joint_by_region) + self.attached


# As known on COUNTED_ON, without the 26 organisations covered anew by the three sittings of 2017: 305.
COMMITTEES = Share(30, (2, 3, 3, 3, 3), (2, 2, 3, 3), 4)
UNITS = Share(178, (2, 3, 3, 3, 3, 3, 4, 4, 4, 3, 3, 3), (2, 3, 3, 3, 3, 3, 3, 3), 8)


class Grouping:
    """Takes organisations that nobody covers yet, each once."""

    def __init__(self, random: Random, stories: list[Story]) -> None:
        self.random = random
        self.free = list(stories)
        random.shuffle(self.free)

    def one(self) -> Story:
        return self.free.pop()

    def some(self, count: int) -> list[Story]:
        return [self.one() for _ in range(count)]

    def ready(self, count: int, day: date, key=None) -> list[Story]:
        """That many, with the same key if one is given, for whom the committee was responsible two months before."""
        there = Grouping(self.random, [s for s in self.free if s.responsible_on(day - timedelta(60)) is None])
        taken = there.alike(count, key) if key else there.some(count)
        for story in taken:
            self.free.remove(story)
        return taken

    def of(self, unit: str | None, count: int, day: date) -> list[Story]:
        """The first that many for whom this unit (None: the committee) is responsible, that day and two months before."""
        days = (day - timedelta(60), day)
        taken = [s for s in self.free if all(s.responsible_on(each) == unit for each in days)][:count]
        for story in taken:
            self.free.remove(story)
        return taken

    def alike(self, count: int, key) -> list[Story]:
        """That many organisations with the same key."""
        groups = defaultdict(list)
        for story in self.free:
            groups[key(story)].append(story)
        group = self.random.choice([group for group in groups.values() if len(group) >= count])[:count]
        for story in group:
            self.free.remove(story)
        return group


def write_branches(random: Random, stories: list[Story]) -> tuple[list[Branch], Grouping, Grouping]:
    """The Party organisations that exist before the sittings of 2017, and who is free on either side."""
    settled = [s for s in stories if s.is_entered_and_active and s.registered_on < date(2017, 2, 1)]
    sides = []
    branches: list[Branch] = []
    for share, committees in ((COMMITTEES, True), (UNITS, False)):
        free = Grouping(random, [s for s in settled if s.is_the_committees == committees])
        sides.append(free)
        new = [single(random, free.one(), len(branches) + number) for number in range(share.singles)]
        for number, story in enumerate(free.some(share.attached)):
            new[number * 3].attached.append(story)
            new[number * 3].on = max(new[number * 3].on, story.registered_on + timedelta(60))
        for count in share.joint_by_trade:
            group = free.alike(count, lambda s: (s.trade.name, s.responsible_on(COUNTED_ON)))
            new.append(joint(random, group, Form.JOINT_TRADE))
        for count in share.joint_by_region:
            group = free.alike(count, lambda s: s.region)
            new.append(joint(random, group, Form.JOINT_REGION))
        branches += new
    for number, branch in enumerate(branches):
        settle(random, branch, number)
    return branches, sides[0], sides[1]


def single(random: Random, story: Story, number: int) -> Branch:
    level = {7: PartyLevel.COMMITTEE, 90: PartyLevel.COMMITTEE}.get(number)
    level = level or (PartyLevel.GENERAL_BRANCH if number % 43 == 5 else PartyLevel.BRANCH)
    ending = {PartyLevel.COMMITTEE: "委员会", PartyLevel.GENERAL_BRANCH: "总支部委员会"}.get(level, "支部委员会")
    size = {PartyLevel.COMMITTEE: 16, PartyLevel.GENERAL_BRANCH: 12}.get(
        level, random.choice((3, 3, 3, 3, 3, 3, 3, 4, 5, 8))
    )
    on = random_day(random, max(story.registered_on + timedelta(60), date(1998, 3, 1)), BEFORE_2017_SITTINGS)
    return Branch(
        ending=ending,
        form=Form.SINGLE,
        covers=[story],
        unit=None,
        on=on,
        known_on=on,
        approval="",
        level=level,
        size=size,
    )


def joint(random: Random, group: list[Story], form: str) -> Branch:
    latest = max(story.registered_on for story in group) + timedelta(60)
    on = random_day(random, max(latest, date(2009, 3, 1)), BEFORE_2017_SITTINGS)
    what = f"{group[0].trade.name}行业" if form == Form.JOINT_TRADE else "片区"
    return Branch(
        ending=f"等{len(group)}家社会组织{what}联合支部委员会",
        form=form,
        covers=group,
        unit=None,
        on=on,
        known_on=on,
        approval="",
        size=max(3, len(group) + random.choice((0, 0, 0, 1))),
    )


def settle(random: Random, branch: Branch, number: int) -> None:
    """When it became known, whose it was then, and on what document."""
    on_record = max(story.known_on for story in branch.covered) + timedelta(1)
    told = branch.on + timedelta(random.randrange(2, 25))
    if branch.on >= OPENED and number % 17 == 3:
        told = branch.on + timedelta(random.randrange(200, 500))  # a late entry about an earlier year
    told = max(told, date(2012, 4, 10) + timedelta(number % 60), on_record)
    branch.known_on = min(working_day(told), date(2017, 11, 30))
    same_unit = {story.responsible_on(branch.known_on) for story in branch.covered}
    branch.unit = same_unit.pop() if len(same_unit) == 1 else None
    issuer = "某社党" if branch.unit is None else "某机党"
    branch.approval = f"{issuer}〔{branch.on.year}〕{number + 1}号"
