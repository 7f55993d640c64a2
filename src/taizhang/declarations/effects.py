"""What an accepted declaration brings about: facts dated by the day they became true, by the verbs of the registers, on its step."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models.functions import Lower

from taizhang.accounts.models import User
from taizhang.cases.models import Step
from taizhang.declarations.drafts import Draft
from taizhang.declarations.fields import number_of
from taizhang.declarations.sections import Record
from taizhang.instructors import actions as instructors
from taizhang.instructors.models import Instructor
from taizhang.ledger.models import AsOf, Fact
from taizhang.members import actions as members
from taizhang.members.models import Person
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Breakdown, Organization, Workforce
from taizhang.party import actions as party
from taizhang.party.models import Absence, Coverage, Form, Nature, PartyOrganization, PartyParticulars


def lock(draft: Draft) -> None:
    """Whatever the facts are about stays as it is until they are entered. In the order of the floors, before the step."""
    named: dict[str, list[int]] = defaultdict(list)
    for record, _, _ in draft.changed():
        named[record.kind.name].append(number_of(record.key))
    branches = [*named["party"], *named["post"]]
    list(PartyOrganization.objects.select_for_update().filter(pk__in=branches).order_by("pk"))
    list(Organization.objects.select_for_update(of=("self",)).filter(pk=draft.declaration.organization_id))
    posts = [record.subject.person_id for record, _, _ in draft.changed() if record.kind.name == "post"]
    list(Person.objects.select_for_update().filter(pk__in=[*named["person"], *posts]).order_by("pk"))
    list(Instructor.objects.select_for_update().filter(pk__in=named["posting"]).order_by("pk"))


def bring_about(draft: Draft, *, step: Step, by: User) -> None:
    said: dict[str, dict[str, Any]] = defaultdict(dict)
    days: dict[str, date] = {}
    records: dict[str, Record] = {}
    for record, asked, difference in draft.changed():
        said[record.key][asked.name] = difference.new
        days[record.key], records[record.key] = difference.since, record
    if "new-party" in said:
        said.pop("absence", None)  # whoever is covered has no reason for not being covered
    for key, new in said.items():
        record = records[key]
        EFFECTS[record.kind.name](draft, record, new, since=days[key], step=step, by=by)


def particulars(draft: Draft, record: Record, new: dict, *, since: date, step: Step, by: User) -> None:
    orgs.change(draft.read.organization, on=since, by=by, step=step, **new)


def workforce(draft: Draft, record: Record, new: dict, *, since: date, step: Step, by: User) -> None:
    said = merged(record, new)
    until = end_of(Workforce, draft, since)
    orgs.declare_workforce(draft.read.organization, on=since, until=until, by=by, step=step, **said)


def breakdown(draft: Draft, record: Record, new: dict, *, since: date, step: Step, by: User) -> None:
    said = merged(record, new)
    until = end_of(Breakdown, draft, since)
    orgs.declare_breakdown(draft.read.organization, on=since, until=until, by=by, step=step, **said)


def absence(draft: Draft, record: Record, new: dict, *, since: date, step: Step, by: User) -> None:
    said = merged(record, new)
    until = end_of(Absence, draft, since)
    party.state_absence(
        draft.read.organization,
        reason=said["reason"],
        remark=said.get("remark") or "",
        on=since,
        until=until,
        by=by,
        step=step,
    )


def known_branch(draft: Draft, record: Record, new: dict, *, since: date, step: Step, by: User) -> None:
    party.change(record.subject, on=since, by=by, step=step, **new)


def new_branch(draft: Draft, record: Record, new: dict, *, since: date, step: Step, by: User) -> None:
    """Approved by somebody else before the ledger knew: entered from the day of the approval."""
    organization = draft.read.organization
    party.establish(
        name=new["name"],
        level=new["level"],
        nature=Nature.FORMAL,
        form=Form.SINGLE,
        organizations=[organization],
        superior=orgs.responsible_on(organization, since),
        on=since,
        by=by,
        approved_by=new["approved_by"],
        approval=new["approval"],
        step=step,
    )


def person(draft: Draft, record: Record, new: dict, *, since: date, step: Step, by: User) -> None:
    engagement, membership = record.subject
    organization = draft.read.organization
    if new.get("left"):
        members.leave(engagement, on=since, by=by, step=step)
    elif work := {name: new[name] for name in ("employment", "title", "is_management") if name in new}:
        said = {name: getattr(engagement, name) for name in ("employment", "title", "is_management")} | work
        members.engage(
            engagement.person, organization=organization, on=since, until=engagement.until, by=by, step=step, **said
        )
    if "outside_name" in new or "outside_kind" in new:
        said = merged(record, new)
        members.admit(
            engagement.person,
            outside_name=said["outside_name"],
            outside_kind=said["outside_kind"] or "other",
            unit=organization.unit,
            standing=membership.standing,
            joined_on=membership.joined_on,
            full_since=membership.full_since,
            on=since,
            until=membership.until,
            by=by,
            step=step,
        )


def post(draft: Draft, record: Record, new: dict, *, since: date, step: Step, by: User) -> None:
    members.end_post(record.subject, on=since, by=by, step=step)


def posting(draft: Draft, record: Record, new: dict, *, since: date, step: Step, by: User) -> None:
    instructors.end_posting(record.subject, on=since, by=by, step=step)


EFFECTS = {
    "particulars": particulars,
    "workforce": workforce,
    "breakdown": breakdown,
    "absence": absence,
    "party": known_branch,
    "new-party": new_branch,
    "person": person,
    "post": post,
    "posting": posting,
}


def merged(record: Record, new: dict[str, Any]) -> dict[str, Any]:
    """The whole statement: what the ledger says with what differs; heads that nobody stated are none."""
    said = {**record.values, **new}
    kinds = {each.name: each.kind for each in record.kind.fields}
    empty = {"number": 0, "yes": False}
    return {name: empty.get(kinds[name], value) if value is None else value for name, value in said.items()}


def end_of(model: type[Fact], draft: Draft, since: date) -> date | None:
    """Up to the end of what was said for that day, or to the next thing said: what was stated for later days stays."""
    own = {"organization": draft.read.organization}
    held = model.objects.as_of(AsOf(since)).filter(**own).first()
    if held is not None:
        return held.until
    later = model.objects.current().filter(**own, period__startswith__gt=since)
    return later.order_by("period").values_list(Lower("period"), flat=True).first()


def relabel(organization: Organization, *, step: Step) -> None:
    """After a reversal names and places in the tree follow what the ledger says again."""
    orgs.label(organization)
    touched = PartyParticulars.objects.filter(closing_step=step).values("party_organization")
    touched = touched.union(Coverage.objects.filter(closing_step=step).values("party_organization"))
    for branch in PartyOrganization.objects.select_related("unit").filter(pk__in=touched):
        if PartyParticulars.objects.current().filter(party_organization=branch).exists():
            party.label(branch)
            party.hang(branch)
