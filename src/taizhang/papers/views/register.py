"""The register of papers, one paper, and what waits for somebody."""

from django.db.models import F
from django.shortcuts import render

from taizhang.accounts import lists
from taizhang.cases.models import Case, Step
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.lists import Empty
from taizhang.papers import rules
from taizhang.papers.models import Paper, Rendering, State
from taizhang.papers.printing import obstacles_in_glyphs
from taizhang.papers.tables import TABLE, PaperFilters
from taizhang.papers.views.files import page_numbers, shown_content
from taizhang.papers.views.reaching import paper_of


def list(request):  # noqa: A001 (the page's name)
    rows = Paper.objects.visible_to(request.user).select_related("issuer", "drafted_by")
    may = {
        "may_draft": request.user.holds(rules.WHO["draft"]),
        "may_word": request.user.holds(rules.WHO["revise_master"]),
    }
    return lists.show(
        request,
        table=TABLE,
        rows=rows.annotate(digest=F("rendering__digest")),
        filters=PaperFilters,
        title="文书",
        template="papers/list.html",
        empty=Empty("还没有文书", "事项办到该发文时会自动拟稿，也可以自己拟一份。"),
        context={**may, "waiting": waiting_for(request.user).count()},
    )


def waiting_for(user):
    return Paper.objects.visible_to(user).filter(rules.awaiting(user))


def detail(request, pk: int):
    paper = paper_of(request, pk)
    steps = Step.objects.visible_to(request.user).filter(case=paper.case, details__paper=paper.pk).select_related("by")
    case = Case.objects.visible_to(request.user).filter(pk=paper.case_id).first()
    return render(
        request,
        "papers/detail.html",
        {
            "paper": paper,
            "original": Rendering.objects.visible_to(request.user).filter(paper=paper).defer("pdf").first(),
            "pages": page_numbers(request, paper),
            "steps": [(step, rules.CALLED.get(step.verb.partition(":")[2], "")) for step in steps],
            "abilities": rules.abilities(request.user, paper),
            "may_render": request.user.holds(rules.WHO["render"], paper.issuer),
            "case": address_of(case),
            "glyphs": [*obstacles_in_glyphs(shown_content(request, paper))] if paper.is_open else [],
            "State": State,
        },
    )


def waiting(request):
    """What I am to check, to sign, to issue, or to mend: each in one list, the last two by the stack."""
    rows = waiting_for(request.user).select_related("issuer", "drafted_by", "checked_by", "signed_by").order_by("pk")
    found = [*rows[: SHOWN + 1]]
    stacks = [
        {
            "state": state,
            "title": title,
            "papers": [paper for paper in found[:SHOWN] if belongs(paper)],
            "page": page,
            "button": button,
        }
        for state, title, belongs, page, button in STACKS
    ]
    told = {"stacks": [each for each in stacks if each["papers"]], "more": len(found) > SHOWN, "on": today()}
    return render(request, "papers/waiting.html", told)


SHOWN = 100
STACKS = (
    ("sent_back", "退回给我改的", lambda paper: paper.sent_back and paper.state == State.DRAFT, "", ""),
    ("draft", "等我核稿", lambda paper: not paper.sent_back and paper.state == State.DRAFT, "", ""),
    ("checked", "等我签发", lambda paper: paper.state == State.CHECKED, "papers:sign_many", "签发选中的"),
    ("signed", "等我印发", lambda paper: paper.state == State.SIGNED, "papers:issue_many", "编号印发选中的"),
)
