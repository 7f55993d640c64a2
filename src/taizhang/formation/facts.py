"""What the reasons need to know of one application on one day: a fixed number of questions, whatever its size."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import connection
from django.db.models import F, Max

from taizhang.accounts.models import Unit, UnitKind
from taizhang.formation.models import (
    COVERING,
    FROM_ONE,
    GRANTED,
    OVER,
    Application,
    Kind,
    Nominee,
    Participant,
    Relation,
    State,
)
from taizhang.ledger.models import AsOf
from taizhang.members.actions.branches import standing_on
from taizhang.members.models import Engagement, Membership, Post
from taizhang.orgs.models import Mode, Particulars, Status, Supervision
from taizhang.party.models import Affiliation, Coverage, PartyParticulars


@dataclass(frozen=True)
class Applicant:
    """An organisation on the day: is it active, who is responsible, is it covered already, has it consented."""

    name: str
    number: int = 0
    is_active: bool = True
    mode: str = Mode.DIRECT
    responsible: int | None = None
    responsible_name: str = ""
    covered_by: str = ""
    covered_by_number: int | None = None
    consents: bool = True
    full_members: int = 0
    asked_elsewhere: str = ""


@dataclass(frozen=True)
class Candidate:
    """A proposed member on the day: full or not, how employed, where relations are held and whether they come."""

    name: str
    organization: int | None = None
    standing: str = ""
    employment: str = ""
    is_management: bool = False
    relation: str = Relation.PROMISED
    promise: str = ""
    place: str = ""
    place_kind: str = ""
    is_held_here: bool = False
    full_since: date | None = None
    position: str = ""


@dataclass(frozen=True)
class Existing:
    """The Party organisation on record that it is about, on the day."""

    name: str = ""
    exists: bool = True
    form: str = ""
    covers: int = 0
    superior: int | None = None
    level: str = ""
    term_ends_on: date | None = None
    elected_until: date | None = None  # what the election gave, before any extension
    members: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    subordinates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    on: date
    kind: str
    nature: str = "formal"
    name: str = ""
    form: str = ""
    superior: int | None = None
    organizations: tuple[Applicant, ...] = ()
    people: tuple[Candidate, ...] = ()
    existing: Existing | None = None
    into: Existing | None = None
    is_same: bool = False
    extended_until: date | None = None
    approving: int | None = None
    approving_name: str = ""
    approving_kind: str = UnitKind.COMMITTEE
    committee: int | None = None


def nameless(found: Facts) -> Facts:
    """Without a person's name: for what is kept in a step, and for those who may not see people."""
    people = tuple(replace(each, name=f"第{place}人") for place, each in enumerate(found.people, start=1))
    existing = found.existing
    if existing is not None:
        existing = replace(existing, members=("",) * len(existing.members), posts=tuple(existing.positions))
    return replace(found, people=people, existing=existing)


def facts(application: Application, *, on: date) -> Facts:
    """As the ledger knows it now of that day."""
    participants = list(application.participants.standing().select_related("organization__unit"))
    nominees = list(application.nominees.standing().select_related("person"))
    approving = application.approving_unit
    return Facts(
        on=on,
        kind=application.kind,
        nature=application.nature,
        name=application.name,
        form=application.form,
        superior=application.superior_id,
        organizations=tuple(applicants(application, participants, on)),
        people=tuple(candidates(nominees, on)),
        existing=existing_of(application.party_organization, on)
        if application.kind in FROM_ONE and application.party_organization_id
        else None,
        into=existing_of(application.into, on) if application.into_id else None,
        is_same=application.into_id is not None and application.into_id == application.party_organization_id,
        extended_until=application.extended_until,
        approving=approving.pk,
        approving_name=approving.name,
        approving_kind=approving.kind,
        committee=committee_number(),
    )


def applicants(application: Application, participants: list[Participant], on: date):
    numbers = [each.organization_id for each in participants]
    at = AsOf(on)
    particulars = {f.organization_id: f for f in Particulars.objects.as_of(at).filter(organization__in=numbers)}
    supervision = Supervision.objects.as_of(at).filter(organization__in=numbers).select_related("unit")
    responsible = {f.organization_id: f.unit for f in supervision}
    covering = Coverage.objects.current().filter(organization__in=numbers, nature=application.nature)
    covering = covering.filter(period__endswith=None) | covering.filter(period__endswith__gt=on)
    covered = {f.organization_id: f for f in covering.select_related("party_organization__unit")}
    full = full_members_of(numbers, at)
    elsewhere = asked_elsewhere(application, numbers) if application.kind in COVERING else {}
    for each in participants:
        stated, coverage = particulars.get(each.organization_id), covered.get(each.organization_id)
        unit = responsible.get(each.organization_id)
        yield Applicant(
            name=str(each.organization),
            number=each.organization_id,
            is_active=stated is not None and stated.status == Status.NORMAL,
            mode=stated.mode if stated else Mode.UNKNOWN,
            responsible=unit.pk if unit else None,
            responsible_name=unit.name if unit else "",
            covered_by=str(coverage.party_organization) if coverage else "",
            covered_by_number=coverage.party_organization_id if coverage else None,
            consents=each.is_lead or each.consented_on is not None,
            full_members=full.get(each.organization_id, 0),
            asked_elsewhere=elsewhere.get(each.organization_id, ""),
        )


