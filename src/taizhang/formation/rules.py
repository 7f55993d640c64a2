"""Who may do what with an application, and why a Party organisation may not be formed, changed, merged or dissolved."""

from collections.abc import Iterator
from datetime import date

from taizhang.accounts.models import Role, UnitKind, User
from taizhang.formation.changing import obstacles_about_existing
from taizhang.formation.facts import Applicant, Candidate, Facts
from taizhang.formation.models import (
    COVERING,
    ELECTING,
    FORMING,
    OF_ONE,
    OPEN_TO_CHANGE,
    TRANSITIONS,
    Application,
    Kind,
    Relation,
)
from taizhang.kit.refusals import Obstacle
from taizhang.members.models import Employment, OutsideKind, Position, Standing
from taizhang.members.rules import same_day
from taizhang.orgs.models import Mode
from taizhang.orgs.rules import COMMITTEE_MODES
from taizhang.party.models import JOINT_FORMS, Form, Nature
from taizhang.statutes.rules import Criteria

APPLICANTS = frozenset({Role.CLERK, Role.UNIT_CLERK, Role.OPERATOR, Role.SECRETARY, Role.PARTY_CLERK})
DECIDERS = frozenset({Role.CLERK, Role.UNIT_CLERK})
PLANNERS = DECIDERS | {Role.REVIEWER, Role.LEADER}
WHO: dict[str, frozenset[str]] = {
    "group": PLANNERS,
    "regroup": PLANNERS,
    "draft_joint": DECIDERS,
    "start": APPLICANTS,
    "keep": APPLICANTS,
    "invite": APPLICANTS,
    "consent": APPLICANTS,
    "propose": APPLICANTS - {Role.OPERATOR},  # names of people
    "submit": APPLICANTS,
    "withdraw": APPLICANTS,
    "accept": DECIDERS | {Role.REVIEWER, Role.UNIT_REVIEWER},
    "send_back": DECIDERS | {Role.REVIEWER, Role.UNIT_REVIEWER},
    "record_result": APPLICANTS - {Role.OPERATOR},
    **dict.fromkeys(
        (
            *("redirect", "schedule", "defer", "approve", "refuse", "file_approval", "file_refusal"),
            *("reply", "answer", "agree_result", "conclude", "reverse", "acknowledge"),
        ),
        DECIDERS,
    ),
}
# Done for the unit that decides; the others for the unit that asks.
AS_DECIDER = frozenset(WHO) - {
    "group",
    "regroup",
    "draft_joint",
    "start",
    "keep",
    "invite",
    "consent",
    "propose",
    "submit",
    "withdraw",
    "record_result",
}
WHILE_OPEN = frozenset({"keep", "invite", "propose"})
OWN_SITTING = frozenset({UnitKind.COMMITTEE, UnitKind.SUPERVISING})
NOT_TRANSFERRED = frozenset({Nature.TEMPORARY, Nature.FUNCTIONAL, Nature.MOBILE})
ELECTED_OR_NOT = {"record_result": True, "conclude": False}


def unit_for(verb: str, application: Application):
    return application.approving_unit if verb in AS_DECIDER else application.unit


def abilities(user: User, application: Application) -> frozenset[str]:
    """Role ∩ state: draws the buttons; the verbs check again."""
    found = {
        verb
        for verb, (origins, _) in TRANSITIONS.items()
        if application.state in origins and user.holds(WHO[verb], unit_for(verb, application))
    }
    if application.state in OPEN_TO_CHANGE:
        found |= {verb for verb in WHILE_OPEN if user.holds(WHO[verb], application.unit)}
    if application.state in TRANSITIONS["send_back"][0] and user.holds(WHO["redirect"], application.approving_unit):
        found.add("redirect")
    for verb, electing in ELECTED_OR_NOT.items():
        if (application.kind in ELECTING) != electing:
            found.discard(verb)
    if application.approving_unit.kind not in OWN_SITTING:
        found -= {"schedule"}
    if application.approving_unit.kind == UnitKind.COMMITTEE:
        found -= {"file_approval", "file_refusal"}
    if application.kind not in COVERING:
        found.discard("reverse")
    return frozenset(found)


def obstacles_to_moving(application: Application, verb: str) -> Iterator[Obstacle]:
    if application.state not in TRANSITIONS[verb][0]:
        yield Obstacle(
            "not-in-that-state",
            f"申请{application.get_state_display()}，现在不能这样办理",
            remedy="刷新页面，按现在的状态办理",
        )


