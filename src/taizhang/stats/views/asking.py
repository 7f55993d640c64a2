"""Pages of the figures: today's values, one figure of any day, the records behind a number, what changed between two days."""

from dataclasses import asdict, replace
from functools import partial

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind
from taizhang.kit import exporting
from taizhang.kit.clock import today
from taizhang.kit.refusals import Obstacle, Refused
from taizhang.ledger.models import AsOf
from taizhang.members.eligibility import Outcome, WhoCounts
from taizhang.stats import actions, answers, charts, figures, forms, lists, remembering, rules, supposing, trending
from taizhang.stats import changes as changing
from taizhang.stats.catalogue import Figure, catalogue, themes
from taizhang.stats.figures import WrongQuestion
from taizhang.stats.models import Scenario
from taizhang.stats.supposing import Supposition
from taizhang.statutes.rules import criteria

PAGE_SIZE = 50
EXPORT_LIMIT = 100_000
CHANGES_SIZE = 100
PAGES = (
    ("stats:dashboard", "看板"),
    ("stats:targets", "目标"),
    ("stats:checks", "校核"),
    ("stats:bridge", "年度对账"),
    ("stats:what_if", "如果换一种口径"),
)


def home(request):
    """Every figure of one day, by theme: one number each, with its definition; the first is what the committee is asked for."""
    groups = [
        (theme, [headline(ask(request, figure)) for figure in shown]) for theme, shown in themes().items() if shown
    ]
    first = ask(request, next(iter(catalogue().values())))
    return render(request, "stats/home.html", {"themes": groups, "asked": first, "pages": PAGES})


def headline(asked: forms.Asked) -> dict:
    """A figure in the way that is meant when none is named."""
    return {
        "figure": asked.question.figure,
        "totals": figures.totals(asked.question),
        "begins": asked.question.begins,
        "link": asked.query(by=None),
    }


def tile(request):
    """A part for the desk: today's organisation coverage, every number with its list."""
    asked = ask(request, found("organisation_coverage"))
    context = {"figure": asked.question.figure, "asked": asked, "ways": ways(asked), "link": asked.query(by=None)}
    return render(request, "stats/tile.html", context)


def figure(request, figure: str):
    asked = ask(request, found(figure))
    totals = figures.totals(asked.question, asked.by)
    by = asked.by
    groups = [(group, asked.query(group=f"{by}:{group.key}")) for group in totals.groups]
    page = {
        **about(request, asked),
        "totals": totals,
        "not_known": answers.not_known(totals),
        "ways": ways(asked),
        "groups": groups,
        "publish": publishing(request, asked, totals),
        "spares": any(group.is_hidden for group in totals.groups),
        "by_label": asked.question.figure.labels[by],
        "months": [(point, point_query(asked, point)) for point in reversed(trending.monthly(asked.question))],
        "also": themes(),
        "by_covered": asked.query(by="covered"),
        "beside": [(each, beside(asked, each), why) for each, why in asked.question.figure.beside],
    }
    return render(request, "stats/figure.html", page)


def publishing(request, asked: forms.Asked, totals: figures.Totals) -> str:
    """The page that freezes what is shown here; none for who may not publish, and for what is no answer of the whole unit."""
    question = asked.question
    is_own = question.where is None and question.wanted is None and question.organised == figures.THEN
    if totals.counted is None or not is_own or not request.user.holds(rules.PUBLISHES):
        return ""
    return reverse("reports:publish") + forms.query(
        figure=question.figure.key,
        dimension=asked.by,
        variant=question.variant,
        base=question.base,
        since=question.since,
        day=question.at.day,
        known_at=question.at.known_at and question.at.known_at.isoformat(),
    )


def records(request, figure: str):
    """The list behind a number; the same rows as a file."""
    asked = ask(request, found(figure))
    shown = request.GET.get("shown") or "counted"
    rows = partial(figures.records, asked.question, shown=shown)
    try:
        if (file_format := request.GET.get("format")) in {"xlsx", "csv"}:
            return export(request, asked, shown, rows(limit=EXPORT_LIMIT + 1), file_format)
        page = rows(after=cursor(request.GET.get("after", "")), limit=PAGE_SIZE + 1)
    except WrongQuestion as error:
        raise Http404(str(error)) from error
    more, page = len(page) > PAGE_SIZE, page[:PAGE_SIZE]
    totals = figures.totals(asked.question)
    context = {
        **about(request, asked),
        "totals": totals,
        "not_known": answers.not_known(totals),
        "headings": lists.headings(asked.question.figure),
        "rows": [lists.row(each, asked.question.figure, request.user) for each in page],
        "tabs": lists.tabs(asked, totals, shown),
        "shown": shown,
        "group": lists.group_label(asked.question),
        "next": asked.query(shown=shown, after=signing.dumps(figures.position(page[-1]))) if more else "",
        "first": asked.query(shown=shown) if request.GET.get("after") else "",
        "xlsx": asked.query(shown=shown, format="xlsx"),
        "csv": asked.query(shown=shown, format="csv"),
        "without_group": asked.query(shown=shown, group=None),
    }
    return render(request, "stats/records.html", context)


