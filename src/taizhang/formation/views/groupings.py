"""Doors of groupings: ask for one, see it come, change it by wishes, make drafts of its groups, take the list away."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.formation import actions, pooling, rules
from taizhang.formation.candidates import reach
from taizhang.formation.forms import GroupForm, WishForm, usual_grouping
from taizhang.formation.plans import Grouping, Placement, ProposedGroup
from taizhang.formation.tables import GROUPINGS, PLACEMENTS, PlacementFilters
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.kit.lists import Empty
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.statutes.rules import criteria

GROUPS_SHOWN = 40


def groupings(request):
    may = request.user.holds(rules.WHO["group"])
    hint = "按行业相近、地域相邻，把不能单独组建的社会组织编成联合党支部，再转为申请。"
    return lists.show(
        request,
        table=GROUPINGS,
        rows=Grouping.objects.visible_to(request.user).select_related("unit", "by"),
        title="联合组建编组",
        template="formation/groupings.html",
        empty=Empty("还没有编组方案", hint, "formation:group", "编一次组") if may else Empty("还没有编组方案", hint),
        context={"may_group": may},
    )


@for_roles(rules.WHO["group"])
def group(request):
    return act(
        request,
        form=lambda *args, **kwargs: GroupForm(*args, user=request.user, **kwargs),
        verb=lambda **filled: actions.group(filled.pop("unit"), by=request.user, **filled),
        goes_to=address_of,
        says="正在计算；可以离开这一页。",
        title="编一次组",
        back=reverse("formation:groupings"),
        button="开始计算",
        initial=usual_grouping(request.user, today()),
    )


def grouping(request, pk: int):
    found = grouping_of(request, pk)
    if request.headers.get("HX-Target") == "working":
        return render(request, "formation/grouping.html#working", {"grouping": found})
    seen = Placement.objects.visible_to(request.user).filter(grouping=found)
    first = int(said) if (said := request.GET.get("first", "")).isdecimal() and len(said) < 9 else 1
    groups = list(
        ProposedGroup.objects.visible_to(request.user)
        .filter(grouping=found, number__gte=first)
        .select_related("host__unit", "application__case")[: GROUPS_SHOWN + 1]
    )
    page, more = groups[:GROUPS_SHOWN], groups[GROUPS_SHOWN:]
    inside = {each.pk: [] for each in page}
    for placement in seen.filter(group__in=page).select_related("organization__unit").order_by("organization"):
        inside[placement.group_id].append(placement)
    counts = seen.counted()
    context = {
        "grouping": found,
        "groups": [(each, inside[each.pk]) for each in page],
        "next": f"?first={more[0].number}" if more else "",
        "before": f"?first={max(first - GROUPS_SHOWN, 1)}" if first > 1 else "",
        "counts": counts,
        "branches": ProposedGroup.objects.visible_to(request.user).filter(grouping=found, host=None).count(),
        "reach": reach(found.unit, AsOf(found.day), more=found.covered or 0),
        "wishes": len(found.together) + len(found.apart) + len(found.left_out),
        "may_group": request.user.holds(rules.WHO["group"], found.unit),
        "may_draft": request.user.holds(rules.WHO["draft_joint"], found.unit),
    }
    return render(request, "formation/grouping.html", context)


def placements(request, pk: int):
    """Where everybody was placed, as a list that can be taken away."""
    found = grouping_of(request, pk)
    rows = Placement.objects.visible_to(request.user).filter(grouping=found)
    return lists.show(
        request,
        table=PLACEMENTS,
        rows=rows.select_related("organization__unit", "group"),
        filters=PlacementFilters,
        title=f"编组去向：{found}",
        template="formation/placements.html",
        context={"grouping": found},
    )


@require_POST
def regroup(request, pk: int):
    found = grouping_of(request, pk)
    filled = WishForm(request.POST, user=request.user)
    if not filled.is_valid():
        messages.error(request, "没有重新计算：请在名单中重新勾选。")
        return redirect(address_of(found))
    try:
        again = actions.regroup(found, by=request.user, **filled.cleaned_data)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(address_of(found))
    messages.success(request, "按新的要求重新计算，原方案仍保留。")
    return redirect(address_of(again))


@require_POST
def draft_joint(request, pk: int):
    rows = ProposedGroup.objects.visible_to(request.user).select_related("grouping")
    proposed = get_object_or_404(rows, pk=pk)
    try:
        application = actions.draft_joint(proposed, on=today(), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(address_of(proposed.grouping))
    messages.success(request, "已转为申请草稿；请各家同意，指定书记人选，再提交。")
    return redirect(address_of(application))


def pooled(request):
    """Members in pooled joint branches by trade and place: where a branch of their own has become possible."""
    day = today()
    found = pooling.crowds(request.user, AsOf(day), criteria(day))
    context = {"crowds": found, "day": day, "may_start": request.user.holds(rules.WHO["start"])}
    return render(request, "formation/pooled.html", context)


def grouping_of(request, pk: int) -> Grouping:
    return get_object_or_404(Grouping.objects.visible_to(request.user).select_related("unit", "by"), pk=pk)
