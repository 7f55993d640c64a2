"""A private folder for files that pass through this machine: uploads on their way in, workbooks being read or written.

Whoever makes one removes it; what a killed process left behind goes within a day (`sweep`, hourly and when a worker starts).
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings

KEPT = timedelta(hours=23)  # swept every hour: never older than a day


def place() -> str | None:
    """Where it is; None for the system's own, where ours cannot be made."""
    return settings.FILE_UPLOAD_TEMP_DIR


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one piece of work, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="taizhang-", dir=place()) as made:
        yield Path(made)


def sweep(*, now: float | None = None) -> int:
    """What nobody has touched for `KEPT` is removed, whatever it is. How many."""
    if place() is None:
        return 0
    oldest, removed = (now or time.time()) - KEPT.total_seconds(), 0
    for each in Path(place() or "").iterdir():
        if each.lstat().st_mtime >= oldest:
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
        removed += 1
    return removed
