"""Bad days of the workbook: edited in its locked cells, expired, another's, forged. A sentence each, nothing lost, nothing twice."""

from datetime import timedelta

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied

from taizhang.accounts.actions import end_grant
from taizhang.declarations import actions
from taizhang.declarations.models import Difference, Sending
from taizhang.declarations.sendings import Progress
from taizhang.declarations.tasks import take_in
from taizhang.declarations.tests.campaign import DAY, known, opened
from taizhang.declarations.tests.offline import Workbook, figures, sent, taken_out, told
from taizhang.declarations.workbooks import sealing
from taizhang.declarations.workbooks.writing import RUNS_FOR
from taizhang.imports.tests import files
from taizhang.kit.clock import today
from taizhang.kit.refusals import Refused
from taizhang.members.tests.people import codes
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizations(world):
    return [known(world, world.organization(name, under=world.education)) for name in ("乙学会", "丙研究会")]


@pytest.fixture
def round(world, organizations):
    return opened(world)


@pytest.fixture
def clerk(world):
    return world.education_clerk


@pytest.fixture
def book(world, round, clerk) -> Workbook:
    return taken_out(round, unit=world.education, by=clerk)


def turned_away(round, book, *, by, on=DAY) -> list[str]:
    with pytest.raises(Refused) as refusal:
        sent(round, book, by=by, on=on)
    assert not Difference.objects.exists()
    return codes(refusal)


@pytest.mark.parametrize("title", ["社会组织", "统一社会信用代码", "台账中的党组织"])
def test_a_locked_cell_that_was_edited_is_named_and_the_other_rows_go_in(round, clerk, book, title):
    row, original = book.rows["乙学会"], book.cell("乙学会", title).value
    book.put("丙研究会", 建有工会="是").put("乙学会", 建有工会="是").put("乙学会", **{title: "改过"})
    sending = sent(round, book, by=clerk)
    assert figures(sending) == (2, 0, 1, 0, 1) and told(sending) == {(row, title, "locked-changed")}
    assert title in sending.findings[0]["message"] and "恢复" in sending.findings[0]["remedy"]
    book.sheet.cell(row, book.titles[title]).value = original
    assert figures(sent(round, book, by=clerk)) == (2, 1, 1, 0, 0)
    assert Difference.objects.standing().filter(field="has_union").count() == 2


def test_keys_of_two_rows_exchanged(round, clerk, organizations, book):
    """As when somebody sorts the names alone: nothing goes to the wrong organisation."""
    book.put("乙学会", 建有工会="是")
    first, second = book.rows["乙学会"], book.rows["丙研究会"]
    book.sheet.cell(first, 1).value, book.sheet.cell(second, 1).value = "丙研究会", "乙学会"
    sending = sent(round, book, by=clerk)
    assert figures(sending) == (2, 0, 0, 0, 2) and not Difference.objects.exists()


def test_a_damaged_seal_and_a_row_written_by_hand(round, clerk, book):
    seal = book.cell("乙学会", "行校验码")
    seal.value = seal.value[:-1] + ("A" if seal.value[-1] != "A" else "B")
    book.sheet.cell(book.sheet.max_row + 1, book.titles["社会组织"]).value = "自己添的学会"
    sending = sent(round, book.put("丙研究会", 建有工会="是"), by=clerk)
    assert figures(sending) == (3, 0, 1, 0, 2)
    assert {code for _, _, code in told(sending)} == {"not-ours"}


def test_a_row_that_was_copied_is_taken_for_neither(round, clerk, book):
    row, last = book.rows["乙学会"], book.sheet.max_row + 1
    for column in book.titles.values():
        book.sheet.cell(last, column).value = book.sheet.cell(row, column).value
    book.sheet.cell(last, book.titles["建有工会"]).value = "是"
    sending = sent(round, book, by=clerk)
    assert figures(sending) == (3, 1, 0, 0, 2) and not Difference.objects.exists()
    assert f"第{row}、{last}行" in sending.findings[0]["message"]


