"""The layout measured in the PDF itself, and for what is drawn in its picture: GB/T 9704-2012 (DOC-01 to DOC-12)."""

import re
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from taizhang.papers import printing
from taizhang.papers.digest import PLACEHOLDER
from taizhang.papers.printing import Content, lines_of
from tests.reading_pdf import MM, Text, pages_of

PITCH, CHARACTER = 225 / 22, 156 / 28  # millimetres
PPI = 127.0  # five dots to the millimetre

PLAIN = Content(
    layout="document",
    mark="中共某省社会组织综合委员会文件",
    number="某社党〔2017〕3号",
    title="关于同意成立支部的批复",
    addressees=("某某协会",),
    lines=(),
    enclosures=(),
    signature="中共某省社会组织综合委员会",
    date="2017年8月28日",
    copies=("省民政厅",),
    printer="中共某省社会组织综合委员会办公室",
    printed="2017年8月29日印发",
    dated_on=date(2017, 8, 28),
)
PDF = {"format": "pdf", "pretty": True}
LONG = replace(PLAIN, lines=tuple(lines_of("甲" * 2400)))


@pytest.fixture(scope="module")
def pages() -> list[list[Text]]:
    return pages_of(printing.pdf(LONG))


def body_of(page: list[Text]) -> list[Text]:
    return [text for text in page if text.size == 16]


def found(content: Content, words: str) -> Text:
    return next(text for page in pages_of(printing.pdf(content)) for text in page if text.text == words)


def test_papers_are_set_by_several_threads_at_once():
    """A compiler is one for the process, and breaks where two ask it at the same moment."""
    letters = [replace(PLAIN, title=f"关于第{number}件事的批复") for number in range(12)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(printing.pdf, letters))
    assert all(each.startswith(b"%PDF") for each in made) and len(set(made)) == len(letters)


def test_a_page_has_22_lines_of_28_characters_each(pages):
    """DOC-02, on the second page, which nothing but text stands on."""
    lines = body_of(pages[1])
    assert [len(line.text) for line in lines] == [28] * 22
    steps = [below.y - above.y for above, below in zip(lines, lines[1:], strict=False)]
    assert steps == pytest.approx([PITCH] * 21, abs=0.02)


def test_the_type_area_is_156_by_225_with_margins_of_37_and_28(pages):
    """DOC-01: the first line stands at the area's top, the last within it, each line from edge to edge."""
    lines = body_of(pages[1])
    assert [line.x for line in lines] == pytest.approx([28] * 22, abs=0.05)
    assert lines[0].y - 0.88 * 16 / MM == pytest.approx(37, abs=0.05)
    assert lines[-1].y + 0.12 * 16 / MM <= 37 + 225


def test_a_line_of_28_full_characters_ends_at_the_right_edge():
    """The place of each character, from the spaces the file puts between them."""
    stream = re.search(rb"\[((?:\((?:[^()\\]|\\.)*\) ?-?[\d.]* ?){28})\] TJ", printing.pdf(LONG))
    assert stream is not None
    spaces = [float(each) for each in re.findall(rb"\) (-?[\d.]+)", stream[1])][:27]
    width = (28 * 16 - sum(spaces) * 16 / 1000) / MM
    assert width == pytest.approx(156, abs=0.3)


def test_the_first_line_of_a_paragraph_stands_two_characters_in(pages):
    first = next(text for text in pages[0] if text.text.startswith("甲"))
    assert first.x == pytest.approx(28 + 2 * CHARACTER, abs=0.05)
    assert len(first.text) == 26


