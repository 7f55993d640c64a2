"""Joint branches proposed: asked for a unit, worked out, changed by wishes, turned into drafts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from taizhang.accounts.acting import action, require
from taizhang.accounts.models import Unit, User
from taizhang.formation import rules
from taizhang.formation.actions.applying import invite, keep, propose, start
from taizhang.formation.candidates import Found, candidates, neighbours
from taizhang.formation.grouping import Group, Proposal, greedy
from taizhang.formation.grouping import propose as best
from taizhang.formation.models import Application, Kind, Relation
from taizhang.formation.plans import Grouping, Placement, PlanState, ProposedGroup
from taizhang.kit.jobs import later
from taizhang.kit.refusals import refuse
from taizhang.ledger.models import AsOf
from taizhang.members.eligibility import WhoCounts
from taizhang.members.models import Employment, Engagement, Membership, Person, Standing
from taizhang.orgs.codes import region_name
from taizhang.orgs.models import Organization
from taizhang.party.models import Form
from taizhang.statutes.rules import criteria

ASKED = (
    *("day", "who", "wanted", "most_organizations", "needs_secretary", "management", "same_city"),
    *("together", "apart", "left_out", "seconds_allowed"),
)
INSTRUCTOR = "没有正式党员：先派驻党建指导员，只计党的工作覆盖"
HIGHEST = 2000  # groups of one answer


@action("formation.group")
def group(unit: Unit, *, by: User, **asked: Any) -> Grouping:
    """It is asked which organisations of the unit's should form joint branches; the answer follows from a worker."""
    require(by, rules.WHO["group"], unit)
    grouping = Grouping.objects.create(unit=unit, by=by, **asked)
    later("formation.work_out", grouping=grouping.pk, user=by.pk)
    return grouping


@action("formation.regroup")
def regroup(grouping: Grouping, *, wish: str, organizations: Iterable[Organization], by: User) -> Grouping:
    """The same question once more, with one wish more (together, apart, left_out) or without any (clear)."""
    require(by, rules.WHO["group"], grouping.unit)
    asked = {name: getattr(grouping, name) for name in ASKED}
    placed = Placement.objects.visible_to(by).filter(grouping=grouping, organization__in=organizations)
    keys = sorted(placed.values_list("organization", flat=True))
    if wish == "clear":
        asked |= {"together": [], "apart": [], "left_out": []}
    elif wish in ("together", "apart") and len(keys) < 2:
        refuse("too-few-chosen", "至少选两家", remedy="在名单中勾选要同组或不同组的社会组织", where="organizations")
    elif not keys:
        refuse("none-chosen", "没有选社会组织", remedy="在名单中勾选", where="organizations")
    elif wish == "together":
        asked["together"] = [*grouping.together, keys]
    elif wish == "apart":
        asked["apart"] = [*grouping.apart, *([one, other] for one in keys for other in keys if one < other)]
    elif wish == "left_out":
        asked["left_out"] = sorted({*grouping.left_out, *keys})
    else:
        refuse("no-such-wish", "没有这种要求", remedy="从同组、不同组、不参加中选择")
    return group(grouping.unit, by=by, **asked)


def work_out(grouping: Grouping, *, by: User) -> Grouping:
    """The answer is sought outside any transaction: it may take a minute. Then it is written down at once."""
    require(by, rules.WHO["group"], grouping.unit)
    Grouping.objects.filter(pk=grouping.pk, state=PlanState.WAITING).update(state=PlanState.WORKING)
    rule = criteria(grouping.day)
    found = candidates(
        grouping.unit,
        AsOf(grouping.day),
        who=grouping.who,
        wanted=grouping.wanted,
        management=grouping.management,
        most_organizations=grouping.most_organizations,
        criteria=rule,
    )
    near = neighbours(found, criteria=rule, same_city=grouping.same_city)
    limits, wishes = grouping.limits, grouping.wishes
    proposal = best(
        found.few,
        limits=limits,
        wishes=wishes,
        neighbours=near,
        hosts=found.hosts,
        seconds=grouping.seconds_allowed,
    )
    by_hand = greedy(found.few, limits=limits, wishes=wishes, neighbours=near)
    return write_down(grouping, proposal, found, by_hand, by=by)


