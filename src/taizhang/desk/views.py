"""The desk: what is to be done, quick search, and one page for each organisation and each unit."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse

from taizhang.accounts.models import Unit, UnitKind
from taizhang.cases.models import Case, Step
from taizhang.desk import dossier, finding
from taizhang.kit.clock import today
from taizhang.ledger.forms import asked
from taizhang.ledger.models import AsOf
from taizhang.orgs import rules
from taizhang.orgs.models import Organization, UnitAlias, UnitName
from taizhang.party.models import Affiliation, PartyOrganization

SHOWN = 10


def home(request):
    user = request.user
    mine = Case.objects.visible_to(user).awaiting(user).select_related("unit", "turn_unit").order_by("-pk")
    waiting = mine.count()
    steps = Step.objects.visible_to(user).select_related("case__unit", "by").order_by("-recorded_at", "-pk")[:SHOWN]
    return render(
        request,
        "desk/home.html",
        {
            "waiting": waiting,
            "mine": mine[:SHOWN],
            "steps": steps,
            "sees_records": not user.scope.is_nowhere,
            "coverage": address("stats:tile"),
            "may_register": user.holds(rules.WHO["register"]),
        },
    )


def address(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def search(request):
    words = request.GET.get("q", "").replace("\x00", "")[:100]
    return render(request, "desk/search.html", {"words": words, "groups": finding.find(words, request.user)})


def organization(request, pk: int):
    found = found_organization(request, pk)
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
            "threads": list(dossier.threads(found, at, request.user)),
            "people": dossier.people(found, at, request.user),
            "timeline": dossier.timeline(found, at, request.user),
            "former_names": dossier.former_names(found, at),
            "cases": dossier.recent_cases(found, request.user)[:SHOWN],
            "abilities": rules.abilities(request.user, found),
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


def found_organization(request, pk: int) -> Organization:
    rows = Organization.objects.visible_to(request.user).select_related("unit__parent")
    return get_object_or_404(rows, pk=pk)


def unit(request, pk: int):
    known = Unit.objects.visible_to(request.user) | Unit.objects.registrars()
    found = get_object_or_404(known.select_related("parent"), pk=pk)
    if found.kind == UnitKind.ORGANIZATION:
        rows = Organization.objects.visible_to(request.user)
        return redirect("desk:organization", pk=get_object_or_404(rows, unit=found).pk)
    if found.kind == UnitKind.PARTY:
        branches = PartyOrganization.objects.visible_to(request.user)
        return redirect("party:detail", pk=get_object_or_404(branches, unit=found).pk)
    at = AsOf(today())
    organizations = Organization.objects.visible_to(request.user).as_of(at).filter(stated_responsible_id=found.pk)
    affiliated = Affiliation.objects.as_of(at).filter(superior=found).values("party_organization")
    branches = PartyOrganization.objects.visible_to(request.user).filter(pk__in=affiliated)
    return render(
        request,
        "desk/unit.html",
        {
            "unit": found,
            "names": UnitName.objects.current().filter(unit=found).select_related("step").order_by("-period"),
            "aliases": UnitAlias.objects.filter(unit=found).order_by("name"),
            "organizations": organizations.filter(stated_status="normal").count(),
            "branches": branches.count(),
            "cases": Case.objects.visible_to(request.user).filter(unit=found).order_by("-pk")[:SHOWN],
            "below": found.children.filter(kind=UnitKind.SUPERVISING).order_by("name"),
            "may_keep": request.user.holds(rules.WHO["keep_units"], found),
        },
    )
