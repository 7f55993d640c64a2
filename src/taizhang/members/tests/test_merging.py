"""Two records of one person: found, compared, made one, and made two again."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from taizhang.accounts.models import Role
from taizhang.instructors import actions as instructors
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.members import identity, merging
from taizhang.members.mergers import PersonApart
from taizhang.members.models import Engagement, Membership, Person
from taizhang.members.tests.people import JUNE, MARCH, employee, id_number, member
from tests.doors import signed_in

TODAY = date(2018, 1, 10)
WHY = {"note": "本人到场核对为同一人", "on": TODAY}
BORN = date(1980, 1, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(world):
    """One person entered twice in one association: once as an employee, once as a member with an ID number."""
    world.association = world.organization(under=world.education)
    world.made = world.branch(world.association, superior=world.education)
    world.kept = employee(world, world.association, "王守正", JUNE, born_on=BORN)
    world.dropped = member(world, world.association, world.made, "王守正", MARCH, id_number=id_number(7))
    return world


def merged(world, **said):
    return merging.merge(world.kept, dropped=world.dropped, by=world.clerk, **{**WHY, **said})


def state():
    return {
        (row._meta.label, row.person_id, str(row.period))
        for model in (Engagement, Membership)
        for row in model.objects.current()
    }


def test_what_was_said_of_either_is_said_of_one(two):
    merged(two)
    engaged = Engagement.objects.as_of(AsOf(TODAY)).get()
    assert engaged.person == two.kept and engaged.since == JUNE
    assert Engagement.objects.as_of(AsOf(MARCH)).get().person == two.kept
    assert Membership.objects.as_of(AsOf(TODAY)).get().person == two.kept
    assert identity.find_by_id_number(id_number(7)) == two.kept
    assert Person.objects.get(pk=two.kept.pk).id_number_masked.endswith(id_number(7)[-4:])


def test_a_merger_that_was_wrong_is_undone(two):
    before = state()
    merger = merged(two)
    assert state() != before
    with pytest.raises(PermissionDenied):
        merging.unmerge(merger, **WHY, by=two.clerk)
    reviewer = two.account(two.committee, Role.REVIEWER, username="shenhe", name="审核人")
    merging.unmerge(merger, **WHY, by=reviewer)
    assert state() == before and identity.find_by_id_number(id_number(7)) == two.dropped
    with pytest.raises(Refused):
        merging.unmerge(merger, **WHY, by=reviewer)


def test_across_offices_only_the_committees_reviewer_merges(two):
    elsewhere = employee(two, two.organization("乙协会", under=two.sports), "王守正", MARCH)
    for user in (two.clerk, two.education_clerk, two.outsider):
        with pytest.raises(PermissionDenied):
            merging.merge(two.kept, dropped=elsewhere, by=user, **WHY)
    reviewer = two.account(two.committee, Role.REVIEWER, username="shenhe", name="审核人")
    assert merging.merge(two.kept, dropped=elsewhere, by=reviewer, **WHY).kept == two.kept
    assert merging.may_merge(two.education_clerk, two.kept, two.dropped) is False  # stands in two offices now


def test_it_is_refused_with_every_reason(two):
    other = member(two, two.association, two.made, "王守正", MARCH, id_number=id_number(8), born_on=date(1970, 2, 2))
    Person.objects.filter(pk=two.kept.pk).exists()
    identity.seal(two.kept, id_number=id_number(9))
    with pytest.raises(Refused) as refusal:
        merging.merge(two.kept, dropped=other, by=two.clerk, **{**WHY, "note": ""})
    assert {each.code for each in refusal.value.obstacles} == {"note-missing", "two-numbers", "born-otherwise"}
    instructors.enlist(two.dropped, unit=two.committee, on=JUNE, by=two.clerk)
    with pytest.raises(Refused) as refusal:
        merging.merge(other, dropped=two.dropped, by=two.clerk, **WHY)
    assert "used-elsewhere" in {each.code for each in refusal.value.obstacles}


def test_pairs_are_found_and_those_with_two_numbers_are_not(two):
    found = [(each.one.pk, each.other.pk) for each in merging.doubles(two.clerk)]
    assert found == [(two.kept.pk, two.dropped.pk)]
    identity.seal(two.kept, id_number=id_number(9))
    assert merging.doubles(two.clerk) == [] and merging.doubles(two.outsider) == []


def test_the_pages_compare_merge_and_lead_on(two):
    page = signed_in(two.clerk)
    assert "比对" in page.get(reverse("members:doubles")).content.decode()
    address = reverse("members:merge", args=[two.kept.pk, two.dropped.pk])
    assert "组织关系" in page.get(address).content.decode()
    assert page.post(address, {**WHY, "note": ""}).status_code == 422
    assert page.post(address, WHY).status_code == 302
    assert page.get(reverse("members:mergers")).status_code == 200
    assert signed_in(two.outsider).get(address).status_code == 404


def test_a_pair_found_to_be_two_is_offered_no_more_until_somebody_doubts_it(two):
    page, pair = signed_in(two.clerk), (two.kept.pk, two.dropped.pk)
    assert [(each.one.pk, each.other.pk) for each in merging.doubles(two.clerk)] == [pair]
    address = reverse("members:tell_apart", args=pair)
    assert address in page.get(reverse("members:merge", args=pair)).content.decode()
    assert page.get(address).status_code == 200
    assert page.post(address, WHY).url == reverse("members:doubles")
    apart = PersonApart.objects.get()
    assert merging.doubles(two.clerk) == [] and apart.step.by == two.clerk
    with pytest.raises(Refused) as refusal:
        merged(two)
    assert [each.code for each in refusal.value.obstacles] == ["told-apart"]
    undo = reverse("members:offer_again", args=[apart.pk])
    decided = page.get(reverse("members:told_apart")).content.decode()
    assert undo in decided and f'href="{reverse("members:doubles")}"' in decided
    assert f'href="{reverse("members:told_apart")}"' in page.get(reverse("members:doubles")).content.decode()
    assert signed_in(two.outsider).get(undo).status_code == 404
    assert page.post(undo, {"note": "同名同姓，再核对", "on": TODAY}).status_code == 302
    assert len(merging.doubles(two.clerk)) == 1
