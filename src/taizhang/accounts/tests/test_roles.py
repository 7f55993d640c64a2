"""Who may hold what: administrators apart from each other and from the office, people's names for those named, absences."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.accounts import actions
from taizhang.accounts.models import AuditRecord, Delegation, Grant, Role, Unit, User
from taizhang.cases.models import Step
from taizhang.kit.refusals import Refused
from taizhang.orgs import actions as orgs
from tests.proof import prove
from tests.world import FIRST_DAY

pytestmark = pytest.mark.django_db

ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


def anew(user: User) -> User:
    return User.objects.get(pk=user.pk)


def days(first: int, last: int) -> dict:
    today = timezone.localdate()
    return {"first_on": today + timedelta(first), "last_on": today + timedelta(last), "reason": "出差"}


def held_by(user: User) -> Grant:
    return user.grants.get(ended_at=None)


@pytest.fixture
def reviewer(world):
    return world.account(world.committee, Role.REVIEWER, username="shenhe", name="审核")


# Administrators


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", [*ADMINISTRATORS, Role.CLERK, Role.UNIT_ADMIN])
def test_postgresql_keeps_the_three_administrators_apart_also_over_time(world, first, second):
    user, _ = actions.open_account(username="xinren", name="新人", by=world.administrator)
    Grant.objects.create(user=user, unit=world.committee, role=first)
    if first == second:
        Grant.objects.create(user=user, unit=world.education, role=second)
        return
    with pytest.raises(IntegrityError, match="administrators_apart"), transaction.atomic():
        Grant.objects.create(user=user, unit=world.committee, role=second)
    held = Grant.objects.get(user=user)
    actions.end_grant(held, by=world.security)
    with pytest.raises(IntegrityError, match="administrators_apart"), transaction.atomic():
        made = Grant.objects.create(user=user, unit=world.committee, role=second)
        Grant.objects.filter(pk=made.pk).update(given_at=held.given_at)
    Grant.objects.create(user=user, unit=world.committee, role=second)


def test_a_second_kind_of_administrator_is_refused_with_what_to_do(world):
    with pytest.raises(Refused) as refusal:
        actions.grant(world.clerk, unit=world.committee, role=Role.AUDIT_ADMIN, by=world.security)
    assert [obstacle.code for obstacle in refusal.value.obstacles] == ["administrators-apart"]


def test_administrators_see_no_record(world, client):
    world.organization()
    for administrator in (world.administrator, world.security, world.auditor):
        assert administrator.scope.is_nowhere and administrator.people_scope.is_nowhere


def test_it_takes_two_to_let_somebody_in(world):
    with pytest.raises(PermissionDenied):
        actions.open_account(world.committee, username="a1", name="甲", role=Role.CLERK, by=world.administrator)
    with pytest.raises(PermissionDenied):
        actions.open_account(world.committee, username="a1", name="甲", role=Role.CLERK, by=world.security)
    user, _ = actions.open_account(username="a1", name="甲", by=world.administrator)
    with pytest.raises(PermissionDenied):
        actions.grant(user, unit=world.committee, role=Role.CLERK, by=world.administrator)
    actions.grant(user, unit=world.committee, role=Role.CLERK, by=world.security)
    assert anew(user).holds({Role.CLERK}, world.committee)


def test_no_administrator_gets_at_another_administrators_account(world):
    for verb in (actions.reset_password, actions.close_account):
        with pytest.raises(PermissionDenied):
            verb(world.clerk, by=world.security)
    everybody = (world.administrator, world.security, world.auditor)
    for by in everybody:
        for user in everybody:
            with pytest.raises(PermissionDenied):
                actions.reset_password(user, by=by)
            with pytest.raises(PermissionDenied):
                actions.close_account(user, by=by)


# Names are for those who were named


def test_an_operator_sees_counts_and_the_party_clerk_who_was_named_sees_names(world):
    organization = world.organization()
    operator = world.account(organization.unit, Role.OPERATOR)
    clerk = world.account(organization.unit, Role.PARTY_CLERK)
    assert operator.scope.covers(organization.unit.path) and operator.people_scope.is_nowhere
    assert clerk.people_scope.covers(organization.unit.path)


def test_a_role_for_a_time_ends_by_itself(world):
    today = timezone.localdate()
    given = actions.grant(
        world.leader, unit=world.committee, role=Role.REVIEWER, by=world.security, document="任命", last_on=today
    )
    assert anew(world.leader).holds({Role.REVIEWER})
    Grant.objects.filter(pk=given.pk).update(last_on=today - timedelta(1))
    assert not anew(world.leader).holds({Role.REVIEWER})
    again = actions.grant(world.leader, unit=world.committee, role=Role.REVIEWER, by=world.security)
    assert again.pk != given.pk and anew(world.leader).holds({Role.REVIEWER})
    with pytest.raises(Refused):
        actions.grant(
            world.leader, unit=world.education, role=Role.LEADER, by=world.security, last_on=today - timedelta(1)
        )


# Absence


def test_a_stand_in_acts_for_the_absent_and_every_trace_says_so(world, reviewer):
    actions.delegate(held_by(world.clerk), to="SHENHE", **days(0, 3), by=world.clerk)
    stand_in = anew(reviewer)
    organization = world.organization("乙协会", by=stand_in)
    assert AuditRecord.objects.get(verb="orgs.register").details["acting_for"] == ["jingban"]
    assert Step.objects.latest("pk").details["acting_for"] == ["jingban"]
    orgs.rename(organization, name="丙协会", on=FIRST_DAY, document="1号", by=anew(world.clerk))
    assert "acting_for" not in AuditRecord.objects.get(verb="orgs.rename").details


def test_the_step_page_says_for_whom(world, reviewer, client):
    actions.delegate(held_by(world.clerk), to="shenhe", **days(0, 3), by=world.clerk)
    world.organization("乙协会", by=anew(reviewer))
    client.force_login(world.leader)
    text = client.get(reverse("cases:step", args=[Step.objects.latest("pk").pk])).content.decode()
    assert "代理" in text and "jingban" in text


@pytest.mark.parametrize(("first", "last", "stands"), [(-3, -1, False), (-3, 0, True), (0, 0, True), (1, 3, False)])
def test_a_delegation_begins_and_ends_by_itself(world, reviewer, first, last, stands):
    today = timezone.localdate()
    Delegation.objects.create(
        grant=held_by(world.clerk),
        to=reviewer,
        first_on=today + timedelta(first),
        last_on=today + timedelta(last),
        reason="出差",
        made_by=world.clerk,
    )
    assert anew(reviewer).holds({Role.CLERK}, world.education) is stands


def test_what_the_absent_lose_the_stand_in_loses_and_an_early_return_ends_it(world, reviewer):
    made = actions.delegate(held_by(world.clerk), to="shenhe", **days(0, 3), by=world.clerk)
    actions.end_delegation(made, by=world.clerk)
    assert not anew(reviewer).holds({Role.CLERK})
    actions.delegate(held_by(world.clerk), to="shenhe", **days(0, 3), by=world.clerk)
    actions.end_grant(held_by(world.clerk), by=world.security)
    assert not anew(reviewer).holds({Role.CLERK})


def test_who_may_delegate_what_to_whom(world, reviewer):
    held = held_by(world.clerk)
    for stranger in (world.outsider, world.leader, world.administrator, reviewer):
        with pytest.raises(PermissionDenied):
            actions.delegate(held, to="lingdao", **days(0, 3), by=stranger)
    for to in ("nobody", "anquan", "admin"):
        with pytest.raises(Refused):
            actions.delegate(held, to=to, **days(0, 3), by=world.clerk)
    for wrong in (days(3, 0), days(-9, -8), days(0, 400)):
        with pytest.raises(Refused):
            actions.delegate(held, to="shenhe", **wrong, by=world.clerk)
    with pytest.raises(Refused):
        actions.delegate(held, to="jingban", **days(0, 3), by=world.clerk)
    with pytest.raises(PermissionDenied):
        actions.delegate(held_by(world.security), to="shenhe", **days(0, 3), by=world.security)
    actions.delegate(held, to="shenhe", **days(0, 3), by=world.security)
    with pytest.raises(Refused) as twice:
        actions.delegate(held, to="lingdao", **days(2, 5), by=world.clerk)
    assert twice.value.obstacles[0].code == "stood-in-already"


def test_a_delegated_role_is_not_lent_further_and_the_right_to_give_not_at_all(world, reviewer):
    actions.delegate(held_by(world.clerk), to="shenhe", **days(0, 3), by=world.clerk)
    lent = next(held for held in anew(reviewer).active_grants if held.user_id == world.clerk.pk)
    with pytest.raises(PermissionDenied):
        actions.delegate(lent, to="lingdao", **days(9, 12), by=anew(reviewer))
    administrator = world.account(world.education, Role.UNIT_ADMIN, username="jyadmin")
    with pytest.raises(PermissionDenied):
        actions.delegate(held_by(administrator), to="jiaoyu", **days(0, 3), by=administrator)


def test_postgresql_lets_nobody_stand_in_for_an_administrator(world, reviewer):
    for grant, to in ((held_by(world.security), reviewer), (held_by(world.clerk), world.auditor)):
        with pytest.raises(IntegrityError, match="administrator"), transaction.atomic():
            Delegation.objects.create(grant=grant, to=to, made_by=world.clerk, **days(0, 3))


def test_the_page_of_an_absence_asks_who_and_when(world, reviewer, client):
    client.force_login(world.clerk)
    prove(client)
    address = reverse("accounts:delegate", args=[held_by(world.clerk).pk])
    assert address in client.get(reverse("accounts:me")).content.decode()
    wrong = client.post(address, {"to": "nobody", **days(0, 3)})
    assert wrong.status_code == 422 and "没有找到这个登录名" in wrong.content.decode()
    assert client.post(address, {"to": "shenhe", **days(0, 3)}).status_code == 302
    other = Delegation.objects.get()
    client.force_login(reviewer)
    assert "审核 代理 经办" in client.get(reverse("accounts:me")).content.decode()
    assert client.post(reverse("accounts:end_delegation", args=[other.pk])).status_code == 302
    client.force_login(world.outsider)
    assert client.post(reverse("accounts:end_delegation", args=[other.pk])).status_code == 404


# A role and its unit in one statement


def test_roles_come_with_their_units_as_the_register_keeps_them(world, django_assert_num_queries):
    """All roles there are: held, ended, lent, over a unit with every field and over a closed one."""
    Unit.objects.filter(pk=world.education.pk).update(code="JY-1", closed_on=FIRST_DAY)
    actions.end_grant(held_by(world.outsider), by=world.security)
    world.account(world.organization("带“引号”与\\的协会").unit, Role.OPERATOR)
    with django_assert_num_queries(1):
        found = {grant.pk: grant.unit for grant in Grant.objects.with_units()}
    assert len(found) == Grant.objects.count() > 6
    for grant in Grant.objects.select_related("unit"):
        assert found[grant.pk] == grant.unit and not found[grant.pk]._state.adding
        for field in Unit._meta.concrete_fields:
            assert getattr(found[grant.pk], field.attname) == getattr(grant.unit, field.attname), field


def test_a_role_reaches_where_its_unit_stands_now(world, reviewer, client):
    """A session that is open goes on with the tree as it is: what was handed over has come, or gone, on the next request."""
    moved = world.organization("甲协会", under=world.education)
    world.account(moved.unit, Role.OPERATOR, username="tianbao")
    clients = {name: Client() for name in ("jiaoyu", "waidanwei", "shenhe", "tianbao")}
    for name, each in clients.items():
        each.force_login(User.objects.get(username=name))

    def seeing() -> set[str]:
        return {name for name, each in clients.items() if each.get(f"/api/organizations/{moved.pk}").status_code == 200}

    assert seeing() == {"jiaoyu", "shenhe", "tianbao"}
    orgs.hand_over(moved, to=world.sports, mode="dual", document="某函", on=timezone.localdate(), by=world.clerk)
    assert seeing() == {"waidanwei", "shenhe", "tianbao"}
    lent = actions.delegate(held_by(world.outsider), to="shenhe", by=world.outsider, **days(0, 3))
    actions.end_grant(held_by(reviewer), by=world.security)
    assert seeing() == {"waidanwei", "shenhe", "tianbao"}, "by the role that was lent"
    actions.end_grant(lent.grant, by=world.security)
    assert seeing() == {"tianbao"}
