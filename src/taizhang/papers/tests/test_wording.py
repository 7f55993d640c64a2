"""The language of wordings: blanks, what is left out, lists, numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.papers import wording
from taizhang.papers.kinds import Field, kinds

FIELDS = (Field("matter", "事项"), Field("number", "文号"), Field("steps", "要求", "list"))
GIVEN = {"事项": "建立支部", "文号": "", "要求": ["先甲", "后乙"]}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("同意{事项}。", "同意建立支部。"),
        ("收悉[（{文号}）]。", "收悉。"),
        ("[来文[（{文号}）]关于{事项}收悉。]", "来文关于建立支部收悉。"),
        ("一、同意。\n五、{要求}\n九、完。", "一、同意。\n二、先甲。\n三、后乙。\n四、完。"),
        ("一、做法\n（一）{要求}\n二、完", "一、做法\n（一）先甲。\n（二）后乙。\n二、完"),
        ("一、{文号}\n二、同意{事项}", "一、同意建立支部"),
        ("要求：{要求}。", "要求：先甲、后乙。"),
        ("2.5倍", "2.5倍"),
    ],
)
def test_filling(text, filled):
    assert wording.fill(text, GIVEN) == filled


def test_what_is_filled_in_is_not_read_as_wording():
    assert wording.fill("[甲{事项}]乙", {"事项": "{文号}[x]"}) == "甲｛文号｝［x］乙"
    assert wording.fill("甲{事项}", {"事项": "{文号}"}) == "甲{文号}"


@pytest.mark.parametrize(
    ("text", "code"),
    [("{颜色}", "unknown-blank"), ("{事项", "brace"), ("[甲{事项}", "bracket"), ("[甲]{事项}", "idle-bracket")],
)
def test_faults(text, code):
    assert code in {each.code for each in wording.faults(text, FIELDS, where="body")}


@given(st.text(alphabet="{}[]事项文号要求一、（）1.\n甲", max_size=60))
def test_any_text_is_either_faulty_or_can_be_filled(text):
    if not [each for each in wording.faults(text, FIELDS, where="body") if each.blocks]:
        assert isinstance(wording.fill(text, GIVEN), str)


def test_numbers_in_words():
    assert [wording.chinese(each) for each in (1, 9, 10, 11, 20, 34, 99)] == [
        "一",
        "九",
        "十",
        "十一",
        "二十",
        "三十四",
        "九十九",
    ]


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_the_wordings_that_come_with_the_kinds_have_no_fault(kind):
    assert [*wording.faults(kind.title, kind.fields, where="title")] == []
    found = [*wording.faults(kind.body, kind.fields, where="body")]
    assert [each for each in found if each.blocks] == []
    assert len({field.label for field in kind.fields}) == len(kind.fields)


def test_a_point_of_a_list_is_a_sentence():
    said = wording.fill("（一）{原因}", {"原因": ["正式党员2名，不足3名", "已经写完。", "写作“甲”"]})
    assert said.splitlines() == ["（一）正式党员2名，不足3名。", "（二）已经写完。", "（三）写作“甲”"]