@action("formation.write_down_grouping")
def write_down(grouping: Grouping, proposal: Proposal, found: Found, by_hand: list[Group], *, by: User) -> Grouping:
    """Groups, and where everybody was placed; a second answer to the same question is not written."""
    grouping = Grouping.objects.select_for_update(of=("self",)).select_related("unit").get(pk=grouping.pk)
    if not grouping.is_under_way:
        return grouping
    numbered = list(enumerate(proposal.groups, start=1))
    made = ProposedGroup.objects.bulk_create(
        ProposedGroup(grouping=grouping, number=number, why=why(each), host_id=each.host.key if each.host else None)
        for number, each in numbered
    )
    known = {each.key: each for each in (*found.few, *found.none)}
    places = {key: (row, "") for row, (_, each) in zip(made, numbered, strict=True) for key in each.keys}
    places |= {key: (None, reason) for key, reason in proposal.left_over.items()}
    places |= {each.key: (None, INSTRUCTOR) for each in found.none}
    Placement.objects.bulk_create(
        (
            Placement(
                grouping=grouping, organization_id=key, group=row, reason=reason, members=known[key].members,
                has_secretary=known[key].secretary, trade=known[key].trade, region=known[key].region,
            )
            for key, (row, reason) in places.items()
        ),
        batch_size=HIGHEST,
    )  # fmt: skip
    for name, value in {
        "state": PlanState.DONE,
        "covered": proposal.covered,
        "bound": proposal.bound,
        "is_optimal": proposal.is_optimal,
        "unproven": list(proposal.unproven),
        "by_hand_covered": sum(len(each.organizations) for each in by_hand),
        "by_hand_branches": len(by_hand),
        "seconds": proposal.seconds,
    }.items():
        setattr(grouping, name, value)
    grouping.save()
    return grouping


@action("formation.break_off_grouping")
def break_off(grouping: Grouping, *, why: str, by: User | None) -> Grouping:
    """There will be no answer, and why."""
    Grouping.objects.filter(pk=grouping.pk).exclude(state=PlanState.DONE).update(state=PlanState.BROKEN, failure=why)
    return grouping


def why(each: Group) -> str:
    trades, regions = each.cell.trades, [region_name(region) for region in each.cell.regions]
    near = [f"同为{trades[0]}行业" if len(trades) == 1 else f"行业相近（{'、'.join(trades)}）"] if trades else []
    near += [f"同在{regions[0]}" if len(regions) == 1 else f"地域相邻（{'、'.join(regions)}）"] if regions else []
    leaders = sum(one.secretary for one in each.organizations)
    joined = "编入现有联合党支部" if each.host else f"合计正式党员{each.members}名，{leaders}家有书记人选"
    return "，".join([*near, joined])


@action("formation.draft_joint")
def draft_joint(proposed: ProposedGroup, *, on: date, by: User) -> Application:
    """The group becomes a draft that its organisations are asked to consent to; its members are proposed from the register."""
    proposed = (
        ProposedGroup.objects.select_for_update(of=("self",))
        .select_related("grouping__unit", "host")
        .get(pk=proposed.pk)
    )
    require(by, rules.WHO["draft_joint"], proposed.grouping.unit)
    if proposed.application_id:
        refuse("drafted-already", "这一组已经转为申请", remedy="打开该申请继续办理")
    placements = list(
        proposed.placements.select_related("organization__unit").order_by("-has_secretary", "organization")
    )
    lead, *others = (each.organization for each in placements)
    if proposed.host is None:
        application = start(Kind.JOINT, organization=lead, on=on, by=by)
        trades = {each.trade for each in placements}
        form = Form.JOINT_TRADE if len(trades) == 1 and trades != {""} else Form.JOINT_REGION
        name = f"中共{lead}等{len(placements)}家社会组织联合支部委员会"
        keep(application, name=name, form=form, grounds=f"编组方案第{proposed.number}组：{proposed.why}", by=by)
    else:
        application = start(Kind.POOLED, organization=lead, party_organization=proposed.host, on=on, by=by)
        keep(application, grounds=f"编组方案第{proposed.number}组：{proposed.why}", by=by)
    for organization in others:
        invite(application, organization=organization, on=on, by=by)
    for placement in placements:
        name_members(application, placement.organization, who=proposed.grouping.who, on=on, by=by)
    proposed.application = application
    proposed.save(update_fields=["application"])
    return application


def name_members(application: Application, organization: Organization, *, who: str, on: date, by: User) -> None:
    """The full members that count, as far as their names are for these eyes."""
    engaged = Engagement.objects.as_of(AsOf(on)).filter(organization=organization)
    if who == WhoCounts.FULL_TIME:
        engaged = engaged.filter(employment=Employment.FULL_TIME)
    held = Membership.objects.as_of(AsOf(on)).filter(person__in=engaged.values("person"), standing=Standing.FULL)
    named = Person.objects.visible_to(by)
    for membership in held.filter(person__in=named).select_related("person").order_by("person"):
        relation = Relation.HERE if membership.party_organization_id else Relation.PROMISED
        propose(application, person=membership.person, organization=organization, relation=relation, by=by)
