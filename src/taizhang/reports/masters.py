"""A master 母版: the prose of a report with its numbers as content controls, written and filled as Word files.

The tag of a content control is what `bound.field` understands; whatever else the office writes or draws around it stays.
"""

import io
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.parfmt import ParagraphFormat
from docx.text.run import Run

from taizhang.kit.refusals import refuse
from taizhang.papers import word
from taizhang.reports.bound import pieces
from taizhang.reports.charts import Chart, is_chart

FOLDER = Path(__file__).parent / "data"
Piece = tuple[str, str]
WIDE = 156  # millimetres, of a picture: as wide as the text


@dataclass(frozen=True)
class Picture:
    """A chart for Word, and what is told to whoever does not see it."""

    png: bytes
    told: str


@dataclass(frozen=True)
class Paragraph:
    """`level` 0 is the title, 1 a heading, 2 text; pieces are ("text", …), ("field", tag) and ("chart", tag)."""

    level: int
    pieces: tuple[Piece, ...]


@cache
def shipped(name: str) -> bytes:
    """The master that comes with the release, as a Word file."""
    return written(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")))


def written(said: dict) -> bytes:
    document = Document()
    word.set_page(document)
    for header in (document.sections[0].header, document.sections[0].even_page_header):
        header.paragraphs[0].clear()
    word.remove_grid(document)
    word.name_fonts(document.styles["Normal"].element)
    line(document, said["title"], role="title", size=word.SIZES["title"], align="center", level=0)
    for part in said["part"]:
        line(document, part["heading"], role="hei", indent=2, level=1)
        for text in part["text"]:
            line(document, text, indent=2, align="justify", level=2)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def line(document, text: str, *, role: str = "body", size: float = 16.0, level: int, **form) -> None:
    said = [*pieces(text)]
    if all(kind == "field" and is_chart(tag) for kind, tag in said):
        form = {"align": "center"}
    paragraph = word.write(document, "", size=size, **form)
    if level < 2:
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level))
        paragraph._element.get_or_add_pPr().append(outline)
    for kind, words in said:
        run = word.written(paragraph, f"〔{words}〕" if kind == "field" else words, role=role, size=size)
        if kind == "field":
            control(run._element, words)


def control(run, tag: str) -> None:
    """The run becomes the content of a control with that tag."""
    box, about, content = OxmlElement("w:sdt"), OxmlElement("w:sdtPr"), OxmlElement("w:sdtContent")
    for name, value in (("w:alias", tag), ("w:tag", tag)):
        each = OxmlElement(name)
        each.set(qn("w:val"), value)
        about.append(each)
    if not is_chart(tag):
        about.append(OxmlElement("w:text"))
    box.append(about)
    run.addprevious(box)
    content.append(run)
    box.append(content)


def opened(master: bytes):
    try:
        return Document(io.BytesIO(master))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError):
        refuse(
            "not-a-master",
            "这不是 Word 文件（.docx）",
            remedy="用 taizhang report YEAR --master 写出一份，在 Word 里改",
        )


def paragraphs(master: bytes) -> list[Paragraph]:
    """What the master says, for the page and the PDF."""
    found = []
    for paragraph in opened(master).element.body.iter(qn("w:p")):
        level = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        said = tuple(read(paragraph))
        if said:
            found.append(Paragraph(2 if level is None else min(int(level.get(qn("w:val"))), 2), said))
    return found


def read(paragraph) -> Iterator[Piece]:
    for child in paragraph:
        if child.tag == qn("w:sdt"):
            if tag := tag_of(child):
                yield "chart" if is_chart(tag) else "field", tag
        elif child.tag == qn("w:r") and (text := "".join(each.text or "" for each in child.iter(qn("w:t")))):
            yield "text", text


def tag_of(box) -> str:
    found = box.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
    return "" if found is None else found.get(qn("w:val"))


def filled(master: bytes, texts: dict[str, str], pictures: Mapping[str, Picture] = MappingProxyType({})) -> bytes:
    """The master with each control showing its number or its chart; the control stays, so that it can be filled again."""
    document = opened(master)
    for box in document.element.body.iter(qn("w:sdt")):
        tag = tag_of(box)
        if (tag not in texts and tag not in pictures) or (run := emptied(box)) is None:
            continue
        if tag in texts:
            Run(run, document).text = texts[tag]
        else:
            show(run, pictures[tag], document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def emptied(box):
    """The one run that is left of what the control showed; none where it has none."""
    first, *spare = [*box.iter(qn("w:r"))] or [None]
    for each in spare:
        each.getparent().remove(each)
    return first


def show(run, picture: Picture, document) -> None:
    """Lines of a fixed height would cut a picture off: its paragraph is as high as it needs."""
    inline = document.part.new_pic_inline(io.BytesIO(picture.png), width=Mm(WIDE))
    inline.docPr.set("descr", picture.told)
    for shown in [*run.iter(qn("w:t"), qn("w:drawing"))]:
        run.remove(shown)
    run.add_drawing(inline)
    paragraph = next(each for each in run.iterancestors(qn("w:p")))
    form = ParagraphFormat(paragraph)
    form.line_spacing_rule, form.line_spacing = None, 1.0
    form.first_line_indent = None


def with_appendices(filled_in: bytes, tables: Iterable[Chart], lines: Iterable[tuple[str, list[str]]]) -> bytes:
    """After the text: the numbers of the charts; where each number comes from; what was corrected since."""
    document = Document(io.BytesIO(filled_in))
    charts = [each for each in tables if each.rows]
    if charts:
        word.blank(document)
        word.write(document, "附：图中的数", role="hei", indent=2)
    for chart in charts:
        table_of(document, chart)
    for heading, said in lines:
        if said:
            word.blank(document)
            word.write(document, heading, role="hei", indent=2)
        for each in said:
            word.write(document, each, size=12.0, indent=2, pitch=20)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def table_of(document, chart: Chart) -> None:
    heading = word.write(document, chart.heading, role="hei", size=12.0, pitch=24)
    heading.paragraph_format.keep_with_next = True
    rows = [chart.headings, *((each.label, *each.numbers) for each in chart.rows)]
    table = document.add_table(rows=len(rows), cols=len(chart.headings), style="Table Grid")
    cells = iter(table._cells)
    for nth, row in enumerate(rows):
        for place, text in enumerate(row):
            paragraph = next(cells).paragraphs[0]
            word.written(paragraph, text, role="song" if nth else "hei", size=10.5)
            word.set_alignment(paragraph, "right" if place else "left")
    header = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(header)
