"""What may happen to people on record. Each verb is one case with one step; cases about people show no protected value."""

from datetime import date

from django.core.exceptions import PermissionDenied

from taizhang.accounts.acting import action, record, take
from taizhang.accounts.models import AuditKind, Unit, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.kit import crypto
from taizhang.kit.refusals import refuse, refuse_if
from taizhang.kit.text import fold
from taizhang.ledger import actions as ledger
from taizhang.ledger.models import AsOf, Fact
from taizhang.members import rules
from taizhang.members.models import (
    Engagement,
    Membership,
    OutsidePartyOrganization,
    Person,
    PersonKey,
    Position,
    Post,
    Standing,
)
from taizhang.orgs.models import Organization
from taizhang.party import actions as party
from taizhang.party import rules as party_rules
from taizhang.party.models import PartyOrganization

ID_NUMBER = "id-number"


@action("members.add")
def add(
    *,
    name: str,
    unit: Unit,
    on: date,
    by: User,
    sex: str = "unknown",
    born_on: date | None = None,
    education: str = "unknown",
    id_number: str = "",
    telephone: str = "",
    held_outside: bool = False,
    note: str = "",
) -> Person:
    """The person is on record. `unit` is the organisation or Party organisation on whose behalf."""
    require_keeper(by, "add", unit)
    id_number = fold(id_number)
    taken = bool(id_number) and find_by_id_number(id_number) is not None
    refuse_if(rules.obstacles_to_adding(name=name, id_number=id_number, taken=taken, held_outside=held_outside))
    person = Person.objects.create(name=name.strip(), sex=sex, born_on=born_on, education=education)
    seal(person, id_number=id_number, telephone=telephone)
    about(person, "members:add", "登记人员", unit=unit, by=by, on=on, note=note)
    return person


@action("members.amend")
def amend(person: Person, *, unit: Unit, on: date, by: User, note: str = "", **changed) -> Person:
    """What statistics do not date (name, sex, birth, education, ID and telephone number) is put right."""
    require_keeper(by, "amend", unit)
    person = Person.objects.select_for_update().get(pk=person.pk)
    id_number = fold(changed.pop("id_number", ""))
    telephone = changed.pop("telephone", "")
    if id_number:
        known = find_by_id_number(id_number)
        taken = known is not None and known.pk != person.pk
        refuse_if(rules.obstacles_to_adding(name=person.name, id_number=id_number, taken=taken, held_outside=False))
    for field, value in changed.items():
        setattr(person, field, value)
    person.save(update_fields=list(changed)) if changed else None
    seal(person, id_number=id_number, telephone=telephone)
    about(person, "members:amend", "更正人员信息", unit=unit, by=by, on=on, note=note)
    return person


@action("members.reveal")
def reveal(person: Person, *, field: str, purpose: str, by: User) -> str:
    """The whole ID or telephone number, to somebody who may see the person and says what for; it is logged."""
    if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
        raise PermissionDenied
    if not purpose.strip():
        refuse("purpose-missing", "没有写明用途", remedy="写明查看的用途，例如“核对转接介绍信”", where="purpose")
    sealed = {"id_number": person.id_number_sealed, "telephone": person.telephone_sealed}[field]
    record(AuditKind.REVEAL, by=by, verb="members.reveal", of=person, field=field, purpose=purpose)
    return person.opened(sealed)


@action("members.engage")
def engage(
    person: Person,
    *,
    organization: Organization,
    employment: str,
    on: date,
    by: User,
    title: str = "",
    is_management: bool = False,
    note: str = "",
) -> Step:
    """The person works, or holds office, in the organisation from that day on."""
    require_keeper(by, "engage", organization.unit)
    step = about(person, "members:engage", f"到{organization}从业", unit=organization.unit, by=by, on=on, note=note)
    ledger.restate(
        Engagement,
        step=step,
        since=on,
        person=person,
        organization=organization,
        employment=employment,
        title=title,
        is_management=is_management,
    )
    return step


@action("members.leave")
def leave(engagement: Engagement, *, on: date, by: User, note: str = "") -> Step:
    """The person no longer works in the organisation from that day on."""
    unit = engagement.organization.unit
    require_keeper(by, "leave", unit)
    step = about(engagement.person, "members:leave", f"离开{unit}", unit=unit, by=by, on=on, note=note)
    ledger.end(engagement, on=on, step=step)
    return step


@action("members.admit")
def admit(
    person: Person,
    *,
    party_organization: PartyOrganization | None = None,
    outside: OutsidePartyOrganization | None = None,
    unit: Unit | None = None,
    standing: str,
    on: date,
    by: User,
    joined_on: date | None = None,
    full_since: date | None = None,
    document: str = "",
    note: str = "",
) -> Step:
    """The person's relations are held there from that day on, whatever was stated for later days.

    For relations held outside, `unit` is the organisation on whose behalf that is recorded.
    """
    unit = party_organization.unit if party_organization else unit
    require_keeper(by, "admit", unit)
    if party_organization is not None:
        exists = party.party_particulars_on(party_organization, on)
        refuse_if(
            rules.obstacles_to_admitting(
                standing=standing, joined_on=joined_on, full_since=full_since, on=on, exists=exists
            )
        )
    place = party_organization or outside
    step = about(person, "members:admit", f"组织关系在{place}", unit=unit, by=by, on=on, document=document, note=note)
    ledger.restate(
        Membership,
        step=step,
        since=on,
        person=person,
        party_organization=party_organization,
        outside=outside,
        standing=standing,
        joined_on=joined_on,
        full_since=full_since,
    )
    return step


