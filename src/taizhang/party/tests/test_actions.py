from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from taizhang.accounts.models import Unit
from taizhang.kit.refusals import Refused
from taizhang.ledger.asking import as_of, version
from taizhang.ledger.models import AsOf
from taizhang.party import actions as party
from taizhang.party.models import Absence, Affiliation, Coverage, Form, Nature, PartyParticulars, Reason

MARCH, JUNE, SEPTEMBER = date(2017, 3, 1), date(2017, 6, 1), date(2017, 9, 1)
DAY = timedelta(days=1)


def codes(refusal) -> list[str]:
    return [obstacle.code for obstacle in refusal.value.obstacles]


def covered_by(organization, on, known_at=None):
    fact = Coverage.objects.as_of(AsOf(on, known_at)).filter(organization=organization).first()
    return fact and fact.party_organization


# establish


def test_a_branch_exists_belongs_and_covers_from_its_day_on(world):
    association = world.organization()
    branch = world.branch(association, on=MARCH)
    assert party.party_particulars_on(branch, MARCH).name == "中共甲协会支部"
    assert party.party_particulars_on(branch, MARCH - DAY) is None
    assert party.affiliation_on(branch, MARCH).superior == world.committee
    assert (covered_by(association, MARCH - DAY), covered_by(association, MARCH)) == (None, branch)


def test_a_single_branch_hangs_below_its_organisation_and_a_joint_one_below_its_superior(world):
    first, second, third = (world.organization(name) for name in ("甲协会", "乙协会", "丙协会"))
    assert world.branch(first).unit.parent == first.unit
    assert world.branch(second, third).unit.parent == world.committee


def test_an_organisation_already_covered_cannot_be_covered_by_another_of_the_same_nature(world):
    association = world.organization()
    branch = world.branch(association, on=MARCH)
    with pytest.raises(Refused) as refusal:
        world.branch(association, on=JUNE, name="第二支部")
    assert codes(refusal) == ["already-covered"]
    assert branch.unit.name in str(refusal.value) and "2017-03-01" in str(refusal.value)


def test_a_coverage_that_begins_later_is_in_the_way_too(world):
    association = world.organization()
    world.branch(association, on=JUNE)
    with pytest.raises(Refused) as refusal:
        world.branch(association, on=MARCH, name="第二支部")
    assert codes(refusal) == ["already-covered"]


def test_a_functional_branch_may_cover_what_a_formal_one_covers(world):
    association = world.organization()
    formal = world.branch(association)
    functional = world.branch(association, name="功能型支部", nature=Nature.FUNCTIONAL)
    held = Coverage.objects.as_of(AsOf(MARCH)).filter(organization=association)
    assert {fact.party_organization for fact in held} == {formal, functional}


def test_every_reason_against_establishing_is_given_at_once(world):
    first, second = world.organization("甲协会"), world.organization("乙协会")
    world.branch(second)
    with pytest.raises(Refused) as refusal:
        world.branch(first, second, name=" ", form=Form.SINGLE, level="club")
    assert set(codes(refusal)) == {"name-missing", "level-unknown", "single-covers-one", "already-covered"}


def test_an_organisation_that_was_not_registered_then_is_not_covered(world):
    association = world.organization(registered_on=JUNE)
    with pytest.raises(Refused) as refusal:
        world.branch(association, on=MARCH)
    assert codes(refusal) == ["not-active-then"]


def test_an_organisation_chosen_twice_is_covered_once(world):
    association = world.organization()
    branch = world.branch(association, association, form=Form.SINGLE)
    assert Coverage.objects.filter(party_organization=branch).count() == 1


def test_a_branch_is_not_established_by_somebody_from_another_unit(world):
    association = world.organization(under=world.education)
    for stranger in (world.outsider, world.leader, world.administrator):
        with pytest.raises(PermissionDenied):
            world.branch(association, superior=world.education, by=stranger)


def test_a_unit_may_not_cover_an_organisation_of_another_unit(world):
    theirs = world.organization(under=world.education)
    with pytest.raises(PermissionDenied):
        world.branch(theirs, superior=world.sports, by=world.outsider)


# cover and uncover


