"""The original 正本: the issued paper set in type, once, with its digest on it."""

import hashlib

from taizhang.accounts.acting import action, require
from taizhang.accounts.models import User
from taizhang.kit.refusals import refuse, refuse_if
from taizhang.papers import fonts, printing, rules
from taizhang.papers.content import chain_before, issued_content
from taizhang.papers.digest import stamp
from taizhang.papers.models import Paper, Rendering


@action("papers.render")
def render(paper: Paper, *, by: User | None) -> Rendering:
    """排印: there is a PDF of the issued paper. Done again it must come out the same to the last byte, or it is refused.

    `by` nobody: by the clock, for what could not be rendered before.
    """
    paper = Paper.objects.select_for_update(of=("self",)).select_related("issuer", "agency").get(pk=paper.pk)
    if by is not None:
        require(by, rules.WHO["render"], paper.issuer)
    refuse_if(rules.obstacles_to_rendering(paper))
    kept = Rendering.objects.filter(paper=paper).first()
    chain = kept.chain if kept is not None else chain_before(paper.issued_on)
    stamped = stamp(printing.pdf(issued_content(paper, chain=chain)))
    if kept is not None:
        if kept.digest != stamped.digest:
            refuse(
                "differs",
                "重新排印的结果与正本不同，正本不变",
                remedy=f"正本用版式{kept.layout}、字体{'、'.join(kept.fonts.values())}排成；现在是版式{printing.EDITION}",
            )
        return kept
    rendering = Rendering.objects.create(
        paper=paper,
        pdf=stamped.pdf,
        digest=stamped.digest,
        file_digest=hashlib.sha256(stamped.pdf).hexdigest(),
        chain=chain,
        pages=stamped.pdf.count(b"/Type /Page\n"),
        layout=printing.EDITION,
        fonts={role: names[0] for role, names in fonts.chosen().items()},
    )
    if paper.failure:
        paper.failure = ""
        paper.save(update_fields=["failure"])
    return rendering


@action("papers.note_failure")
def note_failure(paper: Paper, *, reason: str, by: User | None) -> Paper:
    """The last attempt to render it came to nothing, and this is why; its number and text stand."""
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    paper.failure = reason[:500]
    paper.save(update_fields=["failure"])
    return paper


def unrendered(limit: int) -> list[Paper]:
    return [*Paper.objects.unprinted().order_by("pk")[:limit]]
