"""The pages of the register of people: list, one, forms, refusals, masked numbers, and who may not."""

import io
import json
from datetime import date

import pytest
from openpyxl import load_workbook

from taizhang.accounts.models import AuditKind, AuditRecord, Role, User
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members.models import Engagement, Membership, Person, Post, Standing
from taizhang.members.tests.people import JUNE, MARCH, employee, id_number, member
from taizhang.party import actions as party
from tests.proof import prove

NUMBER, TELEPHONE = id_number(), "13900001234"
SEPTEMBER = date(2017, 9, 1)


@pytest.fixture
def association(world):
    return world.organization("甲协会", under=world.education)


@pytest.fixture
def branch(world, association):
    return world.branch(association, superior=world.education)


@pytest.fixture
def person(world, association, branch):
    return member(world, association, branch, title="秘书长", id_number=NUMBER, telephone=TELEPHONE)


@pytest.fixture
def clerk(world, client):
    client.force_login(world.clerk)
    return client


def page(client, address, **data):
    return client.get(address, data).content.decode()


def account(world, unit, role) -> User:
    return world.account(unit, role)


# the list


def test_the_list_shows_numbers_masked_and_a_file_has_none(world, person, clerk):
    found = page(clerk, "/members/")
    assert "张三" in found and "秘书长" in found and "中共甲协会支部" in found and "139******34" in found
    assert NUMBER not in found and TELEPHONE not in found
    answer = prove(clerk).get("/members/", {"format": "xlsx"})
    headings, row = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values
    assert "姓名" in headings and "身份证号" not in headings and "139******34" not in row
    assert AuditRecord.objects.filter(kind=AuditKind.EXPORT, verb="members:list").count() == 1


def test_the_list_filters_by_name_standing_and_where_relations_are_held(world, association, branch, person, clerk):
    employee(world, association, "李四", outside_name="某街道党工委", standing=Standing.PROBATIONARY)
    employee(world, association, "王五")
    for asked, name in (
        ({"q": "张"}, "张三"),
        ({"standing": "full"}, "张三"),
        ({"held": "ours"}, "张三"),
        ({"standing": "probationary"}, "李四"),
        ({"held": "outside"}, "李四"),
        ({"held": "none"}, "王五"),
    ):
        found = page(clerk, "/members/", **asked)
        assert {each for each in ("张三", "李四", "王五") if each in found} == {name}, asked
    assert "某街道党工委（外单位）" in page(clerk, "/members/")


def test_the_list_takes_a_fixed_number_of_questions(world, association, branch, clerk, django_assert_num_queries):
    for number in range(12):
        member(world, association, branch, f"人{number}", id_number=id_number(number), telephone=TELEPHONE)
    page(clerk, "/members/")  # the first request after signing in keeps the books of the session
    with django_assert_num_queries(5):  # session, user, grants, kept filters, rows with their count
        page(clerk, "/members/")


def test_an_employer_out_of_sight_is_not_named(world, person, client):
    elsewhere = world.organization("外地商会", under=world.sports)
    employee(world, elsewhere, "李四")
    members.engage(person, organization=elsewhere, employment="officer", is_management=True, on=JUNE, by=world.clerk)
    client.force_login(world.education_clerk)
    for address in ("/members/", f"/members/{person.pk}/"):
        found = page(client, address)
        assert "张三" in found and "甲协会" in found and "外地商会" not in found
    client.force_login(world.outsider)
    found = page(client, f"/members/{person.pk}/")
    assert "外地商会" in found and "甲协会支部" in found and ">甲协会<" not in found


def test_whoever_may_not_see_names_sees_an_empty_list_and_heads_only(world, association, branch, person, client):
    for role in (Role.OPERATOR, Role.UNIT_ADMIN):
        client.force_login(account(world, association.unit, role))
        assert "张三" not in page(client, "/members/")
        assert client.get(f"/members/{person.pk}/").status_code == 404
        roster = page(client, f"/members/party/{branch.pk}/roster/")
        assert "张三" not in roster and "正式党员 <strong>1</strong> 人" in roster and "只看人数" in roster
        assert json.loads(page(client, "/members/choose/")) == []


# one


