"""What a granted application brings about in the registers: by their verbs, from the day of the decision, on its step."""

from datetime import date
from typing import Any

from taizhang.accounts.models import User
from taizhang.cases.models import Step
from taizhang.formation.models import FORMING, Application, Kind
from taizhang.ledger import actions as ledger
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members.actions.branches import carry_over
from taizhang.members.models import Membership, Person, Post
from taizhang.orgs.models import Organization
from taizhang.party import actions as party
from taizhang.party.models import JOINT_FORMS, Coverage, Form, PartyOrganization


def lock(application: Application, *, people: list[int] | None = None) -> None:
    """Whatever the decision rests on stays as it is until it is entered. In the order of the floors, before the step."""
    named = [application.party_organization_id, application.into_id, application.established_id]
    numbers = [number for number in named if number]
    list(PartyOrganization.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))
    covered = application.participants.standing().values_list("organization", flat=True)
    list(Organization.objects.select_for_update(of=("self",)).filter(pk__in=list(covered)).order_by("pk"))
    people = people or list(application.nominees.standing().values_list("person", flat=True))
    if application.kind == Kind.MERGE:
        held = Membership.objects.current().filter(party_organization=application.party_organization)
        people = list(held.values_list("person", flat=True))
    list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk"))


def bring_about(
    application: Application, *, on: date, step: Step, by: User, document: str = ""
) -> PartyOrganization | None:
    """The Party organisation that came into being, if one did."""
    act = EFFECTS.get(Kind(application.kind))
    if application.kind in FORMING:
        if application.kind == Kind.SPIN_OFF:
            leave_source(application, on=on, step=step)
        return establish(application, on=on, step=step, by=by, document=document)
    if act is not None:
        act(application, on=on, step=step, by=by)
    return None


def establish(application: Application, *, on: date, step: Step, by: User, document: str) -> PartyOrganization:
    return party.establish(
        name=application.name,
        level=application.level,
        nature=application.nature,
        form=application.form,
        organizations=organizations_of(application),
        superior=application.superior or application.approving_unit,
        on=on,
        by=by,
        approved_by=application.approving_unit.name,
        approval=document,
        step=step,
    )


def leave_source(application: Application, *, on: date, step: Step) -> None:
    """The organisations are no longer covered by the joint branch."""
    covered = Coverage.objects.as_of(AsOf(on)).filter(
        party_organization=application.party_organization, organization__in=organizations_of(application)
    )
    for coverage in covered:
        ledger.end(coverage, on=on, step=step)


def pool(application: Application, *, on: date, step: Step, by: User) -> None:
    for organization in organizations_of(application):
        party.cover(
            application.party_organization, organization=organization, form=Form.ATTACHED, on=on, by=by, step=step
        )


def change(application: Any, *, on: date, step: Step, by: User) -> None:
    branch = application.party_organization
    stated: Any = party.party_particulars_on(branch, on)
    belonging = party.affiliation_on(branch, on)
    asked = {"name": application.name} if application.name not in ("", stated.name) else {}
    superior = application.superior
    if superior is not None and belonging is not None and belonging.superior_id == superior.pk:
        superior = None
    if asked or superior is not None:
        party.change(branch, on=on, by=by, superior=superior, step=step, **asked)
    if application.form:
        covered = Coverage.objects.as_of(AsOf(on)).filter(party_organization=branch)
        for coverage in covered.exclude(form=Form.ATTACHED):
            said = {**party.said(coverage), "form": application.form}
            ledger.restate(Coverage, step=step, since=on, until=coverage.until, **said)
        party.hang(branch)


def merge(application: Any, *, on: date, step: Step, by: User) -> None:
    """What it covered is covered by the other from that day on, its members belong there, and it exists no longer."""
    carry_over(application.party_organization, into=application.into, on=on, step=step)
    covered = Coverage.objects.as_of(AsOf(on)).filter(party_organization=application.party_organization)
    for coverage in covered.select_related("organization__unit"):
        form = coverage.form if coverage.form in JOINT_FORMS else Form.JOINT_TRADE
        ledger.end(coverage, on=on, step=step)
        party.cover(application.into, organization=coverage.organization, form=form, on=on, by=by, step=step)
    party.end(application.party_organization, on=on, step=step)


def dissolve(application: Application, *, on: date, step: Step, by: User) -> None:
    members.dissolve(application.party_organization, on=on, by=by, step=step)


def extend(application: Application, *, on: date, step: Step, by: User) -> None:
    """Whoever holds a post holds it until the later day."""
    held = Post.objects.as_of(AsOf(on)).filter(party_organization=application.party_organization)
    for post in held.exclude(term_ends_on=None):
        said = {**party.said(post), "term_ends_on": application.extended_until}
        ledger.restate(Post, step=step, since=on, until=post.until, **said)


EFFECTS = {
    Kind.POOLED: pool,
    Kind.CHANGE: change,
    Kind.MERGE: merge,
    Kind.DISSOLVE: dissolve,
    Kind.EXTENSION: extend,
}


def undo(application: Any, *, on: date, step: Step, by: User) -> None:
    """From the day of the later sitting on it exists no longer; what spun off goes back, what was taken in is let go."""
    if application.kind == Kind.POOLED:
        leave_source(application, on=on, step=step)
        return
    party.end(application.established, on=on, step=step)
    if application.kind == Kind.SPIN_OFF:
        pool(application, on=on, step=step, by=by)


def organizations_of(application: Application) -> list[Organization]:
    taking_part = application.participants.standing().select_related("organization__unit")
    return [each.organization for each in taking_part]
