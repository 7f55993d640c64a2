"""The organisations' lives, done by the verbs: registered, entered, renamed, changed, handed over, struck off, declared."""

from datetime import date, timedelta
from functools import partial
from random import Random

from taizhang.accounts.models import Unit, User
from taizhang.config.demonstration import names
from taizhang.config.demonstration.chronicle import Chronicle, working_day
from taizhang.config.demonstration.office import Office
from taizhang.config.demonstration.stories import CAMPAIGN, Story, random_day
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Kind, Organization, Particulars, Status

LAST_DAY = date(2018, 12, 28)
RENAMED, MOVED_HOUSE, RECLASSIFIED, CORRECTED = 64, 40, 22, 18


class Lives:
    def __init__(self, random: Random, chronicle: Chronicle, office: Office, stories: list[Story]) -> None:
        self.random, self.chronicle, self.office, self.stories = random, chronicle, office, stories

    def unit(self, story: Story, day: date) -> Unit:
        short = story.responsible_on(day)
        return self.office.units[short] if short else self.office.committee

    def keeper(self, story: Story, day: date) -> User:
        return self.office.keeper(self.unit(story, day))

    def write(self) -> None:
        for story in self.stories:
            self.chronicle.on(story.known_on, partial(self.register, story))
            if story.entered_on and story.entered_on > story.known_on:
                self.chronicle.on(story.entered_on, partial(self.enter, story, story.entered_on))
            for move in story.moves:
                self.chronicle.on(working_day(move.day), partial(self.hand_over, story, move))
            if story.ends_on:
                told = working_day(story.ends_on + timedelta(self.random.choice((0, 0, 5, 30))))
                self.chronicle.on(told, partial(self.strike_off, story, story.ends_on))
            self.write_declarations(story)
        self.write_changes()
        self.write_corrections()

    def write_declarations(self, story: Story) -> None:
        """Heads are declared by three of four with the entry, and by some again in later springs (the annual inspection)."""
        if not story.entered_on or story.number % 4 == 0:
            return
        heads = self.random.choice((1, 2, 3, 3, 4, 5, 6, 8, 12, 20, 45))
        self.chronicle.on(story.entered_on, partial(self.declare, story, story.entered_on, heads))
        for year in range(story.entered_on.year + 1, 2019):
            day = date(year, 4, 3 + story.number % 20)
            if story.number % 9 == 0 and story.is_active_on(day):
                heads = max(0, heads + self.random.choice((-2, -1, 0, 1, 1, 3)))
                self.chronicle.on(working_day(day), partial(self.declare, story, day, heads))

    def write_changes(self) -> None:
        lasting = [s for s in self.stories if s.ends_on is None and s.known_on < date(2016, 1, 1)]
        used = {story.name for story in self.stories}
        for number, story in enumerate(self.random.sample(lasting, RENAMED)):
            new = next(
                name
                for name in names.MAKERS[Kind(story.kind)](story.trade)
                if name not in used and name.startswith(names.PROVINCE)
            )
            used.add(new)
            day = random_day(self.random, story.known_on + timedelta(30), LAST_DAY)
            late = 300 if number % 8 == 0 and day < date(2017, 1, 1) else 6
            self.chronicle.on(working_day(day + timedelta(late)), partial(self.rename, story, new, day))
        for story in self.random.sample(lasting, MOVED_HOUSE):
            region = self.random.choice([r for r in names.CAPITAL_DISTRICTS if r != story.region])
            self.write_change(story, region=region)
        for story in self.random.sample(lasting, RECLASSIFIED):
            trade = self.random.choice([t for t in names.TRADES if t is not story.trade])
            self.write_change(story, trade=trade.name)

    def write_change(self, story: Story, **changed: str) -> None:
        day = random_day(self.random, story.known_on + timedelta(30), LAST_DAY)
        self.chronicle.on(working_day(day + timedelta(4)), partial(self.change, story, day, changed))

    def write_corrections(self) -> None:
        """Slips of the first winter found out in the first spring: the day of registration, or the trade."""
        old = [s for s in self.stories if s.known_on < date(2012, 4, 2)]
        for number, story in enumerate(self.random.sample(old, CORRECTED)):
            day = working_day(date(2012, 4, 9) + timedelta(number))
            self.chronicle.on(day, partial(self.correct, story, day, earlier=number % 2 == 0))

    def register(self, story: Story) -> None:
        unit = self.unit(story, story.known_on)
        story.row = orgs.register(
            name=story.name,
            code=story.code,
            kind=story.kind,
            level=story.level,
            mode=story.mode,
            responsible=unit,
            registered_on=story.registered_on,
            on=story.known_on,
            by=self.office.keeper(unit),
            region=story.region,
            trade=story.trade.name,
            registrar=self.office.bureau,
            entered_on=story.known_on if story.entered_on == story.known_on else None,
            document=f"某民许准〔{story.registered_on.year}〕{story.number + 1}号",
        )

    def enter(self, story: Story, day: date) -> None:
        note = "省级平台录入" if day >= CAMPAIGN else ""
        orgs.enter(story.row, on=day, by=self.keeper(story, day), note=note)

    def declare(self, story: Story, day: date, heads: int) -> None:
        orgs.declare_workforce(
            story.row,
            on=day,
            by=self.keeper(story, day),
            full_time=heads,
            part_time=heads // 2,
            leaders=min(3 + heads // 10, 9),
            party_members=heads // 4,
            applicants=heads // 15,
            has_union=heads >= 20,
            has_youth_league=heads >= 45,
            has_womens_federation=heads >= 45,
        )

    def rename(self, story: Story, name: str, day: date) -> None:
        orgs.rename(story.row, name=name, on=day, by=self.keeper(story, day), document=f"某民许变〔{day.year}〕号")
        self.read_again(story)

    def change(self, story: Story, day: date, changed: dict[str, str]) -> None:
        orgs.change(story.row, on=day, by=self.keeper(story, day), **changed)

    def hand_over(self, story: Story, move) -> None:
        to = self.office.units[move.unit] if move.unit else self.office.committee
        orgs.hand_over(story.row, to=to, mode=move.mode, on=move.day, document=move.document, by=self.office.clerk)
        self.read_again(story)

    def strike_off(self, story: Story, on: date) -> None:
        status = (Status.CANCELLED, Status.CANCELLED, Status.REVOKED, Status.LICENCE_REVOKED)[story.number % 4]
        document = f"某民管决〔{on.year}〕{story.number}号"
        orgs.strike_off(story.row, status=status, on=on, document=document, by=self.office.clerk)

    def correct(self, story: Story, day: date, *, earlier: bool) -> None:
        fact = Particulars.objects.current().get(organization=story.row)
        changed = {"since": fact.since - timedelta(31)} if earlier else {"trade": "其他"}
        note = "登记日期抄错一个月，按登记证书更正" if earlier else "行业填错，按章程业务范围更正"
        orgs.correct(fact, on=day, note=note, by=self.office.clerk, **changed)

    def read_again(self, story: Story) -> None:
        story.row = Organization.objects.select_related("unit").get(pk=story.row.pk)