def test_the_page_of_one_tells_engagement_relations_and_posts_of_the_day(world, person, branch, clerk):
    clerk.post(
        f"/members/{person.pk}/appoint/", {"party_organization": branch.pk, "position": "secretary", "on": "2017-06-01"}
    )
    now = page(clerk, f"/members/{person.pk}/")
    assert "秘书长" in now and "中共甲协会支部" in now and "书记" in now and NUMBER not in now
    before = page(clerk, f"/members/{person.pk}/", day="2017-03-01")
    assert "这天没有担任党内职务" in before
    assert "张三" in page(clerk, f"/members/party/{branch.pk}/roster/")


# forms


def test_somebody_new_is_registered_by_form(world, association, branch, clerk):
    filled = {
        "name": "李四",
        "sex": "female",
        "education": "bachelor",
        "id_number": id_number(7),
        "telephone": TELEPHONE,
        "organization": association.pk,
        "employment": "full_time",
        "party_organization": branch.pk,
        "outside_kind": "street",
        "standing": "full",
        "joined_on": "2010-07-01",
        "on": "2017-03-01",
    }
    answer = clerk.post("/members/enrol/", filled)
    person = Person.objects.get(name="李四")
    assert answer.status_code == 302 and answer.url == f"/members/{person.pk}/"
    assert Membership.objects.as_of(AsOf(MARCH)).get(person=person).party_organization == branch
    again = clerk.post("/members/enrol/", filled)
    said = again.content.decode()
    assert again.status_code == 422 and said.count("台账中已有此人：李四") == 2 and "下步：" in said


def test_a_wrong_number_is_said_beside_the_field_with_what_was_typed(world, association, clerk):
    answer = clerk.post(
        "/members/enrol/",
        {
            "name": "李四",
            "sex": "unknown",
            "education": "unknown",
            "id_number": "123",
            "telephone": "无",
            "organization": association.pk,
            "employment": "full_time",
            "outside_kind": "street",
            "on": "2017-03-01",
        },
    )
    said = answer.content.decode()
    assert answer.status_code == 422 and said.count("身份证号应为18位") == 2 and said.count("电话只含数字") == 2
    assert f'<option value="{association.pk}" selected>' in said and 'value="李四"' in said


def test_relations_move_and_a_probationary_member_becomes_full_by_form(world, association, branch, clerk):
    person = member(world, association, branch, standing=Standing.PROBATIONARY)
    assert clerk.post(f"/members/{person.pk}/become-full/", {"on": "2017-06-01"}).status_code == 302
    again = clerk.post(f"/members/{person.pk}/become-full/", {"on": "2017-09-01"})
    assert again.status_code == 422 and "已是正式党员" in again.content.decode()
    moved = {"outside_name": "某街道党工委", "outside_kind": "street", "standing": "full", "on": "2017-09-01"}
    assert clerk.post(f"/members/{person.pk}/admit/", moved).status_code == 302
    assert str(Membership.objects.as_of(AsOf(SEPTEMBER)).get(person=person).place) == "某街道党工委"
    earlier = {"party_organization": branch.pk, "outside_kind": "street", "standing": "full", "on": "2017-02-01"}
    late = clerk.post(f"/members/{person.pk}/admit/", earlier)
    assert late.status_code == 422 and "台账已记有2017-03-01起的党员组织关系" in late.content.decode()


def test_work_is_entered_ended_corrected_and_withdrawn_by_form(world, association, person, clerk):
    other = world.organization("乙学会")
    engaging = {"organization": other.pk, "employment": "officer", "title": "副会长", "on": "2017-06-01"}
    assert clerk.post(f"/members/{person.pk}/engage/", engaging).status_code == 302
    engagement = Engagement.objects.still().get(organization=other)
    mended = {"employment": "officer", "title": "会长", "since": "2017-06-01", "on": "2017-09-01", "note": "抄错"}
    assert clerk.post(f"/members/correct/engagement/{engagement.pk}/", mended).status_code == 302
    engagement = Engagement.objects.still().get(organization=other)
    assert engagement.title == "会长"
    assert clerk.post(f"/members/engagement/{engagement.pk}/leave/", {"on": "2017-09-01"}).status_code == 302
    ended = Engagement.objects.current().get(organization=other)
    filled = {"on": "2017-09-01", "note": "误录"}
    assert clerk.post(f"/members/withdraw/engagement/{ended.pk}/", filled).status_code == 302
    assert not Engagement.objects.current().filter(organization=other).exists()


