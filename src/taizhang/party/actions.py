"""What may happen to a Party organisation on record. Its dissolution is in `members`: people are re-housed first."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from taizhang.accounts.acting import action, require, take
from taizhang.accounts.actions import move_unit, place_unit
from taizhang.accounts.models import Unit, UnitKind, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.kit.refusals import refuse, refuse_if
from taizhang.ledger import actions as ledger
from taizhang.ledger.models import AsOf, Fact
from taizhang.orgs.actions import particulars_on
from taizhang.orgs.models import Organization
from taizhang.party import rules
from taizhang.party.models import (
    Absence,
    Affiliation,
    Coverage,
    Form,
    PartyOrganization,
    PartyParticulars,
)


@action("party.establish")
def establish(
    *,
    name: str,
    level: str,
    nature: str,
    form: str,
    organizations: list[Organization],
    superior: Unit,
    on: date,
    by: User,
    approved_by: str = "",
    approval: str = "",
    note: str = "",
    step: Step | None = None,
) -> PartyOrganization:
    """It exists, belongs to `superior` and covers these organisations from that day on.

    A procedure that decided this gives its own `step`; otherwise a case of its own is done at once.
    """
    require(by, rules.WHO["establish"], superior)
    organizations = [take(organization, roles=rules.WHO["cover"], by=by) for organization in organizations]
    refuse_if(
        [
            *rules.obstacles_to_establishing(name=name, form=form, organizations=organizations),
            *(o for each in organizations for o in obstacles_to_covering(each, nature, on)),
        ]
    )
    parent = organizations[0].unit if form == Form.SINGLE else superior
    unit = place_unit(UnitKind.PARTY, name, parent=parent)
    party_organization = PartyOrganization.objects.create(unit=unit)

    step = step or cases.do_at_once(
        "party:establish", f"成立：{name}", unit=unit, by=by, on=on, document=approval, note=note
    )
    ledger.post(
        PartyParticulars,
        step=step,
        since=on,
        party_organization=party_organization,
        name=name,
        level=level,
        nature=nature,
        approved_by=approved_by,
        approval=approval,
    )
    ledger.post(Affiliation, step=step, since=on, party_organization=party_organization, superior=superior)
    for organization in organizations:
        post_coverage(party_organization, organization, nature=nature, form=form, since=on, step=step)
    return party_organization


@action("party.cover")
def cover(
    party_organization: PartyOrganization,
    *,
    organization: Organization,
    form: str,
    on: date,
    by: User,
    document: str = "",
    note: str = "",
) -> Step:
    """One more organisation is covered by it from that day on."""
    party_organization = take(party_organization, roles=rules.WHO["cover"], by=by)
    organization = take(organization, roles=rules.WHO["cover"], by=by)
    particulars = party_particulars_on(party_organization, on)
    refuse_if(rules.obstacles_to_ending(particulars, on))
    refuse_if([*rules.obstacles_to_joining(form), *obstacles_to_covering(organization, particulars.nature, on)])
    step = step_about(
        party_organization, "party:cover", f"覆盖{organization}", by=by, on=on, document=document, note=note
    )
    post_coverage(party_organization, organization, nature=particulars.nature, form=form, since=on, step=step)
    return step


@action("party.uncover")
def uncover(coverage: Coverage, *, on: date, by: User, document: str = "", note: str = "") -> Step:
    """The organisation is no longer covered by it from that day on."""
    party_organization = take(coverage.party_organization, roles=rules.WHO["uncover"], by=by)
    title = f"不再覆盖{coverage.organization}"
    step = step_about(party_organization, "party:uncover", title, by=by, on=on, document=document, note=note)
    ledger.end(coverage, on=on, step=step)
    return step


@action("party.change")
def change(
    party_organization: PartyOrganization,
    *,
    on: date,
    by: User,
    document: str = "",
    note: str = "",
    superior: Unit | None = None,
    **changed: str,
) -> Step:
    """Name, level, approval or superior differ from that day on. Its nature is part of what it covers: not here."""
    party_organization = take(party_organization, roles=rules.WHO["change"], by=by)
    particulars = party_particulars_on(party_organization, on)
    refuse_if(rules.obstacles_to_ending(particulars, on))
    step = step_about(party_organization, "party:change", "变更党组织", by=by, on=on, document=document, note=note)
    if changed:
        ledger.restate(
            PartyParticulars,
            step=step,
            since=on,
            until=particulars.until,
            party_organization=party_organization,
            **{**particulars.values, **changed},
        )
        label(party_organization)
    if superior is not None:
        require(by, rules.WHO["change"], superior)
        ledger.restate(Affiliation, step=step, since=on, party_organization=party_organization, superior=superior)
        follow_superior(party_organization, superior)
    return step


@action("party.state_absence")
def state_absence(
    organization: Organization, *, reason: str, on: date, by: User, remark: str = "", note: str = ""
) -> Step:
    """Why it has no Party organisation, from that day on."""
    organization = take(organization, roles=rules.WHO["state_absence"], by=by)
    title = f"说明未建原因：{organization}"
    step = cases.do_at_once("party:state_absence", title, unit=organization.unit, by=by, on=on, note=note)
    ledger.restate(Absence, step=step, since=on, organization=organization, reason=reason, remark=remark)
    return step


@action("party.correct")
def correct(fact: Fact, *, on: date, note: str, by: User, **changed) -> Step:
    """One statement about a Party organisation was wrong: what we now know takes its place."""
    about = getattr(fact, "party_organization", None) or fact.organization
    about = take(about, roles=rules.WHO["correct"], by=by)
    if not note.strip():
        refuse("note-missing", "没有写明更正理由", remedy="写明错在哪里、依据什么更正", where="note")
    title = f"更正{fact._meta.verbose_name}：{about}"
    step = cases.do_at_once("party:correct", title, unit=about.unit, by=by, on=on, note=note)
    ledger.correct(fact, step=step, **changed)
    if isinstance(about, PartyOrganization):
        label(about)
    return step


def end(party_organization: PartyOrganization, *, on: date, step: Step) -> None:
    """It no longer exists, belongs or covers from that day on. Called by `members.actions.dissolve` only."""
    for model in (Coverage, Affiliation, PartyParticulars):
        for fact in model.objects.still().filter(party_organization=party_organization):
            ledger.end(fact, on=on, step=step)


def obstacles_to_covering(organization: Organization, nature: str, on: date):
    covered = Coverage.objects.current().filter(
        organization=organization, nature=nature, period__overlap=DateRange(on, None)
    )
    covered = covered.select_related("party_organization__unit")
    return rules.obstacles_to_covering(organization, particulars_on(organization, on), covered, on)


def post_coverage(party_organization, organization, *, nature: str, form: str, since: date, step: Step) -> None:
    """Covered from that day on; a stated reason for having none ends on it."""
    ledger.post(
        Coverage,
        step=step,
        since=since,
        organization=organization,
        nature=nature,
        party_organization=party_organization,
        form=form,
    )
    for absence in Absence.objects.still().filter(organization=organization):
        if absence.since < since:
            ledger.end(absence, on=since, step=step)
        else:
            ledger.withdraw(absence, step=step)


def party_particulars_on(party_organization: PartyOrganization, on: date) -> PartyParticulars | None:
    return PartyParticulars.objects.as_of(AsOf(on)).filter(party_organization=party_organization).first()


def label(party_organization: PartyOrganization) -> None:
    latest = PartyParticulars.objects.current().filter(party_organization=party_organization).order_by("-period")
    Unit.objects.filter(pk=party_organization.unit_id).update(name=latest[0].name)


def follow_superior(party_organization: PartyOrganization, superior: Unit) -> None:
    """A joint or attached one hangs below its superior; a single one stays below its organisation."""
    unit = Unit.objects.select_related("parent").get(pk=party_organization.unit_id)
    if unit.parent.kind != UnitKind.ORGANIZATION and unit.parent_id != superior.pk:
        move_unit(unit, under=superior)


def step_about(about: PartyOrganization, kind: str, title: str, *, by: User, on: date, document="", note="") -> Step:
    return cases.do_at_once(
        kind, f"{title}：{about.unit.name}", unit=about.unit, by=by, on=on, document=document, note=note
    )
