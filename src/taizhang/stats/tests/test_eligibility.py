"""The figure of all and the rule of one give the same answer, in every way of counting."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members import eligibility
from taizhang.members.eligibility import Eligibility, Outcome
from taizhang.members.models import Employment, OutsidePartyOrganization, Standing
from taizhang.stats import figures
from taizhang.stats.tests import story as told
from taizhang.statutes.rules import criteria
from tests.world import FIRST_DAY

LATER = FIRST_DAY + timedelta(days=5)
VARIANTS = {
    "full_time": ("full_time", False),
    "full_time_promised": ("full_time", True),
    "extended": ("extended", False),
    "extended_promised": ("extended", True),
}
somebody = st.tuples(
    st.sampled_from(Employment.values), st.sampled_from(Standing.values), st.booleans(), st.sampled_from((0, 5))
)
numbers = count(1)


def outcomes(world, day, variant, **where) -> dict[int, str]:
    asked = figures.ask("eligibility", AsOf(day), world.clerk.scope, variant=variant, **where)
    return {
        each.record: next(key for key, label in Outcome.choices if label == each.dimensions["outcome"])
        for each in figures.records(asked, shown="base")
    }


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.booleans(), st.lists(somebody, max_size=5)), min_size=1, max_size=3))
def test_figure_and_rule_agree(world, organizations):
    elsewhere = world.branch(world.organization(f"别家{next(numbers)}协会"), name=f"别家支部{next(numbers)}")
    street, _ = OutsidePartyOrganization.objects.get_or_create(name="某街道")
    for covered, people in organizations:
        ours = world.organization(f"甲{next(numbers)}协会")
        if covered:
            world.branch(ours, name=f"支部{next(numbers)}", on=LATER)
        for employment, standing, outside, after in people:
            person = members.add(name=f"人{next(numbers)}", unit=ours.unit, on=FIRST_DAY, by=world.clerk)
            on = FIRST_DAY + timedelta(days=after)
            members.engage(person, organization=ours, employment=employment, on=on, by=world.clerk)
            place = {"outside": street, "unit": ours.unit} if outside else {"party_organization": elsewhere}
            members.admit(person, standing=standing, on=on, by=world.clerk, **place)
    for day in (FIRST_DAY, LATER):
        facts = eligibility.of(AsOf(day))
        for variant, (who, promised) in VARIANTS.items():
            rules = criteria(day).but(who_counts_toward_formation=who)
            found = outcomes(world, day, variant)
            coverage = figures.ask("organisation_coverage", AsOf(day), world.clerk.scope)
            covered_then = {each.record for each in figures.records(coverage)}
            for record, outcome in found.items():
                said = eligibility.judge(
                    facts.get(record, Eligibility()),
                    rules,
                    covered_by="一个支部" if record in covered_then else "",
                    promised=promised,
                )
                assert said.outcome == outcome
            due = figures.ask("should_have", AsOf(day), world.clerk.scope, variant=who)
            assert {each.record for each in figures.records(due)} == {
                record for record, outcome in found.items() if outcome in eligibility.DUE
            }


@pytest.mark.django_db
def test_in_the_small_province_each_organisation_is_told_what_it_may_do(world):
    story = told.tell(world)
    told.people(story)
    asked = figures.ask("eligibility", AsOf(told.YEAR_END), world.clerk.scope)
    groups = {each.label: each.base for each in figures.totals(asked, "outcome").groups}
    assert groups == {"已有党组织": 5, "应建未建，待转入": 1, "可联合组建": 1, "选派指导员": 2}
    reasons = {each.label: each.reason for each in figures.records(asked, shown="base")}
    assert reasons["未建协会"] == "正式党员0名，还差3名，组织关系在外单位的另有3名"
    assert reasons["指导协会"] == "正式党员0名，还差3名，组织关系在外单位的另有2名，预备党员1名"
    promised = figures.ask("eligibility", AsOf(told.YEAR_END), world.clerk.scope, variant="extended_promised")
    assert {each.label for each in figures.records(promised)} == {"未建协会", "指导协会"}


@pytest.mark.django_db
def test_a_list_asks_as_many_questions_of_two_organisations_as_of_twelve(world):
    def asked():
        with CaptureQueriesContext(connection) as told:
            rows = figures.records(figures.ask("eligibility", AsOf(LATER), world.clerk.scope), shown="base")
        return len(rows), len(told)

    for number in range(2):
        world.organization(f"少{number}协会")
    asked()
    few, questions = asked()
    for number in range(10):
        world.organization(f"多{number}协会")
    assert asked() == (few + 10, questions)
