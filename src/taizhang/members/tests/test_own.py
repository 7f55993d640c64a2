"""One's own record: seen and taken away by whoever's it is, or by the clerk at their request; each time on record."""

import io
import json

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from taizhang.accounts.models import AuditKind, AuditRecord
from taizhang.kit.refusals import Refused
from taizhang.members import actions as members
from taizhang.members.models import Person
from taizhang.members.tests.people import JUNE, codes, employee, id_number, member
from tests.doors import told
from tests.proof import prove

NUMBER, TELEPHONE = id_number(3), "13900001234"


@pytest.fixture
def own(world):
    """The leader is a person on record too, and the clerk has said whose account it is."""
    association = world.organization()
    person = member(world, association, world.branch(association), "张三", id_number=NUMBER, telephone=TELEPHONE)
    members.link_account(person, account=world.leader, unit=association.unit, on=JUNE, by=world.clerk)
    members.reveal(person, field="telephone", purpose="通知开会", by=world.clerk)
    world.association, world.person = association, Person.objects.get(pk=person.pk)
    return world


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return prove(client)


def test_a_person_sees_their_whole_record_masked_and_takes_it_away_whole(own):
    client = client_of(own.leader)
    page = client.get(reverse("members:own")).content.decode()
    for word in ("张三", "甲协会", "正式党员", "通知开会"):
        assert word in page
    assert NUMBER not in page and TELEPHONE not in page
    found = json.loads(client.get(reverse("members:own"), {"format": "json"}).content)["记录"]
    assert {"身份证号": NUMBER, "电话": TELEPHONE}.items() <= {each["项目"]: each["内容"] for each in found}.items()
    file = b"".join(client.get(reverse("members:own"), {"format": "xlsx"}).streaming_content)
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(file)).active.values for cell in row]
    assert NUMBER in cells and any("甲协会" in str(cell) for cell in cells)
    rows = AuditRecord.objects.filter(verb="members.hand_out")
    assert [(row.kind, row.user, row.details) for row in rows] == [(AuditKind.EXPORT, own.leader, {"own": True})] * 2


def test_without_a_link_page_and_operation_say_that_there_is_none(own):
    client = client_of(own.clerk)
    for asked in ({}, {"format": "json"}, {"format": "xlsx"}):
        answer = client.get(reverse("members:own"), asked)
        assert answer.status_code == 200 and "没有与您的账户相连的记录" in answer.content.decode()
    assert client.get("/api/people/own").json() == []


def test_the_clerk_hands_it_out_masked_and_says_at_whose_request(own):
    client = client_of(own.clerk)
    address = reverse("members:hand_out", args=[own.person.pk])
    refused = client.post(address, {"purpose": "", "format": "json"})
    assert refused.status_code == 422 and "没有写明本人" in refused.content.decode()
    answer = told(client.post(address, {"purpose": "本人2017年6月1日申请", "format": "json"}))
    assert "甲协会" in answer and NUMBER not in answer and TELEPHONE not in answer
    row = AuditRecord.objects.filter(verb="members.hand_out", kind=AuditKind.EXPORT).get()
    assert (
        row.details == {"own": False, "purpose": "本人2017年6月1日申请"}
        and row.object == f"members.person:{own.person.pk}"
    )


def test_nobody_else_takes_it_away(own):
    for stranger in (own.outsider, own.education_clerk, own.administrator, own.auditor):
        with pytest.raises(PermissionDenied):
            members.hand_out(own.person, purpose="看看", by=stranger)


def test_an_account_is_one_persons(own):
    other = employee(own, own.association, "李四")
    with pytest.raises(Refused) as refusal:
        members.link_account(other, account=own.leader, unit=own.association.unit, on=JUNE, by=own.clerk)
    assert codes(refusal) == ["account-taken"]
    with pytest.raises(Refused) as refusal:
        members.link_account(own.person, account=own.leader, unit=own.association.unit, on=JUNE, by=own.clerk)
    assert codes(refusal) == ["nothing-changed"]
    members.link_account(own.person, account=None, unit=own.association.unit, on=JUNE, by=own.clerk)
    assert members.record_of(own.leader) is None
    with pytest.raises(PermissionDenied):
        members.link_account(other, account=own.leader, unit=own.association.unit, on=JUNE, by=own.outsider)


def test_the_account_is_linked_on_a_page_by_its_login_name(own):
    other = employee(own, own.association, "李四")
    client = client_of(own.clerk)
    address = reverse("members:link_account", args=[other.pk])
    wrong = client.post(address, {"account": "nobody", "on": "2017-06-01"})
    assert wrong.status_code == 422 and "没有这个登录名" in wrong.content.decode()
    assert client.post(address, {"account": "jiaoyu", "on": "2017-06-01"}).status_code == 302
    assert members.record_of(own.education_clerk) == other
