"""What policy says 「一般」 warns and is kept in the step; it warns only on days on which it was in force."""

from datetime import date

import pytest

from taizhang.cases.models import Step
from taizhang.party.actions import cover
from taizhang.party.models import Form


@pytest.fixture
def six(world):
    return [world.organization(f"第{number}协会") for number in range(1, 7)]


def warned(verb: str) -> list[tuple[str, str]]:
    return [(each["code"], each["basis"]) for each in Step.objects.get(verb=verb).details.get("warnings", [])]


def test_in_2017_a_joint_branch_of_six_is_nothing_special(world, six):
    world.branch(*six, on=date(2017, 11, 3))
    assert warned("party:establish") == []


def test_since_the_regulation_of_2018_it_is_established_with_a_warning_that_names_the_clause(world, six):
    world.branch(*six, on=date(2018, 11, 1))
    assert warned("party:establish") == [("joint-too-many", "branch-regulation-5")]


def test_a_sixth_organisation_added_later_is_warned_of_too(world, six):
    branch = world.branch(*six[:5], on=date(2018, 11, 1))
    assert warned("party:establish") == []
    cover(branch, organization=six[5], form=Form.JOINT_TRADE, on=date(2018, 12, 3), by=world.clerk)
    assert warned("party:cover") == [("joint-too-many", "branch-regulation-5")]


def test_the_step_shows_what_it_was_warned_of_and_under_which_clause(world, six, client):
    world.branch(*six, on=date(2018, 11, 1))
    client.force_login(world.clerk)
    page = client.get(f"/cases/steps/{Step.objects.get(verb='party:establish').pk}/").content.decode()
    assert "将覆盖6家社会组织，一般不超过5家" in page
    assert "/statutes/clauses/branch-regulation-5/" in page
