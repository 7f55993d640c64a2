"""校核 and 年度对账: what must hold and does not, with the records; last year's number and what became of it."""

from dataclasses import replace

from django.core import signing
from django.http import Http404
from django.shortcuts import render

from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.ledger.forms import asked as asked_day
from taizhang.stats import bridging, checking, figures, forms, labels, lists
from taizhang.stats.views.asking import cursor

PAGE_SIZE = 100


def checks(request):
    """Every check in force on the day: how many records fail it."""
    asked = asked_day(request.GET, today=today())
    found = checking.results(asked.at, request.user.scope)
    page = {"asked": asked, "results": found, "failing": sum(not each.holds for each in found)}
    return render(request, "stats/checks.html", page)


def check(request, check: str):
    """The records of which one check does not hold, each with the likely cause."""
    if check not in checking.checks():
        raise Http404(f"没有这项校核：{check}")
    asked, chosen = asked_day(request.GET, today=today()), checking.checks()[check]
    found = checking.failures(
        chosen, asked.at, request.user.scope, after=cursor(request.GET.get("after", "")), limit=PAGE_SIZE + 1
    )
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    page = {
        "asked": asked,
        "check": chosen,
        "in_force": chosen.is_in_force(asked.at.day),
        "rows": [(each, address_of(lists.THINGS[chosen.record](pk=each.record))) for each in found],
        "next": signing.dumps((found[-1].label, found[-1].record)) if more else "",
    }
    return render(request, "stats/check.html", page)


def bridge(request):
    """One year's account of each figure that has one: last year, in, out, what there should be, and what there is."""
    asked = asked_day(request.GET, today=today())
    user, day = request.user, asked.at.day
    accounts = []
    for each in bridging.bridges().values():
        closing = figures.ask(each.figure, asked.at, user.scope, people=user.people_scope, variant=each.variant)
        account = bridging.account(each, closing)
        before = account.opening.question.at.day
        links = {
            "closing": forms.query(day=day, known_at=request.GET.get("known_at"), variant=each.variant),
            "opening": forms.query(day=before, known_at=request.GET.get("known_at"), variant=each.variant),
            "reported": forms.query(day=before, known_at=before, variant=each.variant),
            "changes": forms.query(day=day, since=before, variant=each.variant),
            "corrected": forms.query(day=before, since=before, since_known_at=before, variant=each.variant),
        }
        accounts.append((account, links, astray(account)))
    return render(request, "stats/bridge.html", {"asked": asked, "accounts": accounts, "day": day})


def astray(account: bridging.Account) -> list[tuple[str, str]]:
    """The records that do not add up, by name."""
    if not account.astray:
        return []
    question = replace(account.closing.question, where=None)
    thing = lists.THINGS[question.figure.record]
    rows = {row.record: row.label for row in figures.records(question, shown="all") if row.record in account.astray}
    return [(label, address_of(thing(pk=pk)) if label != labels.HIDDEN else "") for pk, label in rows.items()]
