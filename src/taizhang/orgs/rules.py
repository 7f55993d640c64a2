"""Who may keep the register of organisations, and why a statement about one may not be entered."""

from collections.abc import Iterator, Mapping
from datetime import date

from taizhang.accounts.models import Role, Unit, UnitKind, User
from taizhang.kit.refusals import Obstacle
from taizhang.kit.text import obstacles_in_name
from taizhang.ledger.models import Fact
from taizhang.orgs.codes import problems_with_code
from taizhang.orgs.models import Entry, Mode, Organization, Particulars, Status, Supervision

KEEPERS = frozenset({Role.CLERK, Role.UNIT_CLERK})
WHO: dict[str, frozenset[str]] = {
    "register": KEEPERS,
    "enter": KEEPERS,
    "rename": KEEPERS,
    "change": KEEPERS,
    "declare_workforce": KEEPERS | {Role.OPERATOR, Role.PARTY_CLERK},
    "correct": frozenset({Role.CLERK}),
    "withdraw": frozenset({Role.CLERK}),
    "hand_over": frozenset({Role.CLERK}),
    "strike_off": frozenset({Role.CLERK}),
    "keep_units": frozenset({Role.CLERK}),
    "merge": frozenset({Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK}),  # across responsible units the reviewer alone
    "unmerge": frozenset({Role.REVIEWER}),
    "tell_apart": frozenset({Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK}),  # as those who merge
    "offer_again": frozenset({Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK}),
}
COMMITTEE_MODES = frozenset({Mode.DIRECT, Mode.DECOUPLED})


WHILE_ACTIVE = frozenset({"enter", "rename", "change", "declare_workforce", "hand_over", "strike_off"})


def abilities(user: User, organization: Organization) -> frozenset[str]:
    """What this person may do with this organisation as it is now: draws the buttons; the verbs check again.

    Of one that was struck off only the record is mended; one that is entered is not entered again.
    """
    held = frozenset(verb for verb, roles in WHO.items() if user.holds(roles, organization.unit))
    active = Particulars.objects.still().filter(organization=organization, status=Status.NORMAL)
    if not active.exists():
        return held - WHILE_ACTIVE
    return held - {"enter"} if Entry.objects.still().filter(organization=organization).exists() else held


def obstacles_to_registering(
    *,
    name: str,
    code: str | None,
    kind: str,
    mode: str,
    responsible: Unit,
    registered_on: date,
    on: date,
    taken: bool,
    in_sight: bool = True,
    again: bool = False,
) -> Iterator[Obstacle]:
    """`taken` where the code is on record already; only whoever sees that organisation (`in_sight`) is told so."""
    if not name.strip():
        yield Obstacle("name-missing", "没有填写名称", remedy="按登记证书填写全称", where="name")
    yield from obstacles_in_name(name)
    if code:
        yield from problems_with_code(code, kind)
    if taken and in_sight:
        reason = f"统一社会信用代码{code}已有登记"
        yield Obstacle("code-taken", reason, remedy="用代码查询该社会组织", where="code")
    elif taken:
        reason = "这个统一社会信用代码暂不能由您登记"
        yield Obstacle("code-not-yours", reason, remedy="核对代码；确需登记的，请与综合党委联系", where="code")
    if again:
        yield Obstacle(
            "registered-already",
            f"{responsible.name}名下已有同名、同日成立的“{name}”，也没有代码",
            remedy="可能是提交了两次，请到列表查找；确是另一家的，先填统一社会信用代码",
            where="name",
        )
    if registered_on > on:
        yield Obstacle(
            "registered-in-future",
            f"登记日期{registered_on}晚于办理日期{on}",
            remedy="核对登记日期",
            where="registered_on",
        )
    yield from obstacles_to_responsibility(mode, responsible)


def obstacles_to_responsibility(mode: str, responsible: Unit) -> Iterator[Obstacle]:
    """ORG-23: direct and decoupled organisations belong to the committee, others to their supervising unit."""
    if mode in COMMITTEE_MODES and responsible.kind != UnitKind.COMMITTEE:
        yield Obstacle(
            "mode-and-responsible",
            f"{Mode(mode).label}的社会组织由综合党委负责，不归{responsible.name}",
            remedy="核对登记体制，或把责任单位改为综合党委",
            basis="report-2017-division",
            where="responsible",
        )
    if mode == Mode.DUAL and responsible.kind == UnitKind.COMMITTEE:
        yield Obstacle(
            "mode-and-responsible",
            "双重管理的社会组织由其业务主管单位党组（党委）负责",
            remedy="填写业务主管单位，或核对登记体制",
            basis="report-2017-division",
            where="responsible",
        )


def obstacles_to_renaming(particulars: Particulars | None, name: str, on: date) -> Iterator[Obstacle]:
    yield from obstacles_to_change(particulars, on)
    if not name.strip():
        yield Obstacle("name-missing", "没有填写新名称", remedy="按登记证书填写全称", where="name")
    yield from obstacles_in_name(name)
    if particulars and particulars.name == name:
        yield Obstacle("name-unchanged", "新名称与现名称相同", remedy="无需办理", where="name")


def obstacles_to_change(particulars: Particulars | None, on: date) -> Iterator[Obstacle]:
    if particulars is None:
        yield Obstacle(
            "not-registered-then", f"台账中{on}该社会组织尚未登记", remedy="核对日期，或先补登记", where="on"
        )
    elif particulars.status != Status.NORMAL:
        yield Obstacle(
            "no-longer-active",
            f"{on}该社会组织已{particulars.get_status_display()}",
            remedy="核对日期；若注销登记有误，请先更正",
            where="on",
        )


