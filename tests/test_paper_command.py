"""`taizhang paper check`: a file and a digest, without a database and with it."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from taizhang.config import cli
from taizhang.papers import actions as papers
from taizhang.papers import digest, fonts, printing
from taizhang.papers.content import issued_content
from taizhang.papers.tests.office import ISSUED, office_of


@pytest.fixture
def issued(world, tmp_path, monkeypatch):
    monkeypatch.setattr("taizhang.config.schema.make_current", lambda: None)
    paper = office_of(world).issued()
    rendering = papers.render(paper, by=world.clerk)
    file = tmp_path / "paper.pdf"
    file.write_bytes(bytes(rendering.pdf))
    return paper, rendering, file


def run(*arguments) -> int:
    return cli.main(["paper", *map(str, arguments)])


def test_a_file_as_it_was_issued_passes(issued, capsys):
    paper, rendering, file = issued
    assert run("check", file) == 0
    assert "没有改动" in capsys.readouterr().out
    assert run("check", file, "--digest", digest.grouped(rendering.digest).upper()) == 0
    assert run("check", file, "--digest", rendering.digest[:16]) == 0
    assert run("check", file, "--register", "--json") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["register"] == {"number": paper.number, "title": paper.title, "issued_on": "2017-08-29", "void": False}


def test_a_changed_file_and_another_digest_do_not_pass(issued, capsys):
    paper, rendering, file = issued
    assert run("check", file, "--digest", "0123456789abcdef") == 1
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert run("check", file) == 1
    assert "被改动过" in capsys.readouterr().out


def test_a_forger_who_prints_a_new_digest_is_found_by_the_paper_or_the_register(issued, capsys):
    paper, rendering, file = issued
    forged = digest.stamp(printing.pdf(replace(issued_content(paper), title="关于同意别的事的批复")))
    file.write_bytes(forged.pdf)
    assert run("check", file) == 0
    assert run("check", file, "--digest", rendering.digest) == 1
    assert run("check", file, "--register") == 1
    assert "登记里没有这一份" in capsys.readouterr().out


def test_a_void_paper_is_told_to_be_void(issued, world, capsys):
    paper, rendering, file = issued
    papers.void(paper, on=ISSUED, by=world.leader, note="改由后一次会议决定")
    assert run("check", file) == 0
    assert run("check", file, "--register") == 1
    assert "已作废" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n%%EOF", os.urandom(3000)], ids=["empty", "bare", "noise"])
def test_what_is_no_paper_of_ours_is_said_to_be_none(tmp_path, capsys, content):
    file = tmp_path / "other.pdf"
    file.write_bytes(content)
    assert run("check", file) == 1
    assert "不是本系统印发的正本" in capsys.readouterr().out


def test_wrong_use(tmp_path, capsys):
    assert run("check", tmp_path / "none.pdf") == 2
    (tmp_path / "a.pdf").write_bytes(b"")
    assert run("check", tmp_path / "a.pdf", "--digest", "12 34") == 2


def test_it_needs_neither_database_nor_settings(issued, tmp_path):
    """Where nothing of the office is: an empty folder, no variables of ours."""
    paper, rendering, file = issued
    bare = {
        "PATH": os.environ["PATH"],
        "TAIZHANG_HOME": str(tmp_path / "nothing"),
        "DATABASE_URL": "postgresql://nobody@nowhere/none",
    }
    command = [sys.executable, "-m", "taizhang.config.cli", "paper", "check", str(file), "--digest", rendering.digest]
    done = subprocess.run(command, env=bare, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "nothing").exists()


def test_fonts_are_named(capsys):
    assert run("fonts", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["fonts"]) == set(fonts.CALLED.values())
