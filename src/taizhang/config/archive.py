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
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from taizhang.config import environment
from taizhang.kit.postgres import APPLICATION, Server
from taizhang.ledger.marking import SETTINGS
from taizhang.ledger.verifying import verify

DATABASE, FILES, CONTENTS = "database.dump", "files.tar", "contents.json"
LINES_OF_SETTINGS = 60


class ArchiveFailed(RuntimeError):
    """The backup could not be written or read back; the text says why."""


def write(folder: Path) -> dict[str, Any]:
    """The folder holds the whole installation as of one moment, but for its keys. Returns its table of contents."""
    environment.private_folder(folder)
    if any(folder.iterdir()):
        raise ArchiveFailed(f"{folder} 不是空文件夹；每次备份请另给一个新文件夹。")
    begun = datetime.now(UTC)
    with of_one_moment() as snapshot:
        client("pg_dump", "--format=custom", "--compress=6", "--no-owner", snapshot, f"--file={folder / DATABASE}")
        counted, taken, evidence = rows(), fingerprints(), verify()
    if evidence.first_bad:
        print(f"taizhang: 台账与写入时不一致：{evidence.first_bad.sentence}。备份照原样写出。", file=sys.stderr)
    with tarfile.open(folder / FILES, "w") as files:
        if Path(settings.MEDIA_ROOT).is_dir():
            files.add(settings.MEDIA_ROOT, arcname=".")
    contents = {
        "taizhang": version("taizhang"),
        "begun": begun.isoformat(timespec="seconds"),
        "keys": [name for name, _ in settings.TAIZHANG_KEYS],
        "sha256": {name: digest(folder / name) for name in (DATABASE, FILES)},
        "rows": counted,
        "fingerprints": taken,
        "evidence": evidence.as_dict(),
    }
    (folder / CONTENTS).write_text(json.dumps(contents, ensure_ascii=False, indent=2), encoding="utf-8")
    for file in folder.iterdir():
        file.chmod(0o600)
    return contents


def write_keys(file: Path) -> None:
    """A new file of lines for the environment, that only we may read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.writelines(
            f"{name}={value}\n" for name, value in environment.keys(production=settings.PRODUCTION).items()
        )


def read_back(folder: Path) -> dict[str, Any]:
    """The empty database has become the one of the backup, the files stand where they stood."""
    contents = contents_of(folder)
    for name, expected in contents["sha256"].items():
        if digest(folder / name) != expected:
            raise ArchiveFailed(f"{folder / name} 已损坏：散列与 {CONTENTS} 里的不符。")
    missing = set(contents["keys"]) - {name for name, _ in settings.TAIZHANG_KEYS}
    if missing:
        raise ArchiveFailed(f"TAIZHANG_KEYS 缺少 {'、'.join(sorted(missing))}：没有它们，加密的字段读不出来。")
    if connection.introspection.table_names():
        raise ArchiveFailed("数据库不是空的。请恢复到新建的空库；原来的库不会被动。")
    find_or_make_role()
    connection.close()
    restore_database(folder / DATABASE)
    target = environment.private_folder(Path(settings.MEDIA_ROOT))
    with tarfile.open(folder / FILES) as files:
        files.extractall(target, filter="data")
    contents["differing"] = differing(contents)
    return contents


def find_or_make_role() -> None:
    """The dump grants to the application's role, which belongs to the server and not to the database: a new server has none."""
    with connection.cursor() as cursor:
        cursor.execute(import_module("taizhang.kit.migrations.0001_house").ROLE)
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [APPLICATION])
        if not cursor.fetchone()[0]:
            raise ArchiveFailed(
                f"服务器上没有角色 {APPLICATION}，这个账户也不能建。请数据库管理员先执行：CREATE ROLE {APPLICATION} LOGIN;"
            )


def contents_of(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        found = {}
    if not isinstance(found, dict) or not {"begun", "keys", "rows", "sha256"} <= set(found):
        raise ArchiveFailed(f"{folder} 不是 taizhang backup 写出的文件夹：里面没有完好的 {CONTENTS}。")
    return found


def differing(contents: dict) -> list[str]:
    """What is not as it was backed up, in words; raises where the ledger itself is not. Nothing is written before it is asked."""
    counted = rows()
    lost = [table for table, count in contents["rows"].items() if counted.get(table) != count]
    if lost:
        raise ArchiveFailed(f"恢复后行数与备份时不同：{'、'.join(lost)}。")
    taken = fingerprints()
    changed = [table for table, each in contents.get("fingerprints", {}).items() if taken.get(table) != each]
    if changed:
        raise ArchiveFailed(f"恢复后内容与备份时不同：{'、'.join(changed)}。")
    if "evidence" not in contents:  # written before there was a chain
        return []
    evidence, was = verify(), contents["evidence"]
    if evidence.head != was["head"] or (evidence.steps, evidence.facts) != (was["steps"], was["facts"]):
        raise ArchiveFailed("存证链的链头与备份时不同。")
    if evidence.first_bad and was["ok"]:
        raise ArchiveFailed(f"台账与写入时不一致：{evidence.first_bad.sentence}")
    return [] if evidence.ok else [bad.sentence for bad in evidence.bad]


@contextlib.contextmanager
def of_one_moment() -> Iterator[str]:
    """What is dumped, counted and verified is the same moment's, while others write. Yields the option for pg_dump."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield f"--snapshot={cursor.fetchone()[0]}"


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
        raise ArchiveFailed(f"数据库没有恢复成，什么也没有改动：\n{complaint}")


def client(name: str, *arguments: object) -> None:
    """Run one of PostgreSQL's own programs against our database, as its owner."""
    command = [program(name), *map(str, arguments)]
    done = subprocess.run(command, env=login(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise ArchiveFailed(f"{name} 没有做成：\n{done.stdout}")


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


def fingerprints() -> dict[str, str]:
    """Table → a sum over its rows, whatever their order."""
    found = {}
    with connection.cursor() as cursor, transaction.atomic():
        for name, value in SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(
                f"""SELECT coalesce(sum(('x' || left(h, 15))::bit(60)::bigint), 0) || '-' ||
                    coalesce(sum(('x' || right(h, 15))::bit(60)::bigint), 0)
                FROM (SELECT md5(t::text) AS h FROM {connection.ops.quote_name(table)} t) each"""
            )
            found[table] = cursor.fetchone()[0]
    return found


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
