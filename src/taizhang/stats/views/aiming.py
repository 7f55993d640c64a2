"""Where a figure is going: ten years of month-ends, small multiples by unit, targets with their path."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from taizhang.accounts.saving import own_unit
from taizhang.formation.plans import Grouping
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.stats import actions, aiming, charts, forms, lists, rules, trending
from taizhang.stats.figures import WrongQuestion
from taizhang.stats.models import Target
from taizhang.stats.views.asking import about, ask, found, remembered

LINES = 5  # more cannot be told apart without colour
MULTIPLES = 24


def trend(request, figure: str):
    """120 month-ends, of the whole and of the largest groups; every number opens its list."""
    asked, line = drawn(request, figure)
    rate = bool(asked.question.figure.rate)
    shown = line.groups[:LINES]
    values = [each.values(rate=rate) for each in shown]
    rows = [
        (point, asked.query(day=point.question.at.day.isoformat()), [each[place] for each in values])
        for place, point in reversed(list(enumerate(line.whole)))
    ]
    page = {**about(request, asked), "shown": shown, "rows": rows, "more": len(line.groups) - len(shown), "by": line.by}
    return render(request, "stats/trend.html", page)


def trend_line(request, figure: str):
    asked, line = drawn(request, figure)
    return remembered(request, asked, ("trend-line", line.by), lambda: charts.lines(line, LINES))


def drawn(request, figure: str):
    asked = ask(request, found(figure))
    by = asked.by if request.GET.get("by") else ""
    try:
        return asked, trending.trend(asked.question, by)
    except WrongQuestion as error:
        raise Http404(str(error)) from error


def multiples(request, figure: str):
    """One small line for each unit, drawn to the same scale, with its numbers beside it."""
    asked = ask(request, found(figure))
    line = trending.trend(asked.question, "unit")
    drawn = charts.small(line, MULTIPLES)
    cards = [(each, asked.query(group=f"unit:{each.key}")) for each in drawn]
    page = {**about(request, asked), "cards": cards, "days": line.days, "more": len(line.groups) - len(drawn)}
    return render(request, "stats/multiples.html", page)


def targets(request):
    """What is aimed at, and how far it is today; the form to set another."""
    user, at = request.user, AsOf(today())
    standing = Target.objects.visible_to(user).standing().select_related("unit", "by")
    aims = [(aiming.aim(each, at, user.scope), abilities(user, each)) for each in standing]
    page = {"aims": aims, "form": forms.TargetForm(), "abilities": rules.abilities(user), "unit": own_unit(user)}
    return render(request, "stats/targets.html", page)


@require_POST
def set_target(request):
    filled, unit = forms.TargetForm(request.POST), own_unit(request.user)
    if filled.is_valid():
        try:
            target = actions.set_target(unit=unit, by=request.user, **filled.cleaned_data)
        except Refused as refusal:
            for each in refusal.obstacles:
                filled.add_error(each.where if each.where in filled.fields else None, f"{each.reason}，{each.remedy}")
        else:
            messages.success(request, "目标已设定。")
            return redirect("stats:target", pk=target.pk)
    page = {"aims": [], "form": filled, "abilities": rules.abilities(request.user), "unit": unit}
    return render(request, "stats/targets.html", page, status=422)


@require_POST
def end_target(request, pk: int):
    target = get_object_or_404(Target.objects.visible_to(request.user), pk=pk)
    actions.end_target(target, by=request.user)
    messages.success(request, "目标已取消，从前的记录留着。")
    return redirect("stats:targets")


def target(request, pk: int):
    """Its path against what came, what is needed each month, and who is nearest."""
    row = get_object_or_404(Target.objects.visible_to(request.user).select_related("unit", "by"), pk=pk)
    found = aiming.aim(row, AsOf(today()), request.user.scope)
    line = trending.monthly(replace(found.question), months=trend_months(row))
    values = {point.question.at.day.replace(day=1): aiming.measured(point) for point in line}
    path = [(day, should, values.get(day.replace(day=1))) for day, should in found.path]
    figure = found.question.figure
    nearest = []
    if figure.key in aiming.COVERING:
        nearest = [
            (outcome.label, number, forms.query(shown="base", group=f"outcome:{outcome.value}"), named(records))
            for outcome, number, records in aiming.nearest(found.question)
        ]
    page = {
        "aim": found,
        "target": row,
        "figure": figure,
        "path": path,
        "drawn": charts.path(path, found.measure),
        "nearest": nearest,
        "grouping": Grouping.objects.visible_to(request.user).exclude(covered=None).order_by("-pk").first(),
        "abilities": abilities(request.user, row),
        "query": forms.query(variant=row.variant if row.variant != figure.headline else ""),
    }
    return render(request, "stats/target.html", page)


def named(records) -> list[tuple]:
    return [(each, address_of(lists.THINGS["organisation"](pk=each.record))) for each in records]


def trend_months(target: Target) -> int:
    day = today()
    return max((day.year - target.begins_on.year) * 12 + day.month - target.begins_on.month + 1, 1)


def abilities(user, target: Target) -> frozenset[str]:
    """Only whoever keeps the unit's ledger ends its target."""
    held = rules.abilities(user)
    return held if user.scope.covers(target.unit.path) else held - {"end_target"}