def test_the_mark_the_number_the_rule_and_the_title_of_a_document():
    """DOC-03: the mark 35 mm below the area's top. DOC-04: the number two lines below it, in its own form. DOC-05: the rule 4 mm
    below the number, as wide as the area, and the title two lines below the rule, in 二号."""
    red = red_rows(printing.images(PLAIN, ppi=PPI)[0])
    (top, bottom), (rule_top, rule_bottom) = red
    number, title = found(PLAIN, "某社党〔2017〕3号"), found(PLAIN, PLAIN.title)
    assert top == pytest.approx(37 + 35, abs=0.4)
    number_top = number.y - 0.88 * 16 / MM
    assert 2 * PITCH <= number_top - bottom <= 3 * PITCH
    assert number.x + 6 * 16 / MM > 105 > number.x
    assert rule_top - number.y == pytest.approx(4, abs=0.9)  # from the foot of the brackets, below the baseline
    assert rule_bottom - rule_top == pytest.approx(0.6, abs=0.3)
    assert title.size == 22
    assert 2 * PITCH <= title.y - 0.88 * 22 / MM - rule_bottom <= 3 * PITCH


def test_the_addressee_stands_at_the_left_a_line_below_the_title():
    title, addressee = found(PLAIN, PLAIN.title), found(PLAIN, "某某协会：")
    assert addressee.x == pytest.approx(28, abs=0.05)
    assert PITCH <= addressee.y - title.y <= 2.5 * PITCH


def test_a_letter_has_its_mark_30_mm_from_the_edge_and_double_lines():
    """DOC-12: the lines 4 mm below the mark and 20 mm above the lower edge, on the first page; no number on that page."""
    letter = replace(LONG, layout="letter", mark="中共某省社会组织综合委员会")
    (top, bottom), (thick, _), (_, thin_end), *_, (low_thin, _), (_, low_end) = red_rows(
        printing.images(letter, ppi=PPI)[0]
    )
    assert top == pytest.approx(30, abs=0.4)
    assert thick - bottom == pytest.approx(4, abs=0.7)
    assert (low_end, thin_end - thick) == (pytest.approx(297 - 20, abs=0.4), pytest.approx(1.8, abs=0.4))
    first, second = pages_of(printing.pdf(letter))[:2]
    assert not any(text.text.startswith("— ") for text in first) and any(text.text == "— 2 —" for text in second)
    assert red_rows(printing.images(letter, ppi=PPI)[1]) == []
    number = next(text for text in first if text.text == letter.number)
    assert number.x > 105


def test_minutes_have_their_mark_35_mm_below_the_area_top():
    minutes = replace(PLAIN, layout="minutes", mark="综合党委会议纪要")
    assert red_rows(printing.images(minutes, ppi=PPI)[0])[0][0] == pytest.approx(37 + 35, abs=0.4)


def test_the_page_is_a4_in_the_file_itself():
    boxes = set(re.findall(rb"/MediaBox \[([^\]]+)\]", printing.pdf(LONG)))
    assert len(boxes) == 1
    left, low, right, high = (float(each) / MM for each in boxes.pop().split())
    assert (left, low) == (0, 0)
    assert (right, high) == (pytest.approx(210, abs=0.1), pytest.approx(297, abs=0.1))


def test_page_numbers_stand_outside_odd_right_and_even_left(pages):
    """DOC-10: one character in from the side, in 四号, the dash 7 mm below the area."""
    odd, even = (next(text for text in page if text.text.startswith("— ")) for page in pages[:2])
    assert (odd.text, even.text, odd.size) == ("— 1 —", "— 2 —", 14)
    assert even.x == pytest.approx(28 + CHARACTER, abs=0.05)
    assert 150 < odd.x < 28 + 156 - CHARACTER
    for number in (odd, even):
        assert number.y - 0.38 * 14 / MM == pytest.approx(37 + 225 + 7, abs=0.1)


def test_the_date_stands_four_characters_from_the_right_below_the_signature():
    """DOC-08: full year, no zero before month and day; the signature is centred above it, or stands at the edge."""
    signature, date_line = found(PLAIN, PLAIN.signature), found(PLAIN, "2017年8月28日")
    assert date_line.y - signature.y == pytest.approx(PITCH, abs=0.05)
    ends = date_line.x + width_of("2017年8月28日")
    assert ends == pytest.approx(28 + 156 - 4 * CHARACTER, abs=1)
    middle = signature.x + len(PLAIN.signature) * CHARACTER / 2
    assert middle == pytest.approx(date_line.x + width_of("2017年8月28日") / 2, abs=1)
    long = replace(PLAIN, signature="中共某省社会组织综合委员会暨某省非公有制经济组织委员会")
    assert found(long, long.signature).x + len(long.signature) * CHARACTER <= 28 + 156 + 0.3


