"""The pages of the register of Party organisations: list, one, forms, refusals, and who may not."""

import json
from datetime import date

import pytest

from taizhang.accounts.models import Role, User
from taizhang.ledger.models import AsOf
from taizhang.party import actions as party
from taizhang.party.models import Absence, Coverage, Form, Nature, PartyOrganization, PartyParticulars

MARCH, JUNE = date(2017, 3, 1), date(2017, 6, 1)


@pytest.fixture
def association(world):
    return world.organization("甲协会", under=world.education)


@pytest.fixture
def branch(world, association):
    return world.branch(association, superior=world.education, on=MARCH)


@pytest.fixture
def clerk(world, client):
    client.force_login(world.clerk)
    return client


def page(client, address, **data):
    return client.get(address, data).content.decode()


def establishing(world, *organizations, **changed):
    return {
        "name": "中共乙学会支部",
        "level": "branch",
        "nature": "formal",
        "form": "single",
        "organizations": [organization.pk for organization in organizations],
        "superior": world.committee.pk,
        "approval": "综党〔2017〕3号",
        "on": "2017-06-01",
        **changed,
    }


# the list


def test_the_list_filters_by_name_level_nature_form_and_superior(world, branch, clerk):
    other = world.organization("乙学会")
    functional = {"nature": Nature.FUNCTIONAL, "level": "general_branch", "form": Form.ATTACHED}
    world.branch(other, name="中共乙学会总支", on=MARCH, **functional)
    for asked in (
        {"q": "甲协 支部"},
        {"level": "branch"},
        {"nature": "formal"},
        {"formed": "single"},
        {"superior": world.education.pk},
    ):
        found = page(clerk, "/party/", **asked)
        assert "中共甲协会支部" in found and "中共乙学会总支" not in found, asked
    assert "没有符合条件的记录" in page(clerk, "/party/", level="committee")


def test_the_list_is_of_the_day_asked_for(world, branch, clerk):
    assert "中共甲协会支部" in page(clerk, "/party/", day="2017-03-01")
    assert "中共甲协会支部" not in page(clerk, "/party/", day="2017-02-28")


def test_the_list_takes_a_fixed_number_of_questions(world, clerk, django_assert_num_queries):
    for number in range(1, 12):
        world.branch(world.organization(f"第{number}协会", number=number))
    page(clerk, "/party/")  # the first request after signing in keeps the books of the session
    with django_assert_num_queries(5):  # session, user, grants, kept filters, rows with their count
        page(clerk, "/party/")


def test_an_empty_list_says_what_to_do_next_to_who_may(world, clerk, client):
    assert "成立党组织" in page(clerk, "/party/")
    client.force_login(world.leader)
    found = page(client, "/party/")
    assert "没有您可见的党组织" in found and "/party/establish/" not in found


# one


def test_the_page_of_one_tells_what_held_on_the_day_and_what_was_ever_said(world, association, branch, clerk):
    party.change(branch, name="中共甲协会委员会", level="committee", on=JUNE, by=world.clerk)
    now = page(clerk, f"/party/{branch.pk}/")
    assert "中共甲协会委员会" in now and "省教育厅" in now and "单独组建" in now
    assert f"/party/{branch.pk}/change/" in now and f"/members/party/{branch.pk}/dissolve/" in now
    then = page(clerk, f"/party/{branch.pk}/", day="2017-03-01")
    assert "2017年3月1日" in then and "党支部" in then
    assert "这天尚未成立" in page(clerk, f"/party/{branch.pk}/", day="2016-12-31")


def test_organisations_beyond_ones_scope_are_counted_and_not_named(world, association, client):
    direct = world.organization("外地商会")
    joint = world.branch(association, direct, superior=world.education)
    client.force_login(world.education_clerk)
    found = page(client, f"/party/{joint.pk}/")
    assert "甲协会" in found and "外地商会" not in found and "另有 1 家不在您的可见范围内" in found


def test_a_reader_sees_no_button_and_a_stranger_sees_nothing(world, branch, client):
    client.force_login(world.leader)
    assert f"/party/{branch.pk}/change/" not in page(client, f"/party/{branch.pk}/")
    client.force_login(world.outsider)
    assert client.get(f"/party/{branch.pk}/").status_code == 404
    assert "中共甲协会" not in page(client, "/party/")


# forms


def test_a_branch_is_established_by_form_and_its_page_opens(world, clerk):
    other = world.organization("乙学会")
    answer = clerk.post("/party/establish/", establishing(world, other))
    branch = PartyOrganization.objects.get()
    assert answer.status_code == 302 and answer.url == f"/party/{branch.pk}/"
    assert Coverage.objects.as_of(AsOf(JUNE)).get(organization=other).party_organization == branch
    assert PartyParticulars.objects.get().approval == "综党〔2017〕3号"


def test_a_refusal_gives_every_reason_on_top_and_beside_the_field_and_keeps_what_was_typed(world, branch, clerk):
    other = world.organization("乙学会")
    association = Coverage.objects.get().organization
    answer = clerk.post("/party/establish/", establishing(world, association, other))
    said = answer.content.decode()
    assert answer.status_code == 422 and "只覆盖一家" in said and "已由中共甲协会支部覆盖" in said
    assert "下步：" in said and 'value="中共乙学会支部"' in said
    assert f'<option value="{other.pk}" selected>' in said


def test_what_is_not_offered_is_not_accepted(world, association, client):
    client.force_login(world.outsider)
    answer = client.post("/party/establish/", establishing(world, association, superior=world.sports.pk))
    assert answer.status_code == 422 and not PartyOrganization.objects.exists()
    assert "甲协会" not in answer.content.decode()


