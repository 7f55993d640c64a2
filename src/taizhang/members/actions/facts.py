"""Where somebody works, where their relations are held, which posts they have: entered, ended, corrected, withdrawn."""

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from taizhang.accounts.acting import action, take
from taizhang.accounts.models import Unit, User
from taizhang.cases.models import Step
from taizhang.kit.refusals import refuse_if
from taizhang.ledger import actions as ledger
from taizhang.ledger.models import Fact
from taizhang.members import identity, rules
from taizhang.members.actions.known import (
    about,
    is_held_outside,
    membership_on,
    nothing_changed,
    require_keeper,
    require_release,
    stated_later,
    take_known,
    unit_of,
)
from taizhang.members.models import (
    Engagement,
    Membership,
    OutsideKind,
    OutsidePartyOrganization,
    Person,
    Position,
    Post,
    Standing,
)
from taizhang.orgs.actions import particulars_on
from taizhang.orgs.models import Organization
from taizhang.party import actions as party
from taizhang.party import rules as party_rules
from taizhang.party.models import PartyOrganization
from taizhang.statutes.rules import criteria


@action("members.engage")
def engage(
    person: Person,
    *,
    organization: Organization,
    employment: str,
    on: date,
    by: User,
    until: date | None = None,
    title: str = "",
    is_management: bool = False,
    note: str = "",
    step: Step | None = None,
) -> Step:
    """The person works, or holds office, in the organisation from that day on."""
    require_keeper(by, "engage", organization.unit)
    person = take_known(person, by=by)
    later = stated_later(Engagement, on, until, person=person, organization=organization)
    refuse_if(rules.obstacles_to_engaging(particulars_on(organization, on), employment, later, on))
    title_of_case = f"到{organization}从业"
    step = step or about(person, "members:engage", title_of_case, unit=organization.unit, by=by, on=on, note=note)
    ledger.restate(
        Engagement,
        step=step,
        since=on,
        until=until,
        person=person,
        organization=organization,
        employment=employment,
        title=title,
        is_management=is_management,
    )
    return step


@action("members.leave")
def leave(engagement: Engagement, *, on: date, by: User, note: str = "", step: Step | None = None) -> Step:
    """The person no longer works in the organisation from that day on."""
    unit = engagement.organization.unit
    require_keeper(by, "leave", unit)
    step = step or about(engagement.person, "members:leave", f"离开{unit}", unit=unit, by=by, on=on, note=note)
    ledger.end(engagement, on=on, step=step)
    return step


@action("members.admit")
def admit(
    person: Person,
    *,
    party_organization: PartyOrganization | None = None,
    outside: OutsidePartyOrganization | None = None,
    outside_name: str = "",
    outside_kind: str = OutsideKind.OTHER,
    unit: Unit | None = None,
    standing: str,
    on: date,
    by: User,
    until: date | None = None,
    joined_on: date | None = None,
    full_since: date | None = None,
    document: str = "",
    note: str = "",
    step: Step | None = None,
) -> Step:
    """The person's relations are held there from that day on, in one of our Party organisations or outside.

    For relations held outside, `unit` is the organisation on whose behalf that is recorded; the ID number of a person
    who is held outside is forgotten.
    """
    unit = party_organization.unit if party_organization else unit
    require_keeper(by, "admit", unit)
    person = take_known(person, by=by)
    require_release(person, on=on, by=by)
    if party_organization is None and outside is None and outside_name.strip():
        outside = OutsidePartyOrganization.objects.get_or_create(
            name=outside_name.strip(), defaults={"kind": outside_kind}
        )[0]
    place = party_organization or outside
    refuse_if(
        rules.obstacles_to_admitting(
            standing=standing,
            joined_on=joined_on,
            full_since=full_since,
            on=on,
            until=until,
            place=place,
            existence=party.existence_of(party_organization) if party_organization else None,
            later=stated_later(Membership, on, until, person=person),
        )
    )
    title = f"组织关系在{place}"
    step = step or about(person, "members:admit", title, unit=unit, by=by, on=on, document=document, note=note)
    ledger.restate(
        Membership,
        step=step,
        since=on,
        until=until,
        person=person,
        party_organization=party_organization,
        outside=None if party_organization else outside,
        standing=standing,
        joined_on=joined_on,
        full_since=full_since,
    )
    keep_no_number_of_others(person)
    return step


@action("members.become_full")
def become_full(person: Person, *, on: date, by: User, document: str = "", note: str = "") -> Step:
    """转正: a full member from that day on, in the same place and wherever the relations went later."""
    person = take_known(person, by=by)
    membership = membership_on(person, on)
    refuse_if(rules.obstacles_to_becoming_full(membership, on))
    unit = unit_of(membership)
    require_keeper(by, "become_full", unit)
    full: dict[str, Any] = {"standing": Standing.FULL, "full_since": on}
    later = Membership.objects.current().filter(
        person=person, standing=Standing.PROBATIONARY, period__startswith__gt=on
    )
    later = list(later)
    step = about(person, "members:become_full", "转正", unit=unit, by=by, on=on, document=document, note=note)
    ledger.restate(
        Membership,
        step=step,
        since=on,
        until=membership.until,
        person=person,
        **{**membership.values, **full},
    )
    for fact in later:
        ledger.correct(fact, step=step, **full)
    return step


