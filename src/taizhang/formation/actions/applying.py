"""An application is begun, filled in as it goes, and submitted when it is complete; or withdrawn."""

from datetime import date
from typing import Any

from django.db import connection

from taizhang.accounts.acting import action, require
from taizhang.accounts.models import Unit, UnitKind, User
from taizhang.cases import actions as cases
from taizhang.formation import rules
from taizhang.formation.actions.moving import keeper_of, move, taken
from taizhang.formation.facts import committee_number, facts
from taizhang.formation.models import (
    COVERING,
    FROM_ONE,
    OF_ONE,
    Application,
    Kind,
    Nominee,
    Participant,
    Relation,
)
from taizhang.formation.telling import warnings_kept
from taizhang.kit.refusals import Obstacle, refuse, refuse_if
from taizhang.ledger.models import AsOf
from taizhang.members.models import Person, Position
from taizhang.orgs.actions import responsible_on
from taizhang.orgs.models import Organization
from taizhang.party.models import Affiliation, Form, Nature, PartyOrganization

ASKED = ("name", "level", "nature", "form", "superior", "party_organization", "into", "extended_until", "grounds")
TITLES = {
    Kind.SINGLE: "申请成立党组织",
    Kind.JOINT: "申请联合成立党组织",
    Kind.STREET: "申请街道联建党组织",
    Kind.POOLED: "申请编入联合会联合党支部",
    Kind.SPIN_OFF: "申请从联合党支部分出",
    Kind.CHANGE: "申请变更党组织",
    Kind.MERGE: "申请合并党组织",
    Kind.DISSOLVE: "申请撤销党组织",
    Kind.REELECTION: "申请换届",
    Kind.EXTENSION: "申请延期换届",
}


@action("formation.start")
def start(
    kind: str,
    *,
    on: date,
    by: User,
    organization: Organization | None = None,
    party_organization: PartyOrganization | None = None,
    street: Unit | None = None,
    resubmits: Application | None = None,
    **asked: Any,
) -> Application:
    """A draft, for the organisation that asks or about the Party organisation that exists; nobody decides anything yet."""
    if kind not in Kind.values:
        refuse("kind-missing", "没有选择申请事项", remedy="从列出的事项中选择", where="kind")
    about = party_organization if kind in OF_ONE and kind != Kind.POOLED else organization
    if about is None:
        where = "party_organization" if kind in OF_ONE and kind != Kind.POOLED else "organization"
        refuse("about-nothing", "没有选择由谁申请", remedy="选择社会组织或党组织", where=where)
    if kind in FROM_ONE and party_organization is None:
        refuse("existing-missing", "没有选择现有党组织", remedy="选择一个", where="party_organization")
    require(by, rules.WHO["start"], about.unit)
    responsible = responsible_for(about, on)
    approving = street if kind == Kind.STREET and street is not None else approving_for(responsible)
    case = cases.open_case("formation:application", f"{TITLES[Kind(kind)]}：{about}", unit=about.unit, by=by)
    if kind == Kind.STREET:
        asked.setdefault("nature", Nature.FUNCTIONAL)
        asked.setdefault("form", Form.JOINT_REGION)
    asked.setdefault("form", Form.SINGLE if kind in (Kind.SINGLE, Kind.SPIN_OFF) else "")
    application = Application.objects.create(
        case=case,
        kind=kind,
        approving_unit=approving,
        responsible_unit=responsible,
        party_organization=party_organization,
        resubmits=resubmits,
        **asked,
    )
    if kind in COVERING and organization is not None:
        Participant.objects.create(application=application, organization=organization, is_lead=True)
    cases.do(case, "formation:start", by=by, on=on)
    cases.pass_on(case, unit=case.unit, role=keeper_of(by, case.unit))
    return application


@action("formation.keep")
def keep(application: Application, *, by: User, **asked: Any) -> Application:
    """What was typed so far is kept."""
    application = taken(application, "keep", by)
    changed = {name: asked[name] for name in ASKED if name in asked and getattr(application, name) != asked[name]}
    for name, value in changed.items():
        setattr(application, name, value)
    application.save(update_fields=list(changed))
    return application


@action("formation.invite")
def invite(application: Application, *, organization: Organization, on: date, by: User) -> Participant:
    """One more organisation is to be covered; it has not consented yet, unless it is the only one."""
    application = taken(application, "invite", by)
    standing = application.participants.standing()
    if standing.filter(organization=organization).exists():
        refuse("invited-already", f"{organization}已在其中", remedy="无需再加", where="organization")
    is_lead = not standing.exists()
    participant = Participant.objects.create(application=application, organization=organization, is_lead=is_lead)
    decided_by(application, on)
    return participant


@action("formation.disinvite")
def disinvite(participant: Participant, *, on: date, by: User) -> Participant:
    application = taken(participant.application, "invite", by)
    if participant.is_lead:
        refuse("is-lead", "牵头的社会组织不能去掉", remedy="撤回本申请，由其他社会组织牵头重新申请")
    participant.is_dropped = True
    participant.save(update_fields=["is_dropped"])
    decided_by(application, on)
    return participant


