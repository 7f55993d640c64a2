"""What passes through the machine lies in a private folder and is gone within a day, also what a killed process left."""

import os
import time
from pathlib import Path

import pytest

from taizhang.config.commands import worker
from taizhang.kit import passing


@pytest.fixture
def place(settings, tmp_path) -> Path:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "passing")
    (tmp_path / "passing").mkdir()
    return tmp_path / "passing"


def left_behind(place: Path, name: str, *, hours: float, folder: bool = False) -> Path:
    path = place / name
    if folder:
        path.mkdir()
        (path / "file").write_bytes(b"PK")
    else:
        path.write_bytes(b"PK")
    then = time.time() - hours * 3600
    os.utime(path, (then, then))
    return path


def test_the_folder_is_for_us_alone(settings):
    assert Path(settings.FILE_UPLOAD_TEMP_DIR).stat().st_mode & 0o777 == 0o700


def test_work_leaves_nothing_behind(place):
    with passing.folder() as folder:
        (folder / "file").write_bytes(b"PK")
        assert folder.parent == place
    assert list(place.iterdir()) == []


def test_what_is_a_day_old_goes_and_the_rest_stays(place):
    old = [left_behind(place, "a.upload", hours=23.1), left_behind(place, "taizhang-x", hours=40, folder=True)]
    young = left_behind(place, "b.upload", hours=22)
    assert passing.sweep() == 2
    assert not any(path.exists() for path in old) and young.exists()
    assert passing.sweep(now=time.time() + 3600 * 2) == 1 and not young.exists()


@pytest.mark.django_db
def test_a_worker_that_starts_tidies_first(place):
    old = left_behind(place, "taizhang-x", hours=30, folder=True)
    worker.tidy()
    assert not old.exists()