def test_a_single_branch_that_covers_another_organisation_becomes_a_joint_one(world):
    first, second = world.organization("甲协会"), world.organization("乙协会")
    branch = world.branch(first)
    party.cover(branch, organization=second, form=Form.JOINT_TRADE, on=JUNE, by=world.clerk)
    forms = {
        day: set(Coverage.objects.as_of(AsOf(day)).filter(party_organization=branch).values_list("form", flat=True))
        for day in (JUNE - DAY, JUNE)
    }
    assert forms == {JUNE - DAY: {Form.SINGLE}, JUNE: {Form.JOINT_TRADE}}
    assert Unit.objects.get(pk=branch.unit_id).parent == world.committee


def test_a_branch_does_not_cover_another_as_a_single_one(world):
    branch = world.branch(world.organization("甲协会"))
    with pytest.raises(Refused) as refusal:
        party.cover(branch, organization=world.organization("乙协会"), form=Form.SINGLE, on=JUNE, by=world.clerk)
    assert codes(refusal) == ["single-covers-one"]


def test_nothing_is_covered_before_the_branch_exists(world):
    branch = world.branch(world.organization("甲协会"), on=JUNE)
    with pytest.raises(Refused) as refusal:
        party.cover(branch, organization=world.organization("乙协会"), form=Form.ATTACHED, on=MARCH, by=world.clerk)
    assert codes(refusal) == ["not-existing-then"]


def test_covering_ends_a_stated_reason_for_having_none(world):
    association = world.organization()
    party.state_absence(association, reason=Reason.TOO_FEW, on=MARCH, by=world.clerk)
    world.branch(association, on=JUNE)
    held = Absence.objects.as_of
    assert held(AsOf(JUNE - DAY)).exists() and not held(AsOf(JUNE)).exists()


