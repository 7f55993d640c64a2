from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from taizhang.instructors import actions as instructors
from taizhang.instructors.models import Instructor, Posting
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.members.models import Person
from taizhang.members.tests.people import JUNE, MARCH, SEPTEMBER, codes, employee


@pytest.fixture
def association(world):
    return world.organization("甲协会", under=world.education)


@pytest.fixture
def instructor(world):
    return instructors.recruit(name="王指导", unit=world.committee, on=MARCH, by=world.clerk)


def posted(organization, on):
    return [str(posting.instructor) for posting in Posting.objects.as_of(AsOf(on)).filter(organization=organization)]


def test_an_instructor_is_posted_from_the_day_on_and_not_twice(world, association, instructor):
    instructors.post(instructor, organization=association, on=JUNE, by=world.clerk)
    assert (posted(association, MARCH), posted(association, JUNE)) == ([], ["王指导"])
    with pytest.raises(Refused) as refusal:
        instructors.post(instructor, organization=association, on=MARCH, by=world.clerk)
    assert codes(refusal) == ["already-posted"]
    with pytest.raises(PermissionDenied):
        instructors.post(instructor, organization=association, on=JUNE, by=world.education_clerk)


def test_nobody_is_posted_before_enlisting_or_to_what_is_not_registered_yet(world, instructor):
    later = world.organization("乙协会", registered_on=JUNE)
    with pytest.raises(Refused) as refusal:
        instructors.post(instructor, organization=later, on=date(2017, 2, 1), by=world.clerk)
    assert codes(refusal) == ["not-enlisted-then", "not-active-then"]


def test_a_load_above_the_rule_of_the_day_warns_and_the_step_keeps_the_warning(world, instructor):
    on = date(2018, 3, 1)
    steps = [
        instructors.post(instructor, organization=world.organization(f"第{number}协会"), on=on, by=world.clerk)
        for number in range(7)
    ]
    assert [bool(step.details) for step in steps][0] is False and "一般不超过" in steps[-1].details["warnings"][0][
        "reason"
    ]


def test_a_posting_ends_once_and_a_stranger_does_not_end_it(world, association, instructor):
    instructors.post(instructor, organization=association, on=MARCH, by=world.clerk)
    posting = Posting.objects.get()
    with pytest.raises(PermissionDenied):
        instructors.end_posting(posting, on=JUNE, by=world.outsider)
    instructors.end_posting(posting, on=JUNE, by=world.clerk)
    assert posted(association, JUNE) == []
    with pytest.raises(Refused) as refusal:
        instructors.end_posting(Posting.objects.current().get(), on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["already-ended"]


def test_the_days_of_a_posting_are_corrected_and_a_wrong_one_withdrawn(world, association, instructor):
    instructors.post(instructor, organization=association, on=JUNE, by=world.clerk)
    with pytest.raises(Refused) as refusal:
        instructors.correct(Posting.objects.get(), since=JUNE, note="", on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["nothing-changed", "note-missing"]
    instructors.correct(Posting.objects.get(), since=MARCH, note="文件为3月", on=SEPTEMBER, by=world.clerk)
    assert posted(association, MARCH) == ["王指导"]
    with pytest.raises(PermissionDenied):
        instructors.withdraw(Posting.objects.current().get(), note="录错", on=SEPTEMBER, by=world.leader)
    instructors.withdraw(Posting.objects.current().get(), note="录错", on=SEPTEMBER, by=world.clerk)
    assert posted(association, SEPTEMBER) == []


def test_a_person_is_enlisted_once_and_by_the_committee(world, association):
    person = employee(world, association)
    with pytest.raises(PermissionDenied):
        instructors.enlist(person, unit=world.education, on=MARCH, by=world.education_clerk)
    instructors.enlist(person, unit=world.committee, on=MARCH, by=world.clerk)
    with pytest.raises(Refused) as refusal:
        instructors.enlist(person, unit=world.committee, on=JUNE, by=world.clerk)
    assert codes(refusal) == ["already-enlisted"]


def test_an_instructor_from_outside_has_no_id_number_and_is_taken_back_whole_if_refused(world):
    with pytest.raises(Refused) as refusal:
        instructors.recruit(name="王指导", id_number="1", unit=world.committee, on=MARCH, by=world.clerk)
    assert codes(refusal) == ["id-not-needed"]
    assert not Person.objects.exists() and not Instructor.objects.exists()


def test_an_instructor_is_seen_by_the_pools_keepers_and_where_posted(world, association, instructor):
    assert not Instructor.objects.visible_to(world.education_clerk).exists()
    instructors.post(instructor, organization=association, on=JUNE, by=world.clerk)
    seers = (world.clerk, world.leader, world.education_clerk)
    assert all(instructor in Instructor.objects.visible_to(user) for user in seers)
    assert not any(Instructor.objects.visible_to(user).exists() for user in (world.outsider, world.administrator))
