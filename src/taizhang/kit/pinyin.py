"""Chinese names as they are typed on a keyboard: full pinyin, and initials.

The reading of a character is that of its word where pairs of characters say so (银行 yinhang, 重庆 chongqing): only a name that
holds such a pair is read word by word, which takes ten times as long.

Its dictionaries take 55 MB, so they are read when the first name is spelled: a worker that writes files never needs them.
"""

from functools import cache
from typing import Any, NamedTuple, cast

LONGEST = 200
# Read otherwise as surnames than as words
SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "任": "ren", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge",
    "乐": "yue", "缪": "miao", "翟": "zhai", "冼": "xian", "谌": "chen", "瞿": "qu", "晁": "chao", "种": "chong", "员": "yun",
}  # fmt: skip


class Spelled(NamedTuple):
    full: str
    initials: str


def spelled(name: str) -> Spelled:
    """Small letters and digits alone: brackets, dots and blanks are not typed."""
    name = name[:LONGEST]
    if any(name[at : at + 2] in pairs() for at in range(len(name) - 1)):
        from pypinyin import Style, lazy_pinyin

        syllables = lazy_pinyin(name, style=Style.NORMAL, errors=cast(Any, list))
    else:
        readings = syllable_of()
        syllables = [readings.get(ord(each)) or each for each in name]
    syllables = [kept for each in syllables if (kept := typed(each))]
    return Spelled("".join(syllables), "".join(first(each) for each in syllables))


def spelled_person(name: str) -> Spelled:
    """As a name of a person: the surname has a reading of its own."""
    surname = SURNAMES.get(name[:1], "")
    given = spelled(name[1:] if surname else name)
    return Spelled(surname + given.full, surname[:1] + given.initials)


def typed(syllable: str) -> str:
    return "".join(each for each in syllable.lower() if each.isascii() and each.isalnum())


def first(syllable: str) -> str:
    """Of a run of digits or Latin letters every one is typed, of a syllable the first."""
    return syllable if syllable.isdecimal() else syllable[0]


@cache
def syllable_of() -> dict[int, str]:
    """Each character with its most frequent reading, without tone."""
    from pypinyin.constants import PINYIN_DICT

    return {number: plain(readings.partition(",")[0]) for number, readings in PINYIN_DICT.items()}


@cache
def pairs() -> frozenset[str]:
    """Neighbouring characters of which one is read otherwise than by itself."""
    from pypinyin.constants import PHRASES_DICT

    readings, found = syllable_of(), set()
    for phrase, said in PHRASES_DICT.items():
        if len(said) != len(phrase):
            continue
        for at, character in enumerate(phrase):
            if plain(said[at][0]) != readings.get(ord(character)):
                found |= {phrase[max(at - 1, 0) : at + 1], phrase[at : at + 2]}
    return frozenset(each for each in found if len(each) == 2)


@cache
def toneless() -> dict[int, str]:
    marks = {
        "a": "āáǎà", "e": "ēéěèêếềẻ", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "v": "ǖǘǚǜü", "n": "ńňǹ", "m": "ḿ",
    }  # fmt: skip
    return {ord(marked): letter for letter, several in marks.items() for marked in several} | {0x300: "", 0x304: ""}


def plain(reading: str) -> str:
    return reading.translate(toneless())
