"""The rule of one organisation and the SQL function of many say the same, for any history."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.kit.refusals import Refused
from taizhang.ledger import asking
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members import eligibility as forming
from taizhang.members.eligibility import Eligibility, Outcome, Worker, eligibility, judge
from taizhang.members.models import Employment, Engagement, Membership, OutsidePartyOrganization, Standing
from taizhang.party.models import Affiliation, Coverage, PartyOrganization
from taizhang.statutes.rules import Criteria
from taizhang.statutes.rules import criteria as in_force
from tests.world import FIRST_DAY

PLACES = ("own", "below", "other", "outside")
day = st.integers(0, 9)
said = st.one_of(
    st.tuples(st.just("engage"), st.integers(0, 3), st.sampled_from(Employment.values), day),
    st.tuples(st.just("admit"), st.integers(0, 3), st.sampled_from(Standing.values), st.sampled_from(PLACES), day),
    st.tuples(st.just("leave"), st.integers(0, 3), day),
)


def test_full_part_time_and_probationary_members_are_told_apart():
    workers = [
        Worker(Employment.FULL_TIME, Standing.FULL, held_here=True),
        Worker(Employment.FULL_TIME, Standing.FULL, held_here=False, outside=True),
        Worker(Employment.PART_TIME, Standing.FULL, held_here=True),
        Worker(Employment.OFFICER, Standing.FULL, held_here=False, outside=True),
        Worker(Employment.FULL_TIME, Standing.PROBATIONARY, held_here=True),
    ]
    assert eligibility(workers) == Eligibility(
        full_time_full=2, full_time_outside=1, extended_full=4, extended_outside=2, held_here=2, probationary=1
    )


def criteria(**changed) -> Criteria:
    values = {"full-members-to-form": 3, "who-counts-toward-formation": "full_time"}
    return Criteria(date(2017, 8, 25), values=values).but(**changed)


def test_members_held_elsewhere_count_once_transferred_and_it_is_said_from_where():
    facts = Eligibility(full_time_full=3, full_time_outside=1, extended_full=3, extended_outside=1)
    found = judge(facts, criteria(), places={"某街道党工委": 1})
    assert found.outcome == Outcome.TRANSFER and found.is_due
    assert found.next_step == "正式党员2名，还差1名；另有1名党员组织关系在某街道党工委（1名），转入1名后即可单独组建。"
    assert [(each.found, each.missing) for each in found.conditions] == [(2, 1), (1, 0)]
    assert judge(facts, criteria(), promised=True).outcome == Outcome.ALONE


def test_officers_count_only_where_the_criteria_say_so():
    facts = Eligibility(full_time_full=1, extended_full=3)
    assert judge(facts, criteria()).outcome == Outcome.JOINT
    assert judge(facts, criteria(who_counts_toward_formation="extended")).outcome == Outcome.ALONE


def test_without_a_full_member_there_is_an_instructor_and_probationary_ones_are_named():
    found = judge(Eligibility(probationary=2), criteria())
    assert found.outcome == Outcome.INSTRUCTOR and "预备党员2名" in found.next_step and "指导员" in found.next_step


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "article"),
    [(date(2017, 8, 25), "party-constitution-29"), (date(2017, 10, 23), "party-constitution-29"),
     (date(2017, 10, 24), "party-constitution-30"), (date(2017, 11, 3), "party-constitution-30")],
)  # fmt: skip
def test_the_article_cited_is_the_one_in_force_on_the_day(world, day, article):
    assert judge(Eligibility(), in_force(day)).conditions[0].basis == article


def test_one_covered_already_needs_no_other(world):
    ours = world.organization("甲协会")
    world.branch(ours)
    found = forming.judge_one(ours, AsOf(FIRST_DAY), in_force(FIRST_DAY))
    assert found.outcome == Outcome.COVERED and "中共甲协会支部" in found.next_step


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(said, min_size=3, max_size=12), day)
def test_rule_and_function_agree_on_any_history(world, history, asked):
    number = Engagement.objects.count() + PartyOrganization.objects.count()
    ours = world.organization(f"甲{number}协会", number=number + 1)
    other = world.organization(f"乙{number}协会", number=number + 50_001)
    general = world.branch(ours, name=f"总支{number}")
    places = {
        "own": {"party_organization": general},
        "below": {
            "party_organization": world.branch(other, name=f"下属{number}", superior=general.unit, nature="temporary")
        },
        "other": {"party_organization": world.branch(other, name=f"别家{number}")},
        "outside": {"outside": OutsidePartyOrganization.objects.get_or_create(name="某街道")[0], "unit": ours.unit},
    }
    people = [members.add(name=f"人{number}", unit=ours.unit, on=FIRST_DAY, by=world.clerk) for number in range(4)]
    moments = [asking.version()]
    for what, who, *rest in history:
        person, on = people[who], FIRST_DAY + timedelta(days=rest[-1])
        with suppress(Refused):  # what the verbs refuse has not happened
            if what == "engage":
                members.engage(person, organization=ours, employment=rest[0], on=on, by=world.clerk)
            elif what == "admit":
                members.admit(person, standing=rest[0], on=on, by=world.clerk, **places[rest[1]])
            else:
                for engagement in Engagement.objects.still().filter(person=person, organization=ours):
                    if engagement.since < on:
                        members.leave(engagement, on=on, by=world.clerk)
        moments.append(asking.version())

    for known_at in (None, moments[len(moments) // 2]):
        at = AsOf(FIRST_DAY + timedelta(days=asked), known_at)
        assert by_function(at, ours) == eligibility(workers_of(ours, at))


def workers_of(organization, at: AsOf) -> list[Worker]:
    """Read plainly, one person at a time."""
    covering = {c.party_organization for c in Coverage.objects.as_of(at).filter(organization=organization)}
    units = {party.unit_id for party in covering}
    found = []
    for engagement in Engagement.objects.as_of(at).filter(organization=organization):
        membership = Membership.objects.as_of(at).filter(person=engagement.person).first()
        if membership is None:
            continue
        superiors = Affiliation.objects.as_of(at).filter(party_organization=membership.party_organization)
        here = membership.party_organization in covering or any(a.superior_id in units for a in superiors)
        found.append(Worker(engagement.employment, membership.standing, here, membership.outside_id is not None))
    return found


def by_function(at: AsOf, organization) -> Eligibility:
    return forming.of(at, [organization.pk]).get(organization.pk, Eligibility())
