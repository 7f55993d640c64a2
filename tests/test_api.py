"""The API: the same rows and the same refusals as the pages, page by page, described only to those signed in."""

import pytest
from django.test import Client

from taizhang.members import actions as members
from tests.world import FIRST_DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, world):
    client.force_login(world.clerk)
    return client


def codes(response) -> list[str]:
    return [each["code"] for each in response.json()["obstacles"]]


def test_organisations_are_read_page_by_page_without_gap_or_repetition(signed_in, world):
    made = [world.organization(f"第{number}协会").pk for number in range(5)]
    seen, after = [], ""
    for _ in range(3):
        answer = signed_in.get("/api/organizations", {"limit": 2, "after": after}).json()
        seen += [each["id"] for each in answer["items"]]
        after = answer["next"]
    assert seen == made and after is None


def test_an_organisation_is_told_as_of_a_day(signed_in, world):
    organization = world.organization("甲协会")
    before = signed_in.get(f"/api/organizations/{organization.pk}", {"day": "2016-12-31"}).json()
    after = signed_in.get(f"/api/organizations/{organization.pk}", {"day": "2017-01-01"}).json()
    assert (before["name"], after["name"]) == (None, "甲协会")
    assert after["responsible"] == world.committee.name
    unknown = signed_in.get(
        f"/api/organizations/{organization.pk}", {"day": "2017-01-01", "known_at": "2016-01-01"}
    ).json()
    assert unknown["name"] is None


def test_a_search_finds_as_on_the_page(signed_in, world):
    world.organization("甲协会")
    world.organization("乙学会")
    found = signed_in.get("/api/organizations", {"q": "学会"}).json()["items"]
    assert [each["name"] for each in found] == ["乙学会"]


def test_people_are_told_masked_and_only_to_whoever_may_read_names(client, world):
    organization = world.organization(under=world.education)
    person = members.add(name="张三", unit=organization.unit, on=FIRST_DAY, by=world.clerk, telephone="13900001234")
    members.engage(person, organization=organization, employment="full_time", on=FIRST_DAY, by=world.clerk)
    client.force_login(world.education_clerk)
    answer = client.get(f"/api/people/{person.pk}")
    assert answer.json()["name"] == "张三" and answer.json()["telephone"] == "139******34"
    for other in (world.outsider, world.administrator):
        client.force_login(other)
        assert client.get("/api/people").json()["items"] == []
        assert (client.get(f"/api/people/{person.pk}").status_code, codes(client.get("/api/people/1"))) == (
            404,
            ["not-found"],
        )


def test_a_matter_and_its_steps(signed_in, world):
    world.organization("甲协会")
    (case,) = [each for each in signed_in.get("/api/cases").json()["items"] if each["title"] == "登记：甲协会"]
    (step,) = signed_in.get(f"/api/cases/{case['id']}/steps").json()["items"]
    assert (step["case"], step["by"], step["on"]) == (case["id"], "经办", "2017-01-01")


def test_a_figure_its_groups_and_its_records(signed_in, world):
    first, _ = world.organization("甲协会"), world.organization("乙学会")
    world.branch(first)
    asked = {"day": "2017-06-30", "by": "unit"}
    told = signed_in.get("/api/figures/organisation_coverage", asked).json()
    assert (told["base"], told["counted"], told["rate"]) == (2, 1, 0.5)
    assert [(each["base"], each["counted"]) for each in told["groups"]] == [(2, 1)]
    of_base = {"day": "2017-06-30", "shown": "base", "limit": 1}
    page = signed_in.get("/api/figures/organisation_coverage/records", of_base).json()
    rest = signed_in.get("/api/figures/organisation_coverage/records", {**of_base, "after": page["next"]}).json()
    assert {each["label"] for each in page["items"] + rest["items"]} == {"甲协会", "乙学会"}
    assert rest["next"] is None


@pytest.mark.parametrize(
    "address",
    [
        "/api/organizations?day=0",
        "/api/organizations?day=2017-02-30",
        "/api/organizations?known_at=yesterday",
        "/api/organizations?q=%00",
        "/api/organizations?limit=0",
        "/api/organizations?after=made-up",
        "/api/organizations/0",
        "/api/organizations/9223372036854775808",
        "/api/organizations/x",
        "/api/figures/organisation_coverage?by=colour",
        "/api/figures/organisation_coverage?base=%00",
        "/api/figures/organisation_coverage/records?after=made-up",
    ],
)
def test_what_is_wrongly_asked_is_told_kindly(signed_in, address):
    response = signed_in.get(address)
    assert response.status_code == 422, response.content
    assert all(each["reason"] for each in response.json()["obstacles"])


def test_nothing_is_told_to_somebody_who_has_not_signed_in(db):
    for address in ("/api/organizations", "/api/openapi.json", "/api/docs", "/api/people/1"):
        response = Client().get(address)
        assert (response.status_code, codes(response)) == (401, ["not-signed-in"])
    assert Client().get("/api/docs", headers={"accept": "text/html"}).status_code == 302


def test_the_description_is_openapi_3_1(signed_in):
    assert signed_in.get("/api/openapi.json").json()["openapi"].startswith("3.1")
