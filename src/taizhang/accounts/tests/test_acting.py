"""Acting leaves a row in the audit, and that row never holds a secret."""

import pytest

from taizhang.accounts import actions
from taizhang.accounts.models import AuditRecord
from taizhang.members import actions as members

pytestmark = pytest.mark.django_db


def everything_in_the_audit() -> str:
    return str(list(AuditRecord.objects.values_list("username", "verb", "object", "details")))


def test_a_new_password_is_nowhere_in_the_audit(world):
    password = actions.reset_password(world.clerk, by=world.administrator)
    assert password not in everything_in_the_audit()
    assert AuditRecord.objects.get(verb="accounts.reset_password").object == f"accounts.user:{world.clerk.pk}"


def test_a_number_that_was_revealed_is_nowhere_in_the_audit(world):
    organization = world.organization()
    person = members.add(
        name="张三", unit=organization.unit, on=organization_day(), by=world.clerk, telephone="13900001234"
    )
    members.engage(person, organization=organization, employment="full_time", on=organization_day(), by=world.clerk)
    shown = members.reveal(person, field="telephone", purpose="核对", by=world.clerk)
    assert shown == "13900001234"
    assert shown not in everything_in_the_audit()


def test_the_console_lets_a_locked_out_administrator_back_in(world):
    password = actions.reset_at_console(world.administrator, by=None)
    world.administrator.refresh_from_db()
    assert world.administrator.check_password(password)
    assert world.administrator.must_change_password


def organization_day():
    from tests.world import FIRST_DAY

    return FIRST_DAY
