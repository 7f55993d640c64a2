"""What waits for somebody's review: the oldest first, nobody else's, and one after the other."""

from datetime import timedelta

import pytest
from django.test import Client

from taizhang.accounts.models import Role
from taizhang.declarations.tests.campaign import DAY, all_correct, known, of, opened, operator_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(world):
    """Two of the education department's, the second submitted first; one of sport's."""
    found = []
    for number, (unit, later) in enumerate(((world.education, 2), (world.education, 1), (world.sports, 0))):
        organization = known(world, world.organization(f"云岭省第{number}协会", under=unit))
        found.append((organization, later))
    opened(world)
    for organization, later in found:
        all_correct(of(organization), by=operator_of(world, organization), on=DAY + timedelta(later))
    return [of(organization) for organization, _ in found]


def queue_of(user) -> list[str]:
    client = Client()
    client.force_login(user)
    answer = client.get("/declarations/queue/")
    assert answer.status_code == 200
    return [str(each.organization) for each in answer.context["list"].page.rows]


def test_the_oldest_stands_first_and_only_what_one_reviews_oneself(world, submitted):
    reviewer = world.account(world.education, Role.UNIT_REVIEWER)
    assert queue_of(reviewer) == ["云岭省第1协会", "云岭省第0协会"]
    assert queue_of(world.education_clerk) == ["云岭省第1协会", "云岭省第0协会"]


def test_what_one_submitted_oneself_is_for_somebody_else_to_review(world):
    organization = known(world, world.organization("云岭省棋类协会", under=world.education))
    opened(world)
    all_correct(of(organization), by=world.education_clerk)
    reviewer = world.account(world.education, Role.UNIT_REVIEWER)
    assert queue_of(world.education_clerk) == [] and queue_of(reviewer) == ["云岭省棋类协会"]


def test_after_a_decision_comes_the_next_and_after_the_last_the_queue(world, submitted):
    client = Client()
    client.force_login(world.education_clerk)
    second, first, _ = submitted
    assert client.post(f"/declarations/{first.pk}/pass-on/").url == f"/declarations/{second.pk}/"
    assert client.post(f"/declarations/{second.pk}/pass-on/").url == "/declarations/queue/"
    assert "没有等您审核的" in client.get("/declarations/queue/").content.decode()


def test_whoever_reviews_nothing_has_no_queue(world, submitted):
    operator = operator_of(world, world.organization("云岭省书画协会", under=world.sports))
    client = Client()
    client.force_login(operator)
    assert client.get("/declarations/queue/").status_code == 403
