"""The report of a year, a month or a quarter, where each number opens its list; and what has been published."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from taizhang.accounts.access import for_roles
from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind
from taizhang.accounts.saving import own_unit
from taizhang.kit import exporting
from taizhang.kit.clock import today
from taizhang.kit.refusals import Obstacle, Refused
from taizhang.reports import actions, forms, producing, rules, telling
from taizhang.reports.models import Publication


def home(request):
    """Which report; the publications, newest first."""
    published = Publication.objects.visible_to(request.user).select_related("unit", "by")[: telling.LISTED]
    context = {
        "form": forms.ReportForm({"year": today().year - 1}),
        "published": published,
        "may_publish": "publish" in rules.abilities(request.user),
    }
    return render(request, "reports/home.html", context)


def choose(request):
    form = forms.ReportForm(request.GET)
    if not form.is_valid():
        messages.error(request, "；".join(message for each in form.errors.values() for message in each))
        return redirect("reports:home")
    said = {name: request.GET.get(name, "") for name in ("month", "quarter", "known_at")}
    kept = urlencode({name: value for name, value in said.items() if value})
    return redirect(reverse("reports:annual", args=[form.cleaned_data["year"]]) + (f"?{kept}" if kept else ""))


def annual(request, year: str):
    """The text with its numbers as links, the definitions, and what was corrected since."""
    made = report_of(request, year)
    context = {
        "report": made,
        "paragraphs": telling.page(made),
        "fields": list(made.fields.values()),
        "corrections": made.corrections,
        "query": request.GET.urlencode(),
        "form": forms.ReportForm({**request.GET.dict(), "year": year}),
    }
    return render(request, "reports/annual.html", context)


def file(request, year: str, suffix: str):
    if suffix not in telling.FILES:
        raise Http404(suffix)
    made = report_of(request, year)
    record(AuditKind.EXPORT, by=request.user, verb="reports.file", format=suffix, year=made.asking.year)
    response = HttpResponse(telling.content_of(made, suffix), content_type=telling.FILES[suffix])
    response["Content-Disposition"] = f'attachment; filename="{made.asking.file_name}.{suffix}"'
    return response


def report_of(request, year: str) -> producing.Report:
    form = forms.ReportForm({**request.GET.dict(), "year": year})
    if not form.is_valid():
        raise Http404("；".join(message for each in form.errors.values() for message in each))
    said = form.cleaned_data
    if (known_at := said["known_at"]) is not None:
        known_at = producing.moment(known_at)
    return producing.report(
        said["year"],
        month=said["month"] or 0,
        quarter=said["quarter"] or 0,
        until=today(),
        known_at=known_at,
        scope=request.user.scope,
        people=request.user.people_scope,
    )


@for_roles(rules.WHO["publish"])
def publish(request):
    """First what would be frozen, then the act; what is published is what was shown, whatever was recorded in between."""
    asked = request.POST or request.GET
    form = forms.PublishForm(asked if "figure" in asked else None, initial={"day": today()})
    obstacles: Sequence[Obstacle] = ()
    would_be = None
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                published = actions.publish(by=request.user, **form.cleaned_data)
                messages.success(request, f"已发布，第{published.number}号。")
                return redirect("reports:detail", published.pk)
            would_be = actions.frozen(unit=own_unit(request.user), **form.cleaned_data)
        except Refused as refusal:
            obstacles = refusal.obstacles
    shown = {"would_be": would_be, **telling.before_publishing(would_be)} if would_be else {}
    return render(request, "reports/publish.html", {"form": form, "obstacles": obstacles, **shown})


def detail(request, pk: int):
    """As it was published; what has been corrected since stands beside it."""
    published = get_object_or_404(Publication.objects.visible_to(request.user).select_related("unit", "by"), pk=pk)
    if request.GET.get("format") == "xlsx":
        record(AuditKind.EXPORT, by=request.user, verb="reports.detail", of=published, format="xlsx")
        headings, rows = telling.table(published)
        return exporting.xlsx(published.title, headings, rows, about=telling.labels(published))
    return render(request, "reports/detail.html", {"published": published, **telling.beside(published)})
