from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F

from taizhang.accounts.models import AuditRecord, Unit, User
from taizhang.cases.models import Case, Step
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import (
    Entry,
    Mode,
    Organization,
    Particulars,
    Status,
    Supervision,
    UnitAlias,
    UnitName,
    Workforce,
)
from tests.world import FIRST_DAY

MAY, JUNE = date(2017, 5, 1), date(2017, 6, 1)


def refused(*codes):
    return pytest.raises(Refused, check=lambda refusal: {o.code for o in refusal.obstacles} == set(codes))


def anew(user):
    return User.objects.get(pk=user.pk)


# register


def test_an_organisation_is_on_record_from_its_registration_with_a_case_behind_it(world):
    association = world.organization("甲协会", registered_on=MAY, entered_on=JUNE, document="民管字〔2017〕1号")
    for model in (Particulars, Supervision):
        assert model.objects.get(organization=association).since == MAY
    assert Entry.objects.get(organization=association).since == JUNE
    step = Step.objects.get(case__unit=association.unit)
    assert (step.verb, step.by, step.document) == ("orgs:register", world.clerk, "民管字〔2017〕1号")
    assert step.case.closed_at is not None


def test_registering_says_everything_that_is_wrong_at_once(world):
    with refused("name-missing", "registered-in-future", "mode-and-responsible"):
        world.organization(" ", under=world.education, mode=Mode.DIRECT, registered_on=JUNE, on=MAY)


def test_a_code_is_registered_once(world):
    world.organization("甲协会", number=7)
    with refused("code-taken"):
        world.organization("乙协会", number=7)


def test_a_code_on_record_elsewhere_is_not_said_to_be_on_record(world):
    world.organization("甲协会", number=7)
    with pytest.raises(Refused) as refusal:
        world.organization("乙协会", number=7, under=world.education, by=world.education_clerk)
    [obstacle] = refusal.value.obstacles
    assert obstacle.code == "code-not-yours" and "已" not in obstacle.reason


def test_an_organisation_without_a_code_can_be_registered(world):
    kind, level = "association", "province"
    stated = {"kind": kind, "level": level, "mode": "unknown", "responsible": world.education, "code": None}
    for name in ("甲协会", "乙协会"):
        orgs.register(name=name, **stated, registered_on=FIRST_DAY, on=FIRST_DAY, by=world.clerk)
    assert Organization.objects.filter(code=None).count() == 2


def test_a_registration_without_a_code_sent_twice_is_taken_once(world):
    stated = {"kind": "association", "level": "province", "mode": "unknown", "code": None, "by": world.clerk}
    days = {"registered_on": FIRST_DAY, "on": JUNE}
    orgs.register(name="甲协会", **stated, **days, responsible=world.education)
    with refused("registered-already"):
        orgs.register(name="甲协会", **stated, **days, responsible=world.education)
    orgs.register(name="甲协会", **stated, **days, responsible=world.sports)
    orgs.register(name="甲协会", **stated, registered_on=MAY, on=JUNE, responsible=world.education)
    assert Organization.objects.count() == 3


def test_a_name_that_only_the_database_knows_to_be_taken_is_a_refusal_and_no_breakdown(world):
    bureau = {"name": world.education.name, "kind": "bureau", "parent": world.committee, "on": MAY, "by": world.clerk}
    with refused("entered-already"):
        orgs.create_unit(**bureau)
    assert AuditRecord.objects.filter(kind="refusal", verb="orgs.create_unit").exists()


def test_a_unit_registers_under_itself_only(world):
    world.organization("甲协会", under=world.education, by=world.education_clerk)
    with pytest.raises(PermissionDenied):
        world.organization("乙协会", under=world.sports, by=world.education_clerk)


def test_a_refusal_and_its_reasons_survive_the_rollback(world):
    with refused("name-missing"):
        world.organization("")
    last = AuditRecord.objects.latest("pk")
    assert (last.kind, last.verb, last.details["codes"]) == ("refusal", "orgs.register", ["name-missing"])
    assert not Case.objects.filter(kind="orgs:register").exists()


