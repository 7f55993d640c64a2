"""How a cell's text becomes a value: one reader per kind of column.

A reader is called with the text as written and answers (value, notes); the value is text that PostgreSQL can cast, or
None. The text itself is never changed for the record: folding serves matching only.
"""

import datetime
import re
import unicodedata
from dataclasses import dataclass

from taizhang.kit.naming import PRIVATE_USE
from taizhang.kit.text import fold, obstacles_in_name

ERROR, WARNING, NOTE = "error", "warning", "note"

EMPTY_WORDS = frozenset(
    (
        "-",
        "--",
        "---",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "暂无",
        "没有",
        "空",
        "不详",
        "待定",
        "nan",
        "null",
        "none",
        "n/a",
        "nil",
        "nat",
    )
)
ERROR_VALUES = frozenset(("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"))
LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+")


@dataclass(frozen=True)
class Note:
    """Something about one cell that the person should know."""

    code: str
    severity: str
    message: str
    remedy: str


Reading = tuple[str | None, tuple[Note, ...]]


def tidy(text: str) -> str:
    """As written, without the blanks around it and the line breaks that only fold a cell."""
    text = text.strip()
    return LINE_BREAK.sub("", text) if "\n" in text or "\r" in text else text


class Reader:
    """Blank cells, words that mean blank, and error values are the same for every kind of column."""

    expected = "文字"
    choices: tuple[str, ...] = ()

    def __call__(self, text: str) -> Reading:
        written = tidy(text)
        if not written:
            return None, ()
        if written.lower() in EMPTY_WORDS:
            return None, (Note("empty-word", NOTE, f"“{written}”按空白处理。", "没有内容时请留空。"),)
        if written.startswith("#") and written.upper() in ERROR_VALUES:
            return None, (
                Note(
                    "error-value", ERROR, f"单元格的公式出错（{written}）。", f"请改正公式，或直接填写{self.expected}。"
                ),
            )
        return self.read(written)

    def read(self, written: str) -> Reading:
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Reader):
    longest: int = 200
    single: bool = False  # one name, not a list of them

    def read(self, written: str) -> Reading:
        notes = []
        if len(written) > self.longest:
            notes.append(Note("too-long", ERROR, f"超过 {self.longest} 个字。", "请缩短。"))
        if PRIVATE_USE.search(written):
            notes.append(
                Note(
                    "private-use",
                    WARNING,
                    "含有造字或乱码字符，别的电脑上可能显示不出来。",
                    "请核对，能用标准汉字的请改用标准汉字。",
                )
            )
        notes += [
            Note(each.code, WARNING, f"{each.reason}。", f"{each.remedy}。") for each in obstacles_in_name(written)
        ]
        if self.single and len(parts := split_values(written)) > 1:
            notes.append(
                Note(
                    "two-values",
                    ERROR,
                    f"一个单元格里有 {len(parts)} 个值：{'；'.join(parts)}。",
                    "请只保留一个，其余写入备注。",
                )
            )
        return written, tuple(notes)


SEPARATORS = re.compile(r"[、;；,，\n|]|(?<=[\u4e00-\u9fff)）])[/／](?=[\u4e00-\u9fff])")


def split_values(written: str) -> list[str]:
    return [part.strip() for part in SEPARATORS.split(written) if part.strip()]


@dataclass(frozen=True)
class Code(Reader):
    """A number that is a name: digits and letters, full width folded, no blanks."""

    longest: int = 40
    expected = "号码"

    def read(self, written: str) -> Reading:
        if "+" in written and SCIENTIFIC.fullmatch(written.upper()):
            return None, (
                Note(
                    "precision-lost",
                    ERROR,
                    "号码被表格软件当成了数字，后几位已经丢失。",
                    "请先把这一列设为“文本”格式，再重新填写号码。",
                ),
            )
        value = "".join(written.upper().split()) if written.isascii() else fold(written)
        value = value.lstrip("'").removesuffix(".0")
        if len(value) > self.longest:
            return None, (Note("too-long", ERROR, f"超过 {self.longest} 个字符。", "请核对号码。"),)
        return value, ()


@dataclass(frozen=True)
class Number(Reader):
    least: int = 0
    most: int = 10_000_000
    expected = "整数"

    def read(self, written: str) -> Reading:
        plain = re.sub(r"[,，\s]", "", unicodedata.normalize("NFKC", written))
        match = re.fullmatch(r"([+-]?\d{1,12})(?:\.0+)?[人名个家位]?", plain)
        if not match:
            return None, (Note("not-a-number", ERROR, "不是整数。", "请只填数字，例如 12。"),)
        number = int(match[1])
        if not self.least <= number <= self.most:
            return None, (Note("out-of-range", ERROR, f"应在 {self.least} 到 {self.most} 之间。", "请核对数字。"),)
        return str(number), ()


class Choice(Reader):
    """One of a few: (value, label, other ways to say it …)."""

    def __init__(self, *options: tuple[str, ...], severity: str = ERROR):
        self.options = options
        self.severity = severity
        self.choices = tuple(option[1] for option in options)
        self.meaning = {fold(word): option[0] for option in options for word in option}
        self.expected = "、".join(self.choices)

    def __call__(self, text: str) -> Reading:
        value = self.meaning.get(fold(text)) if text else None  # 无 may be one of the choices
        return (value, ()) if value is not None else super().__call__(text)

    def read(self, written: str) -> Reading:
        value = self.meaning.get(fold(written))
        if value is None:
            return None, (
                Note("not-a-choice", self.severity, f"“{written[:40]}”不在可选范围内。", f"可填：{self.expected}。"),
            )
        return value, ()

    def label(self, value: str | None) -> str:
        return next((option[1] for option in self.options if option[0] == value), value or "")


