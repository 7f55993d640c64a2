"""The embedded server comes up whatever the last one left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from taizhang.kit.postgres import APPLICATION, DATABASE, OWNER, Server, ServerFailed

START = (
    "import sys, pathlib; from taizhang.kit.postgres import Server; print(Server(pathlib.Path(sys.argv[1])).start())"
)


@pytest.fixture
def server(tmp_path):
    one = Server(tmp_path / "home")
    yield one
    one.stop()
    shutil.rmtree(one.folder, ignore_errors=True)
    shutil.rmtree(one.sockets, ignore_errors=True)


def postmaster(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def ask(server: Server, question: str, *, user: str = OWNER) -> object:
    with psycopg.connect(host=str(server.sockets), user=user, dbname=DATABASE) as connection:
        return connection.execute(question).fetchone()[0]


def test_it_starts_is_shared_and_stops(server):
    server.start()
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < 0.5
    assert server.status()["running"]
    assert ask(server, "SHOW listen_addresses") == ""
    assert ask(server, "SHOW data_checksums") == "on"
    assert ask(server, "SELECT current_user", user=APPLICATION) == APPLICATION
    assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", user=APPLICATION) is False
    assert ask(server, "SELECT '党' ~ '[[:alpha:]]'") is True
    assert server.stop()
    assert not server.running()
    assert not server.stop()


def test_nobody_else_may_enter_its_folders(server):
    server.start()
    assert server.folder.stat().st_mode & 0o777 == 0o700
    assert server.sockets.stat().st_mode & 0o777 == 0o700


def test_four_starters_at_once_share_one_server(server):
    starters = [
        subprocess.Popen([sys.executable, "-c", START, str(server.home)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = {starter.communicate(timeout=120)[0].strip() for starter in starters}
    assert answers == {str(server.sockets)}
    assert [starter.returncode for starter in starters] == [0, 0, 0, 0]
    assert server.running()


def test_the_server_outlives_its_starter(server):
    subprocess.run([sys.executable, "-c", START, str(server.home)], check=True, stdout=subprocess.DEVNULL)
    assert server.running()


def test_after_a_kill_it_starts_again_and_keeps_what_was_committed(server):
    server.start()
    with psycopg.connect(host=str(server.sockets), user=OWNER, dbname=DATABASE, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(postmaster(server), signal.SIGKILL)
    server.start()
    assert ask(server, "SELECT number FROM kept") == 7


def test_a_pid_file_whose_number_passed_to_another_program_is_no_hindrance(server):
    server.start()
    file = server.data / "postmaster.pid"
    left_behind = file.read_text().splitlines()
    server.stop()
    left_behind[0] = str(os.getpid())  # alive, and not a server
    file.write_text("\n".join(left_behind) + "\n")
    assert not server.running()
    server.start()
    assert postmaster(server) != os.getpid()


def test_a_folder_with_a_long_name_gets_a_short_socket(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    sockets = Server(tmp_path / ("长" * 60)).sockets
    assert len(os.fsencode(sockets)) < 90


def test_an_interrupted_first_start_is_begun_anew(server):
    server._make_folders()
    server.data.mkdir()
    (server.data / "half").write_text("")
    server.start()
    assert server.running()


def test_data_of_another_major_version_are_not_touched(server):
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServerFailed, match=r"docs/how-to/upgrade\.md"):
        server.start()


@pytest.mark.parametrize("binaries", ["", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))])
def test_the_wheel_s_and_the_system_s_binaries_know_chinese_letters(server, monkeypatch, binaries):
    monkeypatch.setenv("TAIZHANG_POSTGRES_BIN", binaries)
    server.start()
    assert ask(server, "SELECT '党' ~ '[[:alpha:]]'") is True
    assert ask(server, "SHOW server_encoding") == "UTF8"