@action("members.end_membership")
def end_membership(membership: Membership, *, on: date, by: User, document: str = "", note: str = "") -> Step:
    """Relations are no longer held there from that day on (transferred out, died, left the Party: the note says)."""
    unit = unit_of(membership)
    require_keeper(by, "end_membership", unit)
    person = membership.person
    posts = Post.objects.current().filter(person=person, period__overlap=DateRange(on, None))
    refuse_if(rules.obstacles_to_ending_membership(list(posts.select_related("party_organization__unit"))))
    step = about(
        person, "members:end_membership", "终止组织关系", unit=unit, by=by, on=on, document=document, note=note
    )
    ledger.end(membership, on=on, step=step)
    return step


@action("members.appoint")
def appoint(
    person: Person,
    *,
    party_organization: PartyOrganization,
    position: str,
    on: date,
    by: User,
    seat: int | None = None,
    until: date | None = None,
    term_ends_on: date | None = None,
    document: str = "",
    note: str = "",
    step: Step | None = None,
) -> Step:
    """The person holds the post from that day on. Of deputies and committee members each gets a free seat."""
    party_organization = take(party_organization, roles=rules.WHO["appoint"], by=by)
    person = take_known(person, by=by)
    named = Post.objects.current().filter(
        party_organization=party_organization, position=position, period__overlap=ledger.days(on, until)
    )
    held = list(named.select_related("person"))
    if seat is None and position != Position.SECRETARY:
        seat = next(number for number in range(1, len(held) + 2) if number not in {post.seat for post in held})
    seat = seat or 1
    refuse_if(party_rules.obstacles_to_ending(party.party_particulars_on(party_organization, on), on))
    membership = membership_on(person, on)
    refused = rules.obstacles_to_appointing(
        position=position,
        person=person,
        membership=membership,
        holders=[post for post in held if post.seat == seat or post.person_id == person.pk],
        on=on,
        term_ends_on=term_ends_on,
    )
    warned = refuse_if([*refused, *rules.warnings_about_secretary(position, person, membership, on, criteria(on))])
    title, unit = f"任{party_organization}{Position(position).label}", party_organization.unit
    step = step or about(
        person, "members:appoint", title, unit=unit, by=by, on=on, document=document, note=note, warned=warned
    )
    ledger.post(
        Post,
        step=step,
        since=on,
        until=until,
        party_organization=party_organization,
        position=position,
        seat=seat,
        person=person,
        term_ends_on=term_ends_on,
    )
    return step


@action("members.end_post")
def end_post(post: Post, *, on: date, by: User, document: str = "", note: str = "", step: Step | None = None) -> Step:
    unit = post.party_organization.unit
    take(post.party_organization, roles=rules.WHO["end_post"], by=by)
    title = f"不再任{post.get_position_display()}"
    step = step or about(post.person, "members:end_post", title, unit=unit, by=by, on=on, document=document, note=note)
    ledger.end(post, on=on, step=step)
    return step


@action("members.correct")
def correct(fact: Fact, *, on: date, note: str, by: User, **changed) -> Step:
    """One statement about a person was wrong: what we now know takes its place."""
    unit = unit_of(fact)
    require_keeper(by, "correct", unit)
    changed = {field: value for field, value in changed.items() if getattr(fact, field) != value}
    if place := changed.get("party_organization"):
        require_keeper(by, "correct", place.unit)
    refuse_if([*nothing_changed(changed), *party.note_missing(note), *obstacles_to_correcting(fact, changed)])
    title = f"更正{fact._meta.verbose_name}"
    step = about(fact.person, "members:correct", title, unit=unit, by=by, on=on, note=note)
    ledger.correct(fact, step=step, **changed)
    keep_no_number_of_others(fact.person)
    return step


@action("members.withdraw")
def withdraw(fact: Fact, *, on: date, note: str, by: User) -> Step:
    """One statement about a person was entered in error: the ledger no longer says so, and nothing takes its place."""
    unit = unit_of(fact)
    require_keeper(by, "withdraw", unit)
    refuse_if(party.note_missing(note))
    title = f"撤回{fact._meta.verbose_name}"
    step = about(fact.person, "members:withdraw", title, unit=unit, by=by, on=on, note=note)
    ledger.withdraw(fact, step=step)
    keep_no_number_of_others(fact.person)
    return step


def keep_no_number_of_others(person: Person) -> None:
    """No ID number is kept of somebody whose relations are held outside, whichever way that came to be known."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.id_number_sealed is not None and is_held_outside(person):
        identity.forget_id_number(person)


def obstacles_to_correcting(fact: Fact, changed: dict):
    """A membership keeps to the same conditions as when it is entered."""
    if not isinstance(fact, Membership):
        return []
    said = {**fact.values, "since": fact.since, "until": fact.until, **changed}
    ours, outside = (
        changed[name] if name in changed else getattr(fact, name) for name in ("party_organization", "outside")
    )
    return rules.obstacles_to_admitting(
        standing=said["standing"],
        joined_on=said["joined_on"],
        full_since=said["full_since"],
        on=said["since"],
        until=said["until"],
        place=ours or outside,
        existence=party.existence_of(ours) if ours else None,
    )
