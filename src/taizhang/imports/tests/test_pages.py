import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from taizhang.imports.models import Batch, Finding, Progress, State, Upload
from taizhang.imports.reading import blocks, look
from taizhang.imports.tasks import work
from taizhang.imports.tests import files
from taizhang.kit.clock import today
from taizhang.orgs.models import Organization
from tests.proof import prove
from tests.world import code

HEADING = ["社会组织名称", "统一社会信用代码", "成立日期"]
GOOD = ["云岭省兰花协会", code("association", 1), "2003-05-16"]
BAD = ["云岭省桥梁学会", code("association", 2), "昨天"]


@pytest.fixture
def clerk(world, client):
    client.force_login(world.clerk)
    return client


def workbook(folder, *rows, name="台账.xlsx"):
    return SimpleUploadedFile(name, files.honest(folder / "sent.xlsx", [HEADING, *rows]).read_bytes())


def upload(client, file, sheet="organisations"):
    return client.post(reverse("imports:upload"), {"sheet": sheet, "file": file, "on": "2017-06-30"})


def work_off():
    """What a worker would do with the jobs that wait."""
    for job in ProcrastinateJob.objects.filter(status="todo", task_name="imports.work").order_by("id"):
        if job.id not in DONE:
            DONE.add(job.id)
            work(**job.args)


DONE: set[int] = set()


@pytest.fixture(autouse=True)
def nothing_done():
    DONE.clear()


def figure(page, name):
    return page.content.decode().split(f'data-figure="{name}">')[1].split("<")[0]


def test_from_upload_to_the_ledger(clerk, tmp_path):
    answer = upload(clerk, workbook(tmp_path, GOOD))
    batch = Batch.objects.get()
    assert answer.url == reverse("imports:detail", args=[batch.pk])
    waiting = clerk.get(answer.url)
    assert "正在检查" in waiting.content.decode() and 'hx-trigger="load delay:1s"' in waiting.content.decode()
    work_off()
    page = clerk.get(answer.url)
    assert (figure(page, "rows"), figure(page, "good")) == ("1", "1")
    clerk.post(reverse("imports:apply", args=[batch.pk]))
    work_off()
    page = clerk.get(answer.url)
    assert figure(page, "accepted") == "1"
    step = Batch.objects.get().step
    assert reverse("cases:step", args=[step.pk]) in page.content.decode()
    assert clerk.get(reverse("cases:step", args=[step.pk])).status_code == 200
    assert Organization.objects.get().unit.name == GOOD[0]
    assert "台账.xlsx" in clerk.get(reverse("imports:list")).content.decode()


def test_errors_come_back_marked_and_the_mended_file_goes_in(clerk, tmp_path):
    upload(clerk, workbook(tmp_path, GOOD, BAD))
    work_off()
    batch = Batch.objects.get()
    page = clerk.get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert "不能识别为日期" in page and "下载标注后的文件" in page and "昨天" in page
    clerk.post(reverse("imports:apply", args=[batch.pk]))
    work_off()
    assert "全部改好之前不入账" in clerk.get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert not Organization.objects.exists()

    kept = Upload.objects.get()
    assert (
        b"PK" not in bytes(kept.content)[:16] + bytes(kept.annotated)[:16]
    )  # sealed, as lists of people are among them
    marked = clerk.get(reverse("imports:annotated", args=[batch.pk]))
    mended = openpyxl.load_workbook(io.BytesIO(b"".join(marked.streaming_content)))
    sheet = mended["社会组织"]
    assert "不能识别为日期" in sheet["C3"].comment.text
    sheet["C3"].value = "2005-01-01"
    file = io.BytesIO()
    mended.save(file)
    upload(clerk, SimpleUploadedFile("改好.xlsx", file.getvalue()))
    work_off()
    again = Batch.objects.order_by("-pk")[0]
    assert (again.rows, again.good, again.rejected) == (2, 2, 0)