class YesNo(Choice):
    """The value is true or false."""

    def __init__(self) -> None:
        super().__init__(
            ("true", "是", "有", "√", "✓", "Y", "YES", "TRUE", "1"),
            ("false", "否", "无", "没有", "×", "N", "NO", "FALSE", "0"),
        )


YES_NO = YesNo()

# -- days

CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
EPOCH = datetime.date(1899, 12, 30)
BLANK_DAYS = frozenset((datetime.date(1899, 12, 30), datetime.date(1899, 12, 31), datetime.date(1900, 1, 1)))
TIME_OF_DAY = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
RANGE_MARK = re.compile(r"[至到~～]|--|—+|(?<=[日月年\d]) *- +(?=\d)|(?<=\d)-(?=\d{4}[./年])")


@dataclass(frozen=True)
class Day(Reader):
    expected = "日期，例如 1996-12-30"

    def read(self, written: str) -> Reading:
        parts = [part for part in RANGE_MARK.split(written) if part.strip()]
        if not parts:
            return None, (_no_day(written),)
        if len(parts) > 1:
            return None, (
                Note("a-range", ERROR, "这里应填一个日期，不是起止日期。", "请只填一个日期，例如 1996-12-30。"),
            )
        return _read_day(parts[0].strip())


@dataclass(frozen=True)
class Days(Reader):
    """From a day to a day in one cell; the value is a PostgreSQL daterange, both days included."""

    expected = "起止日期，例如 2012-05-01 至 2017-04-30"

    def read(self, written: str) -> Reading:
        marks = RANGE_MARK.split(written)
        if not any(mark.strip() for mark in marks):
            return None, (_no_day(written),)
        if len(marks) > 2:
            return None, (Note("not-a-day", ERROR, "不能识别为起止日期。", "请写成 2012-05-01 至 2017-04-30。"),)
        start, notes = _read_day(marks[0].strip()) if marks[0].strip() else (None, ())
        end, more = (
            _read_day(marks[1].strip())
            if len(marks) == 2 and marks[1].strip() not in ("", "今", "现在")
            else (None, ())
        )
        notes += more
        if start and end and start > end:
            return None, (*notes, REVERSED)
        if start is None and end is None:
            return None, notes
        return f"[{start or ''},{end or ''}]", notes


REVERSED = Note("reversed-range", ERROR, "开始日期晚于结束日期。", "请核对两个日期是否写反。")


def _no_day(written: str) -> Note:
    return Note("no-day", NOTE, f"“{written[:20]}”不是真实日期，按空白处理。", "没有日期时请留空。")


def _read_day(written: str) -> Reading:
    text = unicodedata.normalize("NFKC", written)
    if re.fullmatch(r"0?0:00(:00)?", text):
        return None, (_no_day(written),)
    text = TIME_OF_DAY.sub("", text)
    if "年" in text:
        text = _chinese_numerals(text)
    plain = text.replace(" ", "")
    if re.fullmatch(r"\d+(\.\d+)?", plain) and not re.fullmatch(r"\d{4}\.\d{1,2}", plain):
        return _from_digits(plain, written)
    match = re.fullmatch(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})?日?)?", plain)
    if not match:
        if re.fullmatch(r"\d{4}年?", plain):
            return _year_alone()
        return _not_a_day()
    return _day(int(match[1]), int(match[2]), int(match[3]) if match[3] else None, written)


def _from_digits(digits: str, written: str) -> Reading:
    if re.fullmatch(r"\d{8}", digits):
        return _day(int(digits[:4]), int(digits[4:6]), int(digits[6:]), written)
    if re.fullmatch(r"(19|20)\d{4}", digits):
        return _day(int(digits[:4]), int(digits[4:]), None, written)
    if re.fullmatch(r"(1[89]|20)\d\d", digits):
        return _year_alone()
    serial = int(float(digits))
    if serial in (0, 1, 2):
        return None, (_no_day(written),)
    if 10_000 <= serial <= 73_050:  # 1927 to 2099; smaller numbers are more likely something else
        return str(EPOCH + datetime.timedelta(days=serial)), ()
    return _not_a_day()


def _day(year: int, month: int, day: int | None, written: str) -> Reading:
    try:
        found = datetime.date(year, month, day or 1)
    except ValueError:
        if (year, month, day) == (1900, 1, 0):
            return None, (_no_day(written),)
        return None, (Note("not-a-day", ERROR, "没有这一天。", "请核对年月日，写成 1996-12-30。"),)
    if found in BLANK_DAYS:
        return None, (_no_day(written),)
    if not 1900 <= year <= 2100:
        return None, (Note("out-of-range", ERROR, "年份不在 1900 到 2100 之间。", "请核对年份。"),)
    if day is None:
        return str(found), (Note("day-missing", WARNING, "只有年月，按当月 1 日处理。", "知道具体日期的请补上。"),)
    return str(found), ()


def _chinese_numerals(text: str) -> str:
    def two_digits(match: re.Match) -> str:
        before, after = match[1], match[2]
        return str(
            (int(before.translate(CHINESE_DIGITS)) if before else 1) * 10
            + (int(after.translate(CHINESE_DIGITS)) if after else 0)
        )

    text = re.sub(r"([一二三])?十([一二三四五六七八九])?", two_digits, text)
    return text.translate(CHINESE_DIGITS)


def _year_alone() -> Reading:
    return None, (Note("not-a-day", ERROR, "只有年份。", "请写出年月日，例如 1996-12-30。"),)


def _not_a_day() -> Reading:
    return None, (Note("not-a-day", ERROR, "不能识别为日期。", "请写成 1996-12-30。"),)
