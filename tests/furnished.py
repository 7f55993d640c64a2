"""A world with something in every register: what 外单位 keeps itself, and what others keep, of which it must see nothing.

What is hidden is not listed by hand: it is every row that came into being while the others were at work.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.apps import apps
from django.db import connection

from taizhang.accounts.models import Role, Unit, User
from taizhang.cases import actions as cases
from taizhang.cases.tests.papers import PDF
from taizhang.declarations import actions as declarations
from taizhang.formation import actions as formation
from taizhang.instructors import actions as instructors
from taizhang.meetings import actions as meetings
from taizhang.members import actions as members
from taizhang.members.models import OutsidePartyOrganization
from taizhang.notices.models import Due, Notice, Reminding
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode, Organization, UnitAlias
from taizhang.papers import actions as papers
from taizhang.party import actions as party
from taizhang.party.models import Reason
from taizhang.reports import actions as reports
from tests.world import FIRST_DAY, World

SPRING, JUNE = date(2017, 3, 1), date(2017, 6, 1)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NOT_HIDDEN = {"accounts.auditrecord"}  # has no page but the system administrator's
FIRST_NUMBER = 9_100_000_000  # numbers so large that no year, sum or telephone number is mistaken for one
NOBODYS_NUMBER = 9_099_999_999


@dataclass
class Kept:
    """What somebody keeps: texts that name it, and the numbers of its rows by model label."""

    texts: set[str] = field(default_factory=set)
    rows: dict[str, set] = field(default_factory=lambda: defaultdict(set))

    @property
    def numbers(self) -> set[int]:
        return {number for numbers in self.rows.values() for number in numbers if isinstance(number, int)}

    def some(self, label: str) -> list[int]:
        """Numbers of its rows of one model, the first ones first."""
        return sorted(each for each in self.rows.get(label, ()) if isinstance(each, int))


def number_rows_apart() -> None:
    """Every table counts from a million of its own; as the owner of the database."""
    with connection.cursor() as cursor:
        for place, model in enumerate(our_models()):
            if model._meta.pk.get_internal_type() == "BigAutoField":
                cursor.execute(
                    "SELECT setval(s, greatest(%s, nextval(s))) FROM pg_get_serial_sequence(%s, %s) s",
                    [FIRST_NUMBER + place * 1_000_000, model._meta.db_table, model._meta.pk.column],
                )


def our_models():
    found = [model for model in apps.get_models() if model.__module__.startswith("taizhang.")]
    return sorted(found, key=lambda model: model._meta.label_lower)


def rows_now() -> dict[str, set]:
    return {
        model._meta.label_lower: set(model._base_manager.values_list("pk", flat=True))
        for model in our_models()
        if not model._meta.label_lower.endswith("event") and model._meta.label_lower not in NOT_HIDDEN
    }


def kept_by(work, *arguments) -> Kept:
    before = rows_now()
    kept = Kept(texts=set(work(*arguments)))
    for label, numbers in rows_now().items():
        if new := numbers - before.get(label, set()):
            kept.rows[label] = new
    return kept


def keep_own(world: World):
    """外单位 keeps an organisation with a branch and a member; yields the names of its people."""
    own = world.organization("市冰雪运动协会", under=world.sports)
    branch = world.branch(own, superior=world.sports)
    person = add_person(world, own, "欧阳体成", number=1)
    members.admit(person, party_organization=branch, standing="full", on=FIRST_DAY, by=world.clerk)
    members.appoint(person, party_organization=branch, position="secretary", on=FIRST_DAY, by=world.clerk)
    case = cases.open_case("orgs:register", "自己的事项", unit=own.unit, by=world.clerk)
    cases.attach(case, content=PDF, name="请示.pdf", title="请示", by=world.clerk)
    world.account(own.unit, Role.OPERATOR, username="tianbaoyuan", name="填报员")
    keep_papers(world.sports, "市体", by=world.outsider)
    fall_due(own.unit, "自有", by=world.outsider)
    sit(world, own, person, unit=world.sports, sign="自设", by=world.outsider)
    declare(world, own, unit=world.sports, sign="自设", by=world.outsider)
    yield "欧阳体成"


def fall_due(unit: Unit, sign: str, *, by: User) -> None:
    """Something that is due, somebody who was told of it, and a reminding."""
    said = {"kind": "cases.turn", "about": f"accounts.unit:{unit.pk}", "roles": [Role.UNIT_CLERK], "days_before": [0]}
    due = Due.objects.create(title=f"{sign}到期事项", unit=unit, due_on=JUNE, **said)
    reminding = Reminding.objects.create(unit=unit, words=f"{sign}请抓紧", by=by, matters=1, people=1)
    Notice.objects.create(due=due, user=by, stage="0", reminding=reminding)


def keep_papers(unit: Unit, sign: str, *, by: User) -> None:
    """A head to issue under, a wording, a series, and a draft."""
    when = {"since": FIRST_DAY, "on": FIRST_DAY, "by": by}
    papers.set_agency(unit, name=f"{sign}党组", code=f"{sign}党", **when)
    papers.continue_series(unit, code=f"{sign}党", year=2017, before=3, on=FIRST_DAY, by=by)
    papers.revise_master(unit, kind="notice", title=f"{sign}通知{{事项}}", body=f"{sign}请做好{{事项}}。", **when)
    facts = {"matter": f"{sign}筹备", "tasks": ["筹备"]}
    papers.compose("notice", issuer=unit, facts=facts, to=[f"{sign}各单位"], on=FIRST_DAY, by=by)


def sit(world: World, organization: Organization, person, *, unit, sign: str, by: User):
    """A body of that unit, a sitting that is over and one that waits, and an application on the way."""
    body = meetings.set_up(unit, name=f"{sign}党组", on=FIRST_DAY, by=by)
    names = [f"{sign}委员{number}" for number in "一二三"]
    for name in names:
        meetings.seat(body, name=name, on=FIRST_DAY, by=by)
    meetings.adopt_rules(body, quorum="2/3", majority="1/2", on=FIRST_DAY, by=by)
    for day in (SPRING, JUNE):
        said = {"chair": names[0], "recorder": f"{sign}记录", "place": f"{sign}室"}
        sitting = meetings.convene(body, held_on=day, on=FIRST_DAY, by=by, **said)
        meetings.attend(sitting, present=names, by=by)
        meetings.begin(sitting, on=day, by=by)
        if day == SPRING:
            meetings.close(sitting, on=day, by=by)
    application = formation.start("single", organization=organization, on=FIRST_DAY, by=by, grounds=f"{sign}理由")
    formation.keep(application, name=f"中共{sign}拟建支部", by=by)
    formation.propose(application, person=person, position="secretary", promise=f"{sign}承诺", by=by)
    formation.accept(formation.submit(application, on=FIRST_DAY, by=by), on=FIRST_DAY, by=by)
    formation.schedule(application, sitting=sitting, on=FIRST_DAY, by=by)
    draft = formation.start("joint", organization=organization, on=FIRST_DAY, by=by)
    formation.propose(draft, person=person, by=by)


def declare(world: World, organization: Organization, *, unit, sign: str, by: User) -> None:
    """A round of the unit's with a difference and a confirmed section in one declaration, and a correction beside it."""
    opened = declarations.open_round(unit, title=f"{sign}填报", cut_off_on=JUNE, due_on=JUNE, on=JUNE, by=by)
    declarations.hand_out(opened, by=by)
    declaration = opened.declarations.get(organization=organization)
    said = {"record": "workforce", "values": {"has_union": True}, "on": JUNE}
    declarations.keep(declaration, by=by, **said)
    declarations.confirm(declaration, sections=["particulars"], name=f"{sign}确认人", on=JUNE, by=by)
    declarations.keep(declarations.start(organization, on=JUNE, by=by), by=by, **said)
    book = declarations.take_out(opened, unit=unit, on=JUNE, by=by)
    declarations.take_in(declarations.send(opened, content=book, name=f"{sign}填报.xlsx", by=by), on=JUNE, by=by)


