"""The pages of matters: what was done, and what it put into the registers."""

from datetime import date

import pytest
from django.template import Context, Template

from taizhang.cases.models import Case, Step
from taizhang.orgs.actions import rename

ON = date(2017, 6, 1)


@pytest.fixture
def association(world):
    return world.organization("甲协会", under=world.education)


def test_the_list_shows_the_matters_of_ones_own_units_only(world, association, client):
    client.force_login(world.education_clerk)
    assert "登记：甲协会" in client.get("/cases/").content.decode()
    client.force_login(world.outsider)
    page = client.get("/cases/").content.decode()
    assert "甲协会" not in page and "省教育厅" not in page


def test_who_may_not_read_a_record_is_not_led_to_it(world, association, rf):
    step = Step.objects.get(case__unit=association.unit, verb="orgs:register")
    for user, is_led in ((world.clerk, True), (world.education_clerk, True), (world.outsider, False)):
        request = rf.get("/")
        request.user = user
        told = Template('{% to_step number "记录" %}').render(Context({"request": request, "number": step.pk}))
        assert told == (f'<a href="/cases/steps/{step.pk}/">记录</a>' if is_led else "记录")


def test_a_matter_is_found_by_words_of_its_title_in_any_order(world, association, client):
    world.organization("乙学会")
    client.force_login(world.clerk)
    page = client.get("/cases/?q=甲协 登记").content.decode()
    assert "登记：甲协会" in page and "乙学会" not in page


def test_open_and_closed_matters_and_those_awaiting_me_are_told_apart(world, association, client):
    waiting = Case.objects.get(title="登记：甲协会")
    waiting.closed_at, waiting.turn_unit, waiting.turn_role = None, world.education, "unit_clerk"
    waiting.save()
    client.force_login(world.education_clerk)
    mine = client.get("/cases/?state=mine").content.decode()
    assert "登记：甲协会" in mine and "省教育厅单位经办人" in mine
    assert "登记：甲协会" not in client.get("/cases/?state=closed").content.decode()
    client.force_login(world.clerk)
    assert "登记：甲协会" not in client.get("/cases/?state=mine").content.decode()
    assert "登记：甲协会" in client.get("/cases/?state=open").content.decode()


def test_a_step_shows_what_it_entered_and_what_it_closed_with_links(world, association, client):
    step = rename(association, name="乙协会", on=ON, by=world.clerk, document="民社函〔2017〕1号", note="换证")
    client.force_login(world.clerk)
    page = client.get(f"/cases/steps/{step.pk}/").content.decode()
    for said in ("民社函〔2017〕1号", "换证", "2017年6月1日", "名称</span> 乙协会", "名称</span> 甲协会", "原记录"):
        assert said in page
    assert (
        f"/cases/steps/{Step.objects.get(case__title='登记：甲协会').pk}/" in page
    )  # the step that entered the old one


def test_a_matter_shows_its_steps(world, association, client):
    client.force_login(world.clerk)
    case = Case.objects.get(title="登记：甲协会")
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "第 1 步" in page and "社会团体" in page and "责任单位" in page and "录入" in page


def test_somebody_from_another_unit_finds_neither_matter_nor_step(world, association, client):
    client.force_login(world.outsider)
    step = Step.objects.get(case__title="登记：甲协会")
    assert client.get(f"/cases/{step.case_id}/").status_code == 404
    assert client.get(f"/cases/steps/{step.pk}/").status_code == 404


def test_of_a_joint_branch_each_unit_sees_its_own_organisations_only(world, association, client):
    other = world.organization("体育协会", under=world.sports)
    branch = world.branch(association, other, superior=world.committee)
    step = Step.objects.get(case__title__startswith="成立")
    assert step.case.unit_id == branch.unit_id
    client.force_login(world.clerk)
    both = client.get(f"/cases/steps/{step.pk}/").content.decode()
    assert "甲协会" in both and "体育协会" in both
    client.force_login(world.outsider)
    assert client.get(f"/cases/steps/{step.pk}/").status_code == 404


def test_the_pages_ask_a_fixed_number_of_questions(world, association, client, django_assert_max_num_queries):
    for number in range(5):
        rename(association, name=f"第{number}协会", on=date(2017, 6, 1 + number), by=world.clerk)
    client.force_login(world.clerk)
    client.get("/cases/")
    with django_assert_max_num_queries(6):
        client.get("/cases/")
    step = Step.objects.order_by("-pk").first()
    with django_assert_max_num_queries(24):  # one for each register, and what is visible of what they mention
        client.get(f"/cases/steps/{step.pk}/")
