"""What became known after 2017-12-29: late entries and corrections about 2017, and the branches of 2018."""

from datetime import date, timedelta
from functools import partial
from random import Random

from taizhang.accounts.models import User
from taizhang.config.demonstration.branches import Branch, Grouping, joint, single
from taizhang.config.demonstration.chronicle import Chronicle, working_day
from taizhang.config.demonstration.lives import Lives
from taizhang.config.demonstration.stories import Story, random_day
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Status
from taizhang.party import actions as party
from taizhang.party.models import Coverage, Form, Nature

# What is known now about 2017-12-29 differs from what was known then by these.
REPORTED_LATE = 9  # branches that existed and nobody had told the office of
LEFT_EARLIER = 3  # organisations that had left their joint branch
ENTERED_LATE = 4  # forms handed in on paper before the day, keyed in January
STRUCK_OFF_LATE = 1  # the registrar's notice came in March

SITTINGS_2018 = (date(2018, 3, 29), date(2018, 6, 28), date(2018, 9, 20), date(2018, 11, 29))
COMMITTEES_2018 = ((1,) * 18, (3, 3))
UNITS_2018 = ((1,) * 38, (2, 2, 3, 3, 3, 3, 4, 4))


def write_late_reports(random: Random, free: Grouping) -> list[Branch]:
    branches = []
    for number in range(REPORTED_LATE):
        branch = single(random, free.one(), 400 + number)
        branch.on = random_day(random, max(branch.on, date(2016, 1, 4)), date(2017, 12, 15))
        branch.known_on = working_day(date(2018, 1, 8) + timedelta(9 * number))
        branch.unit = branch.covers[0].responsible_on(branch.known_on)
        branch.approval = f"某机党〔{branch.on.year}〕{80 + number}号"
        branches.append(branch)
    return branches


def write_2018(random: Random, committees: Grouping, units: Grouping) -> list[Branch]:
    branches = []
    for (singles, joints), free in ((COMMITTEES_2018, committees), (UNITS_2018, units)):
        new = [single(random, free.one(), 500 + number) for number in range(len(singles))]
        new += [
            joint(
                random, free.alike(size, lambda s: (s.trade.name, s.responsible_on(SITTINGS_2018[0]))), Form.JOINT_TRADE
            )
            for size in joints
        ]
        for number, branch in enumerate(new):
            day = SITTINGS_2018[number % 4] if free is committees else random_day(random, *YEAR)
            branch.on = branch.known_on = day
            branch.unit = branch.covers[0].responsible_on(day) if branch.form == Form.SINGLE else None
            branch.approval = f"{'某社党' if branch.unit is None else '某机党'}〔2018〕{number + 5}号"
        branches += new
    return branches


YEAR = (date(2018, 1, 22), date(2018, 12, 14))


class Corrections:
    def __init__(self, chronicle: Chronicle, lives: Lives) -> None:
        self.chronicle, self.lives = chronicle, lives

    @property
    def clerk(self) -> User:
        return self.lives.office.clerk

    def write(self, joints: list[Branch], unentered: list[Story], uncovered: Story) -> None:
        """`joints`: branches that lose their last organisation; the others as the names say."""
        for number, branch in enumerate(joints[:LEFT_EARLIER]):
            day = date(2018, 1, 16) + timedelta(14 * number)
            self.chronicle.on(day, partial(self.leave_earlier, branch.covers[-1], day))
        for number, story in enumerate(unentered[:ENTERED_LATE]):
            self.chronicle.on(date(2018, 1, 4) + timedelta(number % 2), partial(self.enter_late, story))
        self.chronicle.on(date(2018, 3, 6), partial(self.strike_off_late, uncovered))

    def leave_earlier(self, story: Story, day: date) -> None:
        coverage = Coverage.objects.still().select_related("organization__unit", "party_organization__unit")
        coverage = coverage.get(organization=story.row, nature=Nature.FORMAL)
        party.correct(
            coverage,
            on=day,
            by=self.clerk,
            until=date(2017, 11, 20),
            note="经核实，该社会组织已于2017年11月退出联合支部，当时未上报",
        )

    def enter_late(self, story: Story) -> None:
        orgs.enter(story.row, on=date(2017, 12, 26), by=self.clerk, note="纸质表于2017年12月26日收到，年后补录")

    def strike_off_late(self, story: Story) -> None:
        orgs.strike_off(
            story.row,
            status=Status.CANCELLED,
            on=date(2017, 11, 15),
            document="某民注〔2017〕88号",
            by=self.clerk,
            note="登记管理机关2018年3月来函告知",
        )
