from datetime import date

import pytest

from taizhang.imports import actions as imports
from taizhang.imports.tests.sending import DAY, errors, figures, send
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.party.models import Absence, Affiliation, Coverage, Form, PartyOrganization, PartyParticulars

SHEET = "party.workbook:party_organisations"
HEADING = ["社会组织名称", "统一社会信用代码", "党组织名称", "层级", "组建形式", "上级单位", "成立日期", "未建原因"]


@pytest.fixture
def sent(world, tmp_path):
    world.first, world.second, world.third = (world.organization(f"第{number}协会") for number in (1, 2, 3))
    return lambda *rows, by=world.clerk, **options: send(tmp_path, SHEET, HEADING, *rows, by=by, **options)


def row(organization, party="", level="", form="", superior="", day="2017-03-01", reason="", code=""):
    return [organization, code, party, level, form, superior, day if party else "", reason]


def test_single_and_joint_branches_and_reasons_for_none_come_in(world, sent):
    joint = ["中共云岭联合支部", "", "行业联合"]
    batch = sent(row("第1协会", "中共第1协会支部"), row("第2协会", *joint), row("", *joint, code=world.third.code))
    assert figures(batch) == (3, 3, 0, 0)
    batch = imports.apply(batch, by=world.clerk)
    single, both = PartyOrganization.objects.order_by("pk")
    assert single.unit.parent == world.first.unit and both.unit.parent == world.committee
    forms = Coverage.objects.as_of(AsOf(DAY)).order_by("organization").values_list("form", flat=True)
    assert [*forms] == [Form.SINGLE, Form.JOINT_TRADE, Form.JOINT_TRADE]
    assert PartyParticulars.objects.get(party_organization=both).since == date(2017, 3, 1)
    assert Affiliation.objects.get(party_organization=both).superior == world.committee
    assert {fact.step for fact in Coverage.objects.all()} == {batch.step}


def test_the_same_file_again_changes_nothing(world, sent):
    rows = [row("第1协会", "中共第1协会支部"), row("第2协会", reason="不足3名党员")]
    imports.apply(sent(*rows), by=world.clerk)
    assert Absence.objects.get().reason == "too_few"
    assert figures(sent(*rows)) == (2, 0, 2, 0)


def test_every_fault_is_named(world, sent):
    world.branch(world.third)
    batch = sent(
        row("没有这家", "中共甲支部"),
        row("第1协会", "中共乙小组"),
        row("第2协会", "中共丙支部", superior="没有这个单位"),
        row("第3协会", "中共丁支部"),
        row("第1协会"),
        row("第2协会", "中共戊支部", day="2030-01-01", reason="无党员"),
    )
    assert errors(batch) == {
        (2, "organization", "organization-unknown"),
        (3, "level", "level-missing"),
        (4, "superior", "unit-unknown"),
        (5, "organization", "already-covered"),
        (6, "name", "required"),
        (7, "established_on", "in-future"),
        (7, "reason", "reason-and-party"),
        (7, "organization", "twice-in-file"),
    }


def test_a_level_that_is_none_is_said_once(world, sent):
    assert errors(sent(row("第1协会", "中共乙小组", level="党小组"))) == {(2, "level", "not-a-choice")}


def test_an_organisation_of_others_is_as_one_that_does_not_exist(world, sent):
    none = sent(row("没有这家", "中共甲支部"), by=world.outsider)
    theirs = sent(row("第1协会", "中共甲支部"), by=world.outsider)
    assert errors(none) == errors(theirs) == {(2, "organization", "organization-unknown")}


def test_what_came_in_goes_out_again_but_not_with_members_in_it(world, sent):
    batch = imports.apply(sent(row("第1协会", "中共第1协会支部")), by=world.clerk)
    imports.undo(batch, on=DAY, by=world.clerk)
    assert not Coverage.objects.current().exists()

    from taizhang.party.actions import cover

    batch = imports.apply(sent(row("第1协会", "中共联合支部", form="行业联合")), by=world.clerk)
    party = PartyOrganization.objects.order_by("-pk")[0]
    cover(party, organization=world.second, form=Form.JOINT_TRADE, on=DAY, by=world.clerk)
    with pytest.raises(Refused) as refusal:
        imports.undo(batch, on=DAY, by=world.clerk)
    assert "used-since" in [each.code for each in refusal.value.obstacles]