def full_members_of(numbers: list[int], at: AsOf) -> dict[int, int]:
    """Full members among its full-time people, wherever held: the SQL function of `members` says so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, full_time_full FROM members_eligibility(%s, 'infinity', %s)", [at.day, numbers]
        )
        return dict(cursor.fetchall())


def asked_elsewhere(application: Application, numbers: list[int]) -> dict[int, str]:
    """Other applications under way that would cover the same organisations."""
    others = Participant.objects.standing().filter(organization__in=numbers, application__kind__in=COVERING)
    others = others.exclude(application=application.pk).exclude(
        application__state__in=OVER | {State.REFUSED, State.DRAFT, State.SENT_BACK}
    )
    others = others.filter(application__nature=application.nature, application__decided_on=None)
    return {each.organization_id: str(each.application) for each in others.select_related("application__case")}


def candidates(nominees: list[Nominee], on: date):
    people = [each.person_id for each in nominees]
    at = AsOf(on)
    held = {
        f.person_id: f
        for f in Membership.objects.as_of(at)
        .filter(person__in=people)
        .select_related("party_organization__unit", "outside")
    }
    engaged = {(f.person_id, f.organization_id): f for f in Engagement.objects.as_of(at).filter(person__in=people)}
    for each in nominees:
        membership, engagement = held.get(each.person_id), engaged.get((each.person_id, each.organization_id))
        yield Candidate(
            name=each.person.name,
            organization=each.organization_id,
            standing=membership.standing if membership else "",
            employment=engagement.employment if engagement else "",
            is_management=engagement.is_management if engagement else False,
            relation=each.relation,
            promise=each.promise,
            place=str(membership.place) if membership else "",
            place_kind=membership.outside.kind if membership and membership.outside else "",
            is_held_here=membership is not None and membership.party_organization_id is not None,
            full_since=membership.full_since if membership else None,
            position=each.position,
        )


def existing_of(party_organization, on: date) -> Existing:
    at = AsOf(on)
    stated = PartyParticulars.objects.as_of(at).filter(party_organization=party_organization).first()
    covering = list(Coverage.objects.as_of(at).filter(party_organization=party_organization).order_by("pk"))
    belonging = Affiliation.objects.as_of(at).filter(party_organization=party_organization).first()
    term_ends_on = term_of(party_organization, on)
    memberships, held, below = standing_on(party_organization)
    from_then_on = {"period__contains": on}
    holders = list(held.filter(**from_then_on).select_related("person").order_by("pk"))
    return Existing(
        name=str(party_organization),
        exists=stated is not None,
        form=covering[0].form if covering else "",
        covers=len(covering),
        superior=belonging.superior_id if belonging else None,
        level=stated.level if stated else "",
        term_ends_on=term_ends_on,
        elected_until=term_ends_on and before_extensions(party_organization, term_ends_on, on),
        members=tuple(memberships.filter(**from_then_on).order_by("pk").values_list("person__name", flat=True)),
        posts=tuple(f"{post.get_position_display()}{post.person}" for post in holders),
        positions=tuple(post.get_position_display() for post in holders),
        subordinates=tuple(
            below.filter(**from_then_on)
            .annotate(said=F("party_organization__unit__name"))
            .values_list("said", flat=True)
        ),
    )


def term_of(party_organization, on: date) -> date | None:
    posts = Post.objects.as_of(AsOf(on)).filter(party_organization=party_organization)
    return posts.aggregate(latest=Max("term_ends_on"))["latest"]


def before_extensions(party_organization, term_ends_on: date, on: date) -> date:
    """When the present term would have ended had it never been extended."""
    granted = Application.objects.filter(
        kind=Kind.EXTENSION, party_organization=party_organization, state__in=GRANTED, decided_on__lte=on
    )
    for decided_on, extended_until in granted.order_by("-decided_on", "-pk").values_list(
        "decided_on", "extended_until"
    ):
        earlier = term_of(party_organization, decided_on - timedelta(1)) if decided_on else None
        if extended_until != term_ends_on or earlier is None:
            break
        term_ends_on = earlier
    return term_ends_on


def committee_number() -> int | None:
    return Unit.objects.filter(kind=UnitKind.COMMITTEE, parent=None).values_list("pk", flat=True).first()