def test_choices_are_searched_within_the_scope(world, association, branch, clerk, client):
    assert [each["value"] for each in json.loads(page(clerk, "/orgs/choose/", q="甲协"))] == [association.pk]
    assert [each["text"] for each in json.loads(page(clerk, "/party/choose/", q="甲协 支部"))] == ["中共甲协会支部"]
    assert {each["text"] for each in json.loads(page(clerk, "/party/choose-superior/", q="教育厅"))} == {"省教育厅"}
    client.force_login(world.outsider)
    for address in ("/orgs/choose/", "/party/choose/"):
        assert json.loads(page(client, address)) == []
    assert {each["text"] for each in json.loads(page(client, "/party/choose-superior/"))} == {"省体育局"}


def test_it_covers_changes_and_stops_covering_by_form(world, branch, clerk):
    other = world.organization("乙学会")
    covering = {"organization": other.pk, "form": "attached", "on": "2017-06-01"}
    done = clerk.post(f"/party/{branch.pk}/cover/", covering, follow=True)
    assert done.redirect_chain == [(f"/party/{branch.pk}/", 302)]
    step = Coverage.objects.still().get(organization=other).step
    assert f'href="/cases/steps/{step.pk}/">查看办理记录' in done.content.decode()
    again = clerk.post(f"/party/{branch.pk}/cover/", covering)
    assert again.status_code == 422 and again.content.decode().count("已由中共甲协会支部覆盖") == 2  # on top, beside
    coverage = Coverage.objects.still().get(organization=other)
    assert clerk.post(f"/party/coverage/{coverage.pk}/uncover/", {"on": "2017-09-01"}).status_code == 302
    assert not Coverage.objects.as_of(AsOf(date(2017, 9, 1))).filter(organization=other).exists()
    stated = {"name": "中共甲协会联合支部", "level": "branch", "superior": world.education.pk, "on": "2017-09-01"}
    assert clerk.post(f"/party/{branch.pk}/change/", stated).status_code == 302
    again = clerk.post(f"/party/{branch.pk}/change/", stated)
    assert again.status_code == 422 and "与台账现有记载相同" in again.content.decode()


def test_why_there_is_none_is_stated_by_the_organisations_own_operator_and_corrected(world, association, clerk, client):
    operator = world.account(association.unit, Role.OPERATOR, username="tianbao", name="填报员")
    User.objects.filter(pk=operator.pk).update(must_change_password=False)
    client.force_login(User.objects.get(pk=operator.pk))
    address = f"/party/absence/{association.pk}/"
    missing = client.post(address, {"reason": "other", "on": "2017-03-01"})
    assert missing.status_code == 422 and "应写明原因" in missing.content.decode()
    answer = client.post(address, {"reason": "no_member", "on": "2017-03-01"})
    assert answer.status_code == 302 and answer.url == f"/organisations/{association.pk}/"
    fact = Absence.objects.get()
    assert client.get(f"/party/correct/absence/{fact.pk}/").status_code == 403
    client.force_login(world.clerk)
    mended = {"reason": "too_few", "since": "2017-03-01", "on": "2017-06-01", "note": "有党员2名"}
    assert client.post(f"/party/correct/absence/{fact.pk}/", mended).status_code == 302
    assert Absence.objects.current().get().reason == "too_few"


def test_a_statement_is_corrected_with_a_reason_and_a_coverage_withdrawn(world, branch, clerk):
    fact = PartyParticulars.objects.get()
    filled = {
        "name": "中共甲协会党支部",
        "level": "branch",
        "nature": "formal",
        "since": "2017-03-01",
        "on": "2017-06-01",
    }
    refused = clerk.post(f"/party/correct/particulars/{fact.pk}/", filled)
    assert refused.status_code == 422 and "没有写明理由" in refused.content.decode()
    assert clerk.post(f"/party/correct/particulars/{fact.pk}/", filled | {"note": "抄错"}).status_code == 302
    assert clerk.get(f"/party/correct/particulars/{fact.pk}/").status_code == 404  # it no longer stands
    coverage = Coverage.objects.current().get()
    assert f"/party/withdraw/coverage/{coverage.pk}/" in page(clerk, f"/party/correct/coverage/{coverage.pk}/")
    filled = {"on": "2017-06-01", "note": "误录"}
    assert clerk.post(f"/party/withdraw/coverage/{coverage.pk}/", filled).status_code == 302
    assert not Coverage.objects.current().exists()
    affiliation = party.affiliation_on(branch, JUNE)
    refused = clerk.post(f"/party/withdraw/affiliation/{affiliation.pk}/", filled)
    assert refused.status_code == 422 and "不能单独撤回" in refused.content.decode()


def test_whoever_may_not_is_shown_no_form_and_whoever_cannot_see_finds_nothing(world, association, branch, client):
    coverage = Coverage.objects.get()
    addresses = [
        f"/party/{branch.pk}/cover/",
        f"/party/{branch.pk}/change/",
        f"/party/coverage/{coverage.pk}/uncover/",
        f"/party/absence/{association.pk}/",
        f"/party/correct/coverage/{coverage.pk}/",
        f"/party/withdraw/coverage/{coverage.pk}/",
    ]
    client.force_login(world.leader)
    assert {client.get(each).status_code for each in [*addresses, "/party/establish/"]} == {403}
    client.force_login(world.outsider)
    assert {client.get(each).status_code for each in addresses} == {404}
    assert {client.post(each, {"note": "x"}).status_code for each in addresses} == {404}
    assert client.get("/party/correct/nothing/1/").status_code == 404
