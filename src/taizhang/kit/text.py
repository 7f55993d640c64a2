"""Text as people type it: folded for matching, kept as written."""

import re
import unicodedata
from collections.abc import Iterator

from taizhang.kit.refusals import Obstacle


def fold(text: str) -> str:
    """For matching only: full-width forms, brackets and case are the same, blanks do not count."""
    folded = unicodedata.normalize("NFKC", text).translate(BRACKETS).upper()
    return "".join(folded.split())


def obstacles_in_name(name: str, *, where: str = "name") -> Iterator[Obstacle]:
    """What a name must not hide: signs nobody sees or that turn the direction, and signs that only look like a character.

    A letter of another script is possible and odd: it warns, and the step keeps the warning.
    """
    if not SUSPECT.search(name):
        return
    place = {sign: number for number, sign in reversed([*enumerate(name, start=1)])}
    unseen = (each for each in place if unicodedata.category(each) in UNSEEN or each in BLANK)
    for sign in (each for each in unseen if each not in PRIVATE):
        reason = f"第{place[sign]}个字是看不见的字符（U+{ord(sign):04X}）"
        yield Obstacle("name-invisible", reason, remedy="删除它：重新键入，不要从网页或聊天中粘贴", where=where)
    for sign in (each for each in place if LOOKALIKE.match(each)):
        real = unicodedata.normalize("NFKC", sign)
        reason = f"第{place[sign]}个字“{sign}”（U+{ord(sign):04X}）只是看起来像“{real}”"
        yield Obstacle("name-lookalike", reason, remedy=f"改为“{real}”，常见于从 PDF 复制的文字", where=where)
    if odd := sorted(sign for sign in place if FOREIGN.match(sign)):
        reason = f"名称中有少见的字母：{'、'.join(odd)}，可能与常用字母混淆"
        yield Obstacle("name-foreign-letter", reason, remedy="对照证书核对", where=where, severity="warn")


def printable(text: str) -> str:
    """Without control signs, marks of direction, and signs that nobody sees."""
    return "".join(each for each in text if unicodedata.category(each) not in UNSEEN)


BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters by their category, and no ink
PRIVATE = tuple(map(chr, range(0xE000, 0xF900)))  # characters of an office's own make; the intake warns of them
LOOKALIKE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")  # radicals and compatibility ideographs
SUSPECT = re.compile(
    f"[{BLANK}\x00-\x1f\x7f-\x9f\xad\u0370-\u052f\u061c\u1c80-\u1c8f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2de0-\u2fdf"
    "\ud800-\udfff\ua640-\ua69f\uf900-\ufaff\ufeff\ufff9-\uffff\U0002f800-\U0002fa1f\U000e0000-\U0010ffff]"
)
FOREIGN = re.compile("[\u0370-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f]")  # Greek and Cyrillic
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
BRACKETS = str.maketrans({"〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")"})
