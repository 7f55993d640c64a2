"""The pages of the workbook: where it is taken out, where it comes back, what is said of its rows."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from taizhang.accounts.models import Role
from taizhang.declarations import actions
from taizhang.declarations.models import Difference, Sending
from taizhang.declarations.tasks import take_in
from taizhang.declarations.tests.campaign import known, of, opened
from taizhang.declarations.tests.offline import Workbook
from taizhang.declarations.tests.test_pages import visiting
from taizhang.declarations.workbooks.marking import Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizations(world):
    return [known(world, world.organization(name, under=world.education)) for name in ("乙学会", "丙研究会")]


@pytest.fixture
def round(world, organizations):
    return opened(world)


@pytest.fixture
def client(world):
    return visiting(world.education_clerk)


def downloaded(client, round, **asked) -> Workbook:
    answer = client.get(f"/declarations/rounds/{round.pk}/workbook/file/", asked)
    assert answer.status_code == 200, answer
    return Workbook(b"".join(answer.streaming_content))


def upload(client, round, content: bytes, name: str = "填报.xlsx"):
    return client.post(f"/declarations/rounds/{round.pk}/workbook/", {"file": SimpleUploadedFile(name, content)})


def test_down_and_back_and_what_became_of_it(world, round, organizations, client):
    assert "工作簿</a>" in client.get(f"/declarations/rounds/{round.pk}/").content.decode()
    page = client.get(f"/declarations/rounds/{round.pk}/workbook/").content.decode()
    assert "下载工作簿" in page and "14 天内送回有效" in page
    book = downloaded(client, round)
    assert sorted(book.rows) == ["丙研究会", "乙学会"]
    book.put("乙学会", 建有工会="是").put("丙研究会", 兼职负责人="几个")
    answer = upload(client, round, book.bytes())
    sending = Sending.objects.get()
    assert answer.status_code == 302 and answer.url == f"/declarations/sendings/{sending.pk}/"
    assert "等待后台处理" in client.get(answer.url).content.decode()
    take_in(sending=sending.pk, user=world.education_clerk.pk)
    page = client.get(answer.url).content.decode()
    assert 'data-figure="changed">1<' in page and 'data-figure="refused">1<' in page
    assert "兼职负责人" in page and "不是整数" in page
    copy = client.get(f"/declarations/sendings/{sending.pk}/marked/")
    assert "不是整数" in Workbook(b"".join(copy.streaming_content)).cell("丙研究会", "导入检查").value
    assert "填报.xlsx" in client.get(f"/declarations/rounds/{round.pk}/workbook/").content.decode()


def test_how_far_it_is_is_told_and_a_silent_worker_is_noticed(round, client, organizations):
    sending = of_upload(client, round, downloaded(client, round).put("乙学会", 建有工会="是"))
    address = f"/declarations/sendings/{sending.pk}/"
    half = Outcome(unchanged=1)
    actions.workbooks.tell(sending, Outcome(), wanted=0)
    assert "正在读取工作簿" in client.get(address).content.decode()
    actions.workbooks.tell(sending, half, wanted=2)
    part = client.get(address, headers={"HX-Request": "true", "HX-Target": "sending"}).content.decode()
    assert "正在逐行处理：1 / 2 行" in part and 'max="2" value="1"' in part and "<html" not in part
    told = client.get(f"/api/workbooks/{sending.pk}").json()
    assert (told["progress"], told["rows"], told["wanted"]) == ("waiting", 1, 2)
    Sending.objects.filter(pk=sending.pk).update(told_at=timezone.now() - timedelta(minutes=5))
    assert "再处理一次" in client.get(address).content.decode()


def test_while_a_worker_is_at_it_it_is_told_again_and_again(world, round, client, organizations, monkeypatch):
    sending = of_upload(client, round, downloaded(client, round).put("乙学会", 建有工会="是"))
    monkeypatch.setattr(actions.workbooks, "TICK", 0)
    with CaptureQueriesContext(connection) as queries:
        take_in(sending=sending.pk, user=world.education_clerk.pk)
    told = [each["sql"] for each in queries if 'UPDATE "declarations_sending" SET "wanted"' in each["sql"]]
    assert len(told) == 4  # begun, before each of two rows, all gone through
    sending.refresh_from_db()
    assert (sending.wanted, sending.rows, sending.changed) == (2, 2, 1)


def test_what_is_no_table_is_refused_at_once_beside_the_field(round, client):
    answer = upload(client, round, b"%PDF-1.7 no table", "a.pdf")
    assert answer.status_code == 422 and "不是表格文件" in answer.content.decode()
    assert not Sending.objects.exists()


def test_one_that_is_not_ours_says_what_to_do(world, round, client, organizations):
    book = downloaded(client, round).put("乙学会", 行校验码="", 建有工会="是").put("丙研究会", 行校验码="猜的")
    sending = of_upload(client, round, book)
    take_in(sending=sending.pk, user=world.education_clerk.pk)
    page = client.get(f"/declarations/sendings/{sending.pk}/").content.decode()
    assert "没有收下" in page and "在下载的那一本里再送" in page
    assert not Difference.objects.exists()


def of_upload(client, round, book) -> Sending:
    upload(client, round, book.bytes())
    return Sending.objects.latest("pk")


def test_a_worker_that_died_may_be_asked_again(world, round, client, organizations):
    sending = of_upload(client, round, downloaded(client, round).put("乙学会", 建有工会="是"))
    Sending.objects.filter(pk=sending.pk).update(sent_at=timezone.now() - timedelta(minutes=5))
    address = f"/declarations/sendings/{sending.pk}/"
    assert "再处理一次" in client.get(address).content.decode()
    assert client.post(f"{address}again/").url == address
    take_in(sending=sending.pk, user=world.education_clerk.pk)
    assert of(organizations[0]).differences.count() == 1


def test_the_committee_chooses_a_unit_and_a_reviewer_has_no_workbook(world, round, organizations):
    clerk = visiting(world.clerk)
    assert "哪个单位名下的" in clerk.get(f"/declarations/rounds/{round.pk}/workbook/").content.decode()
    assert list(downloaded(clerk, round, unit=organizations[0].unit.parent_id).rows) == ["丙研究会", "乙学会"]
    reviewer = visiting(world.account(world.education, Role.UNIT_REVIEWER, username="shenhe", name="审核"))
    assert "workbook" not in reviewer.get(f"/declarations/rounds/{round.pk}/").content.decode()
    for address in ("workbook/", "workbook/file/"):
        assert reviewer.get(f"/declarations/rounds/{round.pk}/{address}").status_code == 403


def test_the_outsider_finds_nothing(world, round, client, organizations):
    sending = of_upload(client, round, downloaded(client, round))
    outsider = visiting(world.outsider)
    for address in (f"rounds/{round.pk}/workbook/", f"rounds/{round.pk}/workbook/file/", f"sendings/{sending.pk}/"):
        assert outsider.get(f"/declarations/{address}").status_code == 404
    assert outsider.get(f"/declarations/sendings/{sending.pk}/marked/").status_code == 404
    assert outsider.post(f"/declarations/sendings/{sending.pk}/again/").status_code == 404
    answer = client.get(f"/declarations/rounds/{round.pk}/workbook/file/", {"unit": world.sports.pk})
    assert answer.status_code == 404


def test_programs_do_the_same(world, round, client, organizations):
    answer = client.get(f"/api/workbooks/rounds/{round.pk}")
    book = Workbook(b"".join(answer.streaming_content)).put("乙学会", 建有工会="是")
    file = SimpleUploadedFile("填报.xlsx", book.bytes())
    answer = client.post(f"/api/workbooks/rounds/{round.pk}", {"file": file})
    assert answer.status_code == 200, answer.content
    sending = answer.json()["id"]
    take_in(sending=sending, user=world.education_clerk.pk)
    told = client.get(f"/api/workbooks/{sending}").json()
    assert (told["progress"], told["rows"], told["changed"], told["unchanged"]) == ("done", 2, 1, 1)
    assert client.get(f"/api/workbooks/{sending}/marked").status_code == 200
    assert client.post(f"/api/workbooks/{sending}/again").status_code == 200
