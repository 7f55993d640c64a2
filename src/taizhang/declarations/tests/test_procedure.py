"""A declaration from the round to the ledger: pre-filled, corrected, confirmed, reviewed in order, posted by the day it became true."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from taizhang.accounts.models import Role
from taizhang.cases.models import Step
from taizhang.declarations import actions
from taizhang.declarations.actions.moving import whole
from taizhang.declarations.actions.reviewing import Judged
from taizhang.declarations.models import Declaration, Difference, State
from taizhang.declarations.tests.campaign import (
    CUT_OFF,
    DAY,
    HEADS,
    all_correct,
    known,
    of,
    opened,
    operator_of,
    right_samples,
)
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.members.tests.people import codes, employee
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Particulars, Workforce
from taizhang.party.models import Coverage

pytestmark = pytest.mark.django_db
JULY = date(2017, 7, 1)


@pytest.fixture
def organization(world):
    return known(world, world.organization("甲协会", trade="教育", region="340000"))


@pytest.fixture
def operator(world, organization):
    return operator_of(world, organization)


@pytest.fixture
def declaration(world, organization):
    opened(world)
    return of(organization)


def keep(declaration, by, record="particulars", since=None, seen=None, on=DAY, **values):
    return actions.keep(declaration, record=record, values=values, since=since, seen=seen, on=on, by=by)


def test_a_round_asks_every_organisation_of_the_scope_once(world, organization):
    world.organization("乙学会", under=world.education)
    late = world.organization("丙学会", registered_on=DAY, entered_on=DAY)
    found = opened(world)
    assert (found.wanted, found.made) == (2, 2)
    assert {str(each.organization) for each in found.declarations.all()} == {"甲协会", "乙学会"}
    actions.hand_out(found, by=world.clerk)
    assert found.declarations.count() == 2 and not Declaration.objects.filter(organization=late).exists()


def test_a_round_may_ask_one(world, organization):
    world.organization("乙学会")
    found = opened(world, organization=organization)
    assert [each.organization for each in found.declarations.all()] == [organization]


def test_a_unit_asks_its_own_and_nobody_elses(world, organization):
    world.organization("乙学会", under=world.education)
    assert opened(world, unit=world.education, by=world.education_clerk).made == 1
    with pytest.raises(PermissionDenied):
        opened(world, unit=world.committee, title="另一个", by=world.education_clerk)


def test_the_turn_is_the_operators_where_there_is_one(world, organization, operator, declaration):
    assert declaration.case.turn_role == Role.OPERATOR
    assert list(Declaration.objects.awaiting(operator)) == [declaration]


def test_what_is_right_takes_one_confirmation_and_three_samples(world, organization, operator, declaration):
    assert len(right_samples(declaration)) == 3
    submitted = all_correct(declaration, by=operator)
    assert submitted.state == State.WITH_COMMITTEE and submitted.asked_though_known == 0
    before = Workforce.objects.count(), Particulars.objects.count()
    accepted = actions.accept(submitted, on=DAY, by=world.clerk)
    assert accepted.state == State.ACCEPTED and accepted.case.closed_at
    assert (Workforce.objects.count(), Particulars.objects.count()) == before


def test_samples_are_fixed_and_typed_wrong_become_a_difference(world, organization, operator, declaration):
    chosen = right_samples(declaration)
    keep(declaration, operator, name="甲协会新名")
    declaration.refresh_from_db()
    assert right_samples(declaration) == chosen and declaration.samples.count() == 3
    (record, field), value = next(iter(chosen.items()))
    wrong = value + 1 if isinstance(value, int) else "其他"
    if field in ("kind", "level"):
        wrong = "unknown"
    if field == "region":
        wrong = "340100"
    actions.sample(declaration, record=record, field=field, value=wrong, on=DAY, by=operator)
    assert Difference.objects.standing().get(record=record, field=field).new == wrong
    actions.sample(declaration, record=record, field=field, value=value, on=DAY, by=operator)
    assert not Difference.objects.standing().filter(record=record, field=field).exists()


def test_only_differences_are_kept(world, organization, operator, declaration):
    keep(declaration, operator, name="甲协会", trade="教育")
    assert not Difference.objects.exists()
    keep(declaration, operator, name="甲学会", since=JULY)
    difference = Difference.objects.get()
    assert (difference.old, difference.new, difference.since) == ("甲协会", "甲学会", JULY)
    keep(declaration, operator, name="甲协会")
    assert not Difference.objects.standing().exists()


def test_accepting_posts_the_fact_from_the_day_it_became_true(world, organization, operator, declaration):
    keep(declaration, operator, name="甲学会", since=JULY)
    keep(declaration, operator, record="workforce", has_union=True, since=CUT_OFF)
    accepted = actions.accept(all_correct(declaration, by=operator), on=DAY, by=world.clerk)
    stated = Particulars.objects.current().filter(organization=organization).order_by("period")
    assert [(fact.name, fact.since) for fact in stated] == [("甲协会", date(2017, 1, 1)), ("甲学会", JULY)]
    fact = Workforce.objects.as_of(AsOf(CUT_OFF)).get(organization=organization)
    assert fact.has_union and fact.full_time == HEADS["full_time"]
    assert fact.step == accepted.accepted_step == stated.last().step
    organization.unit.refresh_from_db()
    assert organization.unit.name == "甲学会"


def test_all_obstacles_come_at_once(world, organization, operator, declaration):
    keep(declaration, operator, record="breakdown", held_here=9, since=CUT_OFF)
    keep(declaration, operator, record="particulars", name="", since=CUT_OFF)
    with pytest.raises(Refused) as refusal:
        actions.submit(declaration, on=date(2018, 3, 5), by=operator)
    found = set(codes(refusal))
    assert {"not-confirmed", "sample-missing", "value-missing", "heads-held-here", "late-reason-missing"} <= found


def test_supervising_unit_then_committee(world, operator):
    organization = known(world, world.organization("乙学会", under=world.education))
    reviewer = world.account(world.education, Role.UNIT_REVIEWER, username="shenhe", name="审核")
    operator = operator_of(world, organization)
    opened(world)
    submitted = all_correct(of(organization), by=operator)
    assert submitted.state == State.WITH_UNIT and submitted.case.turn_role == Role.UNIT_REVIEWER
    assert list(Declaration.objects.awaiting(reviewer)) == [submitted]
    with pytest.raises(PermissionDenied):
        actions.pass_on(submitted, on=DAY, by=world.outsider)
    passed = actions.pass_on(submitted, on=DAY, by=reviewer)
    assert passed.state == State.WITH_COMMITTEE
    with pytest.raises(PermissionDenied):
        actions.accept(passed, on=DAY, by=reviewer)
    assert actions.accept(passed, on=DAY, by=world.clerk).state == State.ACCEPTED


def test_while_under_review_nothing_moves(world, operator, declaration):
    submitted = all_correct(declaration, by=operator)
    with pytest.raises(Refused) as refusal:
        keep(submitted, operator, name="甲学会")
    assert codes(refusal) == ["under-review"]
    back = actions.take_back(submitted, on=DAY, by=operator)
    assert back.state == State.DRAFTING
    keep(back, operator, name="甲学会", since=JULY)


def test_a_return_keeps_what_was_right(world, organization, operator, declaration):
    keep(declaration, operator, name="甲学会", since=JULY)
    keep(declaration, operator, record="workforce", has_union=True)
    submitted = all_correct(declaration, by=operator)
    wrong = Difference.objects.get(field="has_union")
    with pytest.raises(Refused) as refusal:
        actions.send_back(submitted, judged={wrong.pk: Judged("returned")}, on=DAY, by=world.clerk)
    assert codes(refusal) == ["reason-missing"]
    returned = actions.send_back(submitted, judged={wrong.pk: Judged("returned", "还没有批复")}, on=DAY, by=world.clerk)
    assert returned.state == State.RETURNED
    assert {each.section for each in returned.confirmations.standing()} == {
        *("particulars", "absence", "party", "members", "instructor")
    }
    assert Difference.objects.standing().filter(field="name", new="甲学会").exists()
    with pytest.raises(Refused) as refusal:
        actions.submit(returned, sections=["staff"], name="填报员", on=DAY, by=operator)
    assert codes(refusal) == ["returned-unmended"]
    keep(returned, operator, record="workforce", has_union=False)
    again = actions.submit(returned, sections=["staff"], name="填报员", on=DAY, by=operator)
    assert actions.accept(again, on=DAY, by=world.clerk).state == State.ACCEPTED


def test_nobody_reviews_what_they_submitted(world, organization, declaration):
    submitted = all_correct(declaration, by=world.clerk)
    with pytest.raises(Refused) as refusal:
        actions.accept(submitted, on=DAY, by=world.clerk)
    assert codes(refusal) == ["own-work"]


def test_those_without_differences_go_through_together_and_others_not(world, organization, operator, declaration):
    keep(declaration, operator, name="甲学会", since=JULY)
    submitted = all_correct(declaration, by=operator)
    with pytest.raises(Refused) as refusal:
        actions.agree(submitted, on=DAY, by=world.clerk)
    assert codes(refusal) == ["has-differences"]
    actions.take_back(submitted, on=DAY, by=operator)
    actions.drop(submitted, record="particulars", by=operator)
    declaration.refresh_from_db()
    submitted = all_correct(declaration, by=operator)
    assert actions.agree(submitted, on=DAY, by=world.clerk).state == State.ACCEPTED


def test_an_unknown_party_organisation_needs_body_number_and_day(world, organization, operator, declaration):
    keep(declaration, operator, record="new-party", name="中共甲协会支部", level="branch", since=JULY)
    with pytest.raises(Refused) as refusal:
        all_correct(declaration, by=operator)
    assert codes(refusal) == ["unknown-party-organization"] * 2
    keep(declaration, operator, record="new-party", approved_by="省直机关工委", approval="工委〔2017〕9号")
    actions.accept(all_correct(declaration, by=operator), on=DAY, by=world.clerk)
    coverage = Coverage.objects.as_of(AsOf(CUT_OFF)).get(organization=organization)
    assert coverage.since == JULY and str(coverage.party_organization) == "中共甲协会支部"


def test_people_are_corrected_by_whoever_may_see_their_names(world, organization, operator, declaration):
    person = employee(world, organization, "张三")
    record = f"person-{person.pk}"
    with pytest.raises(PermissionDenied):
        keep(declaration, operator, record=record, left=True)
    dangwu = world.account(organization.unit, Role.PARTY_CLERK, username="dangwu", name="专干")
    keep(declaration, dangwu, record=record, left=True, since=date(2017, 10, 1))
    assert not Difference.objects.visible_to(operator).exists()
    actions.accept(all_correct(declaration, by=operator), on=DAY, by=world.clerk)
    assert [
        each.key for section in whole(declaration).sections for each in section.records if "person" in each.key
    ] == []


def test_a_mistaken_acceptance_is_reversed_and_the_ledger_shows_both(world, organization, operator, declaration):
    keep(declaration, operator, name="甲学会", since=JULY)
    accepted = actions.accept(all_correct(declaration, by=operator), on=DAY, by=world.clerk)
    with pytest.raises(PermissionDenied):
        actions.reverse(accepted, note="错了", on=DAY, by=operator)
    with pytest.raises(Refused):
        actions.reverse(accepted, note=" ", on=DAY, by=world.clerk)
    reversed_ = actions.reverse(accepted, note="证书未换发", on=DAY, by=world.clerk)
    assert reversed_.state == State.WITH_COMMITTEE and reversed_.case.closed_at is None
    assert Particulars.objects.current().get(organization=organization).name == "甲协会"
    assert Particulars.objects.filter(organization=organization, name="甲学会").exists()
    organization.unit.refresh_from_db()
    assert organization.unit.name == "甲协会"
    assert actions.accept(reversed_, on=DAY, by=world.clerk).state == State.ACCEPTED


def test_what_was_confirmed_and_corrected_soon_after_is_counted(world, organization, operator, declaration):
    actions.accept(all_correct(declaration, by=operator), on=DAY, by=world.clerk)
    assert not Declaration.objects.corrected_soon().exists()
    fact = Workforce.objects.current().get(organization=organization)
    orgs.correct(fact, full_time=9, note="查实", on=DAY, by=world.clerk)
    assert list(Declaration.objects.corrected_soon()) == [declaration]


def test_a_correction_outside_a_round(world, organization, operator):
    declaration = actions.start(organization, on=DAY, by=operator)
    assert actions.start(organization, on=DAY, by=operator) == declaration
    with pytest.raises(Refused) as refusal:
        actions.submit(declaration, on=DAY, by=operator)
    assert codes(refusal) == ["nothing-changed"]
    keep(declaration, operator, trade="科技", since=DAY)
    submitted = actions.submit(declaration, on=DAY, by=operator)
    actions.accept(submitted, on=DAY, by=world.clerk)
    assert Particulars.objects.as_of(AsOf(DAY)).get(organization=organization).trade == "科技"


def test_every_step_says_which_state_it_leads_to(world, operator, declaration):
    actions.accept(all_correct(declaration, by=operator), on=DAY, by=world.clerk)
    told = (
        Step.objects.filter(case=declaration.case)
        .order_by("recorded_at", "id")
        .values_list("details__state", flat=True)
    )
    assert list(told) == ["drafting", "with_committee", "accepted"]
