"""The twin for Word: the same text to go on working with. It is not the issued paper, and says so on every page."""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from taizhang.papers.fonts import CALLED
from taizhang.papers.printing import LINES, Content, Line, lines_on_a_page, title_lines

SIZES = {"body": 16.0, "title": 22.0, "imprint": 14.0, "mark": 42.0}
PITCH = 28.95  # points, 22 lines in 225 mm; a hair less than the quotient, which is rounded to whole twentieths
CHARACTER = 156 / 28 * 72 / 25.4
RED = RGBColor(0xFF, 0, 0)
MARK = "可编辑稿，不是正式文件；以盖章或带校验码的正本为准"


def twin(content: Content) -> bytes:
    document = Document()
    set_page(document)
    remove_grid(document)
    compress_punctuation(document)
    name_fonts(document.styles["Normal"].element)
    if content.layout != "form":
        mark(document, content)
    if content.layout != "minutes":
        for line in title_lines(content.title):
            write(document, line, role="title", size=SIZES["title"], align="center", pitch=34)
        blank(document)
    if content.addressees:
        write(document, "、".join(content.addressees) + "：", indent=0)
    body(document, content)
    last = len(document.paragraphs) - 1
    enclosures(document, content)
    if content.layout != "minutes":
        signature(document, content, after=last)
    imprint(document, content)
    set_closer(document, lines_on_a_page(content))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def set_closer(document, lines: int) -> None:
    """Closer where the original is; by two lines more, for Word keeps punctuation and heads wider."""
    if lines == LINES:
        return
    for paragraph in document.paragraphs:
        if paragraph.paragraph_format.line_spacing == Pt(PITCH):
            paragraph.paragraph_format.line_spacing = Pt(PITCH * LINES / (lines + 2))


def set_page(document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(25.8)  # a hair wider, for 28 characters closer by 0.2 points
    section.header_distance, section.footer_distance = Mm(15), Mm(22)
    document.settings.odd_and_even_pages_header_footer = True
    for header in (section.header, section.even_page_header):
        run = written(header.paragraphs[0], MARK, role="song", size=9)
        run.font.color.rgb = RGBColor(0x80, 0x80, 0x80)
        header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        set_alignment(paragraph, side)
        setattr(paragraph.paragraph_format, f"{side}_indent", Pt(14))
        written(paragraph, "— ", role="song", size=14)
        page_number(written(paragraph, "", role="song", size=14))
        written(paragraph, " —", role="song", size=14)


def remove_grid(document) -> None:
    """Lines and characters are spaced one by one: grids are counted differently by Word and by other programs."""
    properties = document.sections[0]._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)


def compress_punctuation(document) -> None:
    """Brackets and commas that meet stand closer, as in the original."""
    settings = document.settings.element
    for old in settings.findall(qn("w:characterSpacingControl")):
        old.set(qn("w:val"), "compressPunctuation")


def name_fonts(style) -> None:
    """Normal is 三号仿宋, and what follows from it."""
    properties = style.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(kind), CALLED["body"])
    size = OxmlElement("w:sz")
    size.set(qn("w:val"), str(int(SIZES["body"] * 2)))
    for old in properties.findall(qn("w:sz")):
        properties.remove(old)
    properties.append(size)


def mark(document, content: Content) -> None:
    if content.layout == "document":
        space(document, 35)
    size = min(SIZES["mark"], 156 / 25.4 * 72 / max(len(content.mark), 1))
    write(document, content.mark, role="title", size=size, align="center", color=RED, pitch=size * 1.15)
    if content.layout == "letter":
        red_rule(write(document, "", pitch=4), double=True)
        write(document, content.number, align="right", indent=0)
        space(document, 13)  # two lines, less what the mark stands lower here than 30 mm from the edge
        return
    blank(document)
    blank(document)
    last = write(document, content.number, align="center", indent=0)
    if content.layout == "minutes":
        last = write(document, f"{content.printer}\t{content.date}", indent=0)
        tab_at_the_edge(last)
    red_rule(last)
    blank(document)
    if content.layout == "document":
        blank(document)


def body(document, content: Content) -> None:
    rows = [line for line in content.lines if line.kind == "row"]
    if rows:
        table = document.add_table(rows=0, cols=2, style="Table Grid")
        for line in rows:
            cells = table.add_row().cells
            cells[0].width, cells[1].width = Mm(30), Mm(126)
            written(cells[0].paragraphs[0], line.head, role="hei", size=14)
            written(cells[1].paragraphs[0], line.rest, role="body", size=14)
    for line in content.lines:
        if line.kind == "text":
            text(document, line)
    present = [line for line in content.lines if line.kind == "attendance"]
    if present:
        blank(document)
    for line in present:
        paragraph = hanging(write(document, "", indent=2), 5)
        written(paragraph, line.head, role="hei")
        written(paragraph, line.rest)