def export(request, asked: forms.Asked, shown: str, rows: list[figures.Record], file_format: str) -> HttpResponseBase:
    question = asked.question
    if len(rows) > EXPORT_LIMIT:
        too_many = Obstacle("too-many-rows", f"一次最多导出{EXPORT_LIMIT:,}条", remedy="点开一个分组，分几次导出")
        return render(request, "kit/refused.html", {"obstacles": [too_many], "back": request.path}, status=422)
    record(
        AuditKind.EXPORT,
        by=request.user,
        verb="stats:records",
        format=file_format,
        rows=len(rows),
        filters={"figure": question.figure.key, "shown": shown, **asked.carried},
    )
    title = f"{question.figure.name}{question.at.day:%Y%m%d}"
    lines = (lists.line(each, question.figure) for each in rows)
    if file_format == "csv":
        return exporting.text(title, lists.file_headings(question.figure), lines)
    about_it = lists.described(question, figures.totals(question), shown)
    return exporting.xlsx(title, lists.file_headings(question.figure), lines, about=about_it)


def changes(request, figure: str):
    """Two days, or two moments of knowledge: what came in, what went out, and the steps that did it."""
    asked = ask(request, found(figure), form_class=forms.ComparisonForm)
    (before, asked), kind = forms.compared(request.GET, asked), request.GET.get("kind", "")
    try:
        compared = changing.changes(
            before, asked.question, by=asked.by, kind=kind,
            beyond=cursor(request.GET.get("after", "")), limit=CHANGES_SIZE + 1,
        )  # fmt: skip
    except WrongQuestion as error:
        raise Http404(str(error)) from error
    more, rows = len(compared.records) > CHANGES_SIZE, compared.records[:CHANGES_SIZE]
    keep = {name: request.GET.get(name, "") for name in ("since", "since_known_at", "since_organised")}
    context = {
        **about(request, asked),
        "compared": compared,
        "parts": changing.parts(before, asked.question, by=asked.by),
        "beside": changing.beside(before, asked.question, asked.by),
        "by_label": asked.question.figure.labels[asked.by],
        "before": compared.before,
        "after": compared.after,
        "before_organised": forms.ORGANISED[before.organised],
        "before_not_known": answers.not_known(compared.before),
        "after_not_known": answers.not_known(compared.after),
        "before_known": answers.known(before),
        "before_query": asked.query(
            day=before.at.day.isoformat(), known_at=keep["since_known_at"], organised=before.organised
        ),
        "kinds": [
            (changing.KIND_LABELS[each], count, asked.query(**keep, kind=each), each == kind)
            for each, count in compared.counts.items()
        ],
        "rows": [(change, lists.address(asked.question.figure, change.record, request.user)) for change in rows],
        "whole": asked.query(**keep) if kind else "",
        "next": asked.query(**keep, kind=kind, after=signing.dumps(changing.position(rows[-1]))) if more else "",
    }
    return render(request, "stats/changes.html", context)


def what_if(request):
    """Other criteria beside those of the day: how many, and which, would be able to form. Nothing is changed by asking."""
    said = forms.SuppositionForm(request.GET)
    said.is_valid()
    day = said.cleaned_data.get("day") or today()
    rule = Supposition.by_rule(criteria(day))
    if "who" not in request.GET:
        said = forms.SuppositionForm({**asdict(rule), "day": day.isoformat()})
    supposition = said.supposition if said.is_valid() else rule
    kind = request.GET.get("kind", "")
    try:
        compared = supposing.compare(
            rule, supposition, day=day, scope=request.user.scope, kind=kind,
            beyond=cursor(request.GET.get("after", "")), limit=CHANGES_SIZE + 1,
        )  # fmt: skip
    except WrongQuestion as error:
        raise Http404(str(error)) from error
    found = compared.changes.records
    page, more = found[:CHANGES_SIZE], len(found) > CHANGES_SIZE
    here = forms.query_of(supposition, day)
    context = {
        "form": said,
        "day": day,
        "rule": rule,
        "supposition": supposition,
        "lines": [
            (line, forms.list_of(compared.by_rule, line.outcome), forms.list_of(compared.supposed, line.outcome))
            for line in compared.lines
        ],
        "rates": compared.rates,
        "alone": next(line for line in compared.lines if line.outcome == Outcome.ALONE),
        "kinds": [
            (changing.KIND_LABELS[each], count, f"{here}&kind={each}", each == kind)
            for each, count in compared.changes.counts.items()
            if count
        ],
        "whole": here if kind else "",
        "rows": [(each, lists.address(compared.supposed.figure, each.record, request.user)) for each in page],
        "next": f"{here}&kind={kind}&after={signing.dumps(changing.position(page[-1]))}" if more else "",
        "scenarios": [
            (each, forms.query_of(each, each.day or today()), rules.abilities(request.user, each))
            for each in Scenario.objects.visible_to(request.user).select_related("by", "unit").order_by("name", "pk")
        ],
        "abilities": rules.abilities(request.user),
        "report": forms.query_of(replace(rule, who=WhoCounts.EXTENDED, promised=True), day),
    }
    return render(request, "stats/what_if.html", context)


