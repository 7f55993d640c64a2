"""Pages of merging people: pairs that may be one, two side by side, what was merged, and undoing it."""

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
from taizhang.members import merging, rules
from taizhang.members.mergers import PersonApart, PersonMerger
from taizhang.members.models import Person
from taizhang.orgs.forms import MergeForm, OfferAgainForm, UnmergeForm

MERGED = (
    Column("保留的", "kept__name", link=lambda row: address_of(row.kept), style="wide"),
    Column("并入的", "dropped__name"),
)
TOLD_APART = Table(
    (
        Column("一人", "one__name", link=lambda row: address_of(row.one), style="wide"),
        Column("另一人", "other__name", link=lambda row: address_of(row.other), style="wide"),
        Column("理由", "step__note"),
        *decided("members:offer_again"),
    )
)


@for_roles(rules.WHO["merge"])
@require_GET
def doubles(request):
    """Across offices only the committee's reviewer can merge, and is told so."""
    pairs = [(each, merging.may_merge(request.user, each.one, each.other)) for each in merging.doubles(request.user)]
    return render(request, "members/doubles.html", {"pairs": pairs})


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
        says="已合并为一条；原记录按以前的日期仍查得到。",
        title="合并重复人员",
        back=reverse("members:doubles"),
        initial={"on": today()},
        button="合并",
        template="members/merge.html",
        context={"kept": kept, "dropped": dropped, "compared": [*compared(kept, dropped)]},
    )


@for_roles(rules.WHO["merge"])
def mergers(request):
    undo = "members:unmerge" if request.user.holds(rules.WHO["unmerge"]) else ""
    table = Table((*MERGED, *decided(undo)))
    rows = PersonMerger.objects.visible_to(request.user).select_related("kept", "dropped", "step__by", "undone")
    empty = Empty("没有合并过", "有重复登记的，在“疑似重复”里比对后合并。", "members:doubles", "疑似重复")
    listed = {"title": "人员合并记录", "template": "members/mergers.html", "empty": empty}
    return lists.show(request, of_people=True, table=table, rows=rows, **listed)


@for_roles(rules.WHO["unmerge"])
@require_http_methods(["GET", "POST"])
def unmerge(request, pk: int):
    found = get_object_or_404(PersonMerger.objects.visible_to(request.user).select_related("kept"), pk=pk)
    return act(
        request,
        form=partial(UnmergeForm, user=request.user),
        verb=partial(merging.unmerge, found, by=request.user),
        goes_to=lambda done: address_of(done.kept),
        says="合并已撤销，两条各记各的。",
        title=f"撤销合并：{found.kept}",
        back=reverse("members:mergers"),
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
        goes_to=lambda _: reverse("members:doubles"),
        says="已认定为两人，不再列入疑似重复。",
        title=f"认定为两人：{one}与{two}",
        back=reverse("members:doubles"),
        initial={"on": today()},
        button="认定为两人",
    )


@for_roles(rules.WHO["merge"])
def told_apart(request):
    rows = PersonApart.objects.visible_to(request.user).select_related("one", "other", "step__by", "undone")
    empty = Empty("没有认定过", "比对之后确认是两人的，在比对页上认定。", "members:doubles", "疑似重复")
    listed = {"title": "认定为两人的", "template": "members/told_apart.html", "empty": empty}
    return lists.show(request, of_people=True, table=TOLD_APART, rows=rows, **listed)


@for_roles(rules.WHO["offer_again"])
@require_http_methods(["GET", "POST"])
def offer_again(request, pk: int):
    found = get_object_or_404(PersonApart.objects.visible_to(request.user).select_related("one", "other"), pk=pk)
    return act(
        request,
        form=partial(OfferAgainForm, user=request.user),
        verb=partial(merging.offer_again, found, by=request.user),
        goes_to=lambda _: reverse("members:doubles"),
        says="认定已撤销，这一对重新列入疑似重复。",
        title=f"撤销认定：{found.one}与{found.other}",
        back=reverse("members:told_apart"),
        initial={"on": today()},
        button="撤销认定",
    )


def pair(user: User, pk: int, other: int) -> tuple[Person, Person]:
    """Both seen, and for this person to decide about."""
    rows = Person.objects.visible_to(user).with_keys()
    one, two = get_object_or_404(rows, pk=pk), get_object_or_404(rows, pk=other)
    if not merging.may_merge(user, one, two):
        raise PermissionDenied
    return one, two
