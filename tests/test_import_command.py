"""`taizhang import`: the JSON that programs read, the exit code, and the annotated file."""

import argparse
import json

import openpyxl
import pytest

from taizhang.config.commands import import_
from taizhang.imports.models import Batch, State
from taizhang.imports.tests import files
from taizhang.orgs.models import Organization
from tests.world import code

HEADING = ["社会组织名称", "统一社会信用代码", "成立日期"]
GOOD = ["云岭省兰花协会", code("association", 1), "2003-05-16"]
BAD = ["云岭省桥梁学会", code("association", 2), "昨天"]
KEYS = ["batch", "rows", "accepted", "unchanged", "rejected", "warnings", "annotated", "errors"]


@pytest.fixture
def call(world, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def called(*rows, options=(), heading=HEADING, what="organisations", file=None):
        path = file or files.honest(tmp_path / "台账.xlsx", [heading, *rows])
        parser = argparse.ArgumentParser()
        import_.configure(parser)
        code = import_.run(parser.parse_args([what, str(path), "--on", "2017-06-30", *options]))
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if "--json" in options else printed.out + printed.err

    return called


def test_all_in_is_0_and_the_rows_sum_up(call):
    code, report = call(GOOD, options=["--json"])
    assert code == 0 and [*report] == KEYS
    assert (report["rows"], report["accepted"], report["unchanged"], report["rejected"], report["errors"]) == (
        1,
        1,
        0,
        0,
        [],
    )
    code, report = call(GOOD, options=["--json"])
    assert (code, report["accepted"], report["unchanged"]) == (0, 0, 1)


def test_an_error_is_1_with_its_place_and_nothing_enters(call, tmp_path):
    code, report = call(GOOD, BAD, options=["--json"])
    assert code == 1 and not Organization.objects.exists()
    assert report["rows"] == report["accepted"] + report["unchanged"] + report["rejected"] == 2
    assert report["accepted"] == 0
    assert report["errors"] == [
        {
            "sheet": "社会组织",
            "row": 3,
            "column": "成立日期",
            "value": "昨天",
            "code": "not-a-day",
            "message": "不能识别为日期。",
            "remedy": "请写成 1996-12-30。",
        }
    ]
    assert "不能识别为日期" in openpyxl.load_workbook(report["annotated"])["社会组织"]["C3"].comment.text


def test_good_rows_only_enters_them_and_is_still_1(call):
    code, report = call(GOOD, BAD, options=["--json", "--good-rows"])
    assert (code, report["accepted"], report["rejected"]) == (1, 1, 1)
    assert Organization.objects.count() == 1


def test_a_preview_enters_nothing(call):
    code, report = call(GOOD, options=["--json", "--preview"])
    assert (code, report["accepted"]) == (0, 1)
    assert not Organization.objects.exists()


def test_headings_are_mapped_on_the_command_line(call):
    options = ["--json", "--map", "组织=name", "--map", "代号=code"]
    code, report = call(GOOD, heading=["组织", "代号", "年月"], options=options)
    assert (code, report["accepted"]) == (0, 1)


def test_a_file_that_cannot_be_opened_is_an_error_with_a_remedy(call, tmp_path):
    code, report = call(file=files.billion_laughs(tmp_path / "a.xlsx"), options=["--json"])
    assert code == 1 and report["batch"] is None
    assert report["errors"][0]["code"] == "entity" and report["errors"][0]["remedy"]


def test_wrong_use_is_2(call, tmp_path):
    assert call(file=tmp_path / "nowhere.xlsx")[0] == 2
    assert call(GOOD, options=["--map", "甲=没有这一列"])[0] == 2
    assert call(GOOD, options=["--as", "nobody"])[0] == 2


def test_people_read_it_as_sentences(call):
    _, said = call(GOOD, BAD)
    assert "错误：社会组织 第 3 行 成立日期 “昨天” 不能识别为日期" in said
    assert "2 行，未入账" in said and "有错误 1 行" in said
    _, said = call(GOOD)
    assert "入账 1 行" in said
    assert "没有改动任何记录" in call(GOOD)[1]


def test_a_heading_that_the_file_does_not_have_is_wrong_use_and_leaves_no_batch(call):
    code, said = call(GOOD, options=["--map", "没有这一列=trade"])
    assert code == 2 and "没有这一列" in said
    assert all(heading in said for heading in HEADING)
    assert not Organization.objects.exists()
    assert [*Batch.objects.values_list("state", flat=True)] == [State.THROWN_AWAY]
    assert call(["农业", *GOOD], heading=["甲", *HEADING], options=["--map", "甲=trade"])[0] == 0


def test_the_annotated_copy_goes_where_it_was_asked_for_and_is_said(call, tmp_path):
    (tmp_path / "回执").mkdir()
    code, said = call(BAD, options=["--annotated", str(tmp_path / "回执" / "标注.xlsx")])
    assert code == 1 and str(tmp_path / "回执" / "标注.xlsx") in said
    assert (tmp_path / "回执" / "标注.xlsx").exists() and not (tmp_path / "台账-检查.xlsx").exists()
    code, said = call(BAD)
    assert str(tmp_path / "台账-检查.xlsx") in said and (tmp_path / "台账-检查.xlsx").exists()
