"""A random office: what happens in it is done by the verbs and written down in plain sets, which alone say who may see what."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from taizhang.accounts import actions as accounts
from taizhang.accounts.models import Role, UnitKind, User
from taizhang.cases.models import Case
from taizhang.kit.refusals import Refused
from taizhang.members import actions as members
from taizhang.members.models import Engagement, Membership
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode
from taizhang.party import actions as party
from tests.world import FIRST_DAY, World, at_work

ADMINISTRATORS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
READS_RECORDS = set(Role) - ADMINISTRATORS
READS_PEOPLE = READS_RECORDS - {Role.OPERATOR, Role.UNIT_ADMIN, Role.INSTRUCTOR}
USERS = 6
DEEDS = (
    *(["organization"] * 6 + ["unit"] * 2 + ["branch"] * 3 + ["joint"] * 2 + ["person"] * 6 + ["grant"] * 8),
    *(["hand_over"] * 4 + ["transfer"] * 3 + ["leave"] * 2 + ["superior"] * 2 + ["end_grant"] * 2 + ["delegate"] * 2),
    *("merge", "close", "cover"),
)
NOUNS = ("organizations", "party-organizations", "people")


@dataclass
class Office:
    """`place` is where each row hangs, by noun and number; `name` what it is called, a text like no other's."""

    world: World
    chance: random.Random
    above: dict[int, int | None] = field(default_factory=dict)
    offices: list = field(default_factory=list)
    rows: dict[str, dict[int, object]] = field(default_factory=lambda: {noun: {} for noun in NOUNS})
    at: dict[int, set[int]] = field(default_factory=dict)  # person → units where engaged or held now
    ever: dict[int, set[int]] = field(default_factory=dict)  # person → units where they ever were
    covered: dict[int, set[int]] = field(default_factory=dict)  # Party organisation → organisations, ever
    single: set[int] = field(default_factory=set)  # Party organisations that hang below their organisation
    superiors: dict[int, int] = field(default_factory=dict)  # Party organisation → the unit it belongs to
    users: list = field(default_factory=list)
    grants: dict[int, tuple[int, int, str]] = field(default_factory=dict)  # number → user, unit, role
    lent: dict[int, set[int]] = field(default_factory=dict)  # grant → who stands in
    closed: set[int] = field(default_factory=set)

    # -- the oracle

    def over(self, unit: int | None) -> Iterator[int]:
        while unit is not None:
            yield unit
            unit = self.above[unit]

    def held(self, user: int) -> list[tuple[int, str]]:
        """(unit, role), one's own and those one stands in for; an administrator stands in for nobody, nor anybody for one."""
        if user in self.closed:
            return []
        own = [(unit, role) for who, unit, role in self.grants.values() if who == user]
        lent = [self.grants[grant][1:] for grant, who in self.lent.items() if grant in self.grants and user in who]
        apart = any(role in ADMINISTRATORS for _, role in [*own, *lent])
        return own if apart else own + lent

    def may_see(self, user: int, unit: int, roles: set) -> bool:
        over = set(self.over(unit))
        return any(where in over and role in roles for where, role in self.held(user))

    def theirs(self, user: int) -> dict[str, set[int]]:
        found = {
            noun: {pk for pk, row in self.rows[noun].items() if self.may_see(user, row.unit_id, READS_RECORDS)}
            for noun in ("organizations", "party-organizations")
        }
        found["people"] = {
            person for person, units in self.at.items() if any(self.may_see(user, unit, READS_PEOPLE) for unit in units)
        }
        found["cases"] = {
            case.pk
            for case in Case.objects.all()
            if self.may_see(user, case.unit_id, READS_PEOPLE if case.about_people else READS_RECORDS)
        }
        return found

    def everything(self) -> dict[str, set[int]]:
        found = {noun: set(rows) for noun, rows in self.rows.items()}
        return {**found, "cases": set(Case.objects.values_list("pk", flat=True))}

    def mentioned(self, user: int, theirs: dict[str, set[int]]) -> dict[str, set[int]]:
        """What a page about one's own rows may name besides them: the Party organisation that covers one's organisation, holds
        one's member, or was where a member (unnamed) came from or went, and in the matters of one's units whatever and whoever
        they were about."""
        places = {
            unit
            for units in self.ever.values()
            if any(self.may_see(user, each, READS_RECORDS) for each in units)
            for unit in units
        }
        branches = {
            pk
            for pk, row in self.rows["party-organizations"].items()
            if self.covered.get(pk, set()) & theirs["organizations"] or row.unit_id in places
        }
        people = {
            person
            for person, units in self.ever.items()
            if any(self.may_see(user, unit, READS_PEOPLE) for unit in units)
        }
        covered = {organization for pk in theirs["party-organizations"] for organization in self.covered[pk]}
        return {"organizations": covered, "party-organizations": branches, "people": people}

    # -- what happens

    def one(self, noun: str):
        rows = list(self.rows[noun].values())
        return self.chance.choice(rows) if rows else None

    def any_unit(self):
        rows = [*self.rows["organizations"].values(), *self.rows["party-organizations"].values()]
        return self.chance.choice([*self.offices, *(row.unit for row in rows)])


