from datetime import date, timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from taizhang.accounts.models import Unit, UnitKind
from taizhang.cases.models import Case, Step
from taizhang.imports import actions as imports
from taizhang.imports.models import Batch, Finding, Mapping, Row, State, Upload
from taizhang.imports.tests import files
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.orgs.models import Entry, Kind, Mode, Organization, Particulars, Registrar, Supervision, Workforce
from tests.world import code

DAY = date(2017, 6, 30)
SHEET = "orgs.workbook:organisations"
HEADING = [
    "社会组织名称",
    "统一社会信用代码",
    "登记体制",
    "业务主管单位",
    "登记管理机关",
    "成立日期",
    "专职人员数",
    "党员人数",
]


def row(
    number,
    name="",
    *,
    mode="直接登记",
    responsible="",
    registrar="云岭省民政厅",
    founded="2003-05-16",
    staff="12",
    members="3",
):
    name = name or f"云岭省第{number}研究促进会"
    return [name, code(Kind.ASSOCIATION, number), mode, responsible, registrar, founded, staff, members]


@pytest.fixture
def send(tmp_path):
    """Receive and check a workbook of these rows."""

    def sent(*rows, by, unit=None, heading=HEADING, sheet=SHEET, on=DAY, path=None, **options):
        if path is None:
            path = files.honest(tmp_path / "a.xlsx", [heading, *rows])
        batch = imports.receive(path, name=path.name, sheet=sheet, unit=unit or by.active_grants[0].unit, on=on, by=by)
        return imports.check(batch, by=by, **options)

    return sent


def found(batch):
    return [(each.row, each.column, each.code) for each in Finding.objects.filter(batch=batch).order_by("row", "id")]


def figures(batch):
    return batch.rows, batch.good, batch.unchanged, batch.rejected


def test_good_rows_become_organisations_with_their_facts_by_one_step(world, send):
    batch = send(row(1), row(2, mode="双重管理", responsible="省教育厅"), by=world.clerk)
    assert figures(batch) == (2, 2, 0, 0)
    batch = imports.apply(batch, by=world.clerk)

    assert (batch.state, batch.accepted) == (State.APPLIED, 2)
    direct = Organization.objects.get(code=code(Kind.ASSOCIATION, 1))
    dual = Organization.objects.get(code=code(Kind.ASSOCIATION, 2))
    assert direct.unit.parent == world.committee and dual.unit.parent == world.education
    stated = Particulars.objects.as_of(AsOf(DAY)).get(organization=dual)
    assert (stated.name, stated.kind, stated.mode, stated.region, stated.level) == (
        "云岭省第2研究促进会",
        Kind.ASSOCIATION,
        Mode.DUAL,
        "340000",
        "province",
    )
    assert stated.since == date(2003, 5, 16)
    assert Supervision.objects.current().get(organization=dual).unit == world.education
    assert Registrar.objects.current().get(organization=dual).unit.name == "云岭省民政厅"
    assert Entry.objects.current().get(organization=dual).since == DAY
    assert Workforce.objects.current().get(organization=dual).full_time == 12
    assert {fact.step for fact in Particulars.objects.filter(organization__in=[direct, dual])} == {batch.step}
    assert batch.step.case.kind == "imports:batch" and batch.step.case.closed_at
    assert Organization.objects.visible_to(world.clerk).named("第2研究").get() == dual
    assert Row.objects.filter(batch=batch).count() == 0