def obstacles_to_changing_draft(application: Application) -> Iterator[Obstacle]:
    if application.state not in OPEN_TO_CHANGE:
        yield Obstacle(
            "not-a-draft",
            f"申请{application.get_state_display()}，内容不能再改",
            remedy="请审批单位退回补正后再改，或撤回后重新申请",
        )


def obstacles_to_submitting(facts: Facts, *, grounds: str) -> Iterator[Obstacle]:
    """What an application lacks to be one. Whether it meets the standard is `obstacles_to_granting`."""
    if facts.kind in FORMING:
        if not facts.name.strip():
            yield Obstacle("name-missing", "没有填写拟用的党组织名称", remedy="填写全称", where="name")
        if not facts.people:
            yield Obstacle("nobody-proposed", "没有列出拟编入的党员", remedy="在“拟编入党员”中逐人选择")
        if not any(each.position == Position.SECRETARY for each in facts.people):
            yield Obstacle("secretary-missing", "没有书记人选", remedy="在拟编入党员中指定一人为书记人选")
    if facts.kind not in OF_ONE and not facts.organizations:
        yield Obstacle("covers-nothing", "没有选择社会组织", remedy="至少选择一家")
    if facts.kind == Kind.POOLED and not facts.organizations:
        yield Obstacle("covers-nothing", "没有选择要编入的社会组织", remedy="至少选择一家")
    for each in facts.organizations:
        if facts.kind == Kind.JOINT and not each.consents:
            yield Obstacle("consent-missing", f"{each.name}还没有同意参加", remedy="由该社会组织同意，或登记其书面同意")
    if (facts.kind in OF_ONE or facts.kind == Kind.SPIN_OFF) and facts.existing is None:
        yield Obstacle("existing-missing", "没有选择现有党组织", remedy="选择一个", where="party_organization")
    if facts.kind == Kind.MERGE and facts.into is None:
        yield Obstacle("into-missing", "没有选择并入哪个党组织", remedy="选择一个", where="into")
    if facts.kind == Kind.EXTENSION and facts.extended_until is None:
        yield Obstacle("until-missing", "没有填写延期到哪天", remedy="填写日期", where="extended_until")
    if not grounds.strip():
        yield Obstacle("grounds-missing", "没有写明申请理由", remedy="简要写明", where="grounds")


def obstacles_to_granting(facts: Facts, criteria: Criteria) -> Iterator[Obstacle]:
    """Every reason why it cannot be granted on that day, by the rules of that day."""
    yield from obstacles_of_responsibility(facts)
    if facts.kind in FORMING:
        yield from obstacles_to_forming(facts, criteria)
    elif facts.kind == Kind.POOLED:
        yield from obstacles_to_pooling(facts)
    elif facts.existing is not None:
        yield from obstacles_about_existing(facts, criteria)


def obstacles_of_responsibility(facts: Facts) -> Iterator[Obstacle]:
    """谁主管谁负责: the unit that decides is responsible on the day of the decision (RULES ORG-23)."""
    if facts.kind == Kind.STREET:
        if facts.approving_kind != UnitKind.STREET:
            yield Obstacle(
                "street-decides", "街道联建由街道党委审批", remedy="审批单位改为该街道", basis="report-2017-street"
            )
        return
    if not facts.organizations:
        return
    allowed = {each.responsible for each in facts.organizations}
    if len(allowed) > 1 or facts.committee in allowed:
        allowed = {facts.committee}
    if facts.approving not in allowed:
        names = "、".join(sorted({each.responsible_name for each in facts.organizations}))
        several = "，涉及几个责任单位的由综合党委研究" if "、" in names else ""
        yield Obstacle(
            "not-the-responsible",
            f"{facts.on}的责任单位是{names}{several}，不是{facts.approving_name}",
            remedy="办理“转交”，由责任单位研究",
            basis="report-2017-division",
        )
    for each in facts.organizations:
        if each.mode in COMMITTEE_MODES and each.responsible != facts.committee:
            yield Obstacle(
                "mode-and-responsibility",
                f"{each.name}是{Mode(each.mode).label}的社会组织，责任单位却是{each.responsible_name}",
                remedy="核对登记体制和责任单位",
                basis="report-2017-division",
                severity="warn",
            )


def obstacles_to_forming(facts: Facts, criteria: Criteria) -> Iterator[Obstacle]:
    """Party constitution art. 29/30, RULES ORG-01, ORG-04, ORG-10, ORG-11."""
    yield from obstacles_of_number(facts, criteria)
    for each in facts.organizations:
        yield from obstacles_of_organization(each, facts, criteria)
    yield from obstacles_of_people(facts, criteria)
    yield from warnings_about_secretary(facts, criteria)


