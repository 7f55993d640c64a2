"""Pages of merging: pairs that may be one organisation, two side by side, what was merged, and undoing it."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.accounts.models import User
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.kit.lists import Column, Empty, Table
from taizhang.ledger.merging import compared
from taizhang.ledger.tables import decided
from taizhang.orgs import merging, rules
from taizhang.orgs.forms import MergeForm, OfferAgainForm, UnmergeForm
from taizhang.orgs.mergers import Apart, Merger
from taizhang.orgs.models import Organization

MERGED = (
    Column("并入的", "name", style="wide"),
    Column("原信用代码", "code", style="code", aside=True),
    Column("保留的", "kept__unit__name", link=lambda row: address_of(row.kept), style="wide"),
)
TOLD_APART = Table(
    (
        Column("一家", "one__unit__name", link=lambda row: address_of(row.one), style="wide"),
        Column("另一家", "other__unit__name", link=lambda row: address_of(row.other), style="wide"),
        Column("理由", "step__note"),
        *decided("orgs:offer_again"),
    )
)


@for_roles(rules.WHO["merge"])
@require_GET
def doubles(request):
    """The likeliest first; across responsible units only the committee's reviewer can merge, and is told so."""
    pairs = [(each, merging.may_merge(request.user, each.one, each.other)) for each in merging.doubles(request.user)]
    return render(request, "orgs/doubles.html", {"pairs": pairs, "most": merging.SHOWN})


@for_roles(rules.WHO["merge"])
@require_http_methods(["GET", "POST"])
def merge(request, pk: int, other: int):
    """`pk` stays, `other` leads to it: both side by side before it is done."""
    kept, dropped = pair(request.user, pk, other)
    return act(
        request,
        form=partial(MergeForm, user=request.user),
        verb=partial(merging.merge, kept, dropped=dropped, by=request.user),
        goes_to=lambda done: address_of(done.kept),
        says=lambda done: f"{done.name}已并入；原名称和代码仍查得到这一家。",
        title="合并重复登记",
        back=reverse("orgs:doubles"),
        initial={"on": today()},
        button="合并",
        template="orgs/merge.html",
        context={"kept": kept, "dropped": dropped, "compared": [*compared(kept, dropped, without="members")]},
    )


@for_roles(rules.WHO["merge"])
def mergers(request):
    undo = "orgs:unmerge" if request.user.holds(rules.WHO["unmerge"]) else ""
    table = Table((*MERGED, *decided(undo)))
    rows = Merger.objects.visible_to(request.user).select_related("kept__unit", "step__by", "undone")
    empty = Empty("没有合并过", "有重复登记的，在“疑似重复”里比对后合并。", "orgs:doubles", "疑似重复")
    listed = {"title": "合并记录", "template": "orgs/mergers.html", "empty": empty}
    return lists.show(request, table=table, rows=rows, **listed)


@for_roles(rules.WHO["unmerge"])
@require_http_methods(["GET", "POST"])
def unmerge(request, pk: int):
    found = get_object_or_404(Merger.objects.visible_to(request.user).select_related("kept__unit"), pk=pk)
    return act(
        request,
        form=partial(UnmergeForm, user=request.user),
        verb=partial(merging.unmerge, found, by=request.user),
        goes_to=lambda done: address_of(done.dropped),
        says="合并已撤销，两家各记各的。",
        title=f"撤销合并：{found}",
        back=reverse("orgs:mergers"),
        initial={"on": today()},
        button="撤销合并",
    )


@for_roles(rules.WHO["tell_apart"])
@require_http_methods(["GET", "POST"])
def tell_apart(request, pk: int, other: int):
    """Both side by side, as before a merger; the pair is offered no more."""
    one, two = pair(request.user, pk, other)
    return act(
        request,
        form=partial(UnmergeForm, user=request.user),
        verb=partial(merging.tell_apart, one, other=two, by=request.user),
        goes_to=lambda _: reverse("orgs:doubles"),
        says="已认定为两家，不再列入疑似重复。",
        title=f"认定为两家：{one}与{two}",
        back=reverse("orgs:doubles"),
        initial={"on": today()},
        button="认定为两家",
    )


@for_roles(rules.WHO["merge"])
def told_apart(request):
    rows = Apart.objects.visible_to(request.user).select_related("one__unit", "other__unit", "step__by", "undone")
    empty = Empty("没有认定过", "比对之后确认是两家的，在比对页上认定。", "orgs:doubles", "疑似重复")
    listed = {"title": "认定为两家的", "template": "orgs/told_apart.html", "empty": empty}
    return lists.show(request, table=TOLD_APART, rows=rows, **listed)


@for_roles(rules.WHO["offer_again"])
@require_http_methods(["GET", "POST"])
def offer_again(request, pk: int):
    found = get_object_or_404(Apart.objects.visible_to(request.user).select_related("one__unit", "other__unit"), pk=pk)
    return act(
        request,
        form=partial(OfferAgainForm, user=request.user),
        verb=partial(merging.offer_again, found, by=request.user),
        goes_to=lambda _: reverse("orgs:doubles"),
        says="认定已撤销，这一对重新列入疑似重复。",
        title=f"撤销认定：{found.one}与{found.other}",
        back=reverse("orgs:told_apart"),
        initial={"on": today()},
        button="撤销认定",
    )


def pair(user: User, pk: int, other: int) -> tuple[Organization, Organization]:
    """Both seen, and for this person to decide about."""
    rows = Organization.objects.visible_to(user).select_related("unit__parent")
    one, two = get_object_or_404(rows, pk=pk), get_object_or_404(rows, pk=other)
    if not merging.may_merge(user, one, two):
        raise PermissionDenied
    return one, two