@require_POST
def keep_scenario(request):
    filled = forms.KeepForm(request.POST)
    if not filled.is_valid():
        messages.error(
            request, "没有保存：" + "；".join(message for each in filled.errors.values() for message in each)
        )
        return redirect("stats:what_if")
    name, day = filled.cleaned_data["name"], filled.cleaned_data["day"]
    try:
        actions.keep_scenario(filled.supposition, name=name, day=day, by=request.user)
    except Refused as refusal:
        messages.error(request, "没有保存：" + "；".join(str(each.reason) for each in refusal.obstacles))
    else:
        messages.success(request, f"已保存为“{name}”。")
    return redirect(reverse("stats:what_if") + forms.query_of(filled.supposition, day or today()))


@require_POST
def forget_scenario(request, pk: int):
    scenario = get_object_or_404(Scenario.objects.visible_to(request.user), pk=pk)
    try:
        actions.forget_scenario(scenario, by=request.user)
    except Refused as refusal:
        messages.error(request, "；".join(str(each.reason) for each in refusal.obstacles))
    else:
        messages.success(request, f"已删去设想“{scenario.name}”。")
    return redirect("stats:what_if")


def bars(request, figure: str):
    asked = ask(request, found(figure))
    page = reverse("stats:records", args=[figure])

    def draw():
        return charts.bars(
            figures.totals(asked.question, asked.by),
            lambda group: page + asked.query(group=f"{asked.by}:{group.key}"),
        )

    return remembered(request, asked, ("bars", asked.by), draw)


def line(request, figure: str):
    asked = ask(request, found(figure))
    page = reverse("stats:records", args=[figure])

    def draw():
        return charts.line(trending.monthly(asked.question), lambda point: page + point_query(asked, point))

    return remembered(request, asked, "line", draw)


def json(request, figure: str):
    """The same answer for a program: `?day=&known_at=&base=&variant=&organised=&by=&group=`."""
    asked = ask(request, found(figure))
    by = asked.by if request.GET.get("by") else ""
    return remembered(
        request, asked, ("json", by), lambda: answers.of_totals(figures.totals(asked.question, by), by=by)
    )


def remembered(request, asked: forms.Asked, kind, work_out) -> HttpResponse:
    """With an ETag of the ledger's version and the question: whoever has the answer already is told so."""
    if not asked.form.is_valid():
        return JsonResponse({"errors": asked.form.errors}, status=400)
    digest, answer = remembering.tagged(
        asked.question,
        ("sent", kind),
        lambda: JsonResponse(work_out(), json_dumps_params={"ensure_ascii": False}).content,
    )
    tag = f'"{digest}"'
    response: HttpResponse
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(answer(), content_type="application/json")
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def ask(request, figure: Figure, **options) -> forms.Asked:
    try:
        return forms.asked(request.GET, figure, request.user, today=today(), **options)
    except WrongQuestion as error:
        raise Http404(str(error)) from error


def found(key: str) -> Figure:
    try:
        return catalogue()[key]
    except KeyError as error:
        raise Http404(f"没有这个指标：{key}") from error


def ways(asked: forms.Asked) -> list[dict]:
    """The figure counted in each of its ways, of the same day and base."""
    question = asked.question
    shown = []
    for variant, label in question.figure.variants.items():
        totals = figures.totals(replace(question, variant=variant))
        query = asked.query(variant="" if variant == question.figure.headline else variant)
        shown.append({"label": label, "totals": totals, "query": query, "current": variant == question.variant})
    return shown


def beside(asked: forms.Asked, key: str) -> dict:
    """Another figure of the same day, period and structure, easily taken for this one."""
    question = asked.question
    other = replace(
        figures.ask(catalogue()[key], question.at, question.scope, people=question.people, since=question.since),
        organised=question.organised,
    )
    query = asked.query(variant=None, base=None, by=None, group=None, wanted=None)
    return {"figure": other.figure, "totals": figures.totals(other), "link": query}


def about(request, asked: forms.Asked) -> dict:
    question = asked.question
    return {
        "asked": asked,
        "figure": question.figure,
        "question": question,
        "form": asked.form,
        "query": asked.query(),
        "known": answers.known(question),
        "kept": {name: request.GET[name] for name in ("group", "shown", "kind") if request.GET.get(name)},
        "variant": question.figure.variants[question.variant],
        "base": question.figure.bases.get(question.base, ""),
        "organised": forms.ORGANISED[question.organised],
        "is_today": question.at == AsOf(today()),
        "begins": question.begins,
    }


def point_query(asked: forms.Asked, point: figures.Totals) -> str:
    return asked.query(day=point.question.at.day.isoformat())


def cursor(said: str) -> tuple[str, int] | None:
    """Where a page begins; whoever changes it gets page one."""
    try:
        label, number = signing.loads(said)
        return str(label), int(number)
    except (signing.BadSignature, ValueError, TypeError):
        return None
