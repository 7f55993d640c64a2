"""What an issued PDF says of itself: its texts with their places and sizes, read from the content streams, which are not compressed."""

import re
from typing import NamedTuple

from taizhang.papers.digest import codes_in

MM = 72 / 25.4  # points
MOVE = re.compile(rb"1 0 0 -1 (-?[\d.]+) (-?[\d.]+) cm")
FONT = re.compile(rb"/(f\d+) ([\d.]+) Tf")
LITERAL = re.compile(rb"\(((?:[^()\\]|\\.)*)\)|<([0-9a-f]+)>", re.S)
CHARACTERS = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")


class Text(NamedTuple):
    """In millimetres from the upper left corner, to the baseline; the size in points."""

    x: float
    y: float
    size: float
    text: str
    font: str


def pages_of(pdf: bytes) -> list[list[Text]]:
    contents = re.findall(rb"/Contents (\d+) 0 R", pdf)
    fonts = fonts_of(pdf)
    return [texts_in(stream_of(pdf, number), fonts) for number in contents]


def words_of(pdf: bytes) -> str:
    return "".join(text.text for page in pages_of(pdf) for text in page)


def object_of(pdf: bytes, number: bytes) -> bytes:
    found = re.search(rb"\n%s 0 obj\n(.*?)\nendobj" % number, pdf, re.S)
    assert found is not None
    return found[1]


def stream_of(pdf: bytes, number: bytes) -> bytes:
    whole = object_of(pdf, number)
    return whole[whole.index(b"stream\n") + 7 : whole.rindex(b"\nendstream")]


def fonts_of(pdf: bytes) -> dict[str, tuple[str, dict[int, str]]]:
    """Name in the pages → the font's own name, and glyph → characters."""
    found = {}
    for name, number in dict(re.findall(rb"/(f\d+) (\d+) 0 R", pdf)).items():
        said = object_of(pdf, number)
        table = re.search(rb"/ToUnicode (\d+) 0 R", said)
        own = re.search(rb"/BaseFont /(\S+)", said)
        assert table is not None and own is not None
        glyphs = {
            int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
            for code, text in CHARACTERS.findall(stream_of(pdf, table[1]))
        }
        found[name.decode()] = (own[1].decode().partition("+")[2], glyphs)
    return found


def texts_in(stream: bytes, fonts: dict[str, tuple[str, dict[int, str]]]) -> list[Text]:
    found = []
    for block in re.findall(rb"q\n(.*?)\nQ", stream, re.S):
        move, font = MOVE.search(block), FONT.search(block)
        if move and font:
            name, glyphs = fonts[font[1].decode()]
            codes = [code for literal, hexadecimal in LITERAL.findall(block) for code in codes_of(literal, hexadecimal)]
            text = "".join(glyphs.get(code, "\ufffd") for code in codes)
            found.append(Text(float(move[1]) / MM, 297 - float(move[2]) / MM, float(font[2]), text, name))
    return found


def codes_of(literal: bytes, hexadecimal: bytes) -> list[int]:
    if hexadecimal:
        return [int(hexadecimal[at : at + 4], 16) for at in range(0, len(hexadecimal), 4)]
    return codes_in(literal)