def begin(world: World, seed: int) -> Office:
    office = Office(world, random.Random(seed), offices=[world.committee, world.education, world.sports])
    office.above = {unit.pk: unit.parent_id for unit in office.offices}
    for number in range(USERS):
        user, _ = accounts.open_account(username=f"yonghu{number}", name="用户", by=world.administrator)
        office.users.append(at_work(user))
    return office


def live(office: Office, deeds: int) -> None:
    """That many things happen; what the rules refuse does not."""
    for number in range(deeds):
        deed = DEEDS[number] if number < 6 else office.chance.choice(DEEDS)
        try:
            with transaction.atomic():
                globals()[deed](office)
        except (Refused, PermissionDenied):
            continue


def unit(office: Office) -> None:
    if len(office.offices) < 8:
        name, committee = f"第{len(office.offices)}厅", office.world.committee
        made = orgs.create_unit(
            name=name, kind=UnitKind.SUPERVISING, parent=committee, on=FIRST_DAY, by=office.world.clerk
        )
        office.offices.append(made)
        office.above[made.pk] = committee.pk


def organization(office: Office) -> None:
    under = office.chance.choice(office.offices)
    made = office.world.organization(f"兰花第{len(office.rows['organizations']):04d}协会", under=under)
    office.rows["organizations"][made.pk] = made
    office.above[made.unit_id] = under.pk


def branch(office: Office) -> None:
    if covered := office.one("organizations"):
        establish(office, [covered], superior=office.world.committee)


def joint(office: Office) -> None:
    organizations = list(office.rows["organizations"].values())
    if len(organizations) > 1:
        superior = office.chance.choice(office.offices)
        establish(office, office.chance.sample(organizations, 2), superior=superior)


def establish(office: Office, organizations: list, *, superior) -> None:
    name = f"菊花第{len(office.rows['party-organizations']):04d}支部"
    made = office.world.branch(*organizations, superior=superior, name=name)
    office.rows["party-organizations"][made.pk] = made
    office.covered[made.pk] = {each.pk for each in organizations}
    office.superiors[made.pk] = superior.pk
    if len(organizations) == 1:
        office.single.add(made.pk)
    office.above[made.unit_id] = organizations[0].unit_id if len(organizations) == 1 else superior.pk


def cover(office: Office) -> None:
    made, organization = office.one("party-organizations"), office.one("organizations")
    if made and organization:
        party.cover(made, organization=organization, form="joint_trade", on=FIRST_DAY, by=office.world.clerk)
        office.covered[made.pk].add(organization.pk)
        office.single.discard(made.pk)  # it has become a joint one, and belongs to its superior alone
        office.above[made.unit_id] = office.superiors[made.pk]


def person(office: Office) -> None:
    if not (organization := office.one("organizations")):
        return
    clerk = office.world.clerk
    name = f"梅第{len(office.at):04d}"
    made = members.add(name=name, unit=organization.unit, on=FIRST_DAY, by=clerk)
    members.engage(made, organization=organization, employment="full_time", on=FIRST_DAY, by=clerk)
    office.rows["people"][made.pk] = made
    office.at[made.pk], office.ever[made.pk] = {organization.unit_id}, {organization.unit_id}
    if office.chance.random() < 0.6 and (held_in := office.one("party-organizations")):
        members.admit(made, party_organization=held_in, standing="full", on=FIRST_DAY, by=clerk)
        office.at[made.pk].add(held_in.unit_id)
        office.ever[made.pk].add(held_in.unit_id)


