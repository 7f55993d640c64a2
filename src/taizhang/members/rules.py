"""Who may keep the register of members, what is wrong with an ID number, and why a statement may not be entered."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from taizhang.accounts.models import Role, Unit, User
from taizhang.kit.refusals import Obstacle
from taizhang.kit.text import obstacles_in_name
from taizhang.ledger.models import Fact
from taizhang.members.models import (
    Employment,
    Membership,
    OutsidePartyOrganization,
    Person,
    Position,
    Post,
    Standing,
)
from taizhang.orgs.models import Particulars, Status
from taizhang.party.models import PartyOrganization
from taizhang.statutes.rules import Criteria

ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
TELEPHONE = re.compile(r"[0-9+() -]{7,20}")
KEEPERS = frozenset({Role.CLERK, Role.UNIT_CLERK, Role.SECRETARY, Role.PARTY_CLERK})
WHO: dict[str, frozenset[str]] = {
    "add": KEEPERS,
    "enrol": KEEPERS,
    "amend": KEEPERS,
    "engage": KEEPERS,
    "leave": KEEPERS,
    "admit": KEEPERS,
    "become_full": KEEPERS,
    "end_membership": KEEPERS,
    "appoint": frozenset({Role.CLERK, Role.UNIT_CLERK}),
    "end_post": frozenset({Role.CLERK, Role.UNIT_CLERK}),
    "dissolve": frozenset({Role.CLERK, Role.UNIT_CLERK}),
    "correct": frozenset({Role.CLERK, Role.UNIT_CLERK}),
    "withdraw": frozenset({Role.CLERK, Role.UNIT_CLERK}),
    "withdraw_establishment": frozenset({Role.CLERK}),
    "forget": frozenset({Role.CLERK}),
    "erase": frozenset({Role.CLERK}),
    "link_account": frozenset({Role.CLERK}),
    "hand_out": frozenset({Role.CLERK, Role.UNIT_CLERK}),
    "merge": frozenset({Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK}),  # across offices the reviewer alone
    "unmerge": frozenset({Role.REVIEWER}),
    "tell_apart": frozenset({Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK}),  # as those who merge
    "offer_again": frozenset({Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK}),
}
ELSEWHERE = frozenset({"engage", "admit", "appoint"})  # what these are about is chosen in the form


def may(user: User, verb: str, *units) -> bool:
    """People are kept by whoever keeps an organisation or Party organisation they belong to."""
    return any(user.holds(WHO[verb], unit) for unit in units if unit is not None)


def abilities(user: User, units: list[Unit]) -> frozenset[str]:
    """What this person may do with somebody who belongs to these units; what is about one fact asks `may`."""
    return frozenset(verb for verb in WHO if may(user, verb, *units) or (verb in ELSEWHERE and user.holds(WHO[verb])))


def problems_with_id_number(number: str) -> Iterator[Obstacle]:
    """公民身份号码, GB 11643-1999 (RULES SO-24)."""
    if len(number) != 18:
        yield Obstacle("id-length", "身份证号应为18位", remedy="对照证件核对", where="id_number")
        return
    if not ID_NUMBER.fullmatch(number):
        yield Obstacle("id-characters", "身份证号只含数字，末位可为X", remedy="对照证件核对", where="id_number")
        return
    if ric.calc_check_digit(number) != number[-1]:
        yield Obstacle("id-check", "身份证号校验码不符", remedy="多为抄录有误，对照证件核对", where="id_number")
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        yield Obstacle("id-birth", "身份证号中的出生日期不存在", remedy="对照证件核对", where="id_number")
        return
    if not date(1900, 1, 1) <= born:
        yield Obstacle("id-birth", "身份证号中的出生日期过早", remedy="对照证件核对", where="id_number")


def problems_with_telephone(number: str) -> Iterator[Obstacle]:
    if not TELEPHONE.fullmatch(number):
        yield Obstacle(
            "telephone", "电话只含数字、空格和 + - ( )，7至20位", remedy="填写一个电话号码", where="telephone"
        )


def obstacles_to_adding(
    *,
    name: str,
    id_number: str,
    telephone: str = "",
    held_outside: bool,
    born_on: date | None = None,
    on: date | None = None,
) -> Iterator[Obstacle]:
    if not name.strip():
        yield Obstacle("name-missing", "没有填写姓名", remedy="填写姓名", where="name")
    yield from obstacles_in_name(name)
    if id_number and held_outside:
        yield Obstacle(
            "id-not-needed",
            "组织关系在外单位的党员不登记身份证号",
            remedy="请清空身份证号；转入后再登记",
            where="id_number",
        )
    elif id_number:
        yield from problems_with_id_number(id_number)
    if telephone:
        yield from problems_with_telephone(telephone)
    if born_on and on and born_on >= on:
        yield Obstacle("born-in-future", "出生日期不早于办理日期", remedy="核对出生日期", where="born_on")


def person_known(person: Person) -> Obstacle:
    return Obstacle("person-known", f"台账中已有此人：{person}", remedy="请在“党员”中打开此人再登记", where="id_number")


def id_number_not_accepted() -> Obstacle:
    """Somebody outside the clerk's scope has it: says no more than that the committee must look at it."""
    return Obstacle(
        "id-to-be-checked",
        "这个身份证号暂不能由您登记",
        remedy="可先不填身份证号；请综合党委经办人核对后补登",
        where="id_number",
    )


