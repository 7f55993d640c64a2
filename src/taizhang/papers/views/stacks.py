"""Signing and issuing by the stack, and how far the originals have come."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from taizhang.accounts.access import for_roles
from taizhang.accounts.freshness import fresh
from taizhang.kit.clock import today
from taizhang.kit.refusals import Refused
from taizhang.papers import actions as papers
from taizhang.papers import rules
from taizhang.papers.models import Paper

AT_ONCE = 100


@require_POST
@for_roles(rules.WHO["sign"])
@fresh
def sign_many(request):
    done = each_of(request, papers.sign)
    if done:
        messages.success(request, f"已签发 {len(done)} 份，等待编号印发。")
    return redirect("papers:waiting")


@require_POST
@for_roles(rules.WHO["issue"])
@fresh
def issue_many(request):
    done = each_of(request, papers.issue)
    if not done:
        return redirect("papers:waiting")
    messages.success(request, f"已编号印发 {len(done)} 份。")
    return HttpResponseRedirect(
        f"{reverse('papers:printing')}?{urlencode({'paper': [each.pk for each in done]}, doseq=True)}"
    )


def each_of(request, verb) -> list[Paper]:
    """Each paper for itself: what cannot be done is said, and does not hold up the others."""
    done = []
    for paper in chosen(request.user, request.POST):
        try:
            done.append(verb(paper, on=today(), by=request.user))
        except Refused as refusal:
            messages.error(request, f"“{paper}”没有办成：{refusal}")
    if not done and not request.POST.getlist("paper"):
        messages.warning(request, "没有选中文书。")
    return done


def chosen(user, asked):
    numbers = [each for each in asked.getlist("paper") if each.isdecimal() and len(each) < 19]
    return Paper.objects.visible_to(user).filter(pk__in=numbers[:AT_ONCE]).select_related("issuer").order_by("pk")


def printing(request):
    """The originals of these papers as they come from the worker."""
    rows = chosen(request.user, request.GET).select_related("rendering").defer("rendering__pdf")
    rows = [*rows]
    ready = [paper for paper in rows if hasattr(paper, "rendering")]
    failed = [paper for paper in rows if paper.failure and not hasattr(paper, "rendering")]
    told = {"papers": rows, "ready": len(ready), "failed": len(failed), "waiting": len(rows) - len(ready) - len(failed)}
    part = request.headers.get("HX-Target") == "printing"
    return render(request, "papers/printing.html#progress" if part else "papers/printing.html", told)
