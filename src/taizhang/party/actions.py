"""What may happen to a Party organisation on record. Its dissolution is in `members`: people are re-housed first."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from taizhang.accounts.acting import action, require, take
from taizhang.accounts.actions import move_unit, place_unit
from taizhang.accounts.models import Unit, UnitKind, User
from taizhang.accounts.spelling import spell
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.kit.refusals import Obstacle, refuse_if
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
from taizhang.statutes.rules import criteria


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
    chosen = {organization.pk: organization for organization in organizations}
    organizations = [take(organization, roles=rules.WHO["cover"], by=by) for organization in chosen.values()]
    name = name.strip()
    warned = refuse_if(
        [
            *rules.obstacles_to_establishing(
                name=name, level=level, nature=nature, form=form, organizations=organizations
            ),
            *(o for each in organizations for o in obstacles_to_covering(each, nature, on)),
            *rules.warnings_of_size(form, len(organizations), criteria(on)),
        ]
    )
    parent = organizations[0].unit if form == Form.SINGLE else superior
    unit = place_unit(UnitKind.PARTY, name, parent=parent)
    party_organization = PartyOrganization.objects.create(unit=unit)

    step = step or cases.do_at_once(
        "party:establish", f"成立：{name}", unit=unit, by=by, on=on, document=approval, note=note, warned=warned
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
    step: Step | None = None,
) -> Step:
    """One more organisation is covered by it from that day on. A single one becomes a joint one by that."""
    party_organization = take(party_organization, roles=rules.WHO["cover"], by=by)
    organization = take(organization, roles=rules.WHO["cover"], by=by)
    particulars = party_particulars_on(party_organization, on)
    refuse_if(rules.obstacles_to_ending(particulars, on))
    number = Coverage.objects.as_of(AsOf(on)).filter(party_organization=party_organization).count() + 1
    warned = refuse_if(
        [
            *rules.obstacles_to_words(form=form),
            *rules.obstacles_to_joining(form),
            *obstacles_to_covering(organization, particulars.nature, on, where="organization"),
            *rules.warnings_of_size(form, number, criteria(on)),
        ]
    )
    title = f"覆盖{organization}"
    step = step or step_about(
        party_organization, "party:cover", title, by=by, on=on, document=document, note=note, warned=warned
    )
    existence = existence_of(party_organization)
    until = existence[1] if existence else None
    post_coverage(
        party_organization, organization, nature=particulars.nature, form=form, since=on, until=until, step=step
    )
    single = Coverage.objects.current().filter(
        party_organization=party_organization, form=Form.SINGLE, period__overlap=DateRange(on, None)
    )
    for coverage in single:
        since = max(on, coverage.since)
        ledger.restate(Coverage, step=step, since=since, until=coverage.until, **{**said(coverage), "form": form})
    hang(party_organization)
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
    step: Step | None = None,
    **changed: str,
) -> Step:
    """Name, level, approval or superior differ from that day on; what was stated for later days stays.

    Its nature is part of what it covers: not here.
    """
    party_organization = take(party_organization, roles=rules.WHO["change"], by=by)
    particulars, affiliation = party_particulars_on(party_organization, on), affiliation_on(party_organization, on)
    refuse_if(rules.obstacles_to_ending(particulars, on))
    changed = {field: value for field, value in changed.items() if getattr(particulars, field) != value}
    if superior is not None and affiliation is not None and affiliation.superior_id == superior.pk:
        superior = None
    refuse_if(rules.obstacles_to_changing(party_organization, changed, superior))
    if superior is not None:
        require(by, rules.WHO["change"], superior)

    step = step or step_about(
        party_organization, "party:change", "变更党组织", by=by, on=on, document=document, note=note
    )
    if changed:
        ledger.restate(
            PartyParticulars, step=step, since=on, until=particulars.until, **{**said(particulars), **changed}
        )
        label(party_organization)
    if superior is not None:
        until = affiliation.until if affiliation else particulars.until
        ledger.restate(
            Affiliation, step=step, since=on, until=until, party_organization=party_organization, superior=superior
        )
        hang(party_organization)
    return step


@action("party.state_absence")
def state_absence(
    organization: Organization,
    *,
    reason: str,
    on: date,
    by: User,
    remark: str = "",
    note: str = "",
    until: date | None = None,
    step: Step | None = None,
) -> Step:
    """Why it has no Party organisation, from that day on."""
    organization = take(organization, roles=rules.WHO["state_absence"], by=by)
    covered = Coverage.objects.as_of(AsOf(on)).filter(organization=organization)
    covered = covered.select_related("party_organization__unit")
    particulars = particulars_on(organization, on)
    refuse_if(rules.obstacles_to_stating_absence(particulars, covered, reason, remark, on))
    title = f"说明未建原因：{organization}"
    step = step or cases.do_at_once("party:state_absence", title, unit=organization.unit, by=by, on=on, note=note)
    ledger.restate(Absence, step=step, since=on, until=until, organization=organization, reason=reason, remark=remark)
    return step


@action("party.correct")
def correct(fact: Fact, *, on: date, note: str, by: User, **changed) -> Step:
    """One statement about a Party organisation was wrong: what we now know takes its place.

    `changed` may hold `since` and `until` too. With the day of its establishment goes what began that day; with its
    nature goes the nature of what it covers.
    """
    about = take(subject(fact), roles=rules.WHO["correct"], by=by)
    changed = {field: value for field, value in changed.items() if getattr(fact, field) != value}
    party_organization = getattr(fact, "party_organization", None)
    existence = existence_of(party_organization) if party_organization else None
    standing = standing_on(fact, existence)
    later = [each for each in standing if each.since > fact.since]
    earliest_later = min(later, key=lambda each: each.since, default=None)
    refuse_if([*rules.obstacles_to_correcting(fact, changed, existence, earliest_later), *note_missing(note)])
    if isinstance(changed.get("superior"), Unit):
        require(by, rules.WHO["correct"], changed["superior"])

    title = f"更正{fact._meta.verbose_name}：{about}"
    step = cases.do_at_once("party:correct", title, unit=about.unit, by=by, on=on, note=note)
    ledger.correct(fact, step=step, **changed)
    for each in standing:
        together = {
            end: changed[end]
            for end in ("since", "until")
            if end in changed and getattr(each, end) == getattr(fact, end)
        }
        if "nature" in changed and isinstance(each, Coverage):
            recover(each, nature=changed["nature"], step=step, **together)
        elif together:
            ledger.correct(each, step=step, **together)
    if party_organization is not None:
        label(party_organization)
        hang(party_organization)
    return step


@action("party.withdraw")
def withdraw(fact: Fact, *, on: date, note: str, by: User) -> Step:
    """A coverage, or a reason for having none, was entered in error: the ledger no longer says so."""
    about = take(subject(fact), roles=rules.WHO["withdraw"], by=by)
    refuse_if([*rules.obstacles_to_withdrawing(fact), *note_missing(note)])
    title = f"撤回{fact._meta.verbose_name}：{about}"
    step = cases.do_at_once("party:withdraw", title, unit=about.unit, by=by, on=on, note=note)
    ledger.withdraw(fact, step=step)
    if isinstance(about, PartyOrganization):
        hang(about)
    return step


def end(party_organization: PartyOrganization, *, on: date, step: Step) -> None:
    """It no longer exists, belongs or covers from that day on. Who calls it has asked after its people."""
    for model in (Coverage, Affiliation, PartyParticulars):
        own = {"party_organization": party_organization, "period__overlap": DateRange(on, None)}
        for fact in model.objects.current().filter(**own):
            ledger.end(fact, on=on, step=step)


def unsay(party_organization: PartyOrganization, *, step: Step) -> None:
    """It never was. Called by `members.actions.withdraw_establishment` only."""
    for model in (Coverage, Affiliation, PartyParticulars):
        for fact in model.objects.current().filter(party_organization=party_organization):
            ledger.withdraw(fact, step=step)


def obstacles_to_covering(organization: Organization, nature: str, on: date, *, where: str = "organizations"):
    covered = Coverage.objects.current().filter(
        organization=organization, nature=nature, period__overlap=DateRange(on, None)
    )
    covered = covered.select_related("party_organization__unit")
    return rules.obstacles_to_covering(organization, particulars_on(organization, on), covered, on, where)


def note_missing(note: str) -> list[Obstacle]:
    if note.strip():
        return []
    return [Obstacle("note-missing", "没有写明理由", remedy="写明错在哪里、依据什么", where="note")]


def post_coverage(
    party_organization, organization, *, nature: str, form: str, since: date, step: Step, until: date | None = None
) -> None:
    """Covered from that day on; a stated reason for having none ends on it."""
    ledger.post(
        Coverage,
        step=step,
        since=since,
        until=until,
        organization=organization,
        nature=nature,
        party_organization=party_organization,
        form=form,
    )
    covered = DateRange(since, until)
    for absence in Absence.objects.current().filter(organization=organization, period__overlap=covered):
        if absence.since < since:
            ledger.end(absence, on=since, step=step)
        elif until is None or (absence.until and absence.until <= until):
            ledger.withdraw(absence, step=step)
        else:
            ledger.correct(absence, step=step, since=until)


def recover(coverage: Coverage, *, nature: str, step: Step, **days) -> None:
    """The same coverage under another nature, which is part of its key."""
    ledger.withdraw(coverage, step=step)
    days = {"since": coverage.since, "until": coverage.until, **days}
    ledger.post(Coverage, step=step, **days, **{**said(coverage), "nature": nature})


def said(fact: Fact) -> dict:
    """Everything a fact says, its key included."""
    return fact.key | fact.values


def subject(fact: Fact) -> PartyOrganization | Organization:
    return getattr(fact, "party_organization", None) or fact.organization


def standing_on(fact: Fact, existence: tuple[date, date | None] | None) -> list[Fact]:
    """What follows a correction of the first or last statement that a Party organisation exists."""
    if not isinstance(fact, PartyParticulars) or existence is None:
        return []
    if fact.since != existence[0] and fact.until != existence[1]:
        return []
    own = {"party_organization": fact.party_organization}
    return [each for model in (Affiliation, Coverage) for each in model.objects.current().filter(**own)]


def party_particulars_on(party_organization: PartyOrganization, on: date) -> PartyParticulars | None:
    return PartyParticulars.objects.as_of(AsOf(on)).filter(party_organization=party_organization).first()


def affiliation_on(party_organization: PartyOrganization, on: date) -> Affiliation | None:
    return Affiliation.objects.as_of(AsOf(on)).filter(party_organization=party_organization).first()


def existence_of(party_organization: PartyOrganization) -> tuple[date, date | None] | None:
    """The day it was established, and the first day on which it no longer exists."""
    stated = PartyParticulars.objects.current().filter(party_organization=party_organization).order_by("period")
    facts = list(stated)
    return (facts[0].since, facts[-1].until) if facts else None


def label(party_organization: PartyOrganization) -> None:
    latest = PartyParticulars.objects.current().filter(party_organization=party_organization).order_by("-period")
    unit = party_organization.unit
    unit.name = latest[0].name
    unit.save(update_fields=["name"])
    spell(unit, dict.fromkeys(fact.name for fact in latest[1:]))


def hang(party_organization: PartyOrganization) -> None:
    """A single one hangs below its organisation's node, others below their latest superior's."""
    own = {"party_organization": party_organization}
    covering = Coverage.objects.current().filter(**own).select_related("organization__unit").order_by("-period").first()
    belonging = Affiliation.objects.current().filter(**own).select_related("superior").order_by("-period").first()
    unit = Unit.objects.select_related("parent").get(pk=party_organization.unit_id)
    single = covering is not None and covering.form == Form.SINGLE
    parent = covering.organization.unit if single else belonging.superior if belonging else unit.parent
    if unit.parent_id != parent.pk:
        move_unit(unit, under=parent)


def step_about(
    about: PartyOrganization, kind: str, title: str, *, by: User, on: date, document="", note="", warned=()
) -> Step:
    return cases.do_at_once(
        kind, f"{title}：{about.unit.name}", unit=about.unit, by=by, on=on, document=document, note=note, warned=warned
    )