def test_an_expired_one_says_what_to_do(round, clerk, book):
    book.put("乙学会", 建有工会="是")
    assert figures(sent(round, Workbook(book.bytes()), by=clerk, on=DAY + RUNS_FOR))[2] == 1
    Difference.objects.standing().update(is_dropped=True)
    with pytest.raises(Refused) as refusal:
        sent(round, book, by=clerk, on=DAY + RUNS_FOR + timedelta(days=1))
    assert codes(refusal) == ["expired"] and "重新下载" in refusal.value.obstacles[0].remedy


def test_of_another_release_it_has_run_out(monkeypatch, round, clerk, book):
    monkeypatch.setattr(sealing, "LAYOUT", "00000000")
    assert turned_away(round, book, by=clerk) == ["expired"]


def test_of_another_unit_another_round_or_forged_is_refused_in_the_same_words(world, organizations, round, clerk, book):
    later = opened(world, title="另一个任务")
    own = known(world, world.organization("冰雪协会", under=world.sports))
    assert own
    mine = opened(world, title="第三个任务")
    forged = Workbook(book.bytes())
    for name in forged.rows:
        forged.put(name, 行校验码=signing.Signer(key="猜的", salt=sealing.SALT).sign_object({"r": round.pk}))
    said = [
        turned_away(later, book, by=clerk),
        turned_away(mine, taken_out(mine, unit=world.sports, by=world.outsider), by=clerk),
        turned_away(round, forged, by=clerk),
    ]
    assert said == [["not-ours"]] * 3
    with pytest.raises(PermissionDenied):
        sent(round, book, by=world.outsider)


def test_an_organisation_that_went_to_another_unit_is_out_of_reach(world, round, clerk, organizations, book):
    orgs.hand_over(organizations[0], to=world.sports, mode=Mode.DUAL, on=DAY, document="函1号", by=world.clerk)
    sending = sent(round, book.put("乙学会", 建有工会="是").put("丙研究会", 建有工会="是"), by=clerk)
    assert figures(sending) == (2, 0, 1, 0, 1)
    assert {code for _, _, code in told(sending)} == {"out-of-reach"} and "体育" not in str(sending.findings)


def test_any_other_file_is_no_workbook_of_ours(tmp_path, round, clerk):
    assert turned_away(round, files.honest(tmp_path / "a.xlsx").read_bytes(), by=clerk) == ["not-ours"]
    for hostile in (files.far_cell, files.billion_laughs, files.with_macro, files.truncated):
        with pytest.raises(Refused):
            actions.send(round, content=hostile(tmp_path / "b.xlsx").read_bytes(), name="b.xlsx", by=clerk)


def test_the_worker_takes_it_in_once(world, round, clerk):
    book = taken_out(round, unit=world.education, by=clerk, on=today())
    sending = actions.send(round, content=book.put("乙学会", 建有工会="是").bytes(), name="填报.xlsx", by=clerk)
    take_in(sending=sending.pk, user=clerk.pk)
    take_in(sending=sending.pk, user=clerk.pk)
    sending.refresh_from_db()
    assert figures(sending) == (2, 1, 1, 0, 0) and sending.failure == [] and sending.content is None


def test_one_who_may_no_longer_is_told_so(world, round, clerk, book):
    sending = actions.send(round, content=book.bytes(), name="填报.xlsx", by=clerk)
    end_grant(clerk.grants.get(), by=world.security)
    take_in(sending=sending.pk, user=clerk.pk)
    sending.refresh_from_db()
    assert sending.progress == Progress.REFUSED and sending.failure[0]["code"] == "asker-may-not"


def test_what_was_sent_is_gone_within_a_day(round, clerk, book):
    done = sent(round, book, by=clerk)
    left = actions.send(round, content=book.bytes(), name="填报.xlsx", by=clerk)
    actions.forget_workbooks(at=left.sent_at + timedelta(hours=24), by=None)
    for each in Sending.objects.filter(pk__in=[done.pk, left.pk]):
        assert each.content is None and each.annotated is None
    assert Sending.objects.get(pk=left.pk).failure[0]["code"] == "file-gone"
