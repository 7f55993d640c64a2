"""The applications of the report's year: 34 organisations asked, three sittings decided, 21 branches came of it, the others
were told why and what to do next. Told by the verbs, from the draft to the agreed election."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any, cast

from taizhang.accounts.models import Unit, User
from taizhang.config.demonstration.branches import Branch, Grouping
from taizhang.config.demonstration.chronicle import Chronicle, working_day
from taizhang.config.demonstration.office import Office
from taizhang.config.demonstration.people import Member, People
from taizhang.config.demonstration.stories import Story
from taizhang.formation import actions as formation
from taizhang.formation.models import Application, Kind, Relation
from taizhang.formation.sittings import advice, decide
from taizhang.meetings import actions as meetings
from taizhang.meetings.models import Body, Outcome, Sitting
from taizhang.members.models import Employment, Position
from taizhang.papers import actions as papers
from taizhang.papers.models import Paper
from taizhang.party import actions as party
from taizhang.party.models import Form, Reason

SET_UP = date(2017, 3, 6)
AUGUST, NOVEMBER, DECEMBER = date(2017, 8, 25), date(2017, 11, 3), date(2017, 12, 21)
ABSENT = {AUGUST: (7,), NOVEMBER: (), DECEMBER: (4, 8)}  # seats that were empty
FORMS: dict[str, str] = {Kind.SINGLE: Form.SINGLE, Kind.JOINT: Form.JOINT_TRADE, Kind.STREET: Form.JOINT_REGION}
POSTS = ("书记", "副书记", "纪检委员", "组织委员", "宣传委员", "委员", "委员", "委员", "委员")
# Those that were refused. For each organisation its people: F counts, P is part-time, S stays where the relations are.
REFUSED = (
    (AUGUST, ("FF",)),
    (AUGUST, ("FFS",)),
    (AUGUST, ("F", "F")),
    (NOVEMBER, ("FFP",)),
    (NOVEMBER, ("F",)),
    (DECEMBER, ("FFS",)),
    (DECEMBER, ("FP",)),
)


@dataclass(eq=False)
class Asking:
    """One application: who asks, with whom, before which sitting; and the branch that came of it, if one did."""

    sitting: date
    covers: list[Story]
    people: list[Member]
    branch: Branch | None = None
    staying: int = 0
    earlier: "Asking | None" = None
    street: str = ""  # the name of the street whose committee decides
    row: Application = field(init=False, repr=False)

    @property
    def kind(self) -> str:
        if self.street:
            return Kind.STREET
        return Kind.JOINT if len(self.covers) > 1 else Kind.SINGLE


class Applications:
    def __init__(self, random: Random, chronicle: Chronicle, office: Office, people: People) -> None:
        self.random, self.chronicle, self.office, self.people = random, chronicle, office, people
        self.askings: dict[date, list[Asking]] = {AUGUST: [], NOVEMBER: [], DECEMBER: []}
        self.held: dict[date, Sitting] = {}
        self.body: Body

    def write(self, branches: list[Branch], refused: list[list[Story]]) -> None:
        """Decides who asks when; the branches' people join them when they are approved."""
        self.chronicle.on(SET_UP, partial(self.set_up, [next(self.people.names) for _ in POSTS]))
        for branch in branches:
            self.askings[branch.on].append(self.for_branch(branch))
        for (day, heads), stories in zip(REFUSED, refused, strict=True):
            self.askings[day].append(self.in_vain(day, heads, stories))
        again = next(
            each
            for each in self.askings[DECEMBER]
            if each.kind == Kind.SINGLE and each.covers[0].responsible_on(date(2017, 6, 1)) is None
        )
        again.earlier = Asking(AUGUST, again.covers, again.people[:2])
        self.askings[AUGUST].append(again.earlier)
        for day, askings in self.askings.items():
            self.write_sitting(day, askings)

    def for_branch(self, branch: Branch) -> Asking:
        stories = (branch.covers * branch.size)[: max(branch.size, len(branch.covers))]
        return Asking(branch.on, branch.covers, [self.full_time(story, branch.on) for story in stories], branch)

    def in_vain(self, day: date, heads: tuple[str, ...], stories: list[Story]) -> Asking:
        people = []
        for story, letters in zip(stories, heads, strict=True):
            for letter in letters:
                member = self.full_time(story, day)
                if letter == "P":
                    member.employment, member.title = Employment.PART_TIME, "顾问"
                people.append(member)
        return Asking(day, stories, people, staying=sum(each.count("S") for each in heads))

    def full_time(self, story: Story, day: date) -> Member:
        """Somebody who works there since before the application."""
        member = self.people.new(story, by=day - timedelta(60))
        member.employment, member.title = Employment.FULL_TIME, self.random.choice(("秘书长", "办公室主任", "干事"))
        return member

    def write_sitting(self, day: date, askings: list[Asking]) -> None:
        for number, asking in enumerate(askings):
            self.write_application(asking, working_day(day - timedelta(38 - number % 9)))
        self.chronicle.on(working_day(day - timedelta(8)), partial(self.convene, day, askings))
        self.chronicle.on(day, partial(self.hold, day, askings))
        lettered = working_day(day + timedelta(3))
        self.chronicle.on(lettered, partial(self.send_letters, day, askings, lettered))
        for asking in askings:
            if asking.branch is not None:
                elected = working_day(day + timedelta(7))
                self.chronicle.on(elected, partial(self.join_and_elect, asking, elected))
                agreed = working_day(elected + timedelta(5))
                self.chronicle.on(agreed, partial(self.agree, asking, agreed))
                self.people.live_on(asking.branch, asking.people)

    def write_application(self, asking: Asking, applied: date) -> None:
        for member in asking.people:
            if not (asking.earlier and member in asking.earlier.people):
                self.chronicle.on(applied, partial(self.people_noted, member, applied))
        self.chronicle.on(applied, partial(self.apply, asking, applied))
        accepted = working_day(applied + timedelta(4))
        self.chronicle.on(accepted, partial(self.accept, asking, accepted))

    def keeper(self, asking: Asking, day: date) -> User:
        """Whoever keeps the records of the organisation that asks."""
        return self.people.keeper(asking.covers[0], day)

    def people_noted(self, member: Member, day: date) -> None:
        self.people.note_outside(member, day)

    def set_up(self, people: list[str]) -> None:
        clerk, committee = self.office.clerk, self.office.committee
        self.body = meetings.set_up(committee, name=f"{committee}委员会", on=SET_UP, by=clerk)
        for name, post in zip(people, POSTS, strict=True):
            meetings.seat(self.body, name=name, post=post, on=SET_UP, by=clerk)
        papers.set_agency(committee, name=committee.name, code="某社党", since=SET_UP, on=SET_UP, by=clerk)

    def apply(self, asking: Asking, day: date) -> None:
        clerk, host = self.keeper(asking, day), asking.covers[0].row
        ending = (
            asking.branch.ending if asking.branch else "支部委员会" if asking.kind == Kind.SINGLE else "联合支部委员会"
        )
        asking.row = application = formation.start(
            asking.kind,
            organization=host,
            on=day,
            by=clerk,
            resubmits=asking.earlier.row if asking.earlier else None,
            name=f"中共{host.unit.name}{ending}",
            street=Unit.objects.get(name=asking.street) if asking.street else None,
            form=FORMS[asking.kind],
            grounds=f"现有党员{len(asking.people)}名，申请成立党支部。",
        )
        for story in asking.covers[1:]:
            participant = formation.invite(application, organization=story.row, on=day, by=clerk)
            formation.consent(participant, on=day, by=clerk, paper="盖章的同意函")
        promised = len(asking.people) - asking.staying
        for number, member in enumerate(asking.people):
            formation.propose(
                application,
                person=member.row,
                organization=member.story.row,
                relation=Relation.STAYS if asking.street else Relation.PROMISED,
                promise="组织关系转入承诺书" if number < promised else "",
                position=Position.SECRETARY if number == 0 else "",
                by=clerk,
            )
        formation.submit(application, on=day, by=clerk)

    def accept(self, asking: Asking, day: date) -> None:
        own = asking.street or asking.covers[0].responsible_on(day) is None
        formation.accept(asking.row, on=day, by=self.office.reviewer if own else self.keeper(asking, day))

    def convene(self, day: date, askings: list[Asking]) -> None:
        clerk, told = self.office.clerk, working_day(day - timedelta(8))
        seats = meetings.seats_on(self.body, day)
        self.held[day] = sitting = meetings.convene(
            self.body,
            held_on=day,
            chair=seats[0].name,
            recorder="综合党委经办人",
            place="三楼会议室",
            on=told,
            by=clerk,
        )
        for asking in askings:
            formation.schedule(asking.row, sitting=sitting, on=told, by=clerk)

    def hold(self, day: date, askings: list[Asking]) -> None:
        """Item by item: those whose standing meets the rules of the day are agreed to by all, the others by none."""
        clerk, sitting = self.office.clerk, self.held[day]
        seats = [each.name for each in meetings.seats_on(self.body, day)]
        absent = {seats[number]: "出差" for number in ABSENT[day]}
        present = [name for name in seats if name not in absent]
        meetings.attend(sitting, present=present, absences=absent, by=clerk)
        meetings.begin(sitting, on=day, by=clerk)
        for item in sitting.items.select_related("case", "sitting__body__unit").order_by("position"):
            found = advice(item)
            if found["outcome"] == Outcome.REFUSED:
                decide(item, by=clerk, against=len(present), **found)
            else:
                decide(item, by=clerk, in_favour=len(present), outcome=Outcome.APPROVED)
        for asking in askings:
            asking.row = Application.objects.get(pk=asking.row.pk)
            if asking.branch is not None:
                asking.branch.row = cast(Any, asking.row.established)
        meetings.close(sitting, on=day, by=clerk)

    def send_letters(self, day: date, askings: list[Asking], on: date) -> None:
        """Checked, signed and issued by three people; those refused say why they have none."""
        office = self.office
        for asking in askings:
            self.issue(Paper.objects.get(case=asking.row.case_id), on)
            verb = formation.answer if asking.row.reasons else formation.reply
            asking.row = verb(asking.row, on=on, by=office.clerk)
            for story in asking.covers if asking.row.reasons else ():
                said = {"reason": Reason.TOO_FEW, "remark": "已申请，正式党员不足"}
                party.state_absence(story.row, on=on, by=office.clerk, **said)
        self.issue(Paper.objects.get(case=self.held[day].case_id, kind="minutes"), on)

    def issue(self, paper: Paper, on: date) -> None:
        papers.check(paper, on=on, by=self.office.reviewer)
        papers.sign(paper, on=on, by=self.office.leader)
        papers.issue(paper, on=on, by=self.office.clerk)

    def join_and_elect(self, asking: Asking, on: date) -> None:
        for member in asking.people:
            self.people.join(member, cast(Any, asking.branch), on)
        heads = len(asking.people)
        results = [(asking.people[0].row, Position.SECRETARY, heads)]
        if heads >= 5:
            results.append((asking.people[1].row, Position.DEPUTY, heads))
        asking.row = formation.record_result(
            asking.row, elected_on=on, entitled=heads, present=heads, results=results, on=on, by=self.office.clerk
        )

    def agree(self, asking: Asking, on: date) -> None:
        formation.agree_result(asking.row, on=on, by=self.office.clerk)


def write_refused(random: Random, free: Grouping) -> list[list[Story]]:
    """Organisations of the committee's that ask too early: taken from those that nobody covers."""
    return [free.ready(len(heads), day) for day, heads in REFUSED]