def obstacles_of_number(facts: Facts, criteria: Criteria) -> Iterator[Obstacle]:
    count = len(facts.organizations)
    if not count:
        yield Obstacle("covers-nothing", "没有选择社会组织", remedy="至少选择一家")
    if facts.kind == Kind.SINGLE and count > 1:
        yield Obstacle("single-covers-one", f"单独组建只覆盖一家，现选了{count}家", remedy="改为联合组建，或只留一家")
    if facts.kind == Kind.JOINT and count < 2:
        yield Obstacle("joint-needs-two", "联合组建至少两家", remedy="邀请其他社会组织，或改为单独组建")
    if facts.kind == Kind.JOINT and facts.form not in JOINT_FORMS:
        yield Obstacle("form-missing", "没有选择按行业还是按区域联合", remedy="选择组建形式", where="form")
    if facts.kind == Kind.STREET and facts.nature != Nature.FUNCTIONAL:
        yield Obstacle(
            "street-is-functional",
            "不转组织关系的街道联建按功能型计",
            remedy="性质改为功能型",
            basis="report-2017-street",
            where="nature",
        )
    cap = criteria.get("joint-branch-max-organizations")
    if facts.kind in (Kind.JOINT, Kind.STREET) and cap is not None and count > cap:
        yield Obstacle(
            "joint-too-many",
            f"将覆盖{count}家，一般不超过{cap}家",
            remedy="分成几个联合党支部，或写明理由",
            basis=criteria.clause("joint-branch-max-organizations"),
            severity=criteria.severity("joint-branch-max-organizations"),
            waivable=criteria.is_waivable("joint-branch-max-organizations"),
        )


def obstacles_of_organization(each: Applicant, facts: Facts, criteria: Criteria) -> Iterator[Obstacle]:
    if not each.is_active:
        yield Obstacle("not-active-then", f"{each.name}在{facts.on}不是正常状态", remedy="核对登记情况")
    spins_off = facts.kind == Kind.SPIN_OFF and facts.existing is not None and each.covered_by == facts.existing.name
    if facts.kind == Kind.SPIN_OFF and not spins_off:
        yield Obstacle("not-covered-by-source", f"{each.name}不由所选联合党支部覆盖", remedy="核对现有党组织")
    elif each.covered_by and not spins_off:
        yield Obstacle(
            "already-covered",
            f"{each.name}已由{each.covered_by}覆盖",
            remedy="先终止原覆盖，或不再列入；原覆盖有误的，请先更正",
        )
    if each.asked_elsewhere:
        yield Obstacle(
            "asked-elsewhere",
            f"{each.name}还有另一件在办的申请：{each.asked_elsewhere}",
            remedy="两件合并办理，或撤回其中一件",
            severity="warn",
        )
    if facts.kind != Kind.JOINT:
        return
    if not each.consents:
        yield Obstacle("consent-missing", f"{each.name}没有同意参加", remedy="由该社会组织同意，或登记其书面同意")
    needed = criteria.get("full-members-to-form", 3)
    if each.full_members >= needed:
        yield Obstacle(
            "could-form-alone",
            f"{each.name}有正式党员{each.full_members}名，可以单独组建",
            remedy="建议单独组建；确需联合的写明理由",
            basis=criteria.clause("full-members-to-form"),
            severity="warn",
            waivable=True,
        )
    if not any(person.organization == each.number and person.standing == Standing.FULL for person in facts.people):
        yield Obstacle(
            "brings-nobody",
            f"{each.name}没有正式党员编入",
            remedy="可先派党建指导员，做工作覆盖",
            severity="warn",
            waivable=True,
        )


def obstacles_of_people(facts: Facts, criteria: Criteria) -> Iterator[Obstacle]:
    """Counts those who count, and says of each of the others why not."""
    needed = criteria.get("full-members-to-form", 3)
    counted, others = [], []
    for person in facts.people:
        why = why_not_counted(person, facts, criteria)
        if why:
            others.append(f"{person.name}{why}")
        else:
            counted.append(person)
    if len(counted) < needed:
        also = "；" + "、".join(others) if others else ""
        yield Obstacle(
            "too-few",
            f"正式党员{len(counted)}名，还差{needed - len(counted)}名{also}",
            remedy=next_step(facts, needed - len(counted), len(others)),
            basis=criteria.clause("full-members-to-form"),
        )