def test_an_organisation_is_no_longer_covered_from_the_day_on_and_not_twice(world):
    first, second = world.organization("甲协会"), world.organization("乙协会")
    branch = world.branch(first, second)
    coverage = Coverage.objects.get(organization=second)
    party.uncover(coverage, on=JUNE, by=world.clerk)
    assert (covered_by(second, JUNE - DAY), covered_by(second, JUNE)) == (branch, None)
    with pytest.raises(Refused) as refusal:
        party.uncover(coverage, on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["changed-meanwhile"]
    with pytest.raises(Refused) as refusal:
        party.uncover(Coverage.objects.current().get(organization=second), on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["already-ended"]
    with pytest.raises(PermissionDenied):
        party.uncover(Coverage.objects.current().get(organization=first), on=JUNE, by=world.outsider)


# change


def test_a_changed_name_and_superior_hold_from_the_day_on_and_the_node_follows(world):
    first, second = world.organization("甲协会"), world.organization("乙协会")
    branch = world.branch(first, second)
    party.change(branch, name="中共联合支部", superior=world.education, on=JUNE, by=world.clerk)
    unit = Unit.objects.get(pk=branch.unit_id)
    assert (unit.name, unit.parent) == ("中共联合支部", world.education)
    assert party.party_particulars_on(branch, JUNE - DAY).name == "中共甲协会联合支部"
    assert party.affiliation_on(branch, JUNE - DAY).superior == world.committee


def test_a_change_that_changes_nothing_is_refused(world):
    branch = world.branch(world.organization())
    with pytest.raises(Refused) as refusal:
        party.change(branch, name="中共甲协会支部", superior=world.committee, on=JUNE, by=world.clerk)
    assert codes(refusal) == ["nothing-changed"]


def test_nature_is_not_changed_and_a_branch_does_not_belong_below_itself(world):
    branch = world.branch(world.organization())
    with pytest.raises(Refused) as refusal:
        party.change(branch, nature=Nature.TEMPORARY, superior=branch.unit, on=JUNE, by=world.clerk)
    assert set(codes(refusal)) == {"nature-decides-coverage", "superior-below-itself"}


def test_a_branch_is_not_changed_by_somebody_from_another_unit(world):
    with pytest.raises(PermissionDenied):
        party.change(world.branch(world.organization()), name="改名", on=JUNE, by=world.outsider)


# the reason for having none


def test_a_reason_for_having_no_party_organisation_is_stated_and_stated_anew(world):
    association = world.organization()
    party.state_absence(association, reason=Reason.NO_MEMBER, on=MARCH, by=world.clerk)
    party.state_absence(association, reason=Reason.TOO_FEW, on=JUNE, by=world.clerk)
    reasons = [Absence.objects.as_of(AsOf(day)).get(organization=association).reason for day in (MARCH, JUNE)]
    assert reasons == [Reason.NO_MEMBER, Reason.TOO_FEW]


def test_no_reason_is_needed_for_an_organisation_that_is_covered(world):
    association = world.organization()
    world.branch(association, on=MARCH)
    with pytest.raises(Refused) as refusal:
        party.state_absence(association, reason=Reason.OTHER, on=JUNE, by=world.clerk)
    assert codes(refusal) == ["covered", "remark-missing"]
    with pytest.raises(PermissionDenied):
        party.state_absence(association, reason=Reason.TOO_FEW, on=JUNE, by=world.outsider)


# correct and withdraw


def test_a_late_correction_of_the_day_takes_what_began_that_day_along_and_leaves_what_was_known(world):
    association = world.organization()
    branch = world.branch(association, on=JUNE)
    then = version()
    fact = PartyParticulars.objects.get(party_organization=branch)
    party.correct(fact, since=MARCH, note="批复落款为3月", on=SEPTEMBER, by=world.clerk)
    assert covered_by(association, MARCH) == branch and party.affiliation_on(branch, MARCH)
    known_then = as_of(MARCH, then)
    assert covered_by(association, MARCH, known_then.known_at) is None
    assert Affiliation.objects.as_of(known_then).filter(party_organization=branch).first() is None


def test_a_branch_cannot_have_begun_after_what_it_covers(world):
    first, second = world.organization("甲协会"), world.organization("乙协会")
    branch = world.branch(first, on=MARCH)
    party.cover(branch, organization=second, form=Form.ATTACHED, on=JUNE, by=world.clerk)
    fact = PartyParticulars.objects.get(party_organization=branch)
    with pytest.raises(Refused) as refusal:
        party.correct(fact, since=SEPTEMBER, note="有误", on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["begins-before-it-exists"]


def test_a_coverage_stays_within_the_days_of_its_branch(world):
    association = world.organization()
    world.branch(association, on=JUNE)
    with pytest.raises(Refused) as refusal:
        party.correct(Coverage.objects.get(), since=MARCH, note="有误", on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["outside-existence"]


def test_a_nature_entered_in_error_is_corrected_together_with_what_it_covers(world):
    association = world.organization()
    branch = world.branch(association)
    fact = PartyParticulars.objects.get(party_organization=branch)
    party.correct(fact, nature=Nature.FUNCTIONAL, note="应为功能型", on=JUNE, by=world.clerk)
    assert Coverage.objects.current().get(organization=association).nature == Nature.FUNCTIONAL


def test_a_correction_says_why_and_is_made_by_the_committee_clerk_only(world):
    association = world.organization(under=world.education)
    branch = world.branch(association, superior=world.education)
    fact = PartyParticulars.objects.get(party_organization=branch)
    with pytest.raises(Refused) as refusal:
        party.correct(fact, name="中共甲协会支部", note=" ", on=JUNE, by=world.clerk)
    assert codes(refusal) == ["nothing-changed", "note-missing"]
    with pytest.raises(PermissionDenied):
        party.correct(fact, name="改", note="有误", on=JUNE, by=world.education_clerk)


def test_a_coverage_entered_in_error_is_withdrawn_and_stays_readable_as_known_then(world):
    association = world.organization()
    branch = world.branch(association, on=MARCH)
    then = version()
    coverage = Coverage.objects.get()
    party.withdraw(coverage, note="录错单位", on=JUNE, by=world.clerk)
    assert covered_by(association, JUNE) is None
    assert covered_by(association, JUNE, as_of(JUNE, then).known_at) == branch
    with pytest.raises(Refused) as refusal:
        party.withdraw(coverage, note="录错单位", on=JUNE, by=world.clerk)
    assert codes(refusal) == ["changed-meanwhile"]


def test_what_a_branch_is_cannot_be_withdrawn_alone(world):
    branch = world.branch(world.organization())
    with pytest.raises(Refused) as refusal:
        party.withdraw(party.affiliation_on(branch, JUNE), note="有误", on=JUNE, by=world.clerk)
    assert codes(refusal) == ["not-alone"]
    with pytest.raises(PermissionDenied):
        party.withdraw(Coverage.objects.get(), note="有误", on=JUNE, by=world.outsider)
