"""A backup is a folder: the database as pg_dump wrote it, the uploaded files, and a list of what is in it.

The keys are not in it, on purpose: whoever finds a backup must not be able to read the encrypted fields.
"""

import contextlib
import hashlib
import itertools
import json
import os
import shutil
import subprocess
import tarfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection

from taizhang.config import environment
from taizhang.kit.postgres import Server

DATABASE, FILES, CONTENTS = "database.dump", "files.tar", "contents.json"
LINES_OF_SETTINGS = 60


class ArchiveFailed(RuntimeError):
    """The backup could not be written or read back; the text says why."""


def write(folder: Path) -> dict[str, object]:
    """The folder holds the whole installation as of one moment, but for its keys. Returns its table of contents."""
    environment.private_folder(folder)
    if any(folder.iterdir()):
        raise ArchiveFailed(f"{folder} is not empty; name a new folder for each backup.")
    begun = datetime.now(UTC)
    client("pg_dump", "--format=custom", "--compress=6", "--no-owner", f"--file={folder / DATABASE}")
    with tarfile.open(folder / FILES, "w") as files:
        if Path(settings.MEDIA_ROOT).is_dir():
            files.add(settings.MEDIA_ROOT, arcname=".")
    contents: dict[str, object] = {
        "taizhang": version("taizhang"),
        "begun": begun.isoformat(timespec="seconds"),
        "keys": [name for name, _ in settings.TAIZHANG_KEYS],
        "sha256": {name: digest(folder / name) for name in (DATABASE, FILES)},
        "rows": rows(),
    }
    (folder / CONTENTS).write_text(json.dumps(contents, ensure_ascii=False, indent=2), encoding="utf-8")
    for file in folder.iterdir():
        file.chmod(0o600)
    return contents


def read_back(folder: Path) -> dict[str, object]:
    """The empty database has become the one of the backup, the files stand where they stood."""
    contents = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    for name, expected in contents["sha256"].items():
        if digest(folder / name) != expected:
            raise ArchiveFailed(f"{folder / name} is damaged: its checksum is not the one in {CONTENTS}.")
    missing = set(contents["keys"]) - {name for name, _ in settings.TAIZHANG_KEYS}
    if missing:
        raise ArchiveFailed(
            f"TAIZHANG_KEYS lacks {', '.join(sorted(missing))}: without them the encrypted fields cannot be read."
        )
    if connection.introspection.table_names():
        raise ArchiveFailed("The database is not empty. Restore into a new one; the old one stays untouched.")
    connection.close()
    restore_database(folder / DATABASE)
    target = environment.private_folder(Path(settings.MEDIA_ROOT))
    with tarfile.open(folder / FILES) as files:
        files.extractall(target, filter="data")
    # Rows written between the start of the dump and the count may be missing; fewer than nothing may not.
    lost = [table for table, count in rows().items() if contents["rows"].get(table, 0) and not count]
    if lost:
        raise ArchiveFailed(f"Empty after restoring: {', '.join(lost)}.")
    return contents


def restore_database(dump: Path) -> None:
    """All of it or nothing. The script goes through us: a server before 17 does not know one of its first settings."""
    reader = subprocess.Popen([program("pg_restore"), "--no-owner", "--file=-", dump], stdout=subprocess.PIPE)
    command = [program("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    writer = subprocess.Popen(
        [*command, "--output=/dev/null"], env=login(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert reader.stdout and writer.stdin and writer.stderr
    with reader.stdout, contextlib.suppress(BrokenPipeError), writer.stdin as script:
        for line in itertools.islice(reader.stdout, LINES_OF_SETTINGS):
            if not line.startswith(b"SET transaction_timeout"):
                script.write(line)
        shutil.copyfileobj(reader.stdout, script, 2**20)
    complaint = writer.stderr.read().decode(errors="replace")
    if writer.wait() or reader.wait():
        raise ArchiveFailed(f"Restoring the database failed, nothing was changed:\n{complaint}")


def client(name: str, *arguments: object) -> None:
    """Run one of PostgreSQL's own programs against our database, as its owner."""
    command = [program(name), *map(str, arguments)]
    done = subprocess.run(command, env=login(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise ArchiveFailed(f"{name} failed:\n{done.stdout}")


def program(name: str) -> str:
    return str(Server(settings.HOME).programs() / name)


def login() -> dict[str, str]:
    """The environment in which PostgreSQL's programs find our database."""
    found = connection.settings_dict
    known = {
        "PGHOST": found["HOST"],
        "PGPORT": found["PORT"],
        "PGUSER": found["USER"],
        "PGPASSWORD": found["PASSWORD"],
        "PGDATABASE": found["NAME"],
        "PGCLIENTENCODING": "UTF8",
    }
    return {**os.environ, **{key: str(value) for key, value in known.items() if value}}


def rows() -> dict[str, int]:
    """Table → number of rows."""
    counts = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
    return counts


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
