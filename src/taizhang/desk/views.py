"""The desk: what is to be done, quick search, and one page for each organisation and each unit."""

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers

from taizhang.accounts import sessions
from taizhang.accounts.access import for_roles
from taizhang.accounts.models import Unit, UnitKind, User
from taizhang.accounts.rules import OPENERS
from taizhang.cases.models import Case, Step
from taizhang.cases.rules import remarks_on
from taizhang.desk import dossier, finding, matters, operators, units
from taizhang.desk import history as past
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.ledger.forms import asked
from taizhang.ledger.models import AsOf
from taizhang.members.eligibility import judge_one
from taizhang.notices.models import Due
from taizhang.orgs import rules
from taizhang.orgs.mergers import kept_instead
from taizhang.orgs.models import Organization, Status, offices_known_to
from taizhang.papers.models import Paper
from taizhang.papers.rules import awaiting
from taizhang.party.models import PartyOrganization
from taizhang.statutes.rules import criteria

SHOWN = 10


def home(request):
    user = request.user
    if operators.is_filling_in(user):
        told = {**operators.read(user, today()), "is_first": sessions.is_first(request)}
        return render(request, "desk/operator.html", told)
    mine = Case.objects.visible_to(user).awaiting(user).select_related("unit", "turn_unit").order_by("pk")
    first = [*mine[: SHOWN + 1]]
    waiting = len(first) if len(first) <= SHOWN else mine.count()
    papers = Paper.objects.visible_to(user).filter(awaiting(user)).count()
    steps = Step.objects.visible_to(user).select_related("case__unit", "by").order_by("-recorded_at", "-pk")[:SHOWN]
    return render(
        request,
        "desk/home.html",
        {
            "waiting": waiting,
            "papers": papers,
            "mine": matters.with_pages(first[:SHOWN], user),
            "to_review": matters.to_review(user),
            "steps": steps,
            "sees_records": not user.scope.is_nowhere,
            "coverage": address("stats:tile"),
            "late": Due.objects.visible_to(user).late(today()).count(),
            "may_register": user.holds(rules.WHO["register"]),
            "is_first": sessions.is_first(request),
        },
    )


def address(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def search(request):
    """The page of what was found; while somebody types in the box of every page, the first few of each kind."""
    words = request.GET.get("q", "").replace("\x00", "")[:100]
    typing = request.headers.get("HX-Target") == "found"
    shown = finding.SHOWN_WHILE_TYPING if typing else finding.SHOWN
    page = {"words": words, "groups": finding.find(words, request.user, shown=shown)}
    response = render(request, "desk/found.html" if typing else "desk/search.html", page)
    patch_vary_headers(response, ["HX-Target"])
    return response


def organization(request, pk: int):
    found = found_organization(request, pk)
    if not request.GET and (merger := kept_instead(found)):
        messages.info(request, f"{merger.name}是重复登记，已并入{merger.kept}。")
        return redirect("desk:organization", pk=merger.kept_id)
    question = asked(request.GET, today=today())
    at = question.at
    stated = Organization.objects.visible_to(request.user).filter(pk=pk).as_of(at).get()
    return render(
        request,
        "desk/organization.html",
        {
            "organization": found,
            "stated": stated,
            "asked": question,
            "covered": dossier.is_covered(found, at),
            "judgement": judge_one(found, at, criteria(at.day)) if stated.stated_status == Status.NORMAL else None,
            "threads": list(dossier.threads(found, at, request.user)),
            "people": dossier.people(found, at, request.user),
            "timeline": dossier.timeline(found, at, request.user),
            "former_names": dossier.former_names(found, at),
            "cases": dossier.recent_cases(found, request.user)[:SHOWN],
            "abilities": dossier.abilities(found, request.user),
            **remarks_on(found.unit, request.user),
        },
    )


def concerned(request, pk: int):
    """A part of the pages that hand over or strike off: the Party organisations and members concerned."""
    found = found_organization(request, pk)
    return render(
        request,
        "desk/concerned.html",
        {"organization": found, "concerned": dossier.concerned(found, AsOf(today()), request.user)},
    )


@for_roles(OPENERS)
def in_hand(request, pk: int):
    """A part of the page of an account that is to be closed or handed over: what waits for that person now."""
    account = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    waiting = Case.objects.visible_to(request.user).awaiting(account).select_related("unit").order_by("pk")
    shown = {"account": account, "waiting": waiting.count(), "cases": waiting[:SHOWN]}
    return render(request, "desk/in_hand.html", {**shown, "sees_records": not request.user.scope.is_nowhere})


def found_organization(request, pk: int) -> Organization:
    rows = Organization.objects.visible_to(request.user).select_related("unit__parent")
    return get_object_or_404(rows, pk=pk)


def unit(request, pk: int):
    """A unit's page; the node of an organisation or Party organisation leads to its own."""
    inside = Unit.objects.visible_to(request.user).filter(pk=pk).first()
    if inside and inside.kind == UnitKind.ORGANIZATION:
        rows = Organization.objects.visible_to(request.user)
        return redirect("desk:organization", pk=get_object_or_404(rows, unit=inside).pk)
    if inside and inside.kind == UnitKind.PARTY:
        branches = PartyOrganization.objects.visible_to(request.user)
        return redirect(address_of(get_object_or_404(branches, unit=inside)) or "desk:home")
    found = get_object_or_404(offices_known_to(request.user).select_related("parent"), pk=pk)
    return render(request, "desk/unit.html", units.read(found, AsOf(today()), request.user))


def history(request, thing: str, pk: int):
    """One thing on the day asked for beside today, the days on which something changed, and what was done."""
    found = get_object_or_404(past.found_in(thing, request.user), pk=pk)
    question = asked(request.GET, today=today())
    at = question.at
    told = past.of(found, at=at, now=AsOf(today()), user=request.user)
    known_at = {"known_at": question.form.data["known_at"]} if at.known_at else {}

    def on(day) -> dict[str, object]:
        return {"day": day, "address": f"?{urlencode({'day': day.isoformat(), **known_at})}"} if day else {}

    return render(
        request,
        "desk/history.html",
        {
            "thing": found,
            "noun": found._meta.verbose_name,
            "address": address_of(found),
            "asked": question,
            "history": told,
            "days": [on(day) for day in told.days],
            "place": sum(day <= at.day for day in told.days) - 1,
            "last": len(told.days) - 1,
            "before": on(told.before(at.day)),
            "after": on(told.after(at.day)),
            "deeds": [replace(deed, address=then(deed.step, at)) for deed in told.deeds],
        },
    )


def then(step: Step, at: AsOf) -> str:
    """The day asked for, as known just after the step."""
    return f"?{urlencode({'day': at.day.isoformat(), 'known_at': step.recorded_at.isoformat()})}"
