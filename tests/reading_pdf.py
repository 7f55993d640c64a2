"""What an issued PDF says of itself: its texts with their places and sizes, read from the content streams, which are not compressed."""

import re
from typing import NamedTuple

from taizhang.papers.digest import codes_in

MM = 72 / 25.4  # points
MOVE = re.compile(rb"1 0 0 -1 (-?[\d.]+) (-?[\d.]+) cm")
FONT = re.compile(rb"/(f\d+) ([\d.]+) Tf")
HEXADECIMAL = re.compile(rb"<([0-9a-f]+)>")
PAGE = re.compile(rb"/Type /Page\n(?:(?!endobj).)*?/Resources (\d+) 0 R(?:(?!endobj).)*?/Contents (\d+) 0 R", re.S)
CHARACTERS = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")


class Text(NamedTuple):
    """In millimetres from the upper left corner, to the baseline; the size in points."""

    x: float
    y: float
    size: float
    text: str
    font: str


def pages_of(pdf: bytes) -> list[list[Text]]:
    """Each page names its fonts for itself."""
    return [texts_in(stream_of(pdf, contents), fonts_of(pdf, resources)) for resources, contents in PAGE.findall(pdf)]


def words_of(pdf: bytes) -> str:
    return "".join(text.text for page in pages_of(pdf) for text in page)


def object_of(pdf: bytes, number: bytes) -> bytes:
    found = re.search(rb"\n%s 0 obj\n(.*?)\nendobj" % number, pdf, re.S)
    assert found is not None
    return found[1]


def stream_of(pdf: bytes, number: bytes) -> bytes:
    whole = object_of(pdf, number)
    return whole[whole.index(b"stream\n") + 7 : whole.rindex(b"\nendstream")]


def fonts_of(pdf: bytes, resources: bytes) -> dict[str, tuple[str, dict[int, str]]]:
    """Name in the page → the font's own name, and glyph → characters."""
    found = {}
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", object_of(pdf, resources)):
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
            codes = [code for string in strings_in(block) for code in string]
            text = "".join(glyphs.get(code, "\ufffd") for code in codes)
            found.append(Text(float(move[1]) / MM, 297 - float(move[2]) / MM, float(font[2]), text, name))
    return found


def strings_in(block: bytes) -> list[list[int]]:
    """The two-byte codes of each string; a literal may hold parentheses that are balanced."""
    found, at = [], 0
    while at < len(block):
        if block[at : at + 1] == b"(":
            end = end_of_literal(block, at)
            found.append(codes_in(block[at + 1 : end]))
            at = end
        elif hexadecimal := HEXADECIMAL.match(block, at):
            found.append([int(hexadecimal[1][place : place + 4], 16) for place in range(0, len(hexadecimal[1]), 4)])
            at = hexadecimal.end() - 1
        at += 1
    return found


def end_of_literal(block: bytes, start: int) -> int:
    depth, at = 0, start
    while True:
        sign = block[at : at + 1]
        if sign == b"\\":
            at += 1
        depth += {b"(": 1, b")": -1}.get(sign, 0)
        if depth == 0:
            return at
        at += 1
