"""The year of the report: ten instructors to 31 organisations, three sittings, 21 branches that cover 26 organisations anew."""

from datetime import date, timedelta
from functools import partial
from random import Random

from taizhang.accounts.actions import grant
from taizhang.accounts.models import Role
from taizhang.config.demonstration import names
from taizhang.config.demonstration.branches import Branch, Grouping
from taizhang.config.demonstration.chronicle import Chronicle
from taizhang.config.demonstration.office import Office
from taizhang.config.demonstration.people import SCHOOLING
from taizhang.config.demonstration.stories import CAMPAIGN, Story
from taizhang.instructors import actions as instructors
from taizhang.instructors.models import Instructor, Posting
from taizhang.members import actions as members
from taizhang.members.models import Sex
from taizhang.party.models import Form

NOTICE = "某社党〔2017〕2号"
POSTED_ON = date(2017, 6, 12)
LOADS = (3, 3, 3, 3, 3, 3, 3, 3, 3, 4)
# (day of the sitting, organisations each new branch covers; how many of these branches are among the instructed)
SITTINGS = (
    (date(2017, 8, 25), (2, 1, 1, 1, 1, 1), 3),
    (date(2017, 11, 3), (1, 1, 1, 1, 1, 1, 3), 3),
    (date(2017, 12, 21), (1, 1, 1, 1, 1, 1, 1, 3), 2),
)


def write_sittings(random: Random, free: Grouping) -> list[Branch]:
    """All of them the committee's own organisations; the instructed ones come first in each sitting."""
    branches = []
    for day, sizes, instructed in SITTINGS:
        for place, size in enumerate(sizes):
            group = free.ready(size, day, None if size == 1 else lambda s: s.trade.name)
            ending = "支部委员会" if size == 1 else f"等{size}家社会组织联合支部委员会"
            branch = Branch(
                ending=ending,
                form=Form.SINGLE if size == 1 else Form.JOINT_TRADE,
                covers=group,
                unit=None,
                on=day,
                known_on=day,
                approval="",
                size=max(3, size + random.choice((0, 0, 1))),
                is_instructed=place < instructed,
            )
            branches.append(branch)
    return branches


def write_accounts(chronicle: Chronicle, office: Office, branch: Branch) -> None:
    """Accounts for organisations and secretaries, of which the demonstration prints one each."""
    host = branch.covers[0]
    chronicle.on(CAMPAIGN, lambda: office.account(host.row.unit, "tianbao", "填报员", Role.OPERATOR))
    elected = branch.known_on + timedelta(14)
    chronicle.on(elected, lambda: office.account(branch.row.unit, "shuji", "支部书记", Role.SECRETARY))


class Instruction:
    """The pool of instructors and their postings."""

    def __init__(self, random: Random, chronicle: Chronicle, office: Office, people: list[str]) -> None:
        self.random, self.chronicle, self.office = random, chronicle, office
        self.pool: list[Instructor] = []
        self.names = people

    def write(self, hosts: list[Story]) -> None:
        """Fourteen are enlisted in spring, ten posted in June; half of the postings end a year later."""
        if len(hosts) != sum(LOADS):
            raise ValueError("there is not one host for each posting")
        for number, name in enumerate(self.names):
            day = date(2017, 4, 10) + timedelta(number % 4 + 7 * (number // 4))
            self.chronicle.on(day, partial(self.enlist, number, name, day))
        waiting = iter(hosts)
        for number, load in enumerate(LOADS):
            for _ in range(load):
                self.chronicle.on(POSTED_ON, partial(self.post, number, next(waiting)))
        self.chronicle.on(POSTED_ON, partial(self.let_in, hosts[: LOADS[0]]))
        self.chronicle.on(date(2018, 6, 29), self.end_half)

    def enlist(self, number: int, name: str, day: date) -> None:
        born_on = date(1952 + number, 1 + number % 12, 10)
        person = members.add(
            name=name,
            unit=self.office.committee,
            on=day,
            by=self.office.clerk,
            sex=Sex.FEMALE if number % 3 == 0 else Sex.MALE,
            born_on=born_on,
            education=SCHOOLING[number % len(SCHOOLING)],
            telephone=names.telephone(90_000 + number),
        )
        document = "某社党〔2017〕1号"
        self.pool.append(
            instructors.enlist(person, unit=self.office.committee, on=day, by=self.office.clerk, document=document)
        )

    def post(self, number: int, host: Story) -> None:
        instructors.post(self.pool[number], organization=host.row, on=POSTED_ON, by=self.office.clerk, document=NOTICE)

    def let_in(self, hosts: list[Story]) -> None:
        """The first of them signs in, and sees the organisations that were given."""
        user = self.office.account(hosts[0].row.unit, "zhidao", self.pool[0].person.name, Role.INSTRUCTOR)
        for story in hosts[1:]:
            grant(user, unit=story.row.unit, role=Role.INSTRUCTOR, by=self.office.security)

    def end_half(self) -> None:
        held = Posting.objects.still().select_related("instructor__person", "instructor__unit", "organization__unit")
        for posting in held.order_by("pk")[::2]:
            instructors.end_posting(posting, on=date(2018, 6, 29), by=self.office.clerk, note="驻期已满一年")