# rename, change


def test_a_renamed_organisation_is_found_under_both_names(world):
    association = world.organization("蓝天协会")
    orgs.rename(association, name="碧海联合会", on=MAY, by=world.clerk)
    for words in ("蓝天", "碧海", "海联", "碧", "联合会 碧海"):
        assert list(Organization.objects.named(words)) == [association], words
    assert not Organization.objects.named("蓝海").exists()
    assert Unit.objects.get(pk=association.unit_id).name == "碧海联合会"


def test_the_same_name_is_no_renaming(world):
    with refused("name-unchanged"):
        orgs.rename(world.organization("甲协会"), name="甲协会", on=MAY, by=world.clerk)


def test_nothing_is_changed_before_the_registration(world):
    association = world.organization("甲协会", registered_on=JUNE)
    with refused("not-registered-then"):
        orgs.rename(association, name="乙协会", on=MAY, by=world.clerk)


def test_a_late_renaming_leaves_a_later_one_standing(world):
    association = world.organization("甲协会")
    orgs.rename(association, name="丙协会", on=JUNE, by=world.clerk)
    orgs.rename(association, name="乙协会", on=MAY, by=world.clerk)
    names = [Particulars.objects.as_of(AsOf(day)).get(organization=association).name for day in (FIRST_DAY, MAY, JUNE)]
    assert names == ["甲协会", "乙协会", "丙协会"]
    assert Unit.objects.get(pk=association.unit_id).name == "丙协会"


def test_another_units_clerk_cannot_rename(world):
    association = world.organization("甲协会", under=world.education)
    with pytest.raises(PermissionDenied):
        orgs.rename(association, name="乙协会", on=MAY, by=world.outsider)
    assert AuditRecord.objects.latest("pk").details == {"codes": ["wrong-person"]}


def test_a_mode_that_changes_who_is_responsible_is_a_handing_over(world):
    association = world.organization("甲协会", under=world.education)
    with refused("mode-and-responsible"):
        orgs.change(association, mode=Mode.DECOUPLED, on=MAY, by=world.clerk)
    orgs.change(association, trade="教育", on=MAY, by=world.clerk)
    assert Particulars.objects.as_of(AsOf(MAY)).get(organization=association).trade == "教育"


# hand over


def test_a_decoupled_organisation_is_seen_by_those_responsible_now(world):
    association = world.organization("甲协会", under=world.education)
    assert association in Organization.objects.visible_to(anew(world.education_clerk))
    orgs.hand_over(
        association, to=world.committee, mode=Mode.DECOUPLED, on=MAY, document="脱钩〔2017〕3号", by=world.clerk
    )
    assert association not in Organization.objects.visible_to(anew(world.education_clerk))
    assert association in Organization.objects.visible_to(anew(world.clerk))
    then, now = (
        Supervision.objects.as_of(AsOf(day)).get(organization=association).unit for day in (date(2017, 4, 30), MAY)
    )
    assert (then, now) == (world.education, world.committee)
    assert Particulars.objects.as_of(AsOf(MAY)).get(organization=association).mode == Mode.DECOUPLED


def test_handing_over_asks_for_its_document_and_a_unit_that_can_be_responsible(world):
    association = world.organization("甲协会", under=world.education)
    with refused("document-missing"):
        orgs.hand_over(association, to=world.committee, mode=Mode.DECOUPLED, on=MAY, document="", by=world.clerk)
    with refused("already-responsible"):
        orgs.hand_over(association, to=world.education, mode=Mode.DUAL, on=MAY, document="某文", by=world.clerk)


def test_a_unit_cannot_hand_over_by_itself(world):
    association = world.organization("甲协会", under=world.education)
    with pytest.raises(PermissionDenied):
        orgs.hand_over(association, to=world.sports, mode=Mode.DUAL, on=MAY, document="某文", by=world.education_clerk)


