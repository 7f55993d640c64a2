"""The disk is away or full: nothing is half done, the answer says what is the matter, and it goes on when there is room again."""

import errno
import io
import os
from pathlib import Path

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import connection
from django.test import Client

from taizhang.accounts.models import Unit
from taizhang.imports.models import Batch
from taizhang.orgs.models import Organization

pytestmark = pytest.mark.django_db
LARGE = 3 * 2**20  # larger than what is kept in memory: it passes through a file
NO_ROOM = """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"""


@pytest.fixture
def clerk(world):
    client = Client(raise_request_exception=False)
    client.force_login(world.clerk)
    return client


@pytest.fixture
def place(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "passing")
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir()
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


def send(clerk):
    file = io.BytesIO(os.urandom(LARGE))
    file.name = "甲.xlsx"
    return clerk.post("/imports/upload/", {"sheet": "organisations", "file": file, "on": "2017-06-01"})


def test_an_upload_says_that_the_disk_is_away_and_is_looked_at_when_it_is_back(clerk, place):
    place.rmdir()
    answer = send(clerk)
    assert answer.status_code == 503 and "磁盘写不进去" in answer.content.decode() and not Batch.objects.exists()
    place.mkdir()
    assert send(clerk).status_code in (302, 422), "it is no workbook, and that is all that is wrong now"


def test_an_upload_for_which_there_is_no_room_leaves_nothing(clerk, place, monkeypatch):
    def no_room(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", no_room)
    assert send(clerk).status_code == 503 and not Batch.objects.exists()


def test_what_postgresql_has_no_room_for_is_not_half_kept(clerk, world, owner):
    """The database says so itself, when the first fact is written: the whole act is undone."""
    with owner(), connection.cursor() as cursor:
        cursor.execute(NO_ROOM)
        cursor.execute("CREATE TRIGGER no_room BEFORE INSERT ON orgs_particulars EXECUTE FUNCTION no_room()")
    said = {"name": "乙学会", "kind": "association", "level": "province", "mode": "direct", "on": "2017-03-05"}
    said |= {"responsible": world.committee.pk, "registered_on": "2017-03-01", "entered_on": "2017-03-05"}
    answer = clerk.post("/orgs/register/", said)
    assert answer.status_code == 503 and "磁盘写不进去" in answer.content.decode()
    assert not Organization.objects.exists() and not Unit.objects.filter(name="乙学会").exists()
    with owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER no_room ON orgs_particulars")
    assert clerk.post("/orgs/register/", said).status_code == 302 and Organization.objects.count() == 1