def width_of(date_text: str) -> float:
    """Digits of Noto Serif SC are 0.526 of the size wide, less the closer setting of each character."""
    return sum((0.526 * 16 / MM - 16 / MM + CHARACTER) if sign.isascii() else CHARACTER for sign in date_text)


@pytest.mark.parametrize("layout", ["letter", "document"])
def test_the_signature_never_stands_on_a_page_without_text(layout):
    """GB/T 9704-2012, 7.3.5; however far the text reaches, the last paragraph is on the page that is signed."""
    for paragraphs in range(6, 16):
        text = "\n".join([*(f"一、第{number}段" for number in range(paragraphs)), "特此函复。"])
        content = replace(PLAIN, layout=layout, copies=(), lines=tuple(lines_of(text)))
        signed = [page for page in pages_of(printing.pdf(content)) if any(t.text == PLAIN.signature for t in page)]
        assert ["特此函复。" in [text.text for text in page] for page in signed] == [True]


@pytest.mark.parametrize("layout", ["letter", "document"])
def test_a_signature_that_just_does_not_fit_brings_the_lines_closer(layout):
    """No page for two lines: 23 or 24 lines on a page where that spares one, 22 in every other paper."""
    set_at = {}
    for paragraphs in range(2, 16):
        text = "\n".join([*(f"一、第{number}段" for number in range(paragraphs)), "特此函复。"])
        content = replace(PLAIN, layout=layout, copies=(), lines=tuple(lines_of(text)))
        lines = printing.lines_on_a_page(content)
        usual, made = (
            len(pages_of(each)) for each in (printing.compiled_at(22, content, **PDF), printing.pdf(content))
        )
        assert made == usual - (lines > 22)
        set_at[paragraphs] = lines
    assert {22} < set(set_at.values()) <= {22, 23, 24}
    closest = max(set_at, key=lambda each: set_at[each])
    assert set_at[2] == set_at[closest + 1] == 22
    text = "\n".join(["甲" * 28] * 200)
    assert printing.lines_on_a_page(replace(PLAIN, lines=tuple(lines_of(text)))) == 22


def test_what_does_not_fit_in_a_line_of_enclosures_or_attendance_stands_below_its_first_word():
    """GB/T 9704-2012, 7.3.4 and 10.3."""
    content = replace(PLAIN, enclosures=("选举办法" * 8, "选票样式"))
    assert below(content, "附件：").x == pytest.approx(28 + 6 * CHARACTER, abs=0.3)
    one = replace(content, enclosures=("选举办法" * 8,))
    assert below(one, "附件：").x == pytest.approx(28 + 5 * CHARACTER, abs=0.3)
    minutes = replace(PLAIN, layout="minutes", lines=tuple(lines_of("出席：" + "、".join(["某某某"] * 12))))
    assert below(minutes, "出席：").x == pytest.approx(28 + 5 * CHARACTER, abs=0.3)


def below(content: Content, begins: str) -> Text:
    """What stands first in the line below."""
    [page] = [page for page in pages_of(printing.pdf(content)) if any(t.text.startswith(begins) for t in page)]
    above = next(text for text in page if text.text.startswith(begins))
    lower = [text for text in page if text.y > above.y + 1]
    nearest = min(text.y for text in lower)
    return min((text for text in lower if text.y < nearest + 1), key=lambda each: each.x)


