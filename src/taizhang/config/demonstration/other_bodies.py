"""2018: what the committee does not decide itself (谁主管谁负责). A supervising unit's Party group sits here; another's reply is filed
with its scan; a street's too, whose branch leaves relations where they are. Each stands at another step, so that the desks of those
concerned have something to do."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import typst

from taizhang.accounts.models import Role, Unit, User
from taizhang.cases import actions as cases
from taizhang.config.demonstration.applications import Applications, Asking
from taizhang.config.demonstration.branches import Grouping
from taizhang.config.demonstration.chronicle import working_day
from taizhang.config.demonstration.office import STREETS
from taizhang.config.demonstration.stories import Story
from taizhang.formation import actions as formation
from taizhang.formation.sittings import decide
from taizhang.meetings import actions as meetings
from taizhang.meetings.models import Body, Outcome
from taizhang.papers import actions as papers
from taizhang.papers import fonts

SITS, DECIDED, ON_THE_STREET = date(2018, 5, 17), date(2018, 6, 21), date(2018, 9, 13)
SITTING_UNIT, DECIDING_UNIT = "教育厅", "科学技术厅"
SEATS = ("党组书记", "党组副书记", "党组成员", "党组成员", "党组成员")
HEADS = 3


@dataclass(frozen=True)
class Chosen:
    sat: Story
    filed: Story
    street: list[Story]


def choose(committees: Grouping, units: Grouping) -> Chosen:
    return Chosen(
        sat=units.of(SITTING_UNIT, 1, SITS)[0],
        filed=units.of(DECIDING_UNIT, 1, DECIDED)[0],
        street=committees.of(None, 2, ON_THE_STREET),
    )


class OtherBodies:
    def __init__(self, applications: Applications) -> None:
        self.applications, self.chronicle, self.office = applications, applications.chronicle, applications.office
        self.body: Body

    def write(self, chosen: Chosen) -> None:
        sat = self.asking(SITS, [chosen.sat])
        filed = self.asking(DECIDED, [chosen.filed])
        street = self.asking(ON_THE_STREET, chosen.street, street=STREETS[0])
        seats = [next(self.applications.people.names) for _ in SEATS]
        self.chronicle.on(date(2018, 3, 12), partial(self.set_up, seats))
        for asking in (sat, filed, street):
            self.applications.write_application(asking, working_day(asking.sitting - timedelta(24)))
        self.chronicle.on(SITS, partial(self.hold, sat))
        self.chronicle.on(DECIDED + timedelta(5), partial(self.file, filed, f"某科党〔{DECIDED.year}〕12号", DECIDED))
        self.chronicle.on(
            ON_THE_STREET + timedelta(4),
            partial(self.file, street, f"槐街党〔{ON_THE_STREET.year}〕27号", ON_THE_STREET),
        )

    def asking(self, day: date, covers: list[Story], *, street: str = "") -> Asking:
        stories = (covers * HEADS)[:HEADS]
        people = [self.applications.full_time(story, day) for story in stories]
        for member in people if street else ():
            member.outside = f"中共{street}东社区总支部委员会"
        return Asking(day, covers, people, staying=HEADS if street else 0, street=street)

    @property
    def unit(self) -> Unit:
        return self.office.units[SITTING_UNIT]

    @property
    def clerk(self) -> User:
        return self.office.keeper(self.unit)

    def set_up(self, people: list[str]) -> None:
        """The unit has a Party group that sits, somebody who checks and somebody who signs, and a head to issue under."""
        on = date(2018, 3, 12)
        self.office.account(self.unit, "jiaoyushen", f"{SITTING_UNIT}审核人", Role.UNIT_REVIEWER)
        self.office.account(self.unit, "jiaoyulingdao", f"{SITTING_UNIT}领导", Role.LEADER)
        self.body = meetings.set_up(self.unit, name=f"{self.unit}党组", on=on, by=self.clerk)
        for name, post in zip(people, SEATS, strict=True):
            meetings.seat(self.body, name=name, post=post, on=on, by=self.clerk)
        papers.set_agency(self.unit, name=f"中共{self.unit}党组", code="某教党", since=on, on=on, by=self.clerk)

    def hold(self, asking: Asking) -> None:
        """All are there and agree; the letter is drafted, and waits to be checked."""
        seats = [each.name for each in meetings.seats_on(self.body, SITS)]
        convened = {"held_on": SITS, "chair": seats[0], "recorder": self.clerk.name, "place": "厅机关会议室"}
        sitting = meetings.convene(self.body, **convened, on=SITS, by=self.clerk)
        item = formation.schedule(asking.row, sitting=sitting, on=SITS, by=self.clerk)
        meetings.attend(sitting, present=seats, absences={}, by=self.clerk)
        meetings.begin(sitting, on=SITS, by=self.clerk)
        decide(item, by=self.clerk, in_favour=len(seats), outcome=Outcome.APPROVED)
        meetings.close(sitting, on=SITS, by=self.clerk)

    def file(self, asking: Asking, document: str, decided_on: date) -> None:
        by, on = self.applications.keeper(asking, decided_on), working_day(decided_on + timedelta(4))
        scan = typst.compile(f'#set page(paper: "a4")\n= {document}'.encode(), format="pdf", font_paths=fonts.loaded())
        cases.attach(asking.row.case, content=scan, name="批复.pdf", title=f"{document}扫描件", by=by)
        asking.row = formation.file_approval(asking.row, decided_on=decided_on, document=document, on=on, by=by)
