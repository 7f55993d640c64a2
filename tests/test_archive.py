"""A backup can be read back, elsewhere, and says so when it cannot."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang.config import archive
from taizhang.kit.postgres import Server

LIVED = """
from datetime import date
from taizhang.accounts.actions import found
from taizhang.accounts.models import Role
from taizhang.ledger.sealing import seal_what_waits
from taizhang.cases import actions as cases
committee, made = found(name="某省社会组织综合党委", administrators={
    Role.SYSTEM_ADMIN: ("admin", "甲"), Role.SECURITY_ADMIN: ("anquan", "乙"), Role.AUDIT_ADMIN: ("shenji", "丙")}, by=None)
for number in range(2):
    cases.do_at_once("test:again", "记一次", unit=committee, by=next(iter(made.values()))[0], on=date(2017, 1, 1))
seal_what_waits()
"""
COMMAND = [sys.executable, "-m", "taizhang.config.cli"]


@pytest.fixture
def installation(tmp_path):
    """installation(name) → a function that runs the command `taizhang` in an installation of its own."""
    made: list[Server] = []

    def make(name: str):
        home = tmp_path / name
        made.append(Server(home))
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "TAIZHANG_", "DJANGO_"))
        }
        environment |= {"TAIZHANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "taizhang.config.settings"}

        def taizhang(*arguments: object) -> subprocess.CompletedProcess[str]:
            command = [*COMMAND, *map(str, arguments)]
            return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)

        return taizhang

    yield make
    for server in made:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)
        shutil.rmtree(server.sockets, ignore_errors=True)


def test_a_backup_comes_back_in_another_installation_with_the_keys_and_not_without(installation, tmp_path):
    office, elsewhere = installation("office"), installation("elsewhere")
    assert office("migrate").returncode == 0
    (tmp_path / "office" / "files").mkdir()
    (tmp_path / "office" / "files" / "登记表.txt").write_text("附件", encoding="utf-8")
    inside = office("backup", tmp_path / "backup", "--keys", tmp_path / "backup" / "keys")
    assert inside.returncode == 2 and "密钥" in inside.stderr
    written = office("manage", "shell", "-c", LIVED)
    assert written.returncode == 0, written.stderr
    done = office("backup", tmp_path / "backup", "--keys", tmp_path / "safe")
    assert done.returncode == 0, done.stderr
    contents = json.loads((tmp_path / "backup" / "contents.json").read_text())
    assert contents["rows"]["cases_office"] == 1
    evidence = contents["evidence"]
    assert evidence["ok"] and evidence["steps"] == 2 and evidence["head"] and contents["fingerprints"]["cases_step"]
    assert (tmp_path / "safe").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "backup" / "database.dump").stat().st_mode & 0o777 == 0o600

    without_keys = elsewhere("restore", tmp_path / "backup")
    assert without_keys.returncode == 1 and "TAIZHANG_KEYS" in without_keys.stderr
    (tmp_path / "elsewhere" / "keys").unlink()
    done = elsewhere("restore", tmp_path / "backup", "--keys", tmp_path / "safe")
    assert done.returncode == 0, done.stderr
    verified = json.loads(elsewhere("verify", "--json").stdout)
    assert {name: verified[name] for name in evidence} == evidence
    assert (tmp_path / "elsewhere" / "files" / "登记表.txt").read_text(encoding="utf-8") == "附件"
    assert elsewhere("migrate", "--check").returncode == 0
    privileges = [
        each
        for each in json.loads(elsewhere("doctor", "--json").stdout)["findings"]
        if each["code"] in ("privileges", "role")
    ]
    assert [each["state"] for each in privileges] == ["ok", "ok"]

    again = elsewhere("restore", tmp_path / "backup")
    assert again.returncode == 1 and "不是空的" in again.stderr
    Path(tmp_path / "backup" / "files.tar").write_bytes(b"")
    damaged = elsewhere("restore", tmp_path / "backup")
    assert damaged.returncode == 1 and "已损坏" in damaged.stderr


def test_a_folder_that_is_no_backup_is_refused_in_words(tmp_path):
    for content in (None, "", "[]", '{"rows": {}}'):
        if content is not None:
            (tmp_path / archive.CONTENTS).write_text(content, encoding="utf-8")
        with pytest.raises(archive.ArchiveFailed, match="不是 taizhang backup 写出的文件夹"):
            archive.contents_of(tmp_path)
