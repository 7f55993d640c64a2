"""A master 母版: the prose of a report with its numbers as content controls, written and filled as Word files.

The tag of a content control is what `bound.field` understands; whatever else the office writes or draws around it stays.
"""

import io
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from taizhang.kit.refusals import refuse
from taizhang.papers import word
from taizhang.reports.bound import pieces

FOLDER = Path(__file__).parent / "data"
Piece = tuple[str, str]


@dataclass(frozen=True)
class Paragraph:
    """`level` 0 is the title, 1 a heading, 2 text; pieces are ("text", …) and ("field", tag)."""

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
    paragraph = word.write(document, "", size=size, **form)
    if level < 2:
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level))
        paragraph._element.get_or_add_pPr().append(outline)
    for kind, said in pieces(text):
        run = word.written(paragraph, f"〔{said}〕" if kind == "field" else said, role=role, size=size)
        if kind == "field":
            control(run._element, said)


def control(run, tag: str) -> None:
    """The run becomes the content of a control with that tag."""
    box, about, content = OxmlElement("w:sdt"), OxmlElement("w:sdtPr"), OxmlElement("w:sdtContent")
    for name, value in (("w:alias", tag), ("w:tag", tag)):
        each = OxmlElement(name)
        each.set(qn("w:val"), value)
        about.append(each)
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
                yield "field", tag
        elif child.tag == qn("w:r") and (text := "".join(each.text or "" for each in child.iter(qn("w:t")))):
            yield "text", text


def tag_of(box) -> str:
    found = box.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
    return "" if found is None else found.get(qn("w:val"))


def filled(master: bytes, texts: dict[str, str]) -> bytes:
    """The master with each control showing its number; the control stays, so that it can be filled again."""
    document = opened(master)
    for box in document.element.body.iter(qn("w:sdt")):
        if (tag := tag_of(box)) in texts:
            runs = list(box.iter(qn("w:r")))
            for spare in runs[1:]:
                spare.getparent().remove(spare)
            if not runs:
                continue
            kept = list(runs[0].iter(qn("w:t")))
            for spare in kept[1:]:
                spare.getparent().remove(spare)
            if kept:
                kept[0].text = texts[tag]
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_appendix(filled_in: bytes, heading: str, lines: list[str]) -> bytes:
    """Lines after the text: where each number comes from, and what was corrected since."""
    document = Document(io.BytesIO(filled_in))
    word.blank(document)
    word.write(document, heading, role="hei", indent=2)
    for each in lines:
        word.write(document, each, size=12.0, indent=2, pitch=20)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