def test_every_node_hangs_below_the_unit_its_supervision_names(world):
    for number, unit in enumerate([world.education, world.sports, world.committee]):
        world.organization(f"第{number}协会", under=unit)
    moved = world.organization("移交协会", under=world.education)
    world.branch(moved)
    orgs.hand_over(moved, to=world.sports, mode=Mode.DUAL, on=MAY, document="某文", by=world.clerk)
    astray = Supervision.objects.still().exclude(organization__unit__parent=F("unit"))
    assert not astray.exists()
    for unit in Unit.objects.exclude(parent=None).select_related("parent"):
        assert unit.path == f"{unit.parent.path}{unit.pk}."


# strike off, declare, enter, correct, units


def test_a_struck_off_organisation_takes_no_further_change(world):
    association = world.organization("甲协会")
    orgs.strike_off(association, status=Status.CANCELLED, on=MAY, document="注销决定", by=world.clerk)
    assert Particulars.objects.as_of(AsOf(JUNE)).get(organization=association).status == Status.CANCELLED
    with refused("no-longer-active"):
        orgs.rename(association, name="乙协会", on=JUNE, by=world.clerk)


def test_an_organisation_is_entered_once(world):
    association = world.organization("甲协会", entered_on=None)
    orgs.enter(association, on=MAY, by=world.clerk)
    with refused("already-stated"):
        orgs.enter(association, on=JUNE, by=world.clerk)


def test_a_declaration_stands_until_the_next(world):
    association = world.organization("甲协会")
    orgs.declare_workforce(association, on=MAY, full_time=5, part_time=2, by=world.clerk)
    orgs.declare_workforce(association, on=JUNE, full_time=6, by=world.clerk)
    stated = Workforce.objects.current().filter(organization=association).order_by("period")
    assert [(fact.full_time, fact.since, fact.until) for fact in stated] == [(5, MAY, JUNE), (6, JUNE, None)]


def test_what_a_declaration_leaves_out_is_none(world):
    association = world.organization("甲协会")
    orgs.declare_workforce(association, on=MAY, full_time=5, part_time=2, by=world.clerk)
    orgs.declare_workforce(association, on=JUNE, full_time=5, by=world.clerk)
    assert Workforce.objects.as_of(AsOf(JUNE)).get(organization=association).part_time == 0


def test_a_correction_says_why(world):
    fact = Particulars.objects.get(organization=world.organization("甲协会"))
    with refused("note-missing"):
        orgs.correct(fact, name="乙协会", note=" ", on=MAY, by=world.clerk)


def test_a_renamed_unit_is_still_known_by_its_old_name(world):
    orgs.rename_unit(world.education, name="省教育委员会", on=MAY, by=world.clerk)
    assert UnitAlias.objects.get(name="省教育厅").unit == world.education
    names = [UnitName.objects.as_of(AsOf(day)).get(unit=world.education).name for day in (FIRST_DAY, MAY)]
    assert names == ["省教育厅", "省教育委员会"]


def test_a_unit_is_created_once(world):
    with refused("unit-exists"):
        orgs.create_unit(name="省教育厅", kind="supervising", parent=world.committee, on=MAY, by=world.clerk)


def test_a_registrar_is_kept_by_the_committee_and_its_case_can_be_opened(world):
    bureau = orgs.create_unit(name="省民政厅", kind="bureau", parent=world.committee, on=MAY, by=world.clerk)
    orgs.rename_unit(bureau, name="省民政局", on=JUNE, by=world.clerk)
    assert Unit.objects.get(pk=bureau.pk).name == "省民政局"
    assert Case.objects.visible_to(anew(world.clerk)).filter(unit=bureau).count() == 2
    assert not Unit.objects.visible_to(anew(world.outsider)).filter(pk=bureau.pk).exists()
    with pytest.raises(PermissionDenied):
        orgs.rename_unit(bureau, name="省体育局二", on=JUNE, by=world.outsider)