def test_good_rows_only_from_the_page(clerk, tmp_path):
    upload(clerk, workbook(tmp_path, GOOD, BAD))
    work_off()
    batch = Batch.objects.get()
    clerk.post(reverse("imports:apply", args=[batch.pk]), {"good_rows": "1"})
    work_off()
    assert Batch.objects.get().accepted == 1


def test_a_file_that_cannot_be_opened_is_refused_on_the_page_with_a_remedy(clerk, tmp_path):
    hostile = SimpleUploadedFile("台账.xlsx", files.far_cell(tmp_path / "far.xlsx").read_bytes())
    answer = upload(clerk, hostile)
    assert answer.status_code == 422
    assert "XFD1048576" in answer.content.decode() and "下步" in answer.content.decode()
    assert not Batch.objects.exists() and not ProcrastinateJob.objects.exists()


def test_a_file_without_a_heading_says_what_a_heading_would_be(clerk, tmp_path):
    upload(clerk, SimpleUploadedFile("a.csv", "苹果,梨\n1,2\n".encode()))
    work_off()
    page = clerk.get(reverse("imports:detail", args=[Batch.objects.get().pk])).content.decode()
    assert "没有找到“社会组织”的表头" in page and "社会组织名称" in page


def test_columns_are_put_right_on_the_page(clerk, tmp_path):
    file = files.honest(tmp_path / "b.xlsx", [["社会组织名称", "统一社会信用代码", "建会的日子"], GOOD])
    upload(clerk, SimpleUploadedFile("b.xlsx", file.read_bytes()))
    work_off()
    batch = Batch.objects.get()
    fields = {"mapping": "1", "column-0-0": "name", "column-0-1": "code", "column-0-2": "registered_on"}
    clerk.post(reverse("imports:check", args=[batch.pk]), fields)
    work_off()
    batch.refresh_from_db()
    assert batch.headings[0]["mapping"] == {"0": "name", "1": "code", "2": "registered_on"}
    twice = {**fields, "column-0-2": "name"}
    page = clerk.post(reverse("imports:check", args=[batch.pk]), twice, follow=True)
    assert "请只留一列" in page.content.decode()


def test_a_batch_whose_worker_died_says_so_and_is_done_again(clerk, tmp_path):
    upload(clerk, workbook(tmp_path, GOOD))
    batch = Batch.objects.get()
    Progress.objects.update(told_at=timezone.now() - timedelta(minutes=5))
    page = clerk.get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert "处理没有动静" in page and "再检查一次" in page and "放弃这一批" in page
    clerk.post(reverse("imports:check", args=[batch.pk]))
    work_off()
    assert Batch.objects.get().state == State.CHECKED and not Progress.objects.exists()


def test_thrown_away_and_undone_from_the_page(clerk, tmp_path):
    upload(clerk, workbook(tmp_path, GOOD))
    work_off()
    first = Batch.objects.get()
    clerk.post(reverse("imports:throw_away", args=[first.pk]))
    assert Batch.objects.get().state == State.THROWN_AWAY and not Upload.objects.exists()
    upload(clerk, workbook(tmp_path, GOOD))
    work_off()
    second = Batch.objects.order_by("-pk")[0]
    for verb in ("apply", "undo"):
        clerk.post(reverse(f"imports:{verb}", args=[second.pk]))
        work_off()
    second.refresh_from_db()
    assert second.state == State.UNDONE


def test_templates_are_offered_to_those_who_may_import(clerk, tmp_path):
    listed = clerk.get(reverse("imports:list")).content.decode()
    for name in ("units", "organisations", "party", "people"):
        address = f"{reverse('imports:template')}?sheet={name}"
        assert address in listed
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(clerk.get(address).content)
        assert any(block.rows for block in blocks(path, look(path)))
    assert clerk.get(reverse("imports:template") + "?sheet=secrets").status_code == 404


