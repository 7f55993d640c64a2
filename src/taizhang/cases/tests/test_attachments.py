"""Attachments: what is taken, who may, that nothing changes afterwards, and how a file leaves again."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from taizhang.accounts.models import AuditKind, AuditRecord
from taizhang.cases import files, rules
from taizhang.cases.actions import attach, open_case, withdraw_attachment
from taizhang.cases.models import AttachedFile, Attachment
from taizhang.cases.tests.papers import PDF, docx, jpeg, package, png
from taizhang.kit.crypto import Unreadable
from taizhang.kit.refusals import Refused


@pytest.fixture
def case(world):
    unit = world.organization("甲协会", under=world.education).unit
    return open_case("orgs:register", "在办事项", unit=unit, by=world.clerk)


@pytest.fixture
def scan(world, case):
    return attach(case, content=PDF, name="请示.pdf", title="成立请示", by=world.education_clerk)


def codes(refused) -> list[str]:
    return [each.code for each in refused.value.obstacles]


def test_a_file_belongs_to_the_matter_and_is_known_by_its_digest(scan):
    assert (scan.kind, scan.size, scan.digest) == ("pdf", len(PDF), hashlib.sha256(PDF).hexdigest())
    assert scan.content() == PDF
    assert PDF[:20] not in bytes(scan.file.sealed)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "a.pdf", "pdf"),
        (png(), "a.png", "png"),
        (jpeg(), "扫描.JPG", "jpg"),
        (b"II*\x00" + bytes(20), "a.tiff", "tif"),
        (docx(), "a.docx", "docx"),
        (package("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx", "xlsx"),
        (package("OFD.xml"), "a.ofd", "ofd"),
    ],
)
def test_the_kind_is_told_by_the_content(content, name, kind):
    assert files.look(content, name) == files.Found(kind)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "empty-file"),
        (b"<html><script>alert(1)</script>", "a.pdf", "kind-not-taken"),
        (b"MZ\x90", "a.exe", "kind-not-taken"),
        (b"<svg onload=alert(1)>", "a.svg", "kind-not-taken"),
        (package("a.txt"), "a.zip", "kind-not-taken"),
        (b"PK\x03\x04 not a package", "a.docx", "kind-not-taken"),
        (PDF, "a.html", "mislabelled"),
        (PDF, "请示", "mislabelled"),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"), "a.pdf", "active-content"),
        (png(60_000, 60_000), "a.png", "too-many-pixels"),
        (jpeg(65_000, 65_000), "a.jpg", "too-many-pixels"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "broken"),
        (b"\xff\xd8\xff\xd9", "a.jpg", "broken"),
        (docx("word/vbaProject.bin"), "a.docx", "macro"),
        (docx("../../etc/passwd"), "a.docx", "broken"),
        (package("OFD.xml", *(f"{number}.xml" for number in range(2_001))), "a.ofd", "zip-bomb"),
    ],
)
def test_what_could_harm_somebody_is_not_taken(content, name, code):
    assert [each.code for each in files.look(content, name).obstacles] == [code]


def test_a_package_that_declares_too_much_is_not_taken():
    content = docx()
    with_bomb = package("[Content_Types].xml", "word/document.xml", content=bytes(101 * 2**20))
    assert [each.code for each in files.look(with_bomb, "a.docx").obstacles] == ["zip-bomb"]
    assert files.look(content, "a.docx").obstacles == ()


def test_a_name_that_plays_tricks_is_made_plain():
    assert files.tidy_name("..\\..\\C:\\请示.pdf") == "请示.pdf"
    assert files.tidy_name("/etc/a\u202efdp.exe.pdf") == "afdp.exe.pdf"
    assert files.tidy_name("字" * 300 + ".pdf") == "字" * 146 + ".pdf"
    assert files.tidy_name("\u200b") == "file"


def test_every_reason_is_told_at_once(world, case):
    with pytest.raises(Refused) as refused:
        attach(case, content=PDF, name="a.png", title=" ", by=world.clerk)
    assert codes(refused) == ["mislabelled", "title-missing"]


def test_the_same_file_is_not_attached_twice(world, case, scan):
    with pytest.raises(Refused) as refused:
        attach(case, content=PDF, name="再传.pdf", title="成立请示", by=world.clerk)
    assert codes(refused) == ["attached-already"]


def test_somebody_who_uploads_all_day_is_stopped(world, case, scan, monkeypatch):
    monkeypatch.setattr(rules, "A_DAY", len(PDF) + 10)
    with pytest.raises(Refused) as refused:
        attach(case, content=PDF + b"\n", name="a.pdf", title="又一份", by=world.education_clerk)
    assert codes(refused) == ["quota"]


def test_whoever_does_not_see_the_matter_attaches_nothing(world, case, scan):
    for nobody in (world.outsider, world.administrator, world.leader):
        with pytest.raises(PermissionDenied):
            attach(case, content=png(), name="a.png", title="照片", by=nobody)
        with pytest.raises(PermissionDenied):
            withdraw_attachment(scan, why="错", by=nobody)
    assert Attachment.objects.count() == 1


def test_it_is_withdrawn_with_a_reason_once_and_stays(world, scan):
    with pytest.raises(Refused) as refused:
        withdraw_attachment(scan, why=" ", by=world.education_clerk)
    assert codes(refused) == ["why-missing"]
    withdrawn = withdraw_attachment(scan, why="传错了", by=world.education_clerk)
    assert (withdrawn.withdrawn_by, withdrawn.withdrawn_why) == (world.education_clerk, "传错了")
    assert withdrawn.content() == PDF
    with pytest.raises(Refused) as refused:
        withdraw_attachment(scan, why="再撤", by=world.education_clerk)
    assert codes(refused) == ["withdrawn-already"]


def test_postgresql_lets_nobody_change_or_remove_one(scan, owner):
    def refused(work) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            work()

    refused(lambda: Attachment.objects.filter(pk=scan.pk).update(digest="0" * 64))
    refused(lambda: Attachment.objects.filter(pk=scan.pk).delete())
    refused(lambda: AttachedFile.objects.filter(pk=scan.pk).delete())
    with owner():
        refused(lambda: Attachment.objects.filter(pk=scan.pk).update(title="别的"))
        refused(lambda: Attachment.objects.filter(pk=scan.pk).delete())


def test_a_file_that_was_altered_is_not_given_out(scan):
    sealed = bytearray(scan.file.sealed)
    sealed[-1] ^= 1
    scan.file.sealed = bytes(sealed)
    scan.file.save()
    with pytest.raises(Unreadable):
        scan.content()


def test_the_pages_take_a_file_and_give_it_back_as_a_download(world, case, client):
    client.force_login(world.education_clerk)
    given = {"title": "承诺书", "file": SimpleUploadedFile("承诺书.png", png())}
    assert client.post(f"/cases/{case.pk}/attach/", given).status_code == 302
    kept = Attachment.objects.get()
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "承诺书" in page and kept.digest in page
    answer = client.get(f"/cases/attachments/{kept.pk}/")
    assert b"".join(answer.streaming_content) == png()
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert AuditRecord.objects.filter(kind=AuditKind.EXPORT, verb="cases:attachment", user=world.education_clerk)
    client.post(f"/cases/attachments/{kept.pk}/withdraw/", {"why": "传错了"})
    assert "传错了" in client.get(f"/cases/{case.pk}/").content.decode()


def test_what_is_wrong_with_a_file_is_said_beside_its_field(world, case, client):
    client.force_login(world.clerk)
    answer = client.post(f"/cases/{case.pk}/attach/", {"title": "x", "file": SimpleUploadedFile("a.pdf", b"<html>")})
    assert answer.status_code == 422 and "不是可以上传的文件类型" in answer.content.decode()
    assert client.post(f"/cases/{case.pk}/attach/", {}).status_code == 422


def test_somebody_from_another_unit_finds_nothing(world, case, scan, client):
    client.force_login(world.outsider)
    for address in (f"/cases/{case.pk}/attach/", f"/cases/attachments/{scan.pk}/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/cases/attachments/{scan.pk}/withdraw/", {"why": "x"}).status_code == 404
