"""Who may keep the register of members, what is wrong with an ID number, and why a statement may not be entered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from taizhang.accounts.models import Role, User
from taizhang.kit.refusals import Obstacle
from taizhang.members.models import Employment, Membership, Person, Position, Post, Standing
from taizhang.party.models import PartyOrganization, PartyParticulars

KEEPERS = frozenset({Role.CLERK, Role.UNIT_CLERK, Role.SECRETARY})
WHO: dict[str, frozenset[str]] = {
    "add": KEEPERS,
    "amend": KEEPERS,
    "engage": KEEPERS,
    "leave": KEEPERS,
    "admit": KEEPERS,
    "move": KEEPERS,
    "become_full": KEEPERS,
    "end_membership": KEEPERS,
    "appoint": frozenset({Role.CLERK, Role.UNIT_CLERK}),
    "end_post": frozenset({Role.CLERK, Role.UNIT_CLERK}),
    "dissolve": frozenset({Role.CLERK, Role.UNIT_CLERK}),
    "correct": frozenset({Role.CLERK, Role.UNIT_CLERK}),
}


@dataclass(frozen=True)
class Worker:
    """A Party member among an organisation's people on the day: how employed, full or probationary, held here or not.

    "Here" is a Party organisation that covers the organisation, or one directly below it.
    """

    employment: str
    standing: str
    held_here: bool


@dataclass(frozen=True)
class Eligibility:
    """What decides whether an organisation should have a Party organisation of its own (RULES ORG-01, ORG-10)."""

    full_time_full: int = 0
    extended_full: int = 0
    held_here: int = 0
    probationary: int = 0


def eligibility(workers: Iterable[Worker]) -> Eligibility:
    """The same as the SQL function members_eligibility, which asks it of many; a property test holds them equal."""
    workers = list(workers)
    full = [worker for worker in workers if worker.standing == Standing.FULL]
    return Eligibility(
        full_time_full=sum(worker.employment == Employment.FULL_TIME for worker in full),
        extended_full=len(full),
        held_here=sum(worker.held_here for worker in full),
        probationary=sum(worker.standing == Standing.PROBATIONARY for worker in workers),
    )


def may(user: User, verb: str, *units) -> bool:
    """People are kept by whoever keeps an organisation or Party organisation they belong to."""
    return any(user.holds(WHO[verb], unit) for unit in units if unit is not None)


def problems_with_id_number(number: str) -> Iterator[Obstacle]:
    """公民身份号码, GB 11643-1999 (RULES SO-24)."""
    if len(number) != 18:
        yield Obstacle("id-length", "身份证号应为18位", remedy="对照证件核对", where="id_number")
        return
    try:
        ric.calc_check_digit(number)
        right = ric.calc_check_digit(number) == number[-1]
    except (ValueError, ValidationError):
        yield Obstacle("id-characters", "身份证号只含数字，末位可为X", remedy="对照证件核对", where="id_number")
        return
    if not right:
        yield Obstacle("id-check", "身份证号校验码不符", remedy="多为抄录有误，对照证件核对", where="id_number")
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        yield Obstacle("id-birth", "身份证号中的出生日期不存在", remedy="对照证件核对", where="id_number")
        return
    if not date(1900, 1, 1) <= born:
        yield Obstacle("id-birth", "身份证号中的出生日期过早", remedy="对照证件核对", where="id_number")


def obstacles_to_adding(*, name: str, id_number: str, taken: bool, held_outside: bool) -> Iterator[Obstacle]:
    if not name.strip():
        yield Obstacle("name-missing", "没有填写姓名", remedy="填写姓名", where="name")
    if id_number and held_outside:
        yield Obstacle(
            "id-not-needed",
            "组织关系在外单位的党员不登记身份证号",
            remedy="请清空身份证号；转入后再登记",
            where="id_number",
        )
    elif id_number:
        yield from problems_with_id_number(id_number)
    if taken:
        yield Obstacle(
            "person-known", "台账中已有此人", remedy="按姓名查找；若查不到，请与综合党委联系", where="id_number"
        )


def obstacles_to_admitting(
    *, standing: str, joined_on: date | None, full_since: date | None, on: date, exists: PartyParticulars | None
) -> Iterator[Obstacle]:
    if exists is None:
        yield Obstacle(
            "party-not-existing-then", f"{on}该党组织尚未成立或已撤销", remedy="核对日期和党组织", where="on"
        )
    if joined_on and joined_on > on:
        yield Obstacle("joined-in-future", "入党日期晚于组织关系日期", remedy="核对日期", where="joined_on")
    if standing == Standing.PROBATIONARY and full_since:
        yield Obstacle(
            "probationary-and-full", "预备党员不应有转正日期", remedy="清空转正日期，或改为正式党员", where="full_since"
        )
    if joined_on and full_since and full_since < joined_on:
        yield Obstacle("full-before-joined", "转正日期早于入党日期", remedy="核对两个日期", where="full_since")


def obstacles_to_becoming_full(membership: Membership | None, on: date) -> Iterator[Obstacle]:
    if membership is None:
        yield Obstacle("no-membership", f"{on}没有此人的党员组织关系", remedy="先登记组织关系", where="on")
    elif membership.standing == Standing.FULL:
        yield Obstacle("already-full", "已是正式党员", remedy="无需办理")


def obstacles_to_appointing(
    *, position: str, person: Person, membership: Membership | None, holder: Post | None, on: date
) -> Iterator[Obstacle]:
    """ORG-22 (criteria of a secretary) warns where a dated parameter says so; here is what blocks."""
    if membership is None or membership.standing != Standing.FULL:
        yield Obstacle(
            "not-full-member",
            f"{person}在{on}不是正式党员",
            remedy="只有正式党员可任党内职务；核对日期",
            where="person",
        )
    if holder is not None:
        yield Obstacle(
            "post-held",
            f"{Position(position).label}自{holder.since}起由{holder.person}担任",
            remedy="先办理其离任，或改选席位",
            where="position",
        )


def obstacles_to_dissolving(
    party_organization: PartyOrganization, memberships: list[Membership], posts: list[Post]
) -> Iterator[Obstacle]:
    """撤销前先转出 (RULES ORG-13, SO-65): people are re-housed first, and named."""
    if memberships:
        names = "、".join(membership.person.name for membership in memberships[:10])
        more = f"等{len(memberships)}人" if len(memberships) > 10 else ""
        yield Obstacle(
            "members-remain", f"仍有党员组织关系在{party_organization}：{names}{more}", remedy="先办理这些党员的转出"
        )
    for post in posts:
        yield Obstacle("posts-remain", f"{post.person}仍任{post.get_position_display()}", remedy="先办理其离任")
