"""Names as they are typed."""

import pytest

from taizhang.kit.pinyin import spelled, spelled_person


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("集邮协会", "jiyouxiehui", "jyxh"),
        ("重庆银行业会计学会", "chongqingyinhangyekuaijixuehui", "cqyhykjxh"),
        ("ABC（女子）12", "abcnvzi12", "abcnz12"),
        ("", "", ""),
    ],
)
def test_a_name_is_spelled_as_its_words_are_read(name, full, initials):
    assert spelled(name) == (full, initials)


def test_a_surname_has_a_reading_of_its_own():
    assert spelled_person("单志重").full.startswith("shan")
    assert spelled_person("曾小会").initials == "zxh"
