"""A paper set in type: PDF, page images, and what in it no font can show."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst

from taizhang.kit.refusals import Obstacle
from taizhang.papers import fonts, wording
from taizhang.papers.kinds import Layout

LAYOUT = Path(__file__).parent / "layout"
EDITION = "2026.4"  # of the layout: changed with it, so that an old paper is not said to differ
STANDARD = "a-2b"
ATTENDANCE = re.compile(r"^(出席|请假|缺席|列席|记录|发送)[：:]")
ROW = "｜"
CLOSING = "。；：！？…"
LEAD_LIMIT = 25
TITLE_CHARACTERS = 20  # of 二号 in a line
SCREEN = 96.0
LINES = 22  # on a page
CLOSER = (23, 24)  # where they spare a page of a short paper
SHORT = 3  # pages
SETTING = threading.Lock()  # a compiler sets one paper at a time and breaks where two threads ask at once
PAGE = b"/Type /Page\n"  # as a PDF with plain streams has it

Day = date  # a page has a text of that name


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph: `head` is set in the font of its level, the rest as body text."""

    kind: str
    level: int
    head: str
    rest: str


@dataclass(frozen=True, slots=True)
class Content:
    """All that a page shows. Equal contents, fonts and layout make equal files."""

    layout: Layout
    mark: str
    number: str
    title: str
    addressees: tuple[str, ...]
    lines: tuple[Line, ...]
    enclosures: tuple[str, ...]
    signature: str
    date: str
    copies: tuple[str, ...]
    printer: str
    printed: str
    dated_on: Day
    watermark: str = ""
    digest: str = ""
    chain: str = ""


def lines_of(body: str) -> Iterator[Line]:
    for text in body.splitlines():
        text = text.strip()
        if not text:
            continue
        level = wording.level_of(text)
        if ROW in text:
            head, _, rest = text.partition(ROW)
            yield Line("row", 0, head.strip(), rest.strip())
        elif found := ATTENDANCE.match(text):
            yield Line("attendance", 0, found[0].replace(":", "："), text[found.end() :])
        elif level in (1, 2) and (end := heading_ends(text)):
            yield Line("text", level, text[:end], text[end:])
        else:
            yield Line("text", 0, text, "")


def heading_ends(text: str) -> int:
    """A line without a closing mark is a heading, and so is a short first sentence that others follow; an item that is a sentence is not."""
    if text[-1] not in CLOSING:
        return len(text)
    end = text.find("。") + 1
    return end if 0 < end < len(text) and end <= LEAD_LIMIT else 0


def title_lines(title: str) -> list[str]:
    """Lines of nearly equal length, the first the longest, broken where it reads best."""
    lines = []
    for rows in range(-(-len(title) // TITLE_CHARACTERS), 1, -1):
        ideal = min(-(-len(title) // rows) + 1, TITLE_CHARACTERS)
        near = range(max(2, ideal - 4), min(ideal + 4, TITLE_CHARACTERS) + 1)
        end = min((each for each in near if each < len(title)), key=lambda each: break_cost(title, each, ideal))
        lines.append(title[:end])
        title = title[end:]
    return [*lines, title]


def break_cost(title: str, end: int, ideal: int) -> float:
    before, after = title[end - 1], title[end]
    if before in "《（(“〔" or after in "》）)”〕、，的" or (before.isascii() and after.isascii()):
        return 100
    return abs(end - ideal) - (3 if before in "》）、的省市县区会" or after in "《（关成建支党委" else 0)


def unprintable(content: Content) -> list[tuple[str, str]]:
    """(character, where): what no font of the place has."""
    heads: dict[str, list[str]] = {"hei": [], "kai": [], "body": []}
    for line in content.lines:
        role = {("text", 1): "hei", ("text", 2): "kai"}.get((line.kind, line.level))
        role = role or ("hei" if line.kind in ("row", "attendance") else "body")
        heads[role].append(line.head)
        heads["body"].append(line.rest)
    places = (
        ("标题", "title", content.title + content.mark),
        ("正文", "hei", "".join(heads["hei"])),
        ("正文", "kai", "".join(heads["kai"])),
        ("正文", "body", "".join(heads["body"])),
        ("文号", "body", content.number),
        ("主送", "body", "".join(content.addressees)),
        ("附件", "body", "".join(content.enclosures)),
        ("署名", "body", content.signature),
        ("版记", "body", "".join(content.copies) + content.printer),
    )
    return [(sign, where) for where, role, text in places for sign in fonts.missing_from(role, text)]


WHERE = {"标题": "title", "正文": "body", "主送": "addressees", "附件": "enclosures", "版记": "copies"}


def obstacles_in_glyphs(content: Content) -> Iterator[Obstacle]:
    for sign, where in dict.fromkeys(unprintable(content)):
        yield Obstacle(
            "no-glyph",
            f"{where}里的“{sign}”（U+{ord(sign):04X}）没有字体能印",
            remedy="换一个字；确实要用的，请管理员在字体文件夹里放一种有这个字的字体",
            where=WHERE.get(where, ""),
        )


def pdf(content: Content) -> bytes:
    """PDF/A-2b with plain content streams, the same bytes each time."""
    moment = datetime.combine(content.dated_on, time(12), tzinfo=UTC)
    return compiled(content, format="pdf", pdf_standards=STANDARD, timestamp=moment, pretty=True)


def images(content: Content, *, ppi: float = SCREEN) -> list[bytes]:
    made = compiled(content, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def compiled(content: Content, **options: Any) -> Any:
    """With 22 lines on a page; a little closer where only the end of a short paper would stand on a page of its own.

    GB/T 9704-2012, 7.3.5 says so of a signature that does not fit: 调整行距、字距.
    """
    return set_closer(content, **options)[1]


def lines_on_a_page(content: Content) -> int:
    """Of the paper as it is set, for its twin."""
    return set_closer(content, format="pdf", pretty=True)[0]


def set_closer(content: Content, **options: Any) -> tuple[int, Any]:
    made = compiled_at(LINES, content, **options)
    pages = pages_in(made)
    if 1 < pages <= SHORT:
        for lines in CLOSER:
            closer = compiled_at(lines, content, **options)
            if pages_in(closer) < pages:
                return lines, closer
    return LINES, made


def pages_in(made: bytes | list[bytes]) -> int:
    return len(made) if isinstance(made, list) else made.count(PAGE) or 1


def compiled_at(lines: int, content: Content, **options: Any) -> Any:
    with SETTING:
        made, _ = compiler().compile_with_warnings(sys_inputs=inputs(content, lines), **options)
    return made


def inputs(content: Content, lines: int) -> dict[str, str]:
    """Texts go in as data: nothing of them is read as markup."""
    said = {
        **asdict(content),
        "lines-on-a-page": lines,
        "title-lines": title_lines(content.title),
        "dated_on": content.dated_on.isoformat(),
        "fonts": fonts.chosen(),
    }
    return {"content": json.dumps(said, ensure_ascii=False)}


@cache
def compiler() -> typst.Compiler:
    return typst.Compiler(
        str(LAYOUT / "paper.typ"), root=str(LAYOUT), font_paths=fonts.loaded(), ignore_system_fonts=True
    )
