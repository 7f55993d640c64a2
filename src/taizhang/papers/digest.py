"""The digest 校验码 printed on an issued paper, and how a file is held against it: off-line, with nothing but the file.

A file cannot contain its own digest. So the paper is set with a placeholder of 64 signs in a font that nothing else uses; the digest is the
SHA-256 of that file, and only then are its signs put in the placeholder's place. To check, the placeholder is put back and the
sum taken again: a single other byte, anywhere, gives another digest.
"""

import hashlib
import re
from typing import NamedTuple

DIGITS = "0123456789abcdef"
TYPED_AT_LEAST = 16  # of the 64 signs, where somebody types them from paper
CODES = re.compile(rb"\[\(((?:[^()\\]|\\.)*)\)\] TJ", re.S)
SLOT = re.compile(rb"\[<([0-9a-f]{316})>\] TJ")
ESCAPES = {b"n": 10, b"r": 13, b"t": 9, b"b": 8, b"f": 12}
LENGTH = re.compile(rb"/Length (\d+)")


class NotOurs(ValueError):
    """The file is no paper of this program."""


class Stamped(NamedTuple):
    pdf: bytes
    digest: str


def grouped(digest: str) -> str:
    """As it is printed: in groups of four."""
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def plain(typed: str) -> str:
    return re.sub(r"[\s\-·]", "", typed).lower()


PLACEHOLDER = grouped(DIGITS * 4)
# The glyphs of a font are numbered as they first come, and this is all that is set in that font.
GLYPHS = {letter: number for number, letter in enumerate(dict.fromkeys(PLACEHOLDER), start=1)}


def stamp(pdf: bytes) -> Stamped:
    """The paper with its own digest in the place that was kept for it."""
    blank = with_slot(pdf)
    digest = hashlib.sha256(blank).hexdigest()
    return Stamped(filled(blank, digest), digest)


def read(pdf: bytes) -> tuple[str, str]:
    """(the digest printed on it, the digest it has): equal, if nothing was changed since it was issued."""
    found = SLOT.findall(pdf)
    if len(found) != 1:
        raise NotOurs
    letters = {glyph: letter for letter, glyph in GLYPHS.items()}
    glyphs = [int(found[0][at : at + 4], 16) for at in range(0, len(found[0]), 4)]
    printed = "".join(letters.get(glyph, "?") for glyph in glyphs).replace(" ", "")
    return printed, hashlib.sha256(filled(pdf, DIGITS * 4)).hexdigest()


def filled(pdf: bytes, digest: str) -> bytes:
    return SLOT.sub(b"[<" + in_hexadecimal(grouped(digest)) + b">] TJ", pdf)


def in_hexadecimal(text: str) -> bytes:
    return b"".join(b"%04x" % GLYPHS[letter] for letter in text)


def with_slot(pdf: bytes) -> bytes:
    """The placeholder as a hexadecimal string, in which every sign has the same length."""
    expected = [GLYPHS[letter] for letter in PLACEHOLDER]
    found = [each for each in CODES.finditer(pdf) if codes_in(each[1]) == expected]
    if len(found) != 1 or SLOT.search(pdf):
        raise NotOurs
    return replaced(pdf, found[0].start(), found[0].end(), b"[<" + in_hexadecimal(PLACEHOLDER) + b">] TJ")


def codes_in(text: bytes) -> list[int]:
    """The two-byte codes of a literal string."""
    found = bytearray()
    at = 0
    while at < len(text):
        if text[at : at + 1] != b"\\":
            found.append(text[at])
            at += 1
        elif octal := re.match(rb"[0-7]{1,3}", text[at + 1 : at + 4]):
            found.append(int(octal[0], 8))
            at += 1 + len(octal[0])
        else:
            sign = text[at + 1 : at + 2]
            found.append(ESCAPES.get(sign, sign[0]))
            at += 2
    return [found[place] * 256 + found[place + 1] for place in range(0, len(found) - 1, 2)]


def replaced(pdf: bytes, start: int, end: int, new: bytes) -> bytes:
    """Other bytes inside a stream, with its length and the table of places put right."""
    grown = len(new) - (end - start)
    length = [*LENGTH.finditer(pdf, 0, start)][-1]
    said = b"/Length %d" % (int(length[1]) + grown)
    moved = grown + len(said) - (length.end() - length.start())
    changed = pdf[: length.start()] + said + pdf[length.end() : start] + new + pdf[end:]
    table = changed.rindex(b"\nxref") + 1

    def place(entry: re.Match[bytes]) -> bytes:
        offset = int(entry[1])
        return b"%010d %s" % (offset + moved if offset > length.start() else offset, entry[2])

    entries = re.sub(rb"(\d{10}) (\d{5} n)", place, changed[table:])
    return changed[:table] + re.sub(rb"startxref\n\d+", b"startxref\n%d" % table, entries)
