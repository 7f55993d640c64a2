"""Who the organisations of the made-up province are, decided before anything is entered: so the figures come out exactly."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from taizhang.config.demonstration import names, office
from taizhang.config.demonstration.chronicle import working_day
from taizhang.orgs.models import Kind, Level, Mode, Organization

COUNTED_ON = date(2017, 12, 29)
CAMPAIGN = date(2017, 7, 24)  # the provincial platform: accounts are given out, entry begins in earnest

RECORDED = 1_200  # on record by COUNTED_ON, as known on that day
STRUCK_OFF = 26
STRUCK_OFF_AFTER_ENTRY = 14
ENTERED = 1_068  # and active
REGISTERED_2018 = 36
BEFORE_THE_LEDGER = 750
WEIGHTS = (26, 11, 8, 8, 9, 8, 6, 4, 3, 9, 5, 2, 1)
INDUSTRY = {"工商服务", "农业农村", "职业从业"}
DECOUPLING = (
    (date(2016, 6, 30), 28, "某民管函〔2016〕77号"),
    (date(2017, 4, 20), 30, "某民管函〔2017〕61号"),
    (date(2017, 10, 18), 38, "某民管函〔2017〕203号"),
    (date(2018, 9, 20), 42, "某民管函〔2018〕166号"),
)
DIRECT = 202
TURNED_DIRECT = 8


@dataclass
class Move:
    """From that day on another unit is responsible; None is the committee."""

    day: date
    unit: str | None
    mode: str
    document: str


@dataclass(eq=False)
class Story:
    """One organisation: what is decided about it, and its row once it is on record."""

    number: int
    name: str
    kind: str
    trade: names.Trade
    region: str
    registered_on: date
    known_on: date
    unit: str | None  # None: the committee
    mode: str = Mode.DUAL
    level: str = Level.PROVINCE
    entered_on: date | None = None
    ends_on: date | None = None
    moves: list[Move] = field(default_factory=list)
    row: Organization = field(init=False, repr=False)  # from its registration on

    def responsible_on(self, day: date) -> str | None:
        latest = [move.unit for move in self.moves if move.day <= day]
        return latest[-1] if latest else self.unit

    @property
    def code(self) -> str | None:
        """A dozen certificates of the early years bear none."""
        return None if self.number % 100 == 99 else names.organization_code(self.kind, self.number)

    @property
    def is_entered_and_active(self) -> bool:
        """On COUNTED_ON, as known on that day."""
        return self.entered_on is not None and self.entered_on <= COUNTED_ON and self.is_active_on(COUNTED_ON)

    def is_active_on(self, day: date) -> bool:
        return self.registered_on <= day and (self.ends_on is None or day < self.ends_on)

    @property
    def is_the_committees(self) -> bool:
        return self.responsible_on(COUNTED_ON) is None


def write_stories(random: Random) -> list[Story]:
    """All organisations ever on record, in the order of their registration."""
    stories = [new_story(random, number, day) for number, day in enumerate(registrations(random))]
    give_names(random, stories)
    early, year_2018 = stories[:RECORDED], stories[RECORDED:]
    end_some(random, early)
    settle_responsibility(random, early, year_2018)
    enter_them(random, early, year_2018)
    for number in (17, 410):
        stories[number].level = Level.CITY
    stories[633].level = Level.UNKNOWN
    return stories


def registrations(random: Random) -> list[date]:
    def between(first: date, last: date, count: int) -> list[date]:
        return [working_day(first + timedelta(random.randrange((last - first).days))) for _ in range(count)]

    return sorted(
        between(date(1986, 3, 1), date(2011, 11, 30), BEFORE_THE_LEDGER)
        + between(date(2012, 1, 15), date(2017, 11, 1), RECORDED - BEFORE_THE_LEDGER)
        + between(date(2018, 1, 8), date(2018, 11, 20), REGISTERED_2018)
    )


def new_story(random: Random, number: int, registered_on: date) -> Story:
    trade = random.choices(names.TRADES, WEIGHTS)[0]
    kind = random.choices((Kind.ASSOCIATION, Kind.SERVICE, Kind.FOUNDATION), (75, 19, 6))[0]
    region = random.choice(list(names.CAPITAL_DISTRICTS if random.random() < 0.85 else names.CITIES))
    return Story(
        number=number,
        name="",
        kind=kind,
        trade=trade,
        region=region,
        registered_on=registered_on,
        known_on=known_on(random, number, registered_on),
        unit=random.choice(trade.units),
    )


def known_on(random: Random, number: int, registered_on: date) -> date:
    """The first ledger took a winter; later ones come within weeks; one in eleven of those is found years later."""
    if registered_on < office.OPENED:
        return working_day(office.OPENED + timedelta(random.randrange(1, 85)))
    soon = working_day(registered_on + timedelta(random.randrange(3, 40)))
    late = working_day(registered_on + timedelta(random.randrange(300, 800)))
    return late if number % 11 == 0 and late < date(2017, 7, 1) else soon


def give_names(random: Random, stories: list[Story]) -> None:
    makers: dict[tuple[str, str], Iterator[str]] = {}
    used: set[str] = set()
    for story in stories:
        key = (story.trade.name, story.kind)
        maker = makers.setdefault(key, shuffled(random, names.MAKERS[Kind(story.kind)](story.trade)))
        story.name = next(name for name in maker if name not in used)
        used.add(story.name)


def shuffled(random: Random, made: Iterator[str]) -> Iterator[str]:
    listed = list(made)
    random.shuffle(listed)
    return iter(listed)


def end_some(random: Random, stories: list[Story]) -> None:
    old = [story for story in stories if story.registered_on < date(2010, 1, 1)]
    for story in random.sample(old, STRUCK_OFF):
        story.ends_on = working_day(date(2013, 2, 1) + timedelta(random.randrange(1_700)))


def settle_responsibility(random: Random, stories: list[Story], year_2018: list[Story]) -> None:
    """直接登记 only since 2013; decoupling in four batches, the last after COUNTED_ON; departments merged."""
    since_2013 = [s for s in stories if s.registered_on >= date(2013, 4, 1)]
    for story in [*random.sample(since_2013, DIRECT), *random.sample(year_2018, 12)]:
        story.unit, story.mode = None, Mode.DIRECT

    lasting = [s for s in stories if s.ends_on is None and s.mode == Mode.DUAL]
    industry = [s for s in lasting if s.trade.name in INDUSTRY and s.kind == Kind.ASSOCIATION]
    industry = [s for s in industry if s.known_on < date(2016, 6, 1)]
    random.shuffle(industry)
    for day, count, document in DECOUPLING:
        for _ in range(count):
            industry.pop().moves.append(Move(day, None, Mode.DECOUPLED, document))
    still_dual = [s for s in lasting if not s.moves]
    for story in random.sample([s for s in still_dual if s.known_on < date(2014, 1, 1)], TURNED_DIRECT):
        day = working_day(date(2014, 3, 1) + timedelta(random.randrange(900)))
        story.moves.append(Move(day, None, Mode.DIRECT, f"某民许准〔{day.year}〕{random.randrange(10, 99)}号"))
    for story in random.sample([s for s in still_dual if not s.moves], 6):
        story.mode = Mode.UNKNOWN
    for merger in office.MERGERS:
        for story in [*stories, *year_2018]:
            follow_merger(story, *merger)


def follow_merger(story: Story, day: date, dissolved: str, successor: str, document: str) -> None:
    if story.responsible_on(day) != dissolved or (story.ends_on and story.ends_on <= day):
        return
    if story.known_on < day:
        story.moves.append(Move(day, successor, story.mode, document))
        story.moves.sort(key=lambda move: move.day)
    else:
        story.unit = successor


def enter_them(random: Random, stories: list[Story], year_2018: list[Story]) -> None:
    """ENTERED active ones by COUNTED_ON: a third over the years before, the others from the campaign on."""
    struck = [s for s in stories if s.ends_on]
    entered = random.sample(struck, STRUCK_OFF_AFTER_ENTRY)
    entered += random.sample([s for s in stories if s.ends_on is None], ENTERED)
    for story in entered:
        story.entered_on = entry_day(random, story)
    waiting = [s for s in stories if s.entered_on is None and s.ends_on is None]
    for story in [*random.sample(waiting, 60), *random.sample(year_2018, 30)]:
        earliest = max(date(2018, 1, 15), story.known_on)
        story.entered_on = working_day(earliest + timedelta(random.randrange((date(2018, 12, 14) - earliest).days)))


def entry_day(random: Random, story: Story) -> date:
    last = story.ends_on or COUNTED_ON
    early = story.ends_on is not None or random.random() < 0.38
    if early and story.known_on < date(2017, 6, 1):
        latest = min(last - timedelta(20), date(2017, 6, 30))
        return random_day(random, story.known_on, latest) if random.random() < 0.6 else story.known_on
    return random_day(random, max(CAMPAIGN, story.known_on), date(2017, 12, 28))


def random_day(random: Random, first: date, last: date) -> date:
    """A working day from `first` on, and not later than `last`."""
    day = first + timedelta(random.randrange(max((last - first).days, 1)))
    return min(working_day(day), last)