def why_not_counted(person: Candidate, facts: Facts, criteria: Criteria) -> str:
    """Empty for those who count toward the number."""
    if not person.standing:
        return "没有党员组织关系记录"
    if person.standing == Standing.PROBATIONARY:
        return "是预备党员，转正后才计入"
    counts_all = criteria.get("who-counts-toward-formation", "full_time") != "full_time"
    if not person.employment:
        return "已不在该社会组织从业"
    if not counts_all and person.employment != Employment.FULL_TIME:
        return f"是{Employment(person.employment).label}人员，不计入"
    if facts.kind == Kind.STREET and person.place_kind != OutsideKind.STREET:
        return f"组织关系在{person.place}，不在街道"
    if facts.kind == Kind.STREET or facts.nature in NOT_TRANSFERRED:
        return ""
    if person.is_held_here and person.relation != Relation.STAYS:
        return ""
    if person.relation == Relation.HERE:
        return f"组织关系已在{person.place}，不在本系统"
    if person.relation != Relation.PROMISED or not person.promise.strip():
        return f"组织关系在{person.place}，没有转入承诺"
    return ""


def next_step(facts: Facts, missing: int, others: int) -> str:
    if others >= missing:
        return "所列人员的组织关系转入（或转正）后即可再申请"
    if facts.kind == Kind.SINGLE:
        return "可与行业相近、地域相邻的单位联合组建；暂不具备条件的，申请派驻党建指导员"
    return "再邀请有党员的单位参加；暂不具备条件的，申请派驻党建指导员"


def warnings_about_secretary(facts: Facts, criteria: Criteria) -> Iterator[Obstacle]:
    """RULES ORG-22: they warn, never block, and only since the day from which the criterion is in force."""
    for person in facts.people:
        if person.position != Position.SECRETARY:
            continue
        years = criteria.get("secretary-min-party-years")
        too_short = years and person.full_since and facts.on < same_day(person.full_since, years_later=years)
        found = []
        if too_short:
            found.append(("secretary-min-party-years", f"书记人选{person.name}党龄不满{years}年"))
        if criteria.get("secretary-should-be-management") and not person.is_management:
            found.append(("secretary-should-be-management", f"书记人选{person.name}不任中层以上管理职务"))
        for name, reason in found:
            yield Obstacle(
                name,
                reason,
                remedy="改选他人，或写明理由",
                basis=criteria.clause(name),
                severity="warn",
                waivable=criteria.is_waivable(name),
            )


def obstacles_to_pooling(facts: Facts) -> Iterator[Obstacle]:
    """依托 the federation's joint branch: it exists and is a joint one, and the organisation is covered by nobody."""
    if facts.existing is None or not facts.existing.exists:
        yield Obstacle("not-existing-then", f"{facts.on}所选联合党支部不存在", remedy="核对所选党组织")
    elif facts.existing.form == Form.SINGLE:
        yield Obstacle("not-a-joint-one", f"{facts.existing.name}不是联合党支部", remedy="选择联合会联合党支部")
    for each in facts.organizations:
        if not each.is_active:
            yield Obstacle("not-active-then", f"{each.name}在{facts.on}不是正常状态", remedy="核对登记情况")
        if each.covered_by:
            yield Obstacle("already-covered", f"{each.name}已由{each.covered_by}覆盖", remedy="无需再编入")


def obstacles_to_answering(reasons: str, following: str) -> Iterator[Obstacle]:
    """解释好原因，指明下步努力方向: a refusal always carries both."""
    if not reasons.strip():
        yield Obstacle(
            "reasons-missing", "没有写明理由", remedy="逐条写明", basis="report-2017-refusal", where="reasons"
        )
    if not following.strip():
        yield Obstacle(
            "next-step-missing", "没有指明下步", remedy="写明对方怎么办", basis="report-2017-refusal", where="next_step"
        )


def obstacles_of_order(application: Application, decided_on: date, *, where: str = "") -> Iterator[Obstacle]:
    """Nothing is decided before it was asked for."""
    if application.submitted_on is not None and decided_on < application.submitted_on:
        yield Obstacle(
            "before-submission",
            f"申请于{application.submitted_on}提交，不能由{decided_on}决定",
            remedy="选提交以后的会议，或核对日期",
            where=where,
        )


def obstacles_to_number(number: str, *, where: str) -> Iterator[Obstacle]:
    if not number.strip():
        yield Obstacle("number-missing", "没有填写文号", remedy="填写文件上的文号", where=where)


def obstacles_to_filing(approving_kind: str, *, scanned: bool) -> Iterator[Obstacle]:
    if approving_kind == UnitKind.COMMITTEE:
        yield Obstacle("decided-here", "此事由综合党委的会议研究，不能登记为他方批复", remedy="办理“列入会议”")
    if not scanned:
        yield Obstacle("scan-missing", "没有对方批复的扫描件", remedy="先在“附件、备注”中上传扫描件")
