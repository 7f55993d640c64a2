"""The people: who works where, where their relations are held, who is secretary; by the verbs, as it became known."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random

from taizhang.accounts.models import User
from taizhang.config.demonstration import names, office
from taizhang.config.demonstration.branches import Branch
from taizhang.config.demonstration.chronicle import Chronicle, working_day
from taizhang.config.demonstration.lives import LAST_DAY
from taizhang.config.demonstration.office import Office
from taizhang.config.demonstration.stories import Story
from taizhang.members import actions as members
from taizhang.members.models import (
    Education,
    Employment,
    Engagement,
    Membership,
    OutsideKind,
    OutsidePartyOrganization,
    Person,
    Position,
    Post,
    Sex,
    Standing,
)
from taizhang.party.models import PartyLevel

TITLES = {
    Employment.FULL_TIME: ("秘书长", "副秘书长", "办公室主任", "项目主管", "干事", "会计"),
    Employment.PART_TIME: ("顾问", "干事", "编辑"),
    Employment.OFFICER: ("会长", "副会长", "理事", "监事"),
}
MANAGEMENT = {"秘书长", "副秘书长", "办公室主任", "会长", "副会长"}
SEATS = (Position.DEPUTY, Position.ORGANISATION, Position.PUBLICITY, Position.DISCIPLINE)
SCHOOLING = (Education.BACHELOR, Education.BACHELOR, Education.COLLEGE, Education.POSTGRADUATE, Education.SECONDARY)


@dataclass(eq=False)
class Member:
    """Somebody, decided; and their row once they are on record."""

    number: int
    name: str
    female: bool
    born_on: date
    story: Story
    employment: str
    title: str
    education: str
    engaged_on: date
    joined_on: date
    outside: str = ""
    row: Person | None = field(default=None, repr=False)

    @property
    def full_since(self) -> date:
        return date(self.joined_on.year + 1, self.joined_on.month, 15)

    @property
    def true_from(self) -> date:
        """The first day on which they worked there as a full member: nobody can have noted it before."""
        return max(self.engaged_on, self.full_since)


class People:
    def __init__(self, random: Random, chronicle: Chronicle, office: Office) -> None:
        self.random, self.chronicle, self.office = random, chronicle, office
        self.names: Iterator[str] = names.people_names(random)
        self.count = 0

    def new(self, story: Story, *, by: date) -> Member:
        """Somebody who works there by that day, and is a full member by then."""
        random = self.random
        self.count += 1
        born_on = date(
            1942 + random.randrange(min(45, by.year - 1965)), 1 + random.randrange(12), 1 + random.randrange(28)
        )
        employment = random.choices(list(TITLES), (70, 15, 15))[0]
        engaged = max(story.registered_on, by - timedelta(random.randrange(30, 2500)), date(born_on.year + 20, 1, 1))
        joined = date(min(born_on.year + 20 + random.randrange(16), by.year - 2), 1 + random.randrange(12), 15)
        return Member(
            number=self.count,
            name=next(self.names),
            female=random.random() < 0.4,
            born_on=born_on,
            story=story,
            employment=employment,
            title=random.choice(TITLES[employment]),
            education=random.choice(SCHOOLING),
            engaged_on=min(engaged, by),
            joined_on=joined,
            outside=self.outside_place(story),
        )

    def outside_place(self, story: Story) -> str:
        kind = self.random.randrange(3)
        if kind == 0:
            return f"中共{self.random.choice(office.STREETS)}{self.random.choice('东西南北中')}社区总支部委员会"
        if kind == 1:
            return f"中共{names.PROVINCE}演示{self.random.choice('甲乙丙丁戊己庚辛壬癸')}厂离退休支部委员会"
        return f"中共{names.PROVINCE}{self.random.choice(story.trade.units)}机关委员会"

    def staff(self, branch: Branch, *, from_outside: bool = False) -> None:
        """Its first members, at least one of each organisation it covers, and whoever holds its posts."""
        stories = (branch.covered * branch.size)[: max(branch.size, len(branch.covered))]
        people = [self.new(story, by=branch.on) for story in stories]
        told = branch.known_on
        for member in people:
            if from_outside:
                known = max(member.story.known_on, member.true_from) + timedelta(self.random.randrange(5, 60))
                if known < told:
                    self.chronicle.on(working_day(known), partial(self.note_outside, member, working_day(known)))
            self.chronicle.on(told, partial(self.join, member, branch, branch.on))
        self.chronicle.on(told, partial(self.elect, branch, people, branch.on))
        if branch.dissolved_on is not None:
            self.chronicle.on(
                working_day(branch.dissolved_on + timedelta(3)),
                partial(self.rehouse, branch, people, branch.dissolved_on),
            )
            return
        self.live_on(branch, people)

    def live_on(self, branch: Branch, people: list[Member]) -> None:
        """What happens to them later."""
        if self.count % 3 == 0:
            self.write_elections(branch, people)
        if branch.size > 3 and self.count % 4 == 0:
            self.write_departure(branch, people[-1])
        if self.count % 5 == 0:
            self.write_development(branch)

    def write_elections(self, branch: Branch, people: list[Member]) -> None:
        """Every third branch elects when its term is over; the others let it lapse. One or the other is secretary."""
        day = branch.on
        while (day := term_end(day)) < LAST_DAY:
            if day > branch.known_on:
                self.chronicle.on(working_day(day), partial(self.elect_again, branch, people[-2 * (day.year % 2)], day))

    def write_departure(self, branch: Branch, member: Member) -> None:
        day = branch.known_on + timedelta(self.random.randrange(200, 1400))
        if day < LAST_DAY:
            self.chronicle.on(working_day(day), partial(self.depart, member, working_day(day)))

    def write_development(self, branch: Branch) -> None:
        """One is admitted as probationary member and becomes a full one after a year, or not yet."""
        day = branch.known_on + timedelta(self.random.randrange(100, 1500))
        if day >= LAST_DAY:
            return
        member = self.new(self.random.choice(branch.covers), by=day)
        member.joined_on = day
        told = working_day(day + timedelta(9))
        self.chronicle.on(told, partial(self.admit_on_probation, member, branch, day, told))
        full = date(day.year + 1, day.month, min(day.day, 28))
        if full < LAST_DAY and self.count % 7:
            told = working_day(full + timedelta(self.random.choice((5, 12, 75))))
            if told < LAST_DAY:
                self.chronicle.on(told, partial(self.confirm, member, full))

    def keeper(self, story: Story, day: date) -> User:
        short = story.responsible_on(day)
        return self.office.keeper(self.office.units[short]) if short else self.office.clerk

    def add(self, member: Member, day: date, *, held_outside: bool) -> Person:
        keeper = self.keeper(member.story, day)
        sealed = not held_outside and member.number % 2 == 0
        return members.add(
            name=member.name,
            unit=member.story.row.unit,
            on=day,
            by=keeper,
            sex=Sex.FEMALE if member.female else Sex.MALE,
            born_on=member.born_on,
            education=member.education,
            id_number=names.id_number(member.born_on, member.number, female=member.female) if sealed else "",
            telephone=names.telephone(member.number) if sealed else "",
            held_outside=held_outside,
        )

    def engage(self, member: Member, day: date) -> None:
        members.engage(
            member.row,
            organization=member.story.row,
            employment=member.employment,
            title=member.title,
            is_management=member.title in MANAGEMENT,
            on=member.engaged_on,
            by=self.keeper(member.story, day),
        )

    def note_outside(self, member: Member, day: date) -> None:
        """Works here, relations held elsewhere: a light record without ID number."""
        member.row = self.add(member, day, held_outside=True)
        self.engage(member, day)
        self.hold_outside(member, member.true_from)

    def hold_outside(self, member: Member, on: date) -> None:
        kind = OutsideKind.STREET if "街道" in member.outside else OutsideKind.EMPLOYER
        kind = OutsideKind.SUPERVISOR if "机关" in member.outside else kind
        place, _ = OutsidePartyOrganization.objects.get_or_create(name=member.outside, defaults={"kind": kind})
        members.admit(
            member.row,
            outside=place,
            unit=member.story.row.unit,
            standing=Standing.FULL,
            on=on,
            by=self.office.clerk,
            joined_on=member.joined_on,
            full_since=member.full_since,
        )

    def join(self, member: Member, branch: Branch, on: date) -> None:
        if member.row is None:
            member.row = self.add(member, branch.known_on, held_outside=False)
            self.engage(member, branch.known_on)
        members.admit(
            member.row,
            party_organization=branch.row,
            standing=Standing.FULL,
            on=on,
            by=self.office.clerk,
            joined_on=member.joined_on,
            full_since=member.full_since,
        )

    def elect(self, branch: Branch, people: list[Member], on: date) -> None:
        posts = [(Position.SECRETARY, people[0])]
        if len(people) >= 7:
            posts += zip(SEATS, people[1:], strict=False)
        elif len(people) >= 5:
            posts.append((Position.DEPUTY, people[1]))
        for position, member in posts:
            self.appoint(branch, member, position, on)

    def appoint(self, branch: Branch, member: Member, position: str, on: date) -> None:
        term = 5 if branch.level == PartyLevel.COMMITTEE else 3
        members.appoint(
            member.row,
            party_organization=branch.row,
            position=position,
            on=on,
            by=self.office.clerk,
            term_ends_on=date(on.year + term, on.month, min(on.day, 28)),
        )

    def elect_again(self, branch: Branch, member: Member, on: date) -> None:
        held = Post.objects.still().select_related("person", "party_organization__unit")
        held = held.get(party_organization=branch.row, position=Position.SECRETARY)
        members.end_post(held, on=on, by=self.office.clerk)
        self.appoint(branch, member, Position.SECRETARY, on)

    def depart(self, member: Member, on: date) -> None:
        """To another employer: no longer engaged here, relations moved out."""
        engagement = Engagement.objects.still().select_related("person", "organization__unit")
        members.leave(engagement.get(person=member.row), on=on, by=self.keeper(member.story, on))
        self.hold_outside(member, on)

    def admit_on_probation(self, member: Member, branch: Branch, on: date, told: date) -> None:
        member.row = self.add(member, told, held_outside=False)
        self.engage(member, told)
        members.admit(
            member.row,
            party_organization=branch.row,
            standing=Standing.PROBATIONARY,
            on=on,
            by=self.office.clerk,
            joined_on=on,
        )

    def confirm(self, member: Member, on: date) -> None:
        members.become_full(member.row, on=on, by=self.office.clerk)

    def rehouse(self, branch: Branch, people: list[Member], on: date) -> None:
        """撤销前先转出."""
        held = Post.objects.still().filter(party_organization=branch.row)
        for post in held.select_related("person", "party_organization__unit"):
            members.end_post(post, on=on, by=self.office.clerk)
        for member in people:
            if Membership.objects.still().filter(person=member.row, party_organization=branch.row).exists():
                self.hold_outside(member, on)


def term_end(day: date) -> date:
    return date(day.year + 3, day.month, min(day.day, 28))