def test_whoever_may_not_import_is_not_sent_to_the_form(clerk, world, client):
    assert reverse("imports:upload") in clerk.get(reverse("imports:list")).content.decode()
    client.force_login(world.administrator)
    assert reverse("imports:upload") not in client.get(reverse("imports:list")).content.decode()


def test_the_list_of_organisations_is_itself_importable(clerk, world, tmp_path):
    world.organization("兰花协会")
    world.organization("学前教育协会", under=world.education)
    answer = clerk.get(reverse("orgs:list") + "?format=xlsx")
    upload(clerk, SimpleUploadedFile("社会组织.xlsx", b"".join(answer.streaming_content)))
    work_off()
    batch = Batch.objects.get()
    assert (batch.rows, batch.unchanged, batch.rejected) == (2, 2, 0)


def test_the_lists_of_party_organisations_and_people_are_importable_too(clerk, world, tmp_path):
    from taizhang.imports.tests.sending import DAY
    from taizhang.members import actions as members
    from taizhang.members.models import OutsidePartyOrganization

    first, second = world.organization("兰花协会"), world.organization("棋类协会")
    party = world.branch(first, second)
    for name, place in (("林某", {"party_organization": party}), ("何某", {"outside": "某街道党工委"})):
        person = members.add(name=name, unit=first.unit, on=DAY, by=world.clerk)
        members.engage(person, organization=first, employment="full_time", on=DAY, by=world.clerk)
        if "outside" in place:
            place = {"outside": OutsidePartyOrganization.objects.create(name=place["outside"]), "unit": first.unit}
        members.admit(person, standing="full", on=DAY, by=world.clerk, **place)
    prove(clerk)
    for page, sheet, rows in (("party:list", "party", 1), ("members:list", "people", 2)):
        answer = clerk.get(reverse(page) + "?format=xlsx")
        file = SimpleUploadedFile("名单.xlsx", b"".join(answer.streaming_content))
        clerk.post(reverse("imports:upload"), {"sheet": sheet, "file": file, "on": str(today())})
        work_off()
        batch = Batch.objects.order_by("-pk")[0]
        found = [*Finding.objects.filter(batch=batch, severity="error").values_list("title", "message")]
        assert (batch.rows, batch.unchanged, found) == (rows, rows, [])


def test_nobody_else_sees_the_batch(world, client, tmp_path):
    client.force_login(world.clerk)
    upload(client, workbook(tmp_path, GOOD))
    batch = Batch.objects.get()
    client.force_login(world.outsider)
    for name in ("detail", "annotated"):
        assert client.get(reverse(f"imports:{name}", args=[batch.pk])).status_code == 404
    for name in ("check", "apply", "undo", "throw_away"):
        assert client.post(reverse(f"imports:{name}", args=[batch.pk])).status_code == 404
    assert "台账.xlsx" not in client.get(reverse("imports:list")).content.decode()


def test_the_leader_looks_and_does_nothing(world, client, tmp_path):
    client.force_login(world.clerk)
    upload(client, workbook(tmp_path, GOOD))
    work_off()
    batch = Batch.objects.get()
    client.force_login(world.leader)
    page = client.get(reverse("imports:detail", args=[batch.pk]))
    assert page.status_code == 200 and "入账 1 行" not in page.content.decode()
    assert client.post(reverse("imports:apply", args=[batch.pk])).status_code == 403
    assert client.get(reverse("imports:upload")).status_code == 403


def test_a_second_click_enters_once_and_is_no_failure(clerk, tmp_path):
    address = upload(clerk, workbook(tmp_path, GOOD)).url
    work_off()
    batch = Batch.objects.get()
    for _ in range(2):
        clerk.post(reverse("imports:apply", args=[batch.pk]))
    work_off()
    clerk.post(reverse("imports:apply", args=[batch.pk]))
    work_off()
    page = clerk.get(address)
    assert figure(page, "accepted") == "1"
    assert "没有办成" not in page.content.decode()
    assert Organization.objects.count() == 1
