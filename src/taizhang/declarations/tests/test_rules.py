"""The arithmetic of 《社会组织党建情况年报表》, and what is wrong with values: no database."""

import pytest

from taizhang.declarations.rules import obstacles_to_unknown_party, obstacles_to_values
from taizhang.declarations.sections import Record
from taizhang.declarations.tests.campaign import DIVIDED, HEADS
from taizhang.orgs.rules import problems_with_heads


def found(divided=None, **changed) -> list[str]:
    heads = HEADS | {name: value for name, value in changed.items() if name in HEADS}
    rest = {name: value for name, value in changed.items() if name not in HEADS}
    return [each.code for each in problems_with_heads(heads, (divided or DIVIDED) | rest)]


def test_a_table_that_adds_up():
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"leaders": 9}, "heads-leaders"),
        ({"applicants": 6}, "heads-applicants"),
        ({"activists": 3, "candidates": 2}, "heads-applicants"),
        ({"leaders_part_time": 3}, "heads-leaders-part-time"),
        ({"leader_members": 3}, "heads-leader-members"),
        ({"full_time_members": 4}, "heads-full-time-members"),
        ({"held_other": 1}, "heads-held-here"),
        ({"held_here": 3, "held_locality": 0, "held_employer": 0}, "heads-held-here"),
    ],
)
def test_each_relation_of_the_table(changed, code):
    assert code in found(**changed)


def test_members_are_the_sum_of_the_places_where_relations_are_held():
    said = [each.reason for each in problems_with_heads(HEADS, DIVIDED | {"held_employer": 5})]
    assert said == ["组织关系所在各处合计6人，党员3人，两数应当相等"]


def test_without_the_breakdown_only_the_heads_are_judged():
    assert list(problems_with_heads(HEADS)) == []
    assert [each.code for each in problems_with_heads(HEADS | {"party_members": 9})] == ["heads-party-members"]


def test_values_by_themselves():
    record = Record("particulars", "基本情况", {"name": "甲", "region": "999999"})
    assert [each.code for each in obstacles_to_values(record, {"region": "999999"})] == []
    assert [each.code for each in obstacles_to_values(record, {"region": "123456", "kind": "club"})] == [
        "not-a-choice",
        "region-unknown",
    ]


def test_a_party_organisation_nobody_approved_is_none():
    assert len(list(obstacles_to_unknown_party({"approved_by": "", "approval": None}))) == 2
    assert list(obstacles_to_unknown_party({"approved_by": "机关工委", "approval": "1号"})) == []