def obstacles_of_erasure(person: Person) -> Iterator[Obstacle]:
    if person.erased_on is not None:
        yield Obstacle(
            "person-erased", f"此人的个人信息已于{person.erased_on}依规清除", remedy="如确有其人，请另行登记"
        )


def obstacles_to_erasing(standing: list[Fact], *, document: str, note: str) -> Iterator[Obstacle]:
    """What still holds true needs a name: 法定职责 goes before erasure (个人信息保护法 13, 47)."""
    for fact in standing:
        yield Obstacle(
            "still-on-record",
            f"{fact._meta.verbose_name}自{fact.since}起仍在台账",
            remedy="先办理离任、离职、终止组织关系；在职在册期间依法定职责须保留",
        )
    if not document.strip():
        yield Obstacle(
            "authority-missing",
            "没有写明清除的依据",
            remedy="写明本人书面申请或批准文件，例如“本人2026年3月1日申请，综合党委同意”",
            where="document",
        )
    if not note.strip():
        yield Obstacle("note-missing", "没有写明理由", remedy="写明为何清除，例如“保存期限届满”", where="note")


def may_hand_out(user: User, person: Person) -> bool:
    return user.holds(WHO["hand_out"]) and Person.objects.visible_to(user).filter(pk=person.pk).exists()


def obstacles_to_handing_out(person: Person, *, purpose: str, is_own: bool) -> Iterator[Obstacle]:
    yield from obstacles_of_erasure(person)
    if not is_own and not purpose.strip():
        yield Obstacle(
            "purpose-missing",
            "没有写明本人何时怎样提出",
            remedy="写明申请，例如“本人2026年3月1日书面申请”",
            where="purpose",
        )


def obstacles_to_linking(person: Person, account: User | None, *, taken: bool) -> Iterator[Obstacle]:
    if account == person.account:
        yield Obstacle("nothing-changed", "所填与现有记载相同", remedy="无需办理", where="account")
    elif account is not None and not account.is_active:
        yield Obstacle("account-closed", "该账号已停用", remedy="核对登录名", where="account")
    if taken:
        yield Obstacle("account-taken", "该账号已关联另一人", remedy="核对登录名；关联错了的先解除", where="account")


def obstacles_to_engaging(
    particulars: Particulars | None, employment: str, later: Fact | None, on: date
) -> Iterator[Obstacle]:
    if particulars is None or particulars.status != Status.NORMAL:
        yield Obstacle("not-active-then", f"{on}该社会组织不在正常状态", remedy="核对日期", where="organization")
    if employment not in Employment.values:
        yield Obstacle("employment-unknown", "没有选择用工形式", remedy="从选项中选择", where="employment")
    yield from obstacles_of_later_days(later)


def obstacles_of_later_days(later: Fact | None) -> Iterator[Obstacle]:
    """A late entry does not silently take away what is stated for the days after it."""
    if later is not None:
        yield Obstacle(
            "later-days-stated",
            f"台账已记有{later.since}起的{later._meta.verbose_name}",
            remedy=f"补录以前的情况，请填写截止日期（不晚于{later.since}）；后面的记载有误的，请先更正",
            where="until",
        )


def obstacles_to_admitting(
    *,
    standing: str,
    joined_on: date | None,
    full_since: date | None,
    on: date,
    until: date | None = None,
    place: PartyOrganization | OutsidePartyOrganization | None,
    existence: tuple[date, date | None] | None,
    later: Fact | None = None,
) -> Iterator[Obstacle]:
    """`existence`: the days of the Party organisation, if it is one of ours."""
    if place is None:
        yield Obstacle(
            "place-missing",
            "没有写明组织关系在哪个党组织",
            remedy="选择本系统党组织，或填写外单位党组织名称",
            where="party_organization",
        )
    elif isinstance(place, PartyOrganization):
        first, end = existence or (date.max, None)
        if on < first or (end is not None and on >= end):
            yield Obstacle(
                "party-not-existing-then", f"{on}该党组织尚未成立或已撤销", remedy="核对日期和党组织", where="on"
            )
        elif end is not None and (until is None or until > end):
            yield Obstacle("party-ended", f"该党组织已于{end}撤销", remedy=f"填写截止日期，不晚于{end}", where="until")
    if standing not in Standing.values:
        yield Obstacle("standing-unknown", "没有选择党员类别", remedy="从选项中选择", where="standing")
    if joined_on and joined_on > on:
        yield Obstacle("joined-in-future", "入党日期晚于组织关系日期", remedy="核对日期", where="joined_on")
    if standing == Standing.PROBATIONARY and full_since:
        yield Obstacle(
            "probationary-and-full", "预备党员不应有转正日期", remedy="清空转正日期，或改为正式党员", where="full_since"
        )
    if full_since and standing == Standing.FULL and full_since > on:
        yield Obstacle(
            "full-in-future", "转正日期晚于正式党员的起始日期", remedy="转正以前按预备党员登记", where="full_since"
        )
    if joined_on and full_since and full_since < joined_on:
        yield Obstacle("full-before-joined", "转正日期早于入党日期", remedy="核对两个日期", where="full_since")
    yield from obstacles_of_later_days(later)


