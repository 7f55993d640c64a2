"""A small province in 2017, where every way of being covered, or not, occurs once."""

from dataclasses import dataclass, field
from datetime import date, datetime

from taizhang.instructors import actions as instructors
from taizhang.ledger import asking
from taizhang.members import actions as members
from taizhang.members.models import Membership, OutsidePartyOrganization
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Kind, Mode, Organization, Status
from taizhang.party import actions as party
from taizhang.party.models import Coverage, Nature, PartyOrganization, Reason
from tests.world import FIRST_DAY, World

YEAR_END = date(2017, 12, 31)


@dataclass
class Story:
    world: World
    organizations: dict[str, Organization] = field(default_factory=dict)
    branches: dict[str, PartyOrganization] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)

    def note(self, name: str) -> None:
        self.moments[name] = asking.version()


def tell(world: World) -> Story:
    """Ten organisations under the committee and two units; what is entered late or put right comes at the end."""
    story = Story(world)
    made, clerk = story.organizations, world.clerk
    named = {
        "单独": {}, "联合一": {}, "联合二": {}, "功能": {}, "指导": {}, "未建": {},
        "移交": {"under": world.education}, "更名": {"under": world.education}, "注销": {"under": world.education},
        "晚录": {"under": world.sports, "kind": Kind.FOUNDATION, "entered_on": date(2017, 9, 1)},
        "未录": {"entered_on": None},
    }  # fmt: skip
    for name, stated in named.items():
        made[name] = world.organization(f"{name}协会", region="340100", trade="综合", **stated)

    branches = story.branches
    branches["单独"] = world.branch(made["单独"], on=date(2017, 3, 1))
    branches["联合"] = world.branch(made["联合一"], made["联合二"], on=date(2017, 4, 1))
    branches["功能"] = world.branch(made["功能"], on=date(2017, 5, 1), nature=Nature.FUNCTIONAL)
    branches["移交"] = world.branch(made["移交"], on=date(2017, 3, 15), superior=world.education)
    branches["注销"] = world.branch(made["注销"], on=date(2017, 3, 20), superior=world.education)
    party.state_absence(made["未建"], reason=Reason.TOO_FEW, on=date(2017, 6, 1), by=clerk)

    instructor = instructors.enlist(
        person(story, "指导员甲", unit=world.committee), unit=world.committee, on=FIRST_DAY, by=clerk
    )
    instructors.post(instructor, organization=made["指导"], on=date(2017, 6, 1), by=clerk)

    orgs.rename(made["更名"], name="新名协会", on=date(2017, 7, 1), by=clerk)
    orgs.hand_over(
        made["移交"], to=world.committee, mode=Mode.DECOUPLED, on=date(2017, 8, 1), document="脱钩〔2017〕1号", by=clerk
    )
    orgs.strike_off(made["注销"], status=Status.CANCELLED, on=date(2017, 10, 1), document="注销〔2017〕2号", by=clerk)
    story.note("told")

    # entered late: covered since May, said in the next year
    branches["补录"] = world.branch(made["更名"], on=date(2017, 5, 20), superior=world.education)
    story.note("late")
    # put right: the second of the joint branch was covered in November only
    wrong = Coverage.objects.current().get(organization=made["联合二"])
    party.correct(wrong, on=date(2018, 1, 20), note="批复日期抄错", by=clerk, since=date(2017, 11, 1))
    story.note("corrected")
    return story


def people(story: Story) -> dict[str, object]:
    """未建 has three full-time full members held in a street; 指导 has two full-time, one officer, one probationary."""
    clerk, made = story.world.clerk, story.organizations
    street = OutsidePartyOrganization.objects.create(name="某街道党工委", kind="street")
    known = {}
    for name, organization, employment, standing in (
        ("甲一", "未建", "full_time", "full"),
        ("甲二", "未建", "full_time", "full"),
        ("甲三", "未建", "full_time", "full"),
        ("乙一", "指导", "full_time", "full"),
        ("乙二", "指导", "full_time", "full"),
        ("乙三", "指导", "officer", "full"),
        ("乙四", "指导", "full_time", "probationary"),
    ):
        known[name] = person(story, name, unit=made[organization].unit)
        members.engage(
            known[name], organization=made[organization], employment=employment, on=date(2017, 2, 1), by=clerk
        )
        members.admit(
            known[name], outside=street, unit=made[organization].unit, standing=standing, on=date(2017, 2, 1), by=clerk
        )
    for name, standing in (("丙一", "full"), ("丙二", "probationary")):
        known[name] = person(story, name, unit=made["单独"].unit)
        members.engage(known[name], organization=made["单独"], employment="full_time", on=date(2017, 2, 1), by=clerk)
        members.admit(
            known[name], party_organization=story.branches["单独"], standing=standing, on=date(2017, 3, 1), by=clerk
        )
    return known


def person(story: Story, name: str, *, unit):
    return members.add(name=name, unit=unit, on=FIRST_DAY, by=story.world.clerk)


def held(known) -> Membership:
    """The membership that stands."""
    return Membership.objects.still().select_related("person", "party_organization__unit").get(person=known)
