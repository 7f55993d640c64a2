"""The pages of the instructors' pool."""

from datetime import date

import pytest

from taizhang.instructors import actions as instructors
from taizhang.instructors.models import Instructor, Posting
from taizhang.ledger.models import AsOf
from taizhang.members.tests.people import JUNE, MARCH, employee


@pytest.fixture
def association(world):
    return world.organization("甲协会", under=world.education)


@pytest.fixture
def instructor(world):
    return instructors.recruit(name="王指导", unit=world.committee, on=MARCH, by=world.clerk)


@pytest.fixture
def clerk(world, client):
    client.force_login(world.clerk)
    return client


def page(client, address, **data):
    return client.get(address, data).content.decode()


def test_the_list_shows_everybodys_load_and_filters(world, association, instructor, clerk):
    instructors.recruit(name="赵指导", unit=world.committee, on=MARCH, by=world.clerk)
    instructors.post(instructor, organization=association, on=JUNE, by=world.clerk)
    found = page(clerk, "/instructors/", posted="yes")
    assert "王指导" in found and "赵指导" not in found
    assert "赵指导" in page(clerk, "/instructors/", posted="no")
    assert "王指导" not in page(clerk, "/instructors/", q="赵")
    assert "王指导" in page(clerk, "/instructors/", posted="no", day="2017-03-01")


def test_the_list_takes_a_fixed_number_of_questions(world, clerk, django_assert_num_queries):
    for number in range(12):
        instructors.recruit(name=f"指导{number}", unit=world.committee, on=MARCH, by=world.clerk)
    page(clerk, "/instructors/")  # the first request after signing in keeps the books of the session
    with django_assert_num_queries(5):  # session, user, grants, kept filters, rows with their count
        page(clerk, "/instructors/")


def test_somebody_new_or_known_is_enlisted_by_form(world, association, clerk):
    filled = {"name": "王指导", "sex": "male", "education": "unknown", "unit": world.committee.pk, "on": "2017-03-01"}
    answer = clerk.post("/instructors/recruit/", filled)
    assert answer.status_code == 302 and answer.url == f"/instructors/{Instructor.objects.get().pk}/"
    person = employee(world, association)
    known = {"person": person.pk, "unit": world.committee.pk, "on": "2017-03-01"}
    assert clerk.post("/instructors/enlist/", known).status_code == 302
    again = clerk.post("/instructors/enlist/", known)
    assert again.status_code == 422 and "已于2017-03-01入库" in again.content.decode()


def test_a_posting_begins_is_corrected_ends_and_is_withdrawn_by_form(world, association, instructor, clerk):
    posting = {"organization": association.pk, "on": "2017-06-01"}
    assert clerk.post(f"/instructors/{instructor.pk}/post/", posting).status_code == 302
    again = clerk.post(f"/instructors/{instructor.pk}/post/", posting)
    assert again.status_code == 422 and "已派驻该社会组织" in again.content.decode()
    assert "甲协会" in page(clerk, f"/instructors/{instructor.pk}/")
    fact = Posting.objects.current().get()
    mended = {"since": "2017-05-01", "on": "2017-09-01", "note": "文件为5月"}
    assert clerk.post(f"/instructors/posting/{fact.pk}/correct/", mended).status_code == 302
    fact = Posting.objects.current().get()
    assert clerk.post(f"/instructors/posting/{fact.pk}/end/", {"on": "2017-09-01"}).status_code == 302
    assert not Posting.objects.as_of(AsOf(date(2017, 9, 1))).exists()
    fact = Posting.objects.current().get()
    withdrawn = clerk.post(f"/instructors/posting/{fact.pk}/withdraw/", {"on": "2017-09-01", "note": "误录"})
    assert withdrawn.status_code == 302 and not Posting.objects.current().exists()


def test_a_load_above_the_rule_of_the_day_is_said_and_does_not_stop_anybody(world, instructor, clerk):
    for number in range(6):
        organization = world.organization(f"第{number}协会")
        posting = {"organization": organization.pk, "on": "2018-03-01"}
        answer = clerk.post(f"/instructors/{instructor.pk}/post/", posting, follow=True)
    assert "提醒：该指导员已派驻5家" in answer.content.decode()


def test_whoever_may_not_is_shown_no_form_and_whoever_cannot_see_finds_nothing(world, association, instructor, client):
    instructors.post(instructor, organization=association, on=JUNE, by=world.clerk)
    fact = Posting.objects.get()
    addresses = [f"/instructors/{instructor.pk}/post/"]
    addresses += [f"/instructors/posting/{fact.pk}/{each}/" for each in ("end", "correct", "withdraw")]
    client.force_login(world.education_clerk)
    found = page(client, f"/instructors/{instructor.pk}/")
    assert "甲协会" in found and "/post/" not in found and "/members/" not in found.split("<main")[1]
    assert {client.get(each).status_code for each in [*addresses, "/instructors/recruit/"]} == {403}
    client.force_login(world.outsider)
    assert {client.get(each).status_code for each in addresses} == {404}
    assert "王指导" not in page(client, "/instructors/")
