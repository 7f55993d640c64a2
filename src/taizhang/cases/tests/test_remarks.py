"""Remarks: beside the log, once and for all, for those who may know."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from taizhang.accounts.models import Role, User
from taizhang.cases.actions import open_case, remark, remark_on_unit
from taizhang.cases.models import Remark
from taizhang.kit.refusals import Refused


@pytest.fixture
def association(world):
    return world.organization("甲协会", under=world.education)


@pytest.fixture
def operator(world, association):
    user = world.account(association.unit, Role.OPERATOR, username="tianbao", name="填报")
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    return User.objects.get(pk=user.pk)


def test_a_remark_stands_beside_the_log_of_the_matter(world, association, operator, client):
    case = open_case("orgs:register", "在办", unit=association.unit, by=world.clerk)
    remark(case, text="已电话联系，\n下周补材料", by=world.clerk)
    for reader in (world.clerk, world.education_clerk, operator):
        client.force_login(reader)
        assert "下周补材料" in client.get(f"/cases/{case.pk}/").content.decode()


def test_a_remark_on_an_organisation_is_read_by_those_who_may_read_names(world, association, operator, client):
    remark_on_unit(association.unit, text="负责人拟换人", by=world.education_clerk)
    page = f"/organisations/{association.pk}/"
    client.force_login(world.clerk)
    assert "负责人拟换人" in client.get(page).content.decode()
    client.force_login(operator)
    assert "负责人拟换人" not in client.get(page).content.decode()


def test_the_page_of_each_unit_takes_a_remark(world, association, client):
    client.force_login(world.clerk)
    branch = world.branch(association)
    for page, unit in ((f"/organisations/{association.pk}/", association.unit), (f"/party/{branch.pk}/", branch.unit)):
        assert f"/cases/units/{unit.pk}/remark/" in client.get(page).content.decode()
        client.post(f"/cases/units/{unit.pk}/remark/", {"text": f"关于{unit}"})
        assert f"关于{unit}" in client.get(page).content.decode()
    client.post(f"/cases/units/{world.education.pk}/remark/", {"text": "处室更名"})
    assert "处室更名" in client.get(f"/units/{world.education.pk}/").content.decode()


def test_an_empty_or_endless_remark_is_refused(world, association):
    for text, code in ((" ", "text-missing"), ("长" * 2_001, "text-too-long")):
        with pytest.raises(Refused) as refused:
            remark_on_unit(association.unit, text=text, by=world.clerk)
        assert [each.code for each in refused.value.obstacles] == [code]


def test_whoever_does_not_keep_the_unit_writes_none(world, association, operator, client):
    case = open_case("members:admit", "涉及人员", unit=association.unit, by=world.clerk, about_people=True)
    for nobody in (world.outsider, world.administrator, operator):
        with pytest.raises(PermissionDenied):
            remark_on_unit(association.unit, text="x", by=nobody)
        with pytest.raises(PermissionDenied):
            remark(case, text="x", by=nobody)
    client.force_login(world.outsider)
    assert client.get(f"/cases/units/{association.unit_id}/remark/").status_code == 404
    assert client.post(f"/cases/{case.pk}/remark/", {"text": "x"}).status_code == 404


def test_nobody_changes_or_removes_one(world, association, owner):
    written = remark_on_unit(association.unit, text="原话", by=world.clerk)
    with owner():
        for work in (Remark.objects.all().delete, lambda: Remark.objects.update(text="改过")):
            with pytest.raises(DatabaseError), transaction.atomic():
                work()
    assert Remark.objects.get(pk=written.pk).text == "原话"
