"""What the pages of a paper show, taken from the paper and from the head it goes out under."""

from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from taizhang.accounts.models import Unit
from taizhang.ledger import sealing
from taizhang.papers import wording
from taizhang.papers.digest import PLACEHOLDER, grouped
from taizhang.papers.kinds import Kind
from taizhang.papers.models import Agency, Paper, State
from taizhang.papers.printing import Content, lines_of
from taizhang.papers.wording import day_of

WATERMARKS = {State.ISSUED: "", State.VOID: "作废", State.WITHDRAWN: "撤稿"}


def content_of(paper: Paper, agency: Agency | None, *, on: date) -> Content:
    """A paper that is not issued yet is marked as a draft, and shows the day as its date until it is signed."""
    kind = paper.declared
    name = agency.name if agency else paper.issuer.name
    marks = {
        "document": agency.mark if agency else f"{name}文件",
        "letter": name,
        "minutes": paper.title,
        "form": "",
    }
    dated = paper.dated_on or on
    return Content(
        layout=kind.layout,
        mark=marks[kind.layout],
        number=paper.number or awaited_number(paper, agency, dated),
        title=paper.title,
        addressees=tuple(paper.addressees),
        lines=tuple(lines_of(paper.body)),
        enclosures=tuple(paper.enclosures),
        signature=name,
        date=day_of(dated),
        copies=tuple(paper.copies),
        printer=agency.printer if agency else name,
        printed=f"{day_of(paper.issued_on or on)}印发",
        dated_on=dated,
        watermark=WATERMARKS.get(State(paper.state), "草稿"),
    )


def awaited_number(paper: Paper, agency: Agency | None, day: date) -> str:
    if agency is None or not paper.declared.is_numbered:
        return ""
    return f"{agency.code_for(paper.declared)}〔{day.year}〕　号"


def issued_content(paper: Paper, *, chain: str = "") -> Content:
    """Of the original: without a watermark whatever became of it later, and with room for the digest."""
    content = content_of(paper, paper.agency, on=cast(date, paper.issued_on))
    return replace(content, watermark="", digest=PLACEHOLDER, chain=chain)


def chain_before(day: date) -> str:
    """As it is printed: the last sealed day that was over, its seal and its digest; nothing where none was sealed yet."""
    seal = sealing.digest_of(day - timedelta(days=1))
    return f"{seal.day} 第{seal.pk}批 {grouped(bytes(seal.digest).hex())}" if seal else ""


def example(kind: Kind, unit: Unit, agency: Agency | None, *, title: str, body: str, on: date) -> Content:
    """How a wording looks, filled with the facts of the kind's example."""
    values = kind.labelled(kind.examples())
    paper = Paper(
        kind=kind.name,
        issuer=unit,
        title=wording.fill(title, values),
        body=wording.fill(body, values),
        addressees=["某某单位"] if kind.layout in ("document", "letter") else [],
    )
    return replace(content_of(paper, agency, on=on), watermark="样张")