def obstacles_to_changing_nothing(changed: dict[str, str]) -> Iterator[Obstacle]:
    if not changed:
        yield Obstacle("nothing-changed", "所填内容与台账相同，没有要变更的", remedy="改动要变更的项目；无需变更则取消")


def obstacles_to_withdrawing(fact: Fact, note: str) -> Iterator[Obstacle]:
    if isinstance(fact, Particulars | Supervision):
        yield Obstacle(
            "must-be-something",
            f"{fact._meta.verbose_name}不能撤回：在册的社会组织总有名称和责任单位",
            remedy="用“更正”改为正确的内容",
        )
    if not note.strip():
        yield Obstacle("note-missing", "没有写明撤回理由", remedy="写明为何属误录", where="note")


def obstacles_to_alias(unit: Unit, name: str, known: Unit | None) -> Iterator[Obstacle]:
    if not name:
        yield Obstacle("name-missing", "没有填写别名", remedy="填写表格里常见的简称或旧称", where="name")
    yield from obstacles_in_name(name)
    if name == unit.name:
        yield Obstacle("alias-is-name", "别名与单位名称相同", remedy="无需登记", where="name")
    if known is not None:
        yield Obstacle("alias-taken", f"“{name}”已是{known}的别名", remedy="核对是哪个单位的简称", where="name")


PLACES = ("held_here", "held_supervisor", "held_affiliated", "held_locality", "held_employer", "held_other")


def problems_with_heads(workforce: Mapping[str, int], breakdown: Mapping[str, int] | None = None) -> Iterator[Obstacle]:
    """The relations inside 《社会组织党建情况年报表》: staff are full-time and part-time, leaders among them."""
    staff = workforce["full_time"] + workforce["part_time"]
    leaders, members = workforce["leaders"], workforce["party_members"]
    yield from more_than("leaders", leaders, "负责人", staff, "从业人员（专职加兼职）")
    yield from more_than("party_members", members, "党员", staff, "从业人员（专职加兼职）")
    growing = workforce["applicants"]
    if breakdown is not None:
        growing += breakdown["activists"] + breakdown["candidates"]
        yield from problems_with_breakdown(workforce, breakdown)
    if members <= staff < members + growing:
        yield wrong_sum(
            "applicants", f"党员{members}人加入党申请人、积极分子、发展对象{growing}人，超过从业人员{staff}人"
        )


def problems_with_breakdown(workforce: Mapping[str, int], breakdown: Mapping[str, int]) -> Iterator[Obstacle]:
    leaders, members = workforce["leaders"], workforce["party_members"]
    yield from more_than("leaders_part_time", breakdown["leaders_part_time"], "兼职负责人", leaders, "负责人")
    yield from more_than(
        "leaders_part_time", breakdown["leaders_part_time"], "兼职负责人", workforce["part_time"], "兼职人员"
    )
    yield from more_than(
        "leaders",
        leaders - breakdown["leaders_part_time"],
        "专职负责人（负责人减兼职负责人）",
        workforce["full_time"],
        "专职人员",
    )
    yield from more_than("leader_members", breakdown["leader_members"], "负责人中的党员", leaders, "负责人")
    yield from more_than("leader_members", breakdown["leader_members"], "负责人中的党员", members, "党员")
    staff = workforce["full_time"] + workforce["part_time"]
    workers = members - breakdown["leader_members"]
    yield from more_than(
        "party_members", workers, "工作人员中的党员（党员减负责人中的党员）", staff - leaders, "工作人员"
    )
    yield from more_than(
        "full_time_members", breakdown["full_time_members"], "专职人员中的党员", workforce["full_time"], "专职人员"
    )
    yield from more_than("full_time_members", breakdown["full_time_members"], "专职人员中的党员", members, "党员")
    part_time_members = members - breakdown["full_time_members"]
    yield from more_than("full_time_members", part_time_members, "兼职人员中的党员", workforce["part_time"], "兼职人员")
    held = sum(breakdown[place] for place in PLACES)
    if held != members:
        yield wrong_sum("held_here", f"组织关系所在各处合计{held}人，党员{members}人，两数应当相等")
    yield from more_than(
        "held_here",
        breakdown["held_here"],
        "组织关系在本组织的党员",
        breakdown["full_time_members"],
        "专职人员中的党员",
    )


def more_than(where: str, part: int, part_name: str, whole: int, whole_name: str) -> Iterator[Obstacle]:
    if part > whole:
        yield wrong_sum(where, f"{part_name}{part}人，多于{whole_name}{whole}人")


def wrong_sum(where: str, reason: str) -> Obstacle:
    return Obstacle(f"heads-{where.replace('_', '-')}", reason, remedy="核对两处人数，改正填错的一处", where=where)


def obstacles_to_handing_over(particulars: Particulars | None, responsible: Unit | None, to: Unit, on: date):
    yield from obstacles_to_change(particulars, on)
    if responsible is not None and responsible.pk == to.pk:
        yield Obstacle("already-responsible", f"{to.name}已是责任单位", remedy="核对接收单位", where="to")
    if to.kind not in {UnitKind.COMMITTEE, UnitKind.SUPERVISING}:
        yield Obstacle(
            "cannot-be-responsible",
            f"{to.name}（{to.get_kind_display()}）不能作责任单位",
            remedy="选择综合党委或业务主管单位",
            where="to",
        )
