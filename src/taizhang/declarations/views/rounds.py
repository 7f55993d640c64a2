"""Rounds: opened, handed out by a worker, and watched until all are done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.shortcuts import redirect as go_to
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.declarations import actions, forms, rules, standing
from taizhang.declarations.models import Declaration, Opening, Round, State
from taizhang.declarations.tables import ROUNDS
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import end_of, today
from taizhang.kit.doors import act
from taizhang.kit.jobs import later
from taizhang.kit.lists import Empty
from taizhang.ledger.forms import asked


def rounds(request):
    may_open = request.user.holds(rules.WHO["open_round"])
    return lists.show(
        request,
        table=ROUNDS,
        rows=Round.objects.visible_to(request.user).select_related("unit", "by"),
        title="填报任务",
        template="declarations/rounds.html",
        empty=Empty(
            "还没有填报任务",
            "发起后，名下每家社会组织收到一份预填好的填报。",
            "declarations:open_round",
            "发起填报任务",
        )
        if may_open
        else Empty("没有您可见的填报任务"),
        context={"may_open": may_open},
    )


@for_roles(rules.WHO["open_round"])
def open_round(request):
    return act(
        request,
        form=lambda *args, **more: forms.OpenRoundForm(*args, user=request.user, **more),
        verb=lambda unit, **filled: actions.open_round(unit, by=request.user, **filled),
        goes_to=address_of,
        says=lambda found: f"已发起，正在向 {found.wanted} 家下发。",
        title="发起填报任务",
        back=reverse("declarations:rounds"),
        initial={"on": today(), "cut_off_on": today()},
        button="发起",
    )


def round(request, pk: int):  # noqa: A001 (the page's name)
    found = round_of(request, pk)
    question = asked(request.GET, today=today())
    until = None if question.is_today else end_of(question.at.day)
    by = request.GET.get("by") if request.GET.get("by") in standing.BY else "unit"
    rows = Declaration.objects.visible_to(request.user).filter(round=found)
    lines = standing.progress(rows, by=by, until=until)
    address = f"{reverse('declarations:list')}?round={found.pk}"
    if not question.is_today:
        address += f"&day={question.at.day}"
    accepted, corrected = rows.filter(state=State.ACCEPTED).count(), rows.corrected_soon().count()
    page = {
        "round": found,
        "asked": question,
        "by": by,
        "ways": standing.BY,
        "states": State,
        "lines": [told(line, f"{address}&{by}={line.key}") for line in lines],
        "total": told(standing.total(lines), address),
        "lying": standing.lying(rows) if question.is_today else (),
        "address": address,
        "accepted": accepted,
        "corrected_soon": corrected,
        "share_corrected": f"{100 * corrected / accepted:.1f}%" if accepted else "",
        "overdue": rows.filter(state__in=rules.OPEN_TO_CHANGE).count() if today() > found.due_on else 0,
        "may_send": request.user.holds(rules.WHO["send"]),
        "may_hand_out": found.opening == Opening.BROKEN and request.user.holds(rules.WHO["hand_out"], found.unit),
    }
    return render(request, "declarations/round.html", page)


def told(line: standing.Line, address: str):
    """Each number with the address of its list."""
    cells = [(line.counts.get(state, 0), f"{address}&state={state}") for state in State]
    return line, cells, address


@require_POST
def hand_out(request, pk: int):
    """Once more, where it was broken off."""
    found = round_of(request, pk)
    if not request.user.holds(rules.WHO["hand_out"], found.unit):
        raise PermissionDenied
    later("declarations.hand_out", round=found.pk, user=request.user.pk)
    messages.success(request, "已重新下发，请稍后刷新。")
    return go_to(address_of(found))


def round_of(request, pk: int) -> Round:
    return get_object_or_404(Round.objects.visible_to(request.user).select_related("unit", "by", "case"), pk=pk)