def hide(world: World, sign: str):
    """Others keep organisations, branches, people, posts, postings, cases, accounts; yields every name, code and number."""
    research = world.organization(f"{sign}教育研究会", under=world.education)
    direct = world.organization(f"{sign}慈善促进会")
    moved = world.organization(f"{sign}搏击协会", under=world.sports, mode=Mode.DUAL)
    orgs.hand_over(
        moved, to=world.education, mode=Mode.DUAL, on=SPRING, document=f"{sign}函〔2017〕7号", by=world.clerk
    )
    orgs.rename(research, name=f"{sign}教育学会", on=SPRING, document=f"{sign}批〔2017〕3号", by=world.clerk)
    branch = world.branch(research, superior=world.education, name=f"中共{sign}教育研究会支部")
    joint = world.branch(direct, moved, on=SPRING, name=f"中共{sign}联合支部")
    people = [
        add_person(world, each, f"{sign}{name}", number=ord(sign) * 10 + number)
        for number, (each, name) in enumerate([(research, "守正"), (direct, "怀远"), (moved, "致和")])
    ]
    members.admit(people[0], party_organization=branch, standing="full", on=FIRST_DAY, by=world.clerk)
    members.admit(people[1], party_organization=joint, standing="probationary", on=SPRING, by=world.clerk)
    outside = OutsidePartyOrganization.objects.create(name=f"{sign}街道社区支部")
    members.admit(people[2], outside=outside, unit=moved.unit, standing="full", on=SPRING, by=world.clerk)
    members.appoint(people[0], party_organization=branch, position="secretary", on=FIRST_DAY, by=world.clerk)
    instructor = instructors.enlist(people[1], unit=world.committee, on=FIRST_DAY, by=world.clerk)
    bare = world.organization(f"{sign}集邮协会")
    instructors.post(instructor, organization=bare, on=SPRING, by=world.clerk)
    party.state_absence(bare, reason=Reason.OTHER, remark=f"{sign}原因", on=SPRING, by=world.clerk)
    orgs.declare_workforce(research, full_time=7919, leaders=3, on=SPRING, by=world.clerk)
    orgs.declare_breakdown(research, full_time_members=1, held_here=1, on=SPRING, by=world.clerk)
    UnitAlias.objects.create(unit=research.unit, name=f"{sign}教研")
    case = cases.open_case("orgs:register", f"{sign}在办事项", unit=research.unit, by=world.clerk)
    cases.remark(case, text=f"{sign}电话联系过", by=world.clerk)
    cases.remark_on_unit(research.unit, text=f"{sign}拟换届", by=world.education_clerk)
    cases.attach(case, content=PDF + sign.encode(), name=f"{sign}请示.pdf", title=f"{sign}请示", by=world.clerk)
    world.account(research.unit, Role.OPERATOR, username=f"zhang{ord(sign)}", name=f"{sign}账户")
    keep_papers(world.education, sign, by=world.education_clerk)
    fall_due(research.unit, sign, by=world.education_clerk)
    sit(world, research, people[0], unit=world.education, sign=sign, by=world.education_clerk)
    declare(world, research, unit=world.education, sign=sign, by=world.education_clerk)
    reports.publish("organisation_coverage", title=f"{sign}覆盖", day=SPRING, by=world.clerk)
    yield from (sign, "7919", f"zhang{ord(sign)}", *(person.telephone_masked for person in people))
    for organization in (research, direct, moved, bare):
        yield Organization.objects.get(pk=organization.pk).code
    for person in people:
        yield person.opened(person.id_number_sealed)
        yield person.opened(person.telephone_sealed)


def add_person(world: World, organization: Organization, name: str, *, number: int):
    person = members.add(
        name=name,
        unit=organization.unit,
        id_number=resident_id(number),
        telephone=f"139{number:08d}",
        on=FIRST_DAY,
        by=world.clerk,
    )
    members.engage(person, organization=organization, employment="full_time", on=FIRST_DAY, by=world.clerk)
    return person


def resident_id(number: int) -> str:
    """One that checks, of nobody."""
    first = f"3400001970{1 + number // 1000 % 12:02d}{1 + number // 12000 % 28:02d}{number % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]
