"""A grouping asked for by the office: read from the ledger, worked out, changed by wishes, turned into drafts."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from taizhang.formation import actions
from taizhang.formation.models import Application, Kind
from taizhang.formation.plans import Grouping, Placement, PlanState, ProposedGroup
from taizhang.kit.refusals import Refused
from taizhang.members import actions as members
from taizhang.members.models import OutsidePartyOrganization
from tests.world import FIRST_DAY

DAY = date(2018, 3, 1)
ASKED = {"day": DAY, "who": "full_time", "wanted": 3, "most_organizations": 5, "seconds_allowed": 20}


@pytest.fixture
def province(world):
    """Three of education with one or two full members each, one with none, one that may form alone, one far away."""
    street = OutsidePartyOrganization.objects.create(name="某街道党工委", kind="street")
    made = {}
    for name, number, trade, region in (
        ("甲", 1, "教育", "340102"), ("乙", 1, "教育", "340103"), ("丙", 2, "教育", "340104"),
        ("丁", 0, "教育", "340102"), ("戊", 3, "教育", "340102"), ("己", 1, "宗教", "341302"),
    ):  # fmt: skip
        made[name] = world.organization(f"{name}协会", trade=trade, region=region)
        for place in range(number):
            person = members.add(name=f"{name}{place}", unit=made[name].unit, on=FIRST_DAY, by=world.clerk)
            members.engage(person, organization=made[name], employment="full_time", on=FIRST_DAY, by=world.clerk)
            members.admit(
                person, outside=street, unit=made[name].unit, standing="full", full_since=date(2010, 1, 1),
                joined_on=date(2009, 1, 1), on=FIRST_DAY, by=world.clerk,
            )  # fmt: skip
    return made


def grouped(world, by=None, **asked) -> Grouping:
    by = by or world.clerk
    grouping = actions.group(world.committee, by=by, **{**ASKED, **asked})
    return actions.work_out(grouping, by=by)


def together(grouping) -> list[set[str]]:
    return [{str(each.organization) for each in group.placements.all()} for group in grouping.groups.all()]


def reasons(grouping) -> dict[str, str]:
    return {str(each.organization): each.reason for each in grouping.placements.filter(group=None)}


def test_those_with_too_few_members_are_grouped_the_others_told_why(world, province):
    found = grouped(world)
    assert found.state == PlanState.DONE and found.is_optimal and (found.covered, found.bound) == (3, 3)
    assert together(found) == [{"甲协会", "乙协会", "丙协会"}]
    assert "同为教育行业" in found.groups.get().why and "合计正式党员4名" in found.groups.get().why
    assert "指导员" in reasons(found)["丁协会"] and "没有别的单位" in reasons(found)["己协会"]
    assert "戊协会" not in reasons(found) | {name: "" for group in together(found) for name in group}


def test_a_wish_is_another_grouping_and_the_first_stays(world, province):
    first = grouped(world)
    again = actions.regroup(first, wish="left_out", organizations=[province["丙"]], by=world.clerk)
    again = actions.work_out(again, by=world.clerk)
    assert together(again) == [] and reasons(again)["丙协会"] == "按要求不参加编组"
    assert together(first) == [{"甲协会", "乙协会", "丙协会"}]
    cleared = actions.regroup(again, wish="clear", organizations=[], by=world.clerk)
    assert together(actions.work_out(cleared, by=world.clerk)) == [{"甲协会", "乙协会", "丙协会"}]
    with pytest.raises(Refused):
        actions.regroup(first, wish="together", organizations=[province["丙"]], by=world.clerk)


def test_a_group_becomes_one_draft_with_everybody_to_consent_and_members_proposed(world, province):
    group = grouped(world).groups.get()
    application = actions.draft_joint(group, on=DAY, by=world.clerk)
    assert (application.kind, application.state) == (Kind.JOINT, "draft")
    assert {str(each.organization) for each in application.participants.all()} == {"甲协会", "乙协会", "丙协会"}
    assert application.nominees.count() == 4
    with pytest.raises(Refused):
        actions.draft_joint(ProposedGroup.objects.get(pk=group.pk), on=DAY, by=world.clerk)
    assert Application.objects.count() == 1


def test_only_those_who_keep_the_units_records_may_ask(world, province):
    with pytest.raises(PermissionDenied):
        actions.group(world.committee, by=world.outsider, **ASKED)
    grouping = grouped(world, by=world.leader)
    with pytest.raises(PermissionDenied):
        actions.draft_joint(grouping.groups.get(), on=DAY, by=world.leader)


def test_an_organisation_handed_over_since_is_seen_only_by_its_new_unit(world, province):
    from taizhang.orgs import actions as orgs
    from taizhang.orgs.models import Mode

    under = actions.group(world.committee, by=world.clerk, **ASKED)
    actions.work_out(under, by=world.clerk)
    orgs.hand_over(
        province["甲"], to=world.education, mode=Mode.DUAL, on=date(2018, 4, 1), document="移交1号", by=world.clerk
    )
    assert Placement.objects.visible_to(world.education_clerk).count() == 0  # the committee's grouping is not theirs
    assert not Grouping.objects.visible_to(world.education_clerk).exists()


def test_the_pages_lead_from_the_question_to_the_draft(world, province, client):
    client.force_login(world.clerk)
    form = client.get("/formation/groupings/group/").context["form"]
    sent = {name: value for name in form.fields if (value := form.get_initial_for_field(form.fields[name], name))}
    sent |= {"unit": world.committee.pk, "day": "2018-03-01", "seconds_allowed": 20}
    assert client.post("/formation/groupings/group/", sent).status_code == 302
    grouping = Grouping.objects.get()
    page = client.get(f"/formation/groupings/{grouping.pk}/")
    assert "等待计算" in page.content.decode()
    actions.work_out(grouping, by=world.clerk)
    page = client.get(f"/formation/groupings/{grouping.pk}/").content.decode()
    assert "3 家可以联合组建，成立 1 个联合党支部" in page and "由 0 家（0.0%）到 3 家（50.0%），共 6 家" in page
    assert "已证明" in page and "丙协会" in page
    listed = client.get(f"/formation/groupings/{grouping.pk}/placements/?placed=left_over").content.decode()
    assert "己协会" in listed and "甲协会" not in listed
    answer = client.post(f"/formation/groupings/groups/{grouping.groups.get().pk}/draft/", follow=True)
    assert "已转为申请草稿" in answer.content.decode()
    client.force_login(world.outsider)
    assert client.get(f"/formation/groupings/{grouping.pk}/").status_code == 404
