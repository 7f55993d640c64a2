import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.imports.values import ERROR, NOTE, WARNING, YES_NO, Choice, Code, Day, Days, Number, Text
from taizhang.kit.text import fold


def codes(reading):
    return [note.code for note in reading[1]]


@pytest.mark.parametrize(
    "written",
    ["1996-12-30", "1996.12.30", "1996/12/30", "1996年12月30日", "１９９６－１２－３０", "19961230", "35429", "35429.0", "35429.75",
     "1996-12-30 10:15:00", "一九九六年十二月三十日", " 1996.12.30 ", "1996年12月30"],
)  # fmt: skip
def test_a_day_is_read_in_every_shape(written):
    assert Day()(written) == ("1996-12-30", ())


@pytest.mark.parametrize("written", ["1996/12", "1996年12月", "199612", "1996.12", "1996-12"])
def test_a_month_becomes_its_first_day_with_a_warning(written):
    value, notes = Day()(written)
    assert value == "1996-12-01"
    assert [(note.code, note.severity) for note in notes] == [("day-missing", WARNING)]


@pytest.mark.parametrize(
    "written", ["1900-01-01", "1899-12-30", "1900/1/0", "至", "nan", "NaN", "无", "暂无", "00:00:00", "0", "1", "-"]
)
def test_a_day_that_is_none_becomes_empty_with_a_note(written):
    value, notes = Day()(written)
    assert value is None
    assert [note.severity for note in notes] == [NOTE]


@pytest.mark.parametrize(
    "written", ["1996-02-30", "1996", "1996年", "12/30/1996", "昨天", "2012-05-01至2016-05-01", "0999-01-01", "#N/A"]
)
def test_what_is_not_a_day_is_an_error_that_says_what_to_do(written):
    value, notes = Day()(written)
    assert value is None
    assert [note.severity for note in notes] == [ERROR]
    assert all(note.remedy for note in notes)


def test_a_blank_cell_says_nothing():
    for reader in (Day(), Days(), Text(), Code(), Number(), YES_NO):
        assert reader("  \u3000 ") == (None, ())


@pytest.mark.parametrize(
    "written",
    [
        "2012-05-01至2017-04-30",
        "2012.5.1-2017.4.30",
        "2012年5月1日—2017年4月30日",
        "2012-05-01 - 2017-04-30",
        "2012/5/1~2017/4/30",
    ],
)
def test_a_term_is_read_in_every_shape(written):
    assert Days()(written) == ("[2012-05-01,2017-04-30]", ())


def test_a_term_may_be_open_and_must_not_run_backwards():
    assert Days()("2012-05-01至今") == ("[2012-05-01,]", ())
    assert codes(Days()("2017-04-30至2012-05-01")) == ["reversed-range"]
    assert codes(Days()("1900-01-01至1899-12-30")) == ["no-day", "no-day"]
    assert codes(Days()("至")) == ["no-day"]


def test_numbers():
    assert [Number()(text)[0] for text in ("12", "１２", "1,234", "12人", "12.0", "0")] == [
        "12",
        "12",
        "1234",
        "12",
        "12",
        "0",
    ]
    assert codes(Number()("约12")) == ["not-a-number"]
    assert codes(Number()("12.5")) == ["not-a-number"]
    assert codes(Number()("-3")) == ["out-of-range"]


def test_text_is_kept_as_written_and_folded_only_to_match():
    assert Text()(" 云岭省（兰花）协会\n分会 ") == ("云岭省（兰花）协会分会", ())
    assert fold("云岭省（兰花） 协会１") == fold("云岭省(兰花)协会1") == fold("云岭省〔兰花〕协会１")


def test_odd_text_is_flagged():
    assert codes(Text()("云岭\ue123协会")) == ["private-use"]
    assert codes(Text(longest=3)("四个字呢")) == ["too-long"]
    assert codes(Text(single=True)("省民政厅、省科技厅")) == ["two-values"]
    assert codes(Text(single=True)("省民政厅/省科技厅")) == ["two-values"]
    assert codes(Text(single=True)("中共云岭省委组织部")) == []


def test_codes_are_folded_and_lost_digits_are_an_error():
    assert Code()(" ５１３４0000 5000 ")[0] == "513400005000"
    assert codes(Code()("3.40123199001010E+17")) == ["precision-lost"]


def test_choices_know_their_synonyms():
    mode = Choice(("direct", "直接登记", "直登"), ("dual", "双重管理"))
    assert mode("直登") == ("direct", ())
    assert codes(mode("大概是直接")) == ["not-a-choice"]
    assert mode.label("dual") == "双重管理"
    assert [YES_NO(text)[0] for text in ("是", "√", "否", "TRUE")] == ["true", "true", "false", "true"]


@given(st.text(max_size=60))
def test_no_text_at_all_breaks_a_reader(text):
    for reader in (Day(), Days(), Text(), Text(single=True), Code(), Number(), YES_NO):
        value, notes = reader(text)
        assert value is None or isinstance(value, str)
        assert all(note.message and note.remedy for note in notes)