def test_a_post_begins_and_ends_and_then_the_relations_end_by_form(world, branch, person, clerk):
    appointing = {"party_organization": branch.pk, "position": "secretary", "on": "2017-06-01"}
    assert clerk.post(f"/members/{person.pk}/appoint/", appointing).status_code == 302
    held = Membership.objects.still().get(person=person)
    refused = clerk.post(f"/members/membership/{held.pk}/end/", {"on": "2017-09-01"})
    assert refused.status_code == 422 and "仍任中共甲协会支部书记" in refused.content.decode()
    post = Post.objects.get(person=person)
    assert clerk.post(f"/members/post/{post.pk}/end/", {"on": "2017-09-01"}).status_code == 302
    assert clerk.post(f"/members/membership/{held.pk}/end/", {"on": "2017-09-01"}).status_code == 302


def test_a_branch_is_dissolved_by_form_once_its_people_have_a_place(world, association, branch, person, clerk):
    refused = clerk.post(f"/members/party/{branch.pk}/dissolve/", {"on": "2017-09-01"})
    assert refused.status_code == 422 and "仍有党员组织关系在中共甲协会支部：张三" in refused.content.decode()
    moved = {"outside_name": "某街道党工委", "outside_kind": "street", "standing": "full", "on": "2017-09-01"}
    clerk.post(f"/members/{person.pk}/admit/", moved)
    answer = clerk.post(f"/members/party/{branch.pk}/dissolve/", {"on": "2017-09-01"})
    assert answer.status_code == 302 and answer.url == f"/party/{branch.pk}/"
    assert party.party_particulars_on(branch, SEPTEMBER) is None
    assert "/dissolve/" not in page(clerk, f"/party/{branch.pk}/")


# numbers


def test_a_number_is_shown_only_in_the_answer_to_a_stated_purpose_and_is_not_kept(world, person, clerk):
    address = f"/members/{person.pk}/reveal/"
    assert NUMBER not in page(clerk, address, field="id_number")
    refused = clerk.post(address, {"field": "id_number"})
    assert refused.status_code == 422 and "没有写明用途" in refused.content.decode()
    shown = clerk.post(address, {"field": "id_number", "purpose": "核对转接介绍信"})
    assert NUMBER in shown.content.decode() and shown["Cache-Control"] == "no-store"
    assert AuditRecord.objects.get(kind=AuditKind.REVEAL).details["purpose"] == "核对转接介绍信"
    assert NUMBER not in page(clerk, address)


def test_information_is_put_right_and_numbers_are_erased_by_form(world, person, clerk):
    filled = {"name": "张珊", "sex": "female", "education": "bachelor", "on": "2017-06-01"}
    assert clerk.post(f"/members/{person.pk}/amend/", filled).status_code == 302
    assert Person.objects.get(pk=person.pk).opened(person.telephone_sealed) == TELEPHONE
    refused = clerk.post(f"/members/{person.pk}/forget/", {"on": "2017-06-01"})
    assert refused.status_code == 422 and "不能恢复" in refused.content.decode()
    erased = clerk.post(f"/members/{person.pk}/forget/", {"on": "2017-06-01", "note": "本人申请"})
    assert erased.status_code == 302 and "没有登记" in page(clerk, f"/members/{person.pk}/")


# the wrong person


def test_whoever_may_not_is_shown_no_form_and_whoever_cannot_see_finds_nothing(world, branch, person, client):
    engagement, membership = Engagement.objects.get(), Membership.objects.get()
    forms = ["amend", "forget", "engage", "admit", "become-full", "appoint"]
    addresses = [f"/members/{person.pk}/{each}/" for each in forms] + [
        f"/members/engagement/{engagement.pk}/leave/",
        f"/members/membership/{membership.pk}/end/",
        f"/members/correct/membership/{membership.pk}/",
        f"/members/withdraw/engagement/{engagement.pk}/",
        f"/members/party/{branch.pk}/dissolve/",
        f"/members/party/{branch.pk}/withdraw-establishment/",
    ]
    client.force_login(world.leader)
    assert {client.get(each).status_code for each in [*addresses, "/members/enrol/"]} == {403}
    assert client.get(f"/members/{person.pk}/reveal/").status_code == 200
    client.force_login(world.outsider)
    hidden = [
        *addresses,
        f"/members/{person.pk}/",
        f"/members/{person.pk}/reveal/",
        f"/members/party/{branch.pk}/roster/",
    ]
    assert {client.get(each).status_code for each in hidden} == {404}
    assert {client.post(each, {"note": "x"}).status_code for each in addresses} == {404}