def places(number: int) -> set[int]:
    """Where the ledger says somebody is: nothing of it is asked of a scope."""
    engaged = Engagement.objects.filter(person=number, recorded__upper_inf=True, period__upper_inf=True)
    held = Membership.objects.filter(person=number, recorded__upper_inf=True, period__upper_inf=True)
    return {
        *engaged.values_list("organization__unit", flat=True),
        *held.values_list("party_organization__unit", flat=True),
    }


def moved(office: Office, made) -> None:
    now = places(made.pk)
    office.ever[made.pk] |= now
    if now:  # who went nowhere stays with those who had them last
        office.at[made.pk] = now


def transfer(office: Office) -> None:
    """Relations go to another branch, on a later day: the ended relation stays on record."""
    made, to = office.one("people"), office.one("party-organizations")
    if made and to:
        on = FIRST_DAY + timedelta(days=office.chance.randrange(1, 200))
        members.admit(made, party_organization=to, standing="full", on=on, by=office.world.clerk)
        moved(office, made)


def leave(office: Office) -> None:
    made = office.one("people")
    engaged = Engagement.objects.still().filter(person=made).first() if made else None
    if engaged and len(places(made.pk)) > 1:
        members.leave(engaged, on=FIRST_DAY + timedelta(days=office.chance.randrange(1, 300)), by=office.world.clerk)
        moved(office, made)


def hand_over(office: Office) -> None:
    if organization := office.one("organizations"):
        hand_to(office, organization, office.chance.choice(office.offices))


def hand_to(office: Office, organization, to) -> None:
    world = office.world
    mode = Mode.DECOUPLED if to == world.committee else Mode.DUAL
    orgs.hand_over(organization, to=to, mode=mode, on=FIRST_DAY, document="函1号", by=world.clerk)
    office.above[organization.unit_id] = to.pk


def merge(office: Office) -> None:
    """One office is merged into another: everything it answered for goes over."""
    one, other = office.chance.sample(office.offices[1:], 2)
    for organization in office.rows["organizations"].values():
        if office.above[organization.unit_id] == one.pk:
            hand_to(office, organization, other)


def superior(office: Office) -> None:
    """A joint branch hangs below its superior, a single one below its organisation."""
    made, to = office.one("party-organizations"), office.chance.choice(office.offices)
    if made:
        party.change(made, superior=to, on=FIRST_DAY, by=office.world.clerk)
        office.superiors[made.pk] = to.pk
        if made.pk not in office.single:
            office.above[made.unit_id] = to.pk


def grant(office: Office) -> None:
    user, unit, role = office.chance.choice(office.users), office.any_unit(), office.chance.choice(list(Role))
    given = accounts.grant(User.objects.get(pk=user.pk), unit=unit, role=role, by=office.world.security)
    office.grants[given.pk] = (user.pk, unit.pk, role)


def end_grant(office: Office) -> None:
    if office.grants:
        number = office.chance.choice(sorted(office.grants))
        accounts.end_grant(accounts.Grant.objects.get(pk=number), by=office.world.security)
        office.grants.pop(number)


def delegate(office: Office) -> None:
    if office.grants:
        number = office.chance.choice(sorted(office.grants))
        held, to = accounts.Grant.objects.get(pk=number), office.chance.choice(office.users)
        today = timezone.localdate()
        accounts.delegate(
            held,
            to=to.username,
            first_on=today,
            last_on=today + timedelta(days=3),
            reason="出差",
            by=User.objects.get(pk=held.user_id),
        )
        office.lent.setdefault(number, set()).add(to.pk)


def close(office: Office) -> None:
    user = office.chance.choice(office.users)
    accounts.close_account(User.objects.get(pk=user.pk), by=office.world.administrator)
    office.closed.add(user.pk)
    office.grants = {number: given for number, given in office.grants.items() if given[0] != user.pk}