@action("members.become_full")
def become_full(person: Person, *, on: date, by: User, document: str = "", note: str = "") -> Step:
    """转正: a full member from that day on, in the same place."""
    membership = membership_on(person, on)
    refuse_if(rules.obstacles_to_becoming_full(membership, on))
    unit = membership.party_organization.unit if membership.party_organization else None
    require_keeper(by, "become_full", unit)
    step = about(person, "members:become_full", "转正", unit=unit, by=by, on=on, document=document, note=note)
    ledger.restate(
        Membership,
        step=step,
        since=on,
        until=membership.until,
        person=person,
        **{**membership.values, "standing": Standing.FULL, "full_since": on},
    )
    return step


@action("members.end_membership")
def end_membership(membership: Membership, *, on: date, by: User, document: str = "", note: str = "") -> Step:
    """Relations are no longer held there from that day on (transferred out, died, left the Party: the note says)."""
    unit = membership.party_organization.unit if membership.party_organization else None
    require_keeper(by, "end_membership", unit)
    step = about(
        membership.person,
        "members:end_membership",
        "终止组织关系",
        unit=unit,
        by=by,
        on=on,
        document=document,
        note=note,
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
    seat: int = 1,
    term_ends_on: date | None = None,
    document: str = "",
    note: str = "",
) -> Step:
    """The person holds the post from that day on."""
    party_organization = take(party_organization, roles=rules.WHO["appoint"], by=by)
    held = Post.objects.as_of(AsOf(on)).filter(party_organization=party_organization, position=position, seat=seat)
    refuse_if(party_rules.obstacles_to_ending(party.party_particulars_on(party_organization, on), on))
    refuse_if(
        rules.obstacles_to_appointing(
            position=position,
            person=person,
            membership=membership_on(person, on),
            holder=held.select_related("person").first(),
            on=on,
        )
    )
    title = f"任{party_organization}{Position(position).label}"
    step = about(
        person, "members:appoint", title, unit=party_organization.unit, by=by, on=on, document=document, note=note
    )
    ledger.post(
        Post,
        step=step,
        since=on,
        party_organization=party_organization,
        position=position,
        seat=seat,
        person=person,
        term_ends_on=term_ends_on,
    )
    return step


@action("members.end_post")
def end_post(post: Post, *, on: date, by: User, document: str = "", note: str = "") -> Step:
    unit = post.party_organization.unit
    take(post.party_organization, roles=rules.WHO["end_post"], by=by)
    title = f"不再任{post.get_position_display()}"
    step = about(post.person, "members:end_post", title, unit=unit, by=by, on=on, document=document, note=note)
    ledger.end(post, on=on, step=step)
    return step


@action("members.dissolve")
def dissolve(party_organization: PartyOrganization, *, on: date, by: User, document: str = "", note: str = "") -> Step:
    """撤销: it no longer exists from that day on. Refused while members or posts remain, and names them."""
    party_organization = take(party_organization, roles=rules.WHO["dissolve"], by=by)
    memberships = Membership.objects.still().filter(party_organization=party_organization).select_related("person")
    posts = Post.objects.still().filter(party_organization=party_organization).select_related("person")
    refuse_if(party_rules.obstacles_to_ending(party.party_particulars_on(party_organization, on), on))
    refuse_if(rules.obstacles_to_dissolving(party_organization, list(memberships), list(posts)))
    step = party.step_about(party_organization, "party:dissolve", "撤销", by=by, on=on, document=document, note=note)
    party.end(party_organization, on=on, step=step)
    return step


@action("members.correct")
def correct(fact: Fact, *, on: date, note: str, by: User, **changed) -> Step:
    """One statement about a person was wrong: what we now know takes its place."""
    unit = unit_of(fact)
    require_keeper(by, "correct", unit)
    if not note.strip():
        refuse("note-missing", "没有写明更正理由", remedy="写明错在哪里、依据什么更正", where="note")
    title = f"更正{fact._meta.verbose_name}"
    step = about(fact.person, "members:correct", title, unit=unit, by=by, on=on, note=note)
    ledger.correct(fact, step=step, **changed)
    return step


def seal(person: Person, *, id_number: str = "", telephone: str = "") -> None:
    """Protected values are stored under the person's own key; an empty one leaves what is stored."""
    if not (id_number or telephone):
        return
    kept = PersonKey.objects.filter(person=person).first()
    if kept is None:
        key, stored = crypto.new_owner_key()
        PersonKey.objects.create(person=person, sealed=stored)
    else:
        key = crypto.open_owner_key(kept.sealed)
    if id_number:
        person.id_number_sealed = crypto.seal(key, id_number.encode())
        person.id_number_index = crypto.blind_index(ID_NUMBER, id_number)
    if telephone:
        person.telephone_sealed = crypto.seal(key, telephone.encode())
    person.save(update_fields=["id_number_sealed", "id_number_index", "telephone_sealed"])


def find_by_id_number(id_number: str) -> Person | None:
    return Person.objects.filter(id_number_index=crypto.blind_index(ID_NUMBER, fold(id_number))).first()


def membership_on(person: Person, on: date) -> Membership | None:
    return (
        Membership.objects.as_of(AsOf(on))
        .filter(person=person)
        .select_related("party_organization__unit", "outside")
        .first()
    )


def unit_of(fact: Fact) -> Unit | None:
    """The node on whose behalf the statement was made."""
    for name in ("organization", "party_organization"):
        if (about := getattr(fact, name, None)) is not None:
            return about.unit
    return fact.step.case.unit


def require_keeper(by: User, verb: str, unit: Unit | None) -> None:
    if not rules.may(by, verb, unit):
        raise PermissionDenied


def about(person: Person, kind: str, title: str, *, unit: Unit, by: User, on: date, document="", note="") -> Step:
    return cases.do_at_once(
        kind, f"{title}：{person.name}", unit=unit, by=by, on=on, document=document, note=note, about_people=True
    )
