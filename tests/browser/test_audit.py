"""The audit and the rights of those on record, as people see them: nothing serious for axe, on a desk and on a telephone."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from taizhang.accounts.models import AuditRecord
from taizhang.members import actions as members
from taizhang.members.models import Person
from taizhang.members.tests.people import JUNE, employee, id_number
from tests.browser.conftest import SHOTS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def amended(transactional_world):
    world = transactional_world
    association = world.organization()
    person = employee(world, association, "张三", id_number=id_number(), telephone="13900001234")
    members.amend(person, unit=association.unit, name="张珊", education="bachelor", on=JUNE, by=world.clerk)
    person = Person.objects.get(pk=person.pk)
    members.link_account(person, account=world.leader, unit=association.unit, on=JUNE, by=world.clerk)
    world.person = person
    return world


def as_user(page, user) -> None:
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": page.context.base_address,
            }
        ]
    )


def shot(page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@pytest.mark.parametrize("where", ["page", "telephone"])
def test_from_the_list_to_a_value_by_two_people(request, live_server, amended, serious_axe_violations, where):
    page = request.getfixturevalue(where)
    page.context.base_address = live_server.url
    record = AuditRecord.objects.get(verb="members.amend")
    as_user(page, amended.auditor)
    page.goto(reverse("audit:list") + "?kind=change")
    assert serious_axe_violations(page) == []
    shot(page, f"audit-list-{where}")
    page.goto(reverse("audit:detail", args=[record.pk]))
    assert page.get_by_role("cell", name="大学本科").is_visible()
    assert serious_axe_violations(page) == []
    shot(page, f"audit-detail-{where}")
    page.get_by_role("link", name="申请查看受保护的内容").click()
    page.get_by_label("用途").fill("核查误改")
    assert serious_axe_violations(page) == []
    page.get_by_role("button", name="提出申请").click()
    shot(page, f"audit-opening-{where}")
    address = page.url
    as_user(page, amended.security)
    page.goto(reverse("audit:openings"))
    assert serious_axe_violations(page) == []
    page.goto(address)
    page.get_by_role("link", name="审批", exact=True).click()
    page.get_by_label("同意查看30分钟").check()
    shot(page, f"audit-decide-{where}")
    assert serious_axe_violations(page) == []
    page.get_by_role("button", name="提交").click()
    as_user(page, amended.auditor)
    page.goto(address)
    page.get_by_role("button", name="查看").click()
    assert page.get_by_role("cell", name="张珊").is_visible()
    assert serious_axe_violations(page) == []
    shot(page, f"audit-open-{where}")


@pytest.mark.parametrize("where", ["page", "telephone"])
def test_what_is_kept_of_me_and_why(request, live_server, amended, serious_axe_violations, where):
    page = request.getfixturevalue(where)
    page.context.base_address = live_server.url
    as_user(page, amended.leader)
    page.goto(reverse("members:privacy"))
    assert serious_axe_violations(page) == []
    shot(page, f"privacy-{where}")
    page.get_by_role("link", name="我的记录").click()
    assert page.get_by_role("cell", name="张珊").is_visible()
    assert serious_axe_violations(page) == []
    shot(page, f"own-{where}")
    as_user(page, amended.clerk)
    for name in ("detail", "erase", "hand_out", "link_account"):
        page.goto(reverse(f"members:{name}", args=[amended.person.pk]))
        assert serious_axe_violations(page) == []
        shot(page, f"person-{name}-{where}")
    page.goto(reverse("members:past_retention"))
    assert serious_axe_violations(page) == []
    shot(page, f"past-retention-{where}")