def test_every_error_of_every_row_is_reported_at_once_and_nothing_enters(world, send):
    wrong = row(3, founded="2003-02-30", staff="十二", mode="大概")
    wrong[1] = wrong[1][:-1] + ("0" if wrong[1][-1] != "0" else "1")
    batch = send(row(1), wrong, row(1, "另一家"), row(4, founded="2030-01-01"), ["", *row(5)[1:]], by=world.clerk)
    assert figures(batch) == (5, 1, 0, 4)
    errors = {(each.row, each.column, each.code) for each in Finding.objects.filter(batch=batch, severity="error")}
    assert errors == {
        (3, "code", "code-check"),
        (3, "mode", "not-a-choice"),
        (3, "registered_on", "not-a-day"),
        (3, "full_time", "not-a-number"),
        (4, "code", "twice-in-file"),
        (5, "registered_on", "in-future"),
        (6, "name", "required"),
    }
    assert all(
        each.message and each.remedy and each.sheet == "社会组织" for each in Finding.objects.filter(batch=batch)
    )
    with pytest.raises(Refused) as refusal:
        imports.apply(batch, by=world.clerk)
    assert refusal.value.obstacles[0].code == "rows-with-errors"
    assert Organization.objects.count() == 0


def test_good_rows_only_if_the_person_says_so(world, send):
    batch = send(row(1), row(2, founded="昨天"), by=world.clerk)
    batch = imports.apply(batch, good_rows=True, by=world.clerk)
    assert (batch.rows, batch.accepted, batch.unchanged, batch.rejected) == (2, 1, 0, 1)
    assert Organization.objects.count() == 1


def test_the_same_file_again_changes_nothing_and_says_so(world, send):
    imports.apply(send(row(1), row(2), by=world.clerk), by=world.clerk)
    steps = Step.objects.count()
    batch = imports.apply(send(row(1), row(2), by=world.clerk, on=date(2017, 7, 31)), by=world.clerk)
    assert (batch.accepted, batch.unchanged, batch.nothing_changed) == (0, 2, True)
    assert batch.step is None and Step.objects.count() == steps


def test_a_mended_file_processes_what_changed_and_only_that(world, send):
    imports.apply(send(row(1), row(2), row(3, founded="昨天"), by=world.clerk), good_rows=True, by=world.clerk)
    batch = send(row(1), row(2, staff="15"), row(3), by=world.clerk, on=date(2017, 7, 31))
    assert figures(batch) == (3, 2, 1, 0)
    imports.apply(batch, by=world.clerk)
    second = Organization.objects.get(code=code(Kind.ASSOCIATION, 2))
    assert Workforce.objects.as_of(AsOf(DAY)).get(organization=second).full_time == 12
    assert Workforce.objects.as_of(AsOf(date(2017, 7, 31))).get(organization=second).full_time == 15
    assert Particulars.objects.filter(organization=second).count() == 1


def test_a_new_name_is_a_renaming_and_a_former_one_is_recognised(world, send):
    imports.apply(send(row(1, "云岭省兰花协会"), by=world.clerk), by=world.clerk)
    batch = imports.apply(send(row(1, "云岭省兰花产业协会"), by=world.clerk, on=date(2017, 7, 31)), by=world.clerk)
    assert (2, "name", "renamed") in found(batch)
    organization = Organization.objects.get()
    assert organization.unit.name == "云岭省兰花产业协会"
    assert Particulars.objects.as_of(AsOf(DAY)).get().name == "云岭省兰花协会"
    assert Particulars.objects.as_of(AsOf(date(2017, 8, 1))).get().name == "云岭省兰花产业协会"
    again = send(row(1, "云岭省兰花协会"), by=world.clerk, on=date(2017, 8, 1))
    assert (2, "name", "former-name") in found(again)
    assert again.unchanged == 1


def test_width_and_brackets_do_not_make_another_name(world, send):
    imports.apply(send(row(1, "云岭省（兰花）协会１"), by=world.clerk), by=world.clerk)
    batch = send(row(1, "云岭省(兰花)协会1"), by=world.clerk)
    assert batch.unchanged == 1
    assert Organization.objects.get().unit.name == "云岭省（兰花）协会１"


