"""Pages of matters and of what was done about them."""

from django.shortcuts import get_object_or_404, render

from taizhang.accounts import lists
from taizhang.cases.models import Case, Step
from taizhang.cases.statements import done_by
from taizhang.cases.tables import TABLE, CaseFilters
from taizhang.kit.lists import Empty

EMPTY = Empty("还没有事项", "登记、变更、导入等每办一件事，都会在这里留下记录。")


def list(request):  # noqa: A001 (the page's name)
    rows = Case.objects.visible_to(request.user).select_related("unit", "turn_unit", "opened_by")
    return lists.show(request, table=TABLE, rows=rows, filters=CaseFilters, title="事项", empty=EMPTY)


def detail(request, pk: int):
    cases = Case.objects.visible_to(request.user).select_related("unit", "turn_unit", "opened_by")
    case = get_object_or_404(cases, pk=pk)
    steps = [*case.steps.select_related("by")]
    done = done_by(steps, request.user)
    return render(request, "cases/detail.html", {"case": case, "steps": [(step, done[step.pk]) for step in steps]})


def step(request, pk: int):
    steps = Step.objects.visible_to(request.user).select_related("case__unit", "by")
    found = get_object_or_404(steps, pk=pk)
    done = done_by([found], request.user)[found.pk]
    return render(request, "cases/step.html", {"step": found, "done": done})
