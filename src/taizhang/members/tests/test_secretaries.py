"""ORG-22: a secretary normally has a year of Party membership; since 2018-10-28, and only as a warning."""

from datetime import date

import pytest

from taizhang.members import actions as members
from taizhang.members import rules
from taizhang.members.models import Position, Standing


@pytest.fixture
def branch(world):
    return world.branch(world.organization("甲协会"))


def appointed(world, branch, *, on, full_since, position=Position.SECRETARY):
    person = members.add(name="钱一", unit=branch.unit, on=on, by=world.clerk)
    members.admit(
        person, party_organization=branch, standing=Standing.FULL, on=full_since, full_since=full_since, by=world.clerk
    )
    step = members.appoint(person, party_organization=branch, position=position, on=on, by=world.clerk)
    return [(each["code"], each["basis"]) for each in step.details.get("warnings", [])]


def test_in_2017_nobody_asks_for_party_years(world, branch):
    assert appointed(world, branch, on=date(2017, 9, 8), full_since=date(2017, 6, 1)) == []


def test_since_the_regulation_less_than_a_year_is_warned_of(world, branch):
    found = appointed(world, branch, on=date(2018, 11, 5), full_since=date(2018, 3, 1))
    assert found == [("few-party-years", "branch-regulation-23")]


def test_a_full_year_is_enough(world, branch):
    assert appointed(world, branch, on=date(2018, 11, 5), full_since=date(2017, 11, 5)) == []


def test_other_posts_do_not_ask_for_it(world, branch):
    found = appointed(world, branch, on=date(2018, 11, 5), full_since=date(2018, 3, 1), position=Position.DEPUTY)
    assert found == []


def test_a_year_from_29_february_ends_on_1_march():
    assert rules.same_day(date(2016, 2, 29), years_later=1) == date(2017, 3, 1)