def test_an_unknown_supervisor_is_created_without_users_and_an_alias_is_recognised(world, send):
    from taizhang.orgs.models import UnitAlias

    UnitAlias.objects.create(unit=world.education, name="教育厅")
    rows = [row(1, mode="双重管理", responsible="教育厅"), row(2, mode="", responsible="省林业局")]
    batch = send(*rows, by=world.clerk)
    assert (2, "responsible", "unit-called") in found(batch) and (3, "responsible", "unit-unknown") in found(batch)
    imports.apply(batch, by=world.clerk)
    created = Unit.objects.get(name="省林业局")
    assert created.kind == UnitKind.SUPERVISING and created.parent == world.committee and not created.grants.exists()
    second = Organization.objects.get(code=code(Kind.ASSOCIATION, 2))
    assert second.unit.parent == created
    assert Particulars.objects.get(organization=second).mode == Mode.UNKNOWN  # never guessed
    assert Organization.objects.get(code=code(Kind.ASSOCIATION, 1)).unit.parent == world.education


def test_two_supervisors_in_one_cell_are_an_error_unless_that_is_one_name(world, send):
    from taizhang.orgs.actions import create_unit

    create_unit(name="省文化厅、省文物局", kind=UnitKind.SUPERVISING, parent=world.committee, on=DAY, by=world.clerk)
    batch = send(
        row(1, mode="双重管理", responsible="省教育厅、省体育局"),
        row(2, mode="双重管理", responsible="省文化厅、省文物局"),
        by=world.clerk,
    )
    assert [(each.row, each.code) for each in Finding.objects.filter(batch=batch, severity="error")] == [
        (2, "two-values")
    ]


def test_responsibility_is_handed_over_and_not_imported(world, send):
    imports.apply(send(row(1, mode="双重管理", responsible="省教育厅"), by=world.clerk), by=world.clerk)
    batch = send(row(1, mode="双重管理", responsible="省体育局"), by=world.clerk)
    assert (2, "responsible", "hand-over-needed") in found(batch)
    batch = send(row(1, mode="直接登记"), by=world.clerk)
    assert (2, "mode", "hand-over-needed") in found(batch)


def test_a_unit_clerk_imports_their_own_and_nothing_else(world, send):
    batch = send(
        row(1, mode="双重管理", responsible="省教育厅"),
        row(2, mode="双重管理", responsible="省体育局"),
        row(3, mode="直接登记"),
        row(4, mode="双重管理", responsible="省气象局"),
        by=world.education_clerk,
    )
    assert batch.rejected == 3
    imports.apply(batch, good_rows=True, by=world.education_clerk)
    assert Organization.objects.get().unit.parent == world.education


def test_a_match_outside_the_scope_looks_like_none_and_goes_to_the_reviewer(world, send):
    theirs = world.organization("省棋类协会", under=world.education, number=7)
    before = Particulars.objects.count()

    def said(number):
        return send(row(number, mode="双重管理", responsible="省体育局"), by=world.outsider)

    matched, unmatched = said(7), said(8)
    assert figures(matched) == figures(unmatched)
    assert [each[1:] for each in found(matched)] == [each[1:] for each in found(unmatched)]
    batch = imports.apply(matched, by=world.outsider)
    assert (batch.accepted, batch.rejected) == (1, 0)
    assert Particulars.objects.count() == before  # nothing of theirs was touched, and no second one made
    claim = Case.objects.get(kind="orgs:claim")
    assert (claim.unit, claim.turn_unit, claim.turn_role) == (world.committee, world.committee, "reviewer")
    assert claim not in Case.objects.visible_to(world.outsider)
    assert claim.steps.get().details["organization"] == theirs.pk


def test_similar_names_are_warned_about(world, send):
    world.organization("云岭省兰花协会", number=1)
    batch = send(row(2, "云岭兰花协会"), row(3, "云岭省兰花协会"), by=world.clerk)
    assert {(2, "name", "similar-name"), (3, "name", "same-name")} <= set(found(batch))
    assert batch.rejected == 0