@action("formation.consent")
def consent(participant: Participant, *, on: date, by: User, paper: str = "") -> Participant:
    """The organisation agrees to take part: said by somebody of its own, or on a paper that is named."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=participant.application_id)
    require(by, rules.WHO["consent"], participant.organization.unit)
    refuse_if(rules.obstacles_to_changing_draft(application))
    participant.consented_on, participant.consented_by, participant.consent = on, by, paper
    participant.save(update_fields=["consented_on", "consented_by", "consent"])
    return participant


@action("formation.propose")
def propose(
    application: Application,
    *,
    person: Person,
    by: User,
    organization: Organization | None = None,
    relation: str = Relation.PROMISED,
    promise: str = "",
    position: str = "",
) -> Nominee:
    """The person is to belong to it; proposed again, what is said of them now stands."""
    application = taken(application, "propose", by)
    if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
        refuse("person-unknown", "没有此人", remedy="从名册中选择", where="person")
    taking_part = application.participants.standing().select_related("organization__unit")
    if organization is None and len(taking_part) == 1:
        organization = taking_part[0].organization
    if organization is not None and organization.pk not in {each.organization_id for each in taking_part}:
        refuse("not-taking-part", f"{organization}不在本申请中", remedy="选择参加的社会组织", where="organization")
    standing = application.nominees.standing()
    if position == Position.SECRETARY and standing.filter(position=position).exclude(person=person).exists():
        refuse("secretary-already", "已有一名书记人选", remedy="先把原人选的拟任职务改为“无”", where="position")
    nominee = standing.filter(person=person).first()
    nominee = nominee or Nominee(application=application, person=person)
    nominee.organization, nominee.relation, nominee.promise = organization, relation, promise
    nominee.position = position
    nominee.save()
    return nominee


@action("formation.drop")
def drop(nominee: Nominee, *, by: User) -> Nominee:
    taken(nominee.application, "propose", by)
    nominee.is_dropped = True
    nominee.save(update_fields=["is_dropped"])
    return nominee


@action("formation.submit")
def submit(application: Application, *, on: date, by: User, note: str = "") -> Application:
    """It is complete, numbered, and before whoever decides. What the standard lacks is told at once, and does not stop it."""
    application = taken(application, "submit", by)
    found = facts(application, on=on)
    refuse_if(rules.obstacles_to_submitting(found, grounds=application.grounds))
    decided_by(application, on)
    cases.do(application.case, "formation:submit", by=by, on=on, note=note, warned=warnings_kept(found))
    number = application.number or next_number(on.year)
    return move(application, "submit", number=number, submitted_on=application.submitted_on or on)


@action("formation.withdraw")
def withdraw(application: Application, *, on: date, by: User, note: str) -> Application:
    """Whoever asked asks no longer."""
    application = taken(application, "withdraw", by)
    refuse_if([] if note.strip() else [Obstacle("note-missing", "没有写明原因", remedy="写明原因", where="note")])
    cases.do(application.case, "formation:withdraw", by=by, on=on, note=note)
    return move(application, "withdraw")


def next_number(year: int) -> str:
    """Called after the step: under the ledger's lock nobody else counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(right(number, 4)::int), 0) + 1 FROM formation_application WHERE number LIKE %s",
            [f"{year}-%"],
        )
        return f"{year}-{cursor.fetchone()[0]:04d}"


def decided_by(application: Application, on: date) -> bool:
    """Before whoever decides on that day; where several units are responsible that is the committee. Whether that changed."""
    taking_part = application.participants.standing().select_related("organization__unit")
    about = [each.organization for each in taking_part] or [application.party_organization]
    units = {responsible_for(each, on) for each in about}
    responsible = units.pop() if len(units) == 1 else Unit.objects.get(pk=committee_number())
    approving = application.approving_unit if application.kind == Kind.STREET else approving_for(responsible)
    if (approving.pk, responsible.pk) == (application.approving_unit_id, application.responsible_unit_id):
        return False
    application.approving_unit, application.responsible_unit = approving, responsible
    application.save(update_fields=["approving_unit", "responsible_unit"])
    return True


def responsible_for(about: Organization | PartyOrganization, on: date) -> Unit:
    """谁主管谁负责, on that day: of an organisation its responsible unit, of a Party organisation its superior's."""
    if isinstance(about, Organization):
        return responsible_on(about, on)
    belonging = Affiliation.objects.as_of(AsOf(on)).filter(party_organization=about).select_related("superior").first()
    superior = belonging.superior if belonging else about.unit.parent
    return superior if superior.kind != UnitKind.PARTY else superior.parent


def approving_for(responsible: Unit) -> Unit:
    if responsible.kind in rules.OWN_SITTING:
        return responsible
    return Unit.objects.get(pk=committee_number())