def test_the_imprint_is_at_the_foot_of_the_last_page_in_small_type():
    """DOC-09: 四号, one character in from both sides, in two lines at the very foot of the area."""
    copies, printer = found(PLAIN, "抄送：省民政厅。"), found(PLAIN, PLAIN.printer)
    assert (copies.size, printer.size) == (14, 14)
    assert (copies.x, printer.x) == (pytest.approx(28 + 14 / MM, abs=0.05), pytest.approx(28 + 14 / MM, abs=0.05))
    assert 37 + 225 - 5 < printer.y < 37 + 225
    printed = found(PLAIN, PLAIN.printed)
    assert printed.y == pytest.approx(printer.y, abs=0.01) and printed.x > 105


def test_headings_are_in_the_fonts_of_their_level():
    """DOC-06."""
    said = [
        *lines_of("一、主要原因\n（一）人数不足。目前只有两名。\n1.核对名册。\n（1）逐人核对。\n二、同意成立支部。")
    ]
    assert [(line.level, line.head, line.rest) for line in said] == [
        (1, "一、主要原因", ""),
        (2, "（一）人数不足。", "目前只有两名。"),
        (0, "1.核对名册。", ""),
        (0, "（1）逐人核对。", ""),
        (0, "二、同意成立支部。", ""),
    ]


@pytest.mark.parametrize("length", [5, 20, 21, 27, 40, 55, 80])
def test_a_long_title_is_broken_into_lines_that_fit(length):
    title = ("关于同意成立中共某省物流与供应链协会支部委员会、某省科技创新促进会联合支部的批复" * 3)[:length]
    lines = printing.title_lines(title)
    assert "".join(lines) == title
    assert all(len(line) <= 22 for line in lines)
    assert len(lines) <= length // 18 + 1


def test_headings_are_set_in_the_fonts_of_their_level():
    content = replace(PLAIN, lines=tuple(lines_of("一、主要原因\n（一）人数不足。目前只有两名。\n甲乙丙。")))
    assert found(content, "一、主要原因").font.startswith("NotoSansSC")
    assert found(content, "甲乙丙。").font.startswith("NotoSerifSC")


def test_the_digest_is_on_the_last_page_alone():
    pages = pages_of(printing.pdf(replace(LONG, digest=PLACEHOLDER)))
    assert [any(text.text == PLACEHOLDER for text in page) for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_draft_has_its_mark_behind_every_page():
    """It is turned, so the streams name it by its size alone."""
    pdf = printing.pdf(replace(LONG, watermark="草稿"))
    assert len(re.findall(rb"/f\d+ 150 Tf", pdf)) == len(pages_of(pdf)) > 2


def red_rows(picture: bytes) -> list[tuple[float, float]]:
    """From where to where, in millimetres from the top, something red stands on a page, in its picture (PNG, RGBA)."""
    at, width, data = 8, 0, b""
    while at < len(picture):
        length, kind = struct.unpack_from(">I4s", picture, at)
        chunk = picture[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, _, depth, color = struct.unpack_from(">IIBB", chunk)
            assert (depth, color) == (8, 6)
        elif kind == b"IDAT":
            data += chunk
        at += 12 + length
    red = [number for number, line in enumerate(unfiltered(zlib.decompress(data), width * 4)) if is_red(line)]
    starts = [row for row in red if row - 1 not in set(red)]
    ends = [row + 1 for row in red if row + 1 not in set(red)]
    return [(start * 25.4 / PPI, end * 25.4 / PPI) for start, end in zip(starts, ends, strict=True)]


def is_red(line: bytes) -> bool:
    return any(line[at] > 200 and line[at + 1] < 90 and line[at + 2] < 90 for at in range(0, len(line), 4))


def unfiltered(data: bytes, width: int):
    """The lines of a PNG without their filters."""
    before = bytearray(width)
    for start in range(0, len(data), width + 1):
        kind, line = data[start], bytearray(data[start + 1 : start + 1 + width])
        for at in range(width):
            left, up = line[at - 4] if at >= 4 else 0, before[at]
            corner = before[at - 4] if at >= 4 else 0
            line[at] = (line[at] + (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]) & 255
        yield bytes(line)
        before = line


def paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))