def test_without_a_code_the_name_decides(world, send):
    known = world.organization("云岭省兰花协会", number=1)
    nameless = row(1, "云岭省兰花协会")
    nameless[1] = ""
    batch = imports.apply(send(nameless, by=world.clerk), by=world.clerk)
    assert batch.accepted == 1  # workforce and registrar are new
    assert Organization.objects.get() == known
    assert Workforce.objects.get().organization == known


def test_what_was_entered_can_be_undone_and_done_again(world, send):
    batch = imports.apply(send(row(1), row(2, mode="双重管理", responsible="省林业局"), by=world.clerk), by=world.clerk)
    batch = imports.undo(batch, on=DAY, by=world.clerk)
    assert batch.state == State.UNDONE
    assert Particulars.objects.current().count() == 0 and Particulars.objects.count() == 2
    again = imports.apply(send(row(1), row(2, mode="双重管理", responsible="省林业局"), by=world.clerk), by=world.clerk)
    assert again.accepted == 2
    assert Organization.objects.count() == 2 and Particulars.objects.current().count() == 2
    assert Unit.objects.filter(kind="organization", closed_on=None).count() == 2


def test_undoing_a_change_brings_back_what_was(world, send):
    imports.apply(send(row(1, "云岭省兰花协会"), by=world.clerk), by=world.clerk)
    change = imports.apply(send(row(1, "云岭省兰花产业协会", staff="20"), by=world.clerk), by=world.clerk)
    imports.undo(change, on=DAY, by=world.clerk)
    assert Particulars.objects.current().get().name == "云岭省兰花协会"
    assert Workforce.objects.current().get().full_time == 12
    assert Organization.objects.get().unit.name == "云岭省兰花协会"


def test_undo_is_refused_when_something_stands_on_it_and_says_what(world, send):
    batch = imports.apply(send(row(1, "云岭省兰花协会"), by=world.clerk), by=world.clerk)
    world.branch(Organization.objects.get(), on=DAY)
    with pytest.raises(Refused) as refusal:
        imports.undo(batch, on=DAY, by=world.clerk)
    assert "used-since" in [each.code for each in refusal.value.obstacles]
    assert any("云岭省兰花协会" in each.reason and "党组织覆盖" in each.reason for each in refusal.value.obstacles)
    batch.refresh_from_db()
    assert batch.state == State.APPLIED and Particulars.objects.current().filter(step=batch.step).count() == 1


def test_undo_is_refused_when_its_facts_were_changed_since(world, send):
    from taizhang.orgs.actions import rename

    batch = imports.apply(send(row(1, "云岭省兰花协会"), by=world.clerk), by=world.clerk)
    rename(Organization.objects.get(), name="云岭省国兰协会", on=date(2017, 9, 1), by=world.clerk)
    with pytest.raises(Refused) as refusal:
        imports.undo(batch, on=DAY, by=world.clerk)
    assert "changed-since" in [each.code for each in refusal.value.obstacles]


def test_a_batch_is_applied_once(world, send):
    batch = imports.apply(send(row(1), by=world.clerk), by=world.clerk)
    with pytest.raises(Refused):
        imports.apply(batch, by=world.clerk)
    with pytest.raises(Refused):
        imports.throw_away(batch, by=world.clerk)


def test_a_batch_that_came_to_nothing_is_thrown_away_with_its_file(world, send):
    batch = imports.throw_away(send(row(1), by=world.clerk), by=world.clerk)
    assert batch.state == State.THROWN_AWAY
    assert not Upload.objects.exists() and not Row.objects.exists()


def test_files_and_rows_are_gone_within_a_day_and_a_batch_that_waited_says_so(world, send):
    done, waiting = imports.apply(send(row(1), by=world.clerk), by=world.clerk), send(row(2), by=world.clerk)
    imports.forget_files(at=done.received_at + timedelta(hours=22), by=None)
    assert Upload.objects.count() == 2 and Row.objects.exists()
    imports.forget_files(at=waiting.received_at + timedelta(hours=23, minutes=1), by=None)
    assert not Upload.objects.exists() and not Row.objects.exists()
    done, waiting = Batch.objects.get(pk=done.pk), Batch.objects.get(pk=waiting.pk)
    assert (done.state, done.accepted) == (State.APPLIED, 1)
    assert (waiting.state, waiting.failure[0]["code"]) == (State.THROWN_AWAY, "file-gone")
    with pytest.raises(Refused):
        imports.apply(waiting, by=world.clerk)


