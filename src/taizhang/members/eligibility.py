"""Whether an organisation may form a Party organisation on a day: what is counted, the rule, and what is to be done next.

The counts come from the SQL function `members_eligibility`, of one organisation or of all; the figure `eligibility` says the
same as `judge` of all of them at once (a property test holds the two equal).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import Count

from taizhang.ledger.models import AsOf
from taizhang.members.models import Employment, Engagement, Membership, Standing
from taizhang.orgs.models import Organization
from taizhang.party.models import Coverage, Nature
from taizhang.statutes.rules import Criteria

WANTED = "full-members-to-form"
WANTED_OTHERWISE = 3
WHO = "who-counts-toward-formation"


class Outcome(models.TextChoices):
    COVERED = "covered", "已有党组织"
    ALONE = "alone", "可单独组建"
    TRANSFER = "transfer", "应建未建，待转入"
    JOINT = "joint", "可联合组建"
    INSTRUCTOR = "instructor", "选派指导员"


DUE = frozenset({Outcome.ALONE, Outcome.TRANSFER})  # 应建未建: full members enough, wherever their relations are


class WhoCounts(models.TextChoices):
    """RULES ORG-01 and, as the report proposes for 2018, ORG-10."""

    FULL_TIME = "full_time", "只计专职从业的"
    EXTENDED = "extended", "负责人和兼职的也计"


@dataclass(frozen=True)
class Worker:
    """A Party member among an organisation's people on the day: how employed, full or probationary, held where.

    "Here" is a Party organisation that covers the organisation, or one directly below it; "outside" is one that is not ours.
    """

    employment: str
    standing: str
    held_here: bool
    outside: bool = False


@dataclass(frozen=True)
class Eligibility:
    """What decides whether an organisation should have a Party organisation of its own (RULES ORG-01, ORG-10): full members,
    of these the ones whose relations are outside our Party organisations, and the probationary ones, who do not count.
    """

    full_time_full: int = 0
    full_time_outside: int = 0
    extended_full: int = 0
    extended_outside: int = 0
    held_here: int = 0
    probationary: int = 0

    def full(self, who: str) -> int:
        return self.extended_full if who == WhoCounts.EXTENDED else self.full_time_full

    def outside(self, who: str) -> int:
        return self.extended_outside if who == WhoCounts.EXTENDED else self.full_time_outside


def eligibility(workers: Iterable[Worker]) -> Eligibility:
    """The same as the SQL function, of workers that were read one by one."""
    workers = list(workers)
    full = [worker for worker in workers if worker.standing == Standing.FULL]
    full_time = [worker for worker in full if worker.employment == Employment.FULL_TIME]
    return Eligibility(
        full_time_full=len(full_time),
        full_time_outside=sum(worker.outside for worker in full_time),
        extended_full=len(full),
        extended_outside=sum(worker.outside for worker in full),
        held_here=sum(worker.held_here for worker in full),
        probationary=sum(worker.standing == Standing.PROBATIONARY for worker in workers),
    )


@dataclass(frozen=True)
class Condition:
    """One thing that was looked at: what was found, how many are wanted (None: it is only told), and the clause."""

    label: str
    found: int
    wanted: int | None = None
    note: str = ""
    basis: str = ""

    @property
    def missing(self) -> int:
        return max((self.wanted or 0) - self.found, 0)

    @property
    def is_met(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Judgement:
    outcome: Outcome
    conditions: tuple[Condition, ...]
    next_step: str
    who: str
    wanted: int

    @property
    def is_due(self) -> bool:
        return self.outcome in DUE


def judge(
    facts: Eligibility,
    criteria: Criteria,
    *,
    covered_by: str = "",
    places: Mapping[str, int] | None = None,
    promised: bool = False,
) -> Judgement:
    """By the criteria of the day. `covered_by`: the formal Party organisation there is. `places`: where outside relations
    are held. `promised`: those held outside count already, because they will be transferred.
    """
    who = criteria.get(WHO, WhoCounts.FULL_TIME)
    wanted = criteria.get(WANTED, WANTED_OTHERWISE)
    full, outside = facts.full(who), facts.outside(who)
    ready = full if promised else full - outside
    if covered_by:
        outcome = Outcome.COVERED
    elif ready >= wanted:
        outcome = Outcome.ALONE
    elif full >= wanted:
        outcome = Outcome.TRANSFER
    elif full:
        outcome = Outcome.JOINT
    else:
        outcome = Outcome.INSTRUCTOR
    return Judgement(
        outcome=outcome,
        conditions=tuple(conditions(facts, criteria, who=who, ready=ready, wanted=wanted)),
        next_step="；".join(
            steps(outcome, facts, who=who, ready=ready, wanted=wanted, covered_by=covered_by, places=places or {})
        )
        + "。",
        who=who,
        wanted=wanted,
    )


def conditions(facts: Eligibility, criteria: Criteria, *, who: str, ready: int, wanted: int) -> Iterator[Condition]:
    clause = criteria.clause(WANTED)
    yield Condition("正式党员", ready, wanted, note=f"{WhoCounts(who).label}，组织关系在本系统党组织", basis=clause)
    if held_outside := facts.full(who) - ready:
        yield Condition("组织关系在外单位的正式党员", held_outside, note="转入后计入")
    if who == WhoCounts.FULL_TIME and (others := facts.extended_full - facts.full_time_full):
        yield Condition("负责人、兼职人员中的正式党员", others, note="按当日口径不计入", basis=criteria.clause(WHO))
    if facts.probationary:
        yield Condition("预备党员", facts.probationary, note="按期转正后计入", basis=clause)


def steps(
    outcome: Outcome,
    facts: Eligibility,
    *,
    who: str,
    ready: int,
    wanted: int,
    covered_by: str,
    places: Mapping[str, int],
) -> Iterator[str]:
    """解释好原因，指明下步努力方向: what was found, what is missing, what would help."""
    if outcome == Outcome.COVERED:
        yield f"已由{covered_by}覆盖，无需另建"
        return
    yield f"正式党员{ready}名" + (f"，还差{wanted - ready}名" if ready < wanted else "，人数已够")
    if outcome == Outcome.ALONE:
        yield "可提出单独组建的申请"
        return
    if held_outside := facts.full(who) - ready:
        where = "、".join(
            f"{name}（{number}名）" for name, number in sorted(places.items(), key=lambda p: (-p[1], p[0]))
        )
        needed = wanted - ready
        enough = f"转入{needed}名后即可单独组建" if held_outside >= needed else "转入后计入"
        yield f"另有{held_outside}名党员组织关系在{where or '外单位'}，{enough}"
    if facts.probationary:
        yield f"预备党员{facts.probationary}名，按期转正后计入"
    if outcome == Outcome.JOINT:
        yield "可与行业相近、地域相邻的单位联合组建"
    if outcome == Outcome.INSTRUCTOR:
        yield "可派驻党建指导员，先实现党的工作覆盖"


def judge_one(organization: Organization, at: AsOf, criteria: Criteria) -> Judgement:
    """What its own page says: three questions to the database."""
    formal = Coverage.objects.as_of(at).filter(organization=organization, nature=Nature.FORMAL)
    coverage = formal.select_related("party_organization__unit").first()
    engaged = Engagement.objects.as_of(at).filter(organization=organization)
    if criteria.get(WHO, WhoCounts.FULL_TIME) == WhoCounts.FULL_TIME:
        engaged = engaged.filter(employment=Employment.FULL_TIME)
    outside = Membership.objects.as_of(at).filter(
        person__in=engaged.values("person"), standing=Standing.FULL, outside__isnull=False
    )
    return judge(
        of(at, [organization.pk]).get(organization.pk, Eligibility()),
        criteria,
        covered_by=str(coverage.party_organization) if coverage else "",
        places=dict(outside.values_list("outside__name").annotate(number=Count("pk")).order_by()),
    )


def of(at: AsOf, organizations: list[int] | None = None) -> dict[int, Eligibility]:
    """The counts of each organisation that has a Party member among its people; of all, if none are named."""
    names = list(Eligibility.__dataclass_fields__)
    asked: dict[str, Any] = {**at.parameters, "organizations": organizations}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT organization_id, {', '.join(names)}"
            " FROM members_eligibility(%(day)s::date, %(known_at)s::timestamptz, %(organizations)s::bigint[])",
            asked,
        )
        return {organization: Eligibility(*counts) for organization, *counts in cursor.fetchall()}


SECRETARIES = """
    SELECT DISTINCT e.organization_id
    FROM members_engagement e
    JOIN members_membership m ON m.person_id = e.person_id
        AND m.period @> %(day)s::date AND m.recorded @> %(known_at)s::timestamptz
    WHERE e.period @> %(day)s::date AND e.recorded @> %(known_at)s::timestamptz
      AND m.standing = 'full' AND e.organization_id = ANY (%(organizations)s)
      AND (m.full_since IS NULL OR m.full_since <= %(day)s::date - make_interval(years => %(years)s))
      AND (e.is_management OR NOT %(management)s)
"""


def with_secretary_candidates(at: AsOf, organizations: list[int], *, years: int, management: bool = False) -> set[int]:
    """Those among whose people is a full member of so many Party years (or of unknown ones), in a leading position if that
    is asked (RULES ORG-22)."""
    asked: dict[str, Any] = {**at.parameters, "organizations": organizations, "years": years, "management": management}
    with connection.cursor() as cursor:
        cursor.execute(SECRETARIES, asked)
        return {organization for (organization,) in cursor.fetchall()}
