"""Names that play tricks: signs nobody sees, signs that look like others, letters of another script."""

import pytest

from taizhang.imports.values import Text
from taizhang.kit.text import obstacles_in_name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("甲\u202e会协", "name-invisible"),  # reads backwards
        ("甲\u200b协会", "name-invisible"),
        ("甲\ufeff协会", "name-invisible"),
        ("甲\u2066协会", "name-invisible"),
        ("甲\x07协会", "name-invisible"),
        ("甲\xad协会", "name-invisible"),
        ("甲\u3164协会", "name-invisible"),  # a Korean letter without ink
        ("甲\u2800协会", "name-invisible"),  # Braille without a dot
        ("⼤学生协会", "name-lookalike"),  # U+2F24, a radical
        ("\uf9d1安协会", "name-lookalike"),  # a compatibility ideograph
        ("甲协会А", "name-foreign-letter"),  # a Cyrillic A
        ("甲协会Ο", "name-foreign-letter"),  # a Greek O
    ],
)
def test_a_trick_is_flagged_beside_the_name_with_its_place(name, code):
    (found,) = obstacles_in_name(name)
    assert (found.code, found.where, found.blocks) == (code, "name", code != "name-foreign-letter")


@pytest.mark.parametrize(
    "name", ["云岭省兰花协会", "阿卜杜拉·买买提", "𬱖䶮", "ABC（中国）协会", "Ａ类企业商会", "协会 ", "〇一"]
)
def test_honest_names_pass(name):
    assert list(obstacles_in_name(name)) == []


def test_a_lookalike_is_told_what_it_looks_like():
    (found,) = obstacles_in_name("⼤学")
    assert "大" in found.remedy and "第1个字" in found.reason


def test_every_trick_of_a_name_is_told_at_once():
    assert {each.code for each in obstacles_in_name("⼤\u200bА")} == {
        "name-invisible",
        "name-lookalike",
        "name-foreign-letter",
    }


def test_a_workbook_is_told_too():
    value, notes = Text()("甲\u202e协会")
    assert value == "甲\u202e协会" and [note.code for note in notes] == ["name-invisible"]


def test_nobody_is_entered_under_such_a_name(world, client):
    client.force_login(world.clerk)
    for address, data in (
        ("/orgs/register/", {"name": "甲\u202e协会"}),
        (
            "/orgs/units/create/",
            {"name": "省\u200b厅", "kind": "supervising", "parent": world.committee.pk, "on": "2017-06-01"},
        ),
    ):
        answer = client.post(address, data)
        assert answer.status_code == 422
    assert "看不见的字符" in answer.content.decode()
