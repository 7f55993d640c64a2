"""By workbook: taken out filled with what is known, filled in off-line, sent back into the same drafts."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taizhang.accounts.models import Role
from taizhang.declarations import actions
from taizhang.declarations.models import Declaration, Difference, State
from taizhang.declarations.tests.campaign import CUT_OFF, DAY, DUE, known, of, opened, operator_of, right_samples
from taizhang.declarations.tests.offline import Workbook, as_ods, figures, sent, taken_out, told
from taizhang.declarations.tests.test_procedure import keep
from taizhang.declarations.workbooks.columns import BY_NAME, PLACES
from taizhang.imports.keeping import opened as unsealed
from taizhang.kit.refusals import Refused
from taizhang.members.tests.people import codes, employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizations(world):
    names = ("乙学会", "丙研究会", "=1+2协会")
    return [known(world, world.organization(name, under=world.education, trade="教育")) for name in names]


@pytest.fixture
def round(world, organizations):
    return opened(world)


@pytest.fixture
def clerk(world):
    return world.education_clerk


@pytest.fixture
def book(world, round, clerk) -> Workbook:
    return taken_out(round, unit=world.education, by=clerk)


def type_samples(book: Workbook, organization) -> Workbook:
    """Right, each in its empty cell."""
    for (record, field), value in right_samples(of(organization)).items():
        place = BY_NAME[f"{record}-{field}"]
        book.put(str(organization), **{place.column.title: place.asked.text(value)})
    return book


def whole(book: Workbook, organization, *, name: str = "王核对", **values) -> Workbook:
    return type_samples(book, organization).put(str(organization), 核对人姓名=name, **values)


def differences(organization) -> dict:
    found = Difference.objects.standing().filter(declaration__organization=organization)
    return dict(found.values_list("field", "new"))


def test_every_column_has_a_title_of_its_own():
    assert len({place.column.title for place in PLACES}) == len(PLACES) == len(BY_NAME)


def test_it_is_filled_with_what_is_known_and_samples_stand_empty(world, round, organizations, book):
    draft = actions.moving.whole(of(organizations[0]))
    hidden = {BY_NAME[f"{record}-{field}"].column.title for record, field in draft.samples}
    assert len(hidden) == 3
    for record in ("particulars", "workforce", "breakdown"):
        for asked in draft.record(record).kind.fields:
            if asked.name in ("trade", "region"):
                continue
            cell = book.cell("乙学会", asked.label)
            said = draft.record(record).values[asked.name]
            assert (cell.value is None) == (asked.label in hidden)
            assert asked.label in hidden or str(cell.value) == asked.text(said)
            assert not cell.protection.locked
    assert book.cell("乙学会", "未建原因").value == "正式党员不足"
    assert book.cell("乙学会", "台账中的党组织").value == "没有"


def test_keys_are_locked_choices_drop_down_and_it_says_until_when(round, book):
    assert book.sheet.protection.sheet
    assert all(
        book.cell("乙学会", title).protection.locked
        for title in ("社会组织", "统一社会信用代码", "行校验码", "台账中的人员")
    )
    assert book.sheet.column_dimensions[book.cell("乙学会", "行校验码").column_letter].hidden
    lists = [rule for rule in book.sheet.data_validations.dataValidation if rule.type == "list"]
    assert any("正式党员不足" in rule.formula1 for rule in lists) and all(rule.prompt for rule in lists)
    assert "2018-02-03前送回有效" in book.sheet["A2"].value
    assert book.book.sheetnames == ["填报", "填写说明", "选项"]


def test_text_that_looks_like_a_formula_stays_text(round, clerk, organizations, book):
    cell = book.cell("=1+2协会", "社会组织")
    assert cell.value == "=1+2协会" and cell.data_type == "s"
    for text in ("=1+1", "+1", "-1", "@A1"):
        keep(of(organizations[0]), clerk, trade=text)
        again = taken_out(round, unit=clerk.grants.get().unit, by=clerk)
        cell = again.cell("乙学会", "行业")
        if cell.value is not None:  # it may be a sample of this one
            assert (cell.value, cell.data_type) == (text, "s")


def test_saved_by_another_program_that_keeps_the_values_alone(round, clerk, organizations, book):
    """No styles, no lock, no drop-downs; numbers as fractions, a day as a day, figures of a name as a number."""
    other = openpyxl.Workbook()
    other.active.title = "Sheet1"
    for row in book.sheet.iter_rows():
        for cell in row:
            value = float(cell.value) if isinstance(cell.value, int) else cell.value
            other.active.cell(cell.row, cell.column).value = value
            if isinstance(value, str) and value.startswith("="):
                other.active.cell(cell.row, cell.column).data_type = "s"
    other.active.cell(book.rows["乙学会"], book.titles["名称"]).value = "乙研究会"
    since = other.active.cell(book.rows["乙学会"], book.titles["基本情况从哪天起变的"])
    since.value, since.number_format = datetime(2017, 7, 1), "yyyy/m/d"
    other.active.cell(book.rows["丙研究会"], book.titles["核对人姓名"]).value = 20180120
    sending = sent(round, saved(other), by=clerk)
    assert figures(sending) == (3, 1, 1, 0, 1)
    assert {code for _, _, code in told(sending)} == {"sample-missing"}
    assert Difference.objects.standing().get().since == date(2017, 7, 1)


def test_saved_as_an_open_document(round, clerk, organizations, book):
    whole(book, organizations[0], 名称="乙研究会", 基本情况从哪天起变的="2017-07-01").put("丙研究会", 兼职人员="几个")
    sending = sent(round, as_ods(book), by=clerk, name="填报.ods")
    assert figures(sending) == (3, 1, 1, 1, 1)
    assert told(sending) == {(book.rows["丙研究会"], "兼职人员", "not-a-number")}
    copy = openpyxl.load_workbook(io.BytesIO(unsealed(sending.annotated)))
    assert "导入检查结果" in copy.sheetnames


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_what_differs_becomes_a_proposal_and_the_rest_is_left_alone(round, clerk, organizations, book):
    book.put("乙学会", 名称="乙研究会", 建有工会="是", 基本情况从哪天起变的="2017-07-01")
    sending = sent(round, book, by=clerk)
    assert figures(sending) == (3, 2, 1, 0, 0) and told(sending) == set()
    assert differences(organizations[0]) == {"name": "乙研究会", "has_union": True}
    days = dict(Difference.objects.standing().values_list("field", "since"))
    assert days == {"name": date(2017, 7, 1), "has_union": CUT_OFF} and of(organizations[0]).state == State.DRAFTING
    assert of(organizations[1]).state == State.NOT_BEGUN


def test_a_row_under_a_name_is_confirmed_and_submitted_and_reviewed_like_the_rest(
    world, round, clerk, organizations, book
):
    sending = sent(round, whole(book, organizations[0]), by=clerk)
    assert figures(sending) == (3, 2, 1, 1, 0)
    declaration = of(organizations[0])
    assert declaration.state == State.WITH_UNIT and declaration.asked_though_known == 0
    assert set(declaration.confirmations.standing().values_list("name", flat=True)) == {"王核对"}
    assert not declaration.differences.standing().exists()
    reviewer = world.account(world.education, Role.UNIT_REVIEWER, username="shenhe", name="审核")
    passed = actions.agree(declaration, on=DAY, by=reviewer)
    assert actions.accept(passed, on=DAY, by=world.clerk).state == State.ACCEPTED


def test_the_same_workbook_twice_changes_nothing_the_second_time(round, clerk, organizations, book):
    whole(book, organizations[0], 名称="乙研究会").put("丙研究会", 建有工会="是")
    content = book.bytes()
    assert figures(sent(round, content, by=clerk)) == (3, 1, 2, 1, 0)
    before = list(Declaration.objects.order_by("pk").values("pk", "version", "state"))
    steps = of(organizations[0]).case.steps.count()
    assert figures(sent(round, content, by=clerk)) == (3, 3, 0, 0, 0)
    assert list(Declaration.objects.order_by("pk").values("pk", "version", "state")) == before
    assert of(organizations[0]).case.steps.count() == steps


def test_two_people_with_two_copies_are_told_the_row_and_both_values(world, round, clerk, organizations, book):
    colleague = world.account(world.education, Role.UNIT_CLERK, username="tongshi", name="同事")
    other = taken_out(round, unit=world.education, by=colleague)
    sent(round, book.put("乙学会", 名称="乙研究会", 建有工会="是"), by=clerk)
    other.put("乙学会", 名称="乙联合会", 建有妇联组织="是").put("丙研究会", 建有工会="是")
    sending = sent(round, other, by=colleague)
    assert figures(sending) == (3, 1, 1, 0, 1)
    row = other.rows["乙学会"]
    assert told(sending) == {(row, "名称", "both-changed")}
    said = sending.findings[0]
    assert "教育厅经办改为“乙研究会”" in said["message"] and "您填的是“乙联合会”" in said["message"]
    assert differences(organizations[0]) == {"name": "乙研究会", "has_union": True}
    assert differences(organizations[1]) == {"has_union": True}


def test_a_cell_left_alone_undoes_nobody_but_nobody_confirms_what_they_have_not_seen(
    world, round, clerk, organizations, book
):
    operator = operator_of(world, organizations[0])
    keep(of(organizations[0]), operator, record="workforce", has_union=True)
    assert figures(sent(round, book.put("乙学会", 建有妇联组织="是"), by=clerk))[2] == 1
    assert differences(organizations[0]) == {"has_union": True, "has_womens_federation": True}
    sending = sent(round, whole(book, organizations[0]), by=clerk)
    assert figures(sending) == (3, 2, 0, 0, 1)
    assert told(sending) == {(book.rows["乙学会"], "建有工会", "changed-since")}
    assert "由填报员改为“是”" in sending.findings[0]["message"] and "“否”" in sending.findings[0]["message"]


def test_what_others_did_on_the_page_alone_is_noticed_by_the_version(world, round, clerk, organizations, book):
    operator = operator_of(world, organizations[0])
    actions.confirm(of(organizations[0]), sections=["party"], name="填报员", on=DAY, by=operator)
    sending = sent(round, whole(book, organizations[0]), by=clerk)
    assert told(sending) == {(book.rows["乙学会"], "核对人姓名", "changed-meanwhile")}


def test_people_that_came_meanwhile_are_noticed_too(world, round, clerk, organizations, book):
    employee(world, organizations[0], "张三丰")
    sending = sent(round, whole(book, organizations[0]), by=clerk)
    assert told(sending) == {(book.rows["乙学会"], "台账中的人员", "changed-since")}
    assert "张三丰" not in taken_out(round, unit=world.education, by=clerk).bytes().decode("latin-1")


def test_the_check_says_everything_at_once_and_marks_it_in_the_copy(round, clerk, organizations, book):
    book.put("乙学会", 核对人姓名="王核对", 类型="公司", 负责人="很多")
    whole(book, organizations[1], 兼职负责人=99, 组织关系在属地=50)
    sending = sent(round, book, by=clerk)
    first, second = book.rows["乙学会"], book.rows["丙研究会"]
    assert figures(sending) == (3, 1, 0, 0, 2)
    assert {(first, "类型", "not-a-choice"), (first, "负责人", "not-a-number")} <= told(sending)
    assert {title for row, title, _ in told(sending) if row == second} >= {"兼职负责人", "组织关系在本组织"}
    assert of(organizations[1]).state == State.NOT_BEGUN
    copy = Workbook(unsealed(sending.annotated))
    assert "不在可选范围内" in copy.cell("乙学会", "类型").comment.text
    assert "合计52人，党员3人" in copy.cell("丙研究会", "导入检查").value
    summary = {row[0].value: row[1].value for row in copy.book["导入检查结果"].iter_rows(max_row=8)}
    assert summary["没有写入"] == "2" or summary["没有写入"] == 2
    assert copy.cell("=1+2协会", "社会组织").data_type == "s"


def test_the_marked_copy_is_mended_and_sent_again(round, clerk, organizations, book):
    sending = sent(round, whole(book, organizations[0], 兼职负责人=99), by=clerk)
    copy = Workbook(unsealed(sending.annotated))
    assert figures(sent(round, copy.put("乙学会", 兼职负责人=1), by=clerk)) == (3, 2, 1, 1, 0)


def test_a_missing_sample_and_lateness_are_said(round, clerk, organizations, book):
    book.put("乙学会", 核对人姓名="王核对")
    late = date(2018, 3, 2)
    assert {code for _, _, code in told(sent(round, book, by=clerk))} == {"sample-missing"}
    fresh = whole(taken_out(round, unit=clerk.grants.get().unit, by=clerk, on=DUE), organizations[0])
    assert told(sent(round, fresh, by=clerk, on=late)) == {(fresh.rows["乙学会"], "逾期原因", "late-reason-missing")}
    fresh.put("乙学会", 逾期原因="经办人病假")
    assert figures(sent(round, fresh, by=clerk, on=late)) == (3, 2, 1, 1, 0)
    assert of(organizations[0]).is_late


def test_a_cell_that_was_filled_and_is_emptied_is_asked_about(round, clerk, organizations, book):
    sending = sent(round, book.put("乙学会", 名称=None), by=clerk)
    assert [(row, title, code) for row, title, code in told(sending)] == [
        (book.rows["乙学会"], "名称", "value-missing")
    ]


def test_a_day_before_what_stands_is_refused_beside_the_row(round, clerk, organizations, book):
    sending = sent(round, book.put("乙学会", 名称="乙研究会", 基本情况从哪天起变的="1990-01-01"), by=clerk)
    assert {code for _, _, code in told(sending)} == {"before-statement"}


def test_under_review_nothing_moves(round, clerk, organizations, book):
    content = whole(book, organizations[0]).bytes()
    sent(round, content, by=clerk)
    sending = sent(round, Workbook(content).put("乙学会", 名称="乙研究会"), by=clerk)
    assert {code for _, _, code in told(sending)} == {"under-review"}
    again = taken_out(round, unit=clerk.grants.get().unit, by=clerk)
    assert set(again.rows) == {"丙研究会", "=1+2协会"}


def test_an_organisation_that_has_a_party_organisation_is_asked_for_no_reason(world, round, clerk, organizations, book):
    world.branch(organizations[0], superior=world.education)
    again = taken_out(round, unit=world.education, by=clerk)
    assert again.cell("乙学会", "未建原因").protection.locked and again.cell("乙学会", "未建原因").value is None
    sending = sent(round, again.put("乙学会", 未建原因="其他"), by=clerk)
    assert told(sending) == {(again.rows["乙学会"], "未建原因", "not-asked")}


def test_an_operator_has_a_workbook_of_one_row(world, round, organizations):
    operator = operator_of(world, organizations[0])
    own = taken_out(round, unit=organizations[0].unit, by=operator)
    assert list(own.rows) == ["乙学会"]
    assert figures(sent(round, own.put("乙学会", 建有工会="是"), by=operator)) == (1, 0, 1, 0, 0)


def test_taking_out_asks_the_same_number_of_times_for_one_as_for_many(world, round, clerk, organizations):
    counted = []
    for unit in (organizations[0].unit, organizations[0].unit, world.education):
        with CaptureQueriesContext(connection) as queries:
            actions.take_out(round, unit=unit, on=DAY, by=clerk)
        counted.append(len(queries))
    assert counted[1] == counted[2] <= 40


def test_rows_that_say_nothing_new_are_told_in_a_fixed_number_of_queries(world, round, clerk, organizations, book):
    few = taken_out(round, unit=organizations[0].unit, by=world.education_clerk)
    sent(round, few, by=clerk)
    counted = []
    for each in (few, book):
        with CaptureQueriesContext(connection) as queries:
            sent(round, each, by=clerk)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_nobody_takes_out_what_is_not_theirs(world, round):
    with pytest.raises(PermissionDenied):
        actions.take_out(round, unit=world.education, on=DAY, by=world.outsider)
    with pytest.raises(Refused) as refusal:
        actions.take_out(round, unit=world.sports, on=DAY, by=world.outsider)
    assert codes(refusal) == ["nothing-to-fill"]
