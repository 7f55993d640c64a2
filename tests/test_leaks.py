"""Random offices and random histories: every door shows everybody exactly what a few plain sets say is theirs."""

import os
import re
from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taizhang.accounts import actions as accounts
from taizhang.accounts.models import Role, UnitKind, User
from taizhang.cases.models import Case
from taizhang.kit.refusals import Refused
from taizhang.members import actions as members
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode
from tests.world import FIRST_DAY, World, at_work

ROLES = tuple(Role)
READS_RECORDS = set(ROLES) - {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
READS_PEOPLE = READS_RECORDS - {Role.OPERATOR, Role.UNIT_ADMIN, Role.INSTRUCTOR}
USERS = 4
EXAMPLES = 150 if os.environ.get("TAIZHANG_NIGHTLY") else 12

deeds = st.sampled_from(
    ["unit", "organization", "organization", "branch", "joint", "person", "person", "grant", "grant", "grant"]
    + ["hand_over", "hand_over", "end_grant", "close"]
)
histories = st.lists(st.tuples(deeds, st.integers(0, 999), st.integers(0, 999)), min_size=25, max_size=40)


@dataclass
class Office:
    """What happened, in plain sets: where each unit hangs, who holds what, who is engaged and held where."""

    world: World
    above: dict[int, int | None] = field(default_factory=dict)
    offices: list = field(default_factory=list)
    organizations: list = field(default_factory=list)
    branches: list = field(default_factory=list)
    people: dict = field(default_factory=dict)  # number → units where engaged or held
    users: list = field(default_factory=list)
    held: set = field(default_factory=set)  # (user, unit, role)
    grants: list = field(default_factory=list)

    def over(self, unit: int) -> set[int]:
        found = set()
        while unit is not None:
            found.add(unit)
            unit = self.above[unit]
        return found

    def may_see(self, user: User, unit: int, roles: set) -> bool:
        over = self.over(unit)
        return any(who == user.pk and where in over and role in roles for who, where, role in self.held)

    def theirs(self, user: User) -> dict[str, set[int]]:
        return {
            "organizations": {
                each.pk for each in self.organizations if self.may_see(user, each.unit_id, READS_RECORDS)
            },
            "party-organizations": {
                each.pk for each in self.branches if self.may_see(user, each.unit_id, READS_RECORDS)
            },
            "people": {
                person
                for person, units in self.people.items()
                if any(self.may_see(user, unit, READS_PEOPLE) for unit in units)
            },
            "cases": {
                case.pk
                for case in Case.objects.all()
                if self.may_see(user, case.unit_id, READS_PEOPLE if case.about_people else READS_RECORDS)
            },
        }

    def everything(self) -> dict[str, set[int]]:
        return {
            "organizations": {each.pk for each in self.organizations},
            "party-organizations": {each.pk for each in self.branches},
            "people": set(self.people),
            "cases": set(Case.objects.values_list("pk", flat=True)),
        }


def begin(world: World) -> Office:
    office = Office(world, offices=[world.committee, world.education, world.sports])
    office.above = {
        world.committee.pk: None,
        world.education.pk: world.committee.pk,
        world.sports.pk: world.committee.pk,
    }
    for number in range(USERS):
        user, _ = accounts.open_account(username=f"yonghu{number}", name="用户", by=world.administrator)
        office.users.append(at_work(user))
    return office


def live(office: Office, deed: str, one: int, two: int) -> None:
    """One thing happens; what the rules refuse does not."""
    world = office.world
    if deed == "unit" and len(office.offices) < 6:
        unit = orgs.create_unit(
            name=f"第{len(office.offices)}厅",
            kind=UnitKind.SUPERVISING,
            parent=world.committee,
            on=FIRST_DAY,
            by=world.clerk,
        )
        office.offices.append(unit)
        office.above[unit.pk] = world.committee.pk
    elif deed == "organization":
        under = office.offices[one % len(office.offices)]
        made = world.organization(f"甲{len(office.organizations)}协会", under=under)
        office.organizations.append(made)
        office.above[made.unit_id] = under.pk
    elif deed == "branch" and office.organizations:
        organization = office.organizations[one % len(office.organizations)]
        made = world.branch(organization)
        office.branches.append(made)
        office.above[made.unit_id] = organization.unit_id
    elif deed == "joint" and len(office.organizations) > 1:
        first, second = (office.organizations[number % len(office.organizations)] for number in (one, one + 1))
        superior = office.offices[two % len(office.offices)]
        made = world.branch(first, second, superior=superior)
        office.branches.append(made)
        office.above[made.unit_id] = superior.pk
    elif deed == "person" and office.organizations:
        engage_somebody(office, one, two)
    elif deed == "grant":
        user = office.users[one % USERS]
        unit = some_unit(office, one + two)
        role = ROLES[two % len(ROLES)]
        try:
            given = accounts.grant(User.objects.get(pk=user.pk), unit=unit, role=role, by=world.security)
        except Refused:  # an administrator beside another role, an account that is closed
            return
        if given.pk not in {each.pk for each in office.grants}:
            office.grants.append(given)
        office.held.add((user.pk, unit.pk, role))
    elif deed == "end_grant" and office.grants:
        ended = accounts.end_grant(office.grants.pop(one % len(office.grants)), by=world.security)
        office.held.discard((ended.user_id, ended.unit_id, ended.role))
    elif deed == "hand_over" and office.organizations:
        organization, to = (
            office.organizations[one % len(office.organizations)],
            office.offices[two % len(office.offices)],
        )
        mode = Mode.DECOUPLED if to == world.committee else Mode.DUAL
        orgs.hand_over(organization, to=to, mode=mode, on=FIRST_DAY, document="函1号", by=world.clerk)
        office.above[organization.unit_id] = to.pk
    elif deed == "close" and two % 5 == 0:
        user = office.users[one % USERS]
        accounts.close_account(user, by=world.administrator)
        office.held = {each for each in office.held if each[0] != user.pk}
        office.grants = [each for each in office.grants if each.user_id != user.pk]


def engage_somebody(office: Office, one: int, two: int) -> None:
    world = office.world
    organization = office.organizations[one % len(office.organizations)]
    person = members.add(name=f"张{len(office.people)}", unit=organization.unit, on=FIRST_DAY, by=world.clerk)
    members.engage(person, organization=organization, employment="full_time", on=FIRST_DAY, by=world.clerk)
    office.people[person.pk] = {organization.unit_id}
    if office.branches and two % 2:
        branch = office.branches[two % len(office.branches)]
        members.admit(person, party_organization=branch, standing="full", on=FIRST_DAY, by=world.clerk)
        office.people[person.pk].add(branch.unit_id)


def some_unit(office: Office, number: int):
    units = [*office.offices, *(each.unit for each in office.organizations), *(each.unit for each in office.branches)]
    return units[number % len(units)]


def judge(office: Office, user: User) -> Counter:
    """Ask every channel as this user; how many rows were judged in each."""
    judged: Counter = Counter()
    client = Client()
    client.force_login(user)
    is_open = User.objects.get(pk=user.pk).is_active
    theirs, everything = office.theirs(user), office.everything()
    for noun, numbers in everything.items():
        listed = client.get(f"/api/{noun}", {"limit": 500})
        if not is_open:
            assert listed.status_code == 401
            continue
        assert {each["id"] for each in listed.json()["items"]} == theirs[noun], f"list of {noun}"
        for number in numbers:
            expected = 200 if number in theirs[noun] else 404
            assert client.get(f"/api/{noun}/{number}").status_code == expected, f"{noun} {number}"
        judged["list, detail"] += 2 * len(numbers)
    if is_open:
        judged.update(judge_pages(office, client, theirs))
    return judged


def judge_pages(office: Office, client: Client, theirs: dict[str, set[int]]) -> Counter:
    judged: Counter = Counter()
    for page, noun in COUNTED.items():
        text = client.get(reverse(page)).content.decode()
        counted = re.search(r"共 ([\d,]+) 条", text)
        assert int(counted[1].replace(",", "") if counted else 0) == len(theirs[noun]), page
        judged["count"] += len(office.everything()[noun])
    for each in office.organizations:
        found = client.get("/api/organizations", {"q": each.code}).json()["items"]
        assert bool(found) == (each.pk in theirs["organizations"])
        shown = each.code in client.get(reverse("desk:search"), {"q": each.unit.name}).content.decode()
        assert not shown or each.pk in theirs["organizations"]
        judged["search"] += 2
    base = client.get("/api/figures/organisation_coverage", {"day": "2017-06-30"}).json()["base"] or 0
    assert base == len(theirs["organizations"])
    judged["figure"] += len(office.organizations)
    return judged


COUNTED = {"orgs:list": "organizations", "cases:list": "cases"}


def test_everybody_sees_exactly_what_is_theirs(world, capsys):
    judged = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.nested_given],
        database=None,
        phases=[Phase.generate],  # to make a history small takes minutes: ask for it by hand where one fails
        print_blob=True,
    )
    @given(history=histories)
    def any_history(history):
        with transaction.atomic():
            office = begin(world)
            for deed, one, two in history:
                try:
                    with transaction.atomic():
                        live(office, deed, one, two)
                except Refused:
                    continue
            for user in office.users:
                judged.update(judge(office, user))
            transaction.set_rollback(True)

    any_history()
    with capsys.disabled():
        print(f"\n{sum(judged.values()):,} judgements {dict(judged)}, 0 leaks")
    assert sum(judged.values()) >= 2000
