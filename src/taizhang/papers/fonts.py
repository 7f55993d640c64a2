"""Which fonts a paper is set in: the deployer's own where a folder of them is given, Noto otherwise; and which characters they have.

GB/T 9704-2012 names 小标宋, 仿宋, 楷体, 黑体 and 宋体. None of them may be shipped with us.
"""

import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

# Role → the names under which the font is known, ours last. A font's own name differs by its maker and edition.
FAMILIES: dict[str, tuple[str, ...]] = {
    "title": ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋_GBK", "Noto Serif SC"),
    "body": ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "STFangsong", "Noto Serif SC"),
    "kai": ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "Noto Serif SC"),
    "hei": ("黑体", "SimHei", "STHeiti", "Noto Sans SC"),
    "song": ("宋体", "SimSun", "STSong", "Noto Serif SC"),
}
CALLED = {"title": "方正小标宋简体", "body": "仿宋_GB2312", "kai": "楷体_GB2312", "hei": "黑体", "song": "宋体"}
SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}


@cache
def loaded() -> typst.Fonts:
    """No fonts of the system: what is installed there must not change a paper."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder) for folder in folders()]
    )


def folders() -> Iterator[Path]:
    if settings.PAPER_FONTS:
        yield Path(settings.PAPER_FONTS)
    yield Path(pylopdf_fonts_zh_cn.__file__).parent


@cache
def chosen() -> dict[str, tuple[str, ...]]:
    """Role → the families that are here, the best first."""
    here = {name.casefold() for name in loaded().families()}
    return {role: tuple(name for name in names if name.casefold() in here) for role, names in FAMILIES.items()}


def substituted() -> list[str]:
    """The fonts the standard names that are not here."""
    ours = {"Noto Serif SC", "Noto Sans SC"}
    return [CALLED[role] for role, names in chosen().items() if names[0] in ours]


def missing_from(role: str, text: str) -> list[str]:
    """The characters that no font of the role has, each once, as they come."""
    known: set[int] = set().union(*(characters(family) for family in chosen()[role]))
    return [sign for sign in dict.fromkeys(text) if ord(sign) not in known and not sign.isspace()]


@cache
def characters(family: str) -> frozenset[int]:
    found: set[int] = set()
    for font in loaded().fonts():
        if font.family.casefold() == family.casefold() and font.path:
            found |= mapped(Path(font.path), font.index)
    return frozenset(found)


def mapped(file: Path, index: int) -> set[int]:
    """The code points a font file has glyphs for: its `cmap`, formats 4 and 12."""
    data = file.read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, start + 4)[0]
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * number)
        if tag == b"cmap":
            return set(points(data, offset))
    return set()


def points(data: bytes, cmap: int) -> Iterable[int]:
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        table = cmap + offset
        form = struct.unpack_from(">H", data, table)[0]
        if form == 12:
            for group in range(struct.unpack_from(">I", data, table + 12)[0]):
                first, last, _ = struct.unpack_from(">III", data, table + 16 + 12 * group)
                yield from range(first, last + 1)
        elif form == 4 and platform in (0, 3):
            yield from points_of_segments(data, table)


def points_of_segments(data: bytes, table: int) -> Iterable[int]:
    doubled = struct.unpack_from(">H", data, table + 6)[0]
    ends, starts = table + 14, table + 16 + doubled
    deltas, offsets = starts + doubled, starts + 2 * doubled
    for at in range(0, doubled, 2):
        first, last = struct.unpack_from(">H", data, starts + at)[0], struct.unpack_from(">H", data, ends + at)[0]
        delta, offset = struct.unpack_from(">H", data, deltas + at)[0], struct.unpack_from(">H", data, offsets + at)[0]
        for point in range(first, min(last, 0xFFFE) + 1):
            if offset:
                glyph = struct.unpack_from(">H", data, offsets + at + offset + 2 * (point - first))[0]
                glyph = (glyph + delta) & 0xFFFF if glyph else 0
            else:
                glyph = (point + delta) & 0xFFFF
            if glyph:
                yield point