def text(document, line: Line) -> None:
    paragraph = write(document, "", indent=2, align="justify")
    if line.head:
        written(paragraph, line.head, role={1: "hei", 2: "kai"}.get(line.level, "body"))
    if line.rest:
        written(paragraph, line.rest)


def enclosures(document, content: Content) -> None:
    if not content.enclosures:
        return
    blank(document)
    several = len(content.enclosures) > 1
    for number, name in enumerate(content.enclosures, start=1):
        label = "附件：" if number == 1 else "　　　"
        line = write(document, f"{label}{f'{number}.' if several else ''}{name}", indent=2)
        hanging(line, 6 if several else 5)


def hanging(paragraph: Paragraph, characters: int) -> Paragraph:
    """Begins two characters in; what follows the first line stands below its first word."""
    form = paragraph.paragraph_format
    form.left_indent, form.first_line_indent = Pt(characters * CHARACTER), Pt((2 - characters) * CHARACTER)
    return paragraph


def signature(document, content: Content, *, after: int) -> None:
    """Never on a page of its own: what stands from the last paragraph on goes with it."""
    blank(document)
    blank(document)
    for paragraph in document.paragraphs[after:]:
        paragraph.paragraph_format.keep_with_next = True
    date = sum(0.5 if sign.isascii() else 1 for sign in content.date)
    aside = max(0.0, 4 + (date - len(content.signature)) / 2)
    for words, right in ((content.signature, aside), (content.date, 4.0)):
        paragraph = write(document, words, align="right", indent=0)
        paragraph.paragraph_format.right_indent = Pt(right * CHARACTER)
        paragraph.paragraph_format.keep_with_next = words == content.signature


def imprint(document, content: Content) -> None:
    """版记, after the text: its place at the foot of the last page belongs to the original."""
    with_printer = content.layout in ("document", "minutes")
    if not with_printer and (not content.copies or content.layout == "form"):
        return
    lines = []
    if content.copies:
        lines.append(write(document, f"抄送：{'，'.join(content.copies)}。", size=SIZES["imprint"], indent=1, pitch=22))
    if with_printer:
        last = write(document, f"{content.printer}\t{content.printed}", size=SIZES["imprint"], indent=1, pitch=22)
        tab_at_the_edge(last, aside=14)
        lines.append(last)
        border(lines[0], "top", eighths=8)
        border(lines[-1], "bottom", eighths=8)
        if len(lines) > 1:
            border(lines[1], "top", eighths=6)


def write(
    document,
    words: str,
    *,
    role: str = "body",
    size: float = SIZES["body"],
    indent: int = 0,
    align: str = "",
    color: RGBColor | None = None,
    pitch: float = PITCH,
) -> Paragraph:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch)
    if indent:
        form.first_line_indent = Pt(indent * (CHARACTER if size == SIZES["body"] else size))
    if align:
        set_alignment(paragraph, align)
    close_up(paragraph)
    if words:
        written(paragraph, words, role=role, size=size, color=color)
    return paragraph


def written(
    paragraph: Paragraph, words: str, *, role: str = "body", size: float = SIZES["body"], color: RGBColor | None = None
) -> Run:
    """A run that names its font for Chinese as well: Word takes that from w:eastAsia alone."""
    run = paragraph.add_run(words)
    run.font.name, run.font.size = CALLED[role], Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), CALLED[role])
    if size == SIZES["body"]:
        closer(run)
    if color is not None:
        run.font.color.rgb = color
    return run


def close_up(paragraph: Paragraph) -> None:
    """No quarter of a space between digits and Chinese characters: every line counts 28."""
    properties = paragraph._element.get_or_add_pPr()
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        properties.insert_element_before(off, "w:bidi", "w:adjustRightInd", "w:snapToGrid", *AFTER_SPACES)


AFTER_SPACES = ("w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:outlineLvl", "w:rPr")


def closer(run: Run) -> None:
    """28 characters to a line: each 0.2 points closer, in twentieths of a point."""
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), "-4")
    run._element.get_or_add_rPr().insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs")


def set_alignment(paragraph: Paragraph, side: str) -> None:
    paragraph.alignment = {
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
    }[side]


def blank(document) -> None:
    write(document, "")


def space(document, millimetres: float) -> None:
    write(document, "", pitch=millimetres * 72 / 25.4)


def page_number(run: Run) -> None:
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = code
        run._element.append(part)


def border(paragraph: Paragraph, side: str, *, eighths: int, color: str = "000000", kind: str = "single") -> None:
    properties = paragraph._element.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", str(eighths)), ("space", "4"), ("color", color)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)


def red_rule(paragraph: Paragraph, *, double: bool = False) -> None:
    border(paragraph, "bottom", eighths=18, color="FF0000", kind="thickThinSmallGap" if double else "single")


def tab_at_the_edge(paragraph: Paragraph, *, aside: float = 0) -> None:
    paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(156 / 25.4 * 72 - aside), WD_TAB_ALIGNMENT.RIGHT)
