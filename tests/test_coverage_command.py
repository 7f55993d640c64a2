"""`taizhang coverage`: a figure for programs and for people, on the server."""

import argparse
import json
from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from taizhang.config.commands import coverage
from taizhang.orgs.codes import region_name
from taizhang.stats.tests import story as told


@pytest.fixture
def story(world) -> told.Story:
    return told.tell(world)


@pytest.fixture
def ask(story, capsys):
    def asked(*arguments: str, code: int = 0):
        parser = argparse.ArgumentParser()
        coverage.configure(parser)
        assert coverage.run(parser.parse_args(["--on", "2017-12-31", *arguments])) == code
        printed = capsys.readouterr()
        return json.loads(printed.out) if "--json" in arguments and code == 0 else printed.out + printed.err

    return asked


def test_json_has_the_number_its_base_its_rate_and_its_definition(ask):
    answer = ask("--json")
    assert {key: answer[key] for key in ("figure", "day", "known_at", "base", "counted", "rate", "groups")} == {
        "figure": "organisation_coverage",
        "day": "2017-12-31",
        "known_at": None,
        "base": 9,
        "counted": 5,
        "rate": 5 / 9,
        "groups": [],
    }
    assert (answer["base_is"], answer["base_is_label"]) == ("entered", "已录入的社会组织")
    assert "正常状态" in answer["definition"]


@pytest.mark.parametrize("by", ["unit", "kind", "region", "level", "mode", "trade", "form"])
def test_groups_have_key_label_base_counted_and_rate_and_add_up(ask, by):
    answer = ask("--json", "--by", by)
    assert {*answer["groups"][0]} == {"key", "label", "base", "counted", "rate"}
    assert sum(group["base"] for group in answer["groups"]) == answer["base"]
    assert sum(group["counted"] for group in answer["groups"]) == answer["counted"]


def test_known_at_a_day_means_its_end_and_a_moment_is_the_offices(ask, story):
    told_at = localtime(story.moments["told"])
    assert ask("--json", "--known-at", told_at.isoformat())["counted"] == 4
    yesterday = (told_at - timedelta(days=1)).date()
    before = ask("--json", "--known-at", yesterday.isoformat())
    assert (before["base"], before["counted"], before["rate"]) == (None, None, None)
    assert before["not_known_before"]


def test_one_units_records_are_listed_and_counted(ask, story):
    answer = ask("--json", "--unit", "省教育厅", "--records")
    assert (answer["base"], answer["counted"]) == (1, 1)
    [record] = answer["records"]
    assert (record["label"], record["unit"], record["counted"]) == ("新名协会", "省教育厅", True)
    assert record["code"] == story.organizations["更名"].code


def test_since_another_day_every_change_is_told_in_a_sentence(ask):
    changed = ask("--json", "--since", "2017-09-30")["since"]
    assert {kind: each["count"] for kind, each in changed["changed"].items()} == {
        "joined": 0, "left": 1, "came": 1, "went": 1, "moved": 0,
    }  # fmt: skip
    sentences = {record["label"]: record["sentence"] for record in changed["records"]}
    assert sentences["注销协会"].startswith("注销协会：退出基数，不再计入。")


def test_another_figure_base_and_structure(ask):
    assert ask("--json", "--figure", "work_coverage")["counted"] == 7
    assert ask("--json", "--base", "registered")["base"] == 10
    assert ask("--json", "--organised", "now", "--by", "unit")["organised"] == "now"


def test_people_read_a_table(ask):
    printed = ask("--by", "unit", "--records", "--since", "2017-09-30")
    assert "党的组织覆盖" in printed and "基数：已录入的社会组织" in printed
    assert "55.6%" in printed and "省教育厅" in printed
    assert "✓ 单独协会  由中共单独协会支部覆盖" in printed


@pytest.mark.parametrize("wrong", [("--figure", "x"), ("--by", "colour"), ("--unit", "无此单位"), ("--base", "x")])
def test_wrong_use_ends_with_2_and_says_what_is_offered(ask, wrong):
    assert "taizhang coverage:" in ask(*wrong, code=2)


def test_a_change_is_not_told_backwards(ask):
    said = ask("--since", "2018-01-01", code=2)
    assert "2018-01-01" in said and "2017-12-31" in said


def test_regions_go_by_their_names_where_they_are_known(ask):
    labels = {group["key"]: group["label"] for group in ask("--by", "region", "--json")["groups"]}
    assert labels and all(label == region_name(key) for key, label in labels.items() if key)
    assert (region_name("340123"), region_name("340000"), region_name("999999")) == ("安徽省肥西县", "安徽省", "999999")