def test_the_ledger_moved_between_check_and_apply(world, send):
    batch = send(row(1), row(2), by=world.clerk)
    world.organization("云岭省第1研究促进会", number=1, registered_on=date(2003, 5, 16))
    batch = imports.apply(batch, by=world.clerk)
    assert Organization.objects.count() == 2
    assert batch.accepted == 2  # of the first, what it did not know yet


def test_neither_the_outsider_nor_the_leader_can_use_somebodys_batch(world, send):
    batch = send(row(1), by=world.clerk)
    for stranger in (world.outsider, world.leader):
        with pytest.raises(PermissionDenied):
            imports.apply(batch, by=stranger)
    assert batch not in Batch.objects.visible_to(world.outsider)


def test_unnamed_columns_can_be_mapped_once_and_are_remembered(world, send):
    heading = ["组织", "代码18", "成立"]
    rows = [[each[0], each[1], each[5]] for each in (row(1), row(2))]
    with pytest.raises(Refused) as refusal:
        send(*rows, heading=heading, by=world.clerk)
    assert refusal.value.obstacles[0].code == "no-heading"
    batch = send(
        *rows, heading=heading, by=world.clerk, names={"组织": "name", "代码18": "code", "成立": "registered_on"}
    )
    assert figures(batch) == (2, 2, 0, 0)
    sheet = batch.headings[0]["sheet"]
    batch = imports.check(batch, mapping={sheet: {0: "name", 1: "code", 2: ""}}, by=world.clerk)
    assert (2, "registered_on", "not-a-day") not in found(batch)
    assert Mapping.objects.get().mapping == {"0": "name", "1": "code"}


def test_a_missing_required_column_rejects_every_row_and_says_which(world, send):
    batch = send(*[each[1:] for each in (row(1), row(2))], heading=HEADING[1:], by=world.clerk)
    assert batch.rejected == 2
    assert (1, "name", "column-missing") in found(batch)


def test_notes_below_and_totals_are_not_rows(world, send):
    batch = send(row(1), ["合计", "1", "", "", "", "", "12", "3"], ["注：以上数据截至6月底"] + [""] * 7, by=world.clerk)
    assert batch.rows == 1
    assert any(note["code"] == "rows-skipped" for note in batch.notes)


def test_a_workbook_without_rows_is_not_a_success(world, send):
    batch = send(by=world.clerk)
    with pytest.raises(Refused) as refusal:
        imports.apply(batch, by=world.clerk)
    assert refusal.value.obstacles[0].code == "no-rows"


def test_units_are_imported_with_their_aliases(world, send):
    heading = ["单位名称", "类别", "单位代码", "简称"]
    rows = [
        ["省林业局", "", "031", "林业局、省林业厅"],
        ["云岭市民政局", "登记管理机关", "", ""],
        ["省教育厅", "", "", "教育厅"],
    ]
    batch = send(*rows, heading=heading, sheet="orgs.workbook:units", by=world.clerk)
    assert figures(batch) == (3, 3, 0, 0)
    imports.apply(batch, by=world.clerk)
    again = send(*rows, heading=heading, sheet="orgs.workbook:units", by=world.clerk)
    assert figures(again) == (3, 0, 3, 0)
    assert Unit.objects.get(name="云岭市民政局").parent == world.committee
    dual = send(row(1, mode="双重管理", responsible="省林业厅"), by=world.clerk)
    assert dual.rejected == 0


def annotated_rows(path):
    return [[cell.value for cell in line] for line in openpyxl.load_workbook(path).worksheets[0].iter_rows()]
