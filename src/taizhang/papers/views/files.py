"""A paper to look at: its pages as pictures, the original or a marked draft as PDF, its twin for Word."""

import io
from functools import lru_cache

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.papers import actions as papers
from taizhang.papers import printing
from taizhang.papers.content import content_of
from taizhang.papers.models import Agency, Paper, Rendering
from taizhang.papers.printing import Content
from taizhang.papers.views.reaching import must_hold, paper_of
from taizhang.papers.word import twin

PAGES_SHOWN = 12
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def page(request, pk: int, number: int):
    """One page as it will be, or as it was issued."""
    pictures = pictures_of(shown_content(request, paper_of(request, pk)))
    if not 1 <= number <= min(len(pictures), PAGES_SHOWN):
        raise Http404
    return HttpResponse(pictures[number - 1], content_type="image/png")


def page_numbers(request, paper: Paper) -> range:
    return range(1, min(len(pictures_of(shown_content(request, paper))), PAGES_SHOWN) + 1)


def shown_content(request, paper: Paper) -> Content:
    agency = paper.agency or Agency.objects.visible_to(request.user).in_force(paper.issuer, today())
    return content_of(paper, agency, on=today())


@lru_cache(maxsize=32)
def pictures_of(content: Content) -> list[bytes]:
    return printing.images(content)


def pdf(request, pk: int):
    """The original, or a draft marked as one."""
    paper = paper_of(request, pk)
    kept = Rendering.objects.visible_to(request.user).filter(paper=paper).first()
    if paper.is_issued and kept is None:
        return redirect(address_of(paper))
    content = bytes(kept.pdf) if kept else printing.pdf(shown_content(request, paper))
    return sent(request, paper, content, "pdf", "application/pdf", mark="" if kept else "草稿")


def word(request, pk: int):
    """The twin to edit, which is not the issued paper and says so."""
    paper = paper_of(request, pk)
    return sent(request, paper, twin(shown_content(request, paper)), "docx", DOCX, mark="编辑稿")


def sent(request, paper: Paper, content: bytes, suffix: str, kind: str, *, mark: str) -> FileResponse:
    record(AuditKind.EXPORT, by=request.user, verb=request.resolver_match.view_name, of=paper, format=suffix)
    name = " ".join(filter(None, (paper.number, paper.title, mark)))
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=f"{name}.{suffix}", content_type=kind)


@require_POST
def render(request, pk: int):
    """Once more, where the job failed or nobody runs jobs."""
    paper = paper_of(request, pk)
    must_hold(request, "render", paper.issuer)
    papers.render(paper, by=request.user)
    return redirect(address_of(paper))