def held_elsewhere() -> Obstacle:
    return Obstacle(
        "held-elsewhere",
        "此人的组织关系现由其他单位管理",
        remedy="请由综合党委经办人办理转接",
        where="party_organization",
    )


def obstacles_to_becoming_full(membership: Membership | None, on: date) -> Iterator[Obstacle]:
    if membership is None:
        yield Obstacle("no-membership", f"{on}没有此人的党员组织关系", remedy="先登记组织关系", where="on")
    elif membership.standing == Standing.FULL:
        yield Obstacle("already-full", "已是正式党员", remedy="无需办理")
    elif membership.joined_on and on < membership.joined_on:
        yield Obstacle("full-before-joined", "转正日期早于入党日期", remedy="核对日期", where="on")


def obstacles_to_appointing(
    *,
    position: str,
    person: Person,
    membership: Membership | None,
    holders: list[Post],
    on: date,
    term_ends_on: date | None,
) -> Iterator[Obstacle]:
    """`holders`: who holds a post of that name and seat on that day or later."""
    if position not in Position.values:
        yield Obstacle("position-unknown", "没有选择职务", remedy="从选项中选择", where="position")
        return
    if membership is None or membership.standing != Standing.FULL:
        yield Obstacle(
            "not-full-member",
            f"{person}在{on}不是正式党员",
            remedy="只有正式党员可任党内职务；核对日期",
            where="person",
        )
    for holder in holders:
        yield Obstacle(
            "post-held",
            f"{Position(position).label}自{holder.since}起由{holder.person}担任",
            remedy="先办理其离任，或填写截止日期",
            where="position",
        )
    if term_ends_on and term_ends_on <= on:
        yield Obstacle("term-ended", "任期届满日期不晚于任职日期", remedy="核对两个日期", where="term_ends_on")


def warnings_about_secretary(
    position: str, person: Person, membership: Membership | None, on: date, criteria: Criteria
) -> Iterator[Obstacle]:
    """ORG-22: party years count from becoming a full member; they warn, and only since the regulation that says so."""
    years = criteria.get("secretary-min-party-years")
    since = membership.full_since if membership else None
    if position == Position.SECRETARY and years is not None and since and on < same_day(since, years_later=years):
        yield Obstacle(
            "few-party-years",
            f"{since}转正，到{on}党龄不满{years}年",
            remedy="改选其他正式党员，或在说明中写明理由",
            basis=criteria.clause("secretary-min-party-years"),
            severity=criteria.severity("secretary-min-party-years"),
            waivable=criteria.is_waivable("secretary-min-party-years"),
            where="person",
        )


def same_day(day: date, *, years_later: int) -> date:
    """29 February is followed by 1 March."""
    try:
        return day.replace(year=day.year + years_later)
    except ValueError:
        return date(day.year + years_later, 3, 1)


def obstacles_to_ending_membership(posts: list[Post]) -> Iterator[Obstacle]:
    for post in posts:
        yield Obstacle(
            "posts-remain",
            f"仍任{post.party_organization}{post.get_position_display()}",
            remedy="先办理其离任",
        )


def obstacles_to_dissolving(
    party_organization: PartyOrganization,
    memberships: list[Membership],
    posts: list[Post],
    subordinates: Iterable[str],
    ended_on: date | None,
) -> Iterator[Obstacle]:
    """撤销前先转出 (RULES ORG-13, SO-65): people are re-housed first, and named."""
    if ended_on is not None:
        yield Obstacle("already-dissolved", f"该党组织已于{ended_on}撤销", remedy="日期有误的，用“更正”", where="on")
        return
    if memberships:
        names = "、".join(membership.person.name for membership in memberships[:10])
        more = f"等{len(memberships)}人" if len(memberships) > 10 else ""
        yield Obstacle(
            "members-remain", f"仍有党员组织关系在{party_organization}：{names}{more}", remedy="先办理这些党员的转出"
        )
    for post in posts:
        yield Obstacle("posts-remain", f"{post.person}仍任{post.get_position_display()}", remedy="先办理其离任")
    for name in subordinates:
        yield Obstacle("subordinates-remain", f"{name}隶属于该党组织", remedy="先变更其隶属关系，或先撤销")


def obstacles_to_unsaying(memberships: int, posts: int, subordinates: int) -> Iterator[Obstacle]:
    """An establishment entered in error is withdrawn only as long as nothing stands on it."""
    for count, what in ((memberships, "党员组织关系"), (posts, "党内职务"), (subordinates, "下级党组织")):
        if count:
            yield Obstacle("stands-on-it", f"台账有{count}条{what}记在该党组织", remedy="先更正或撤回这些记录")
