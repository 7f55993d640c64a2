"""Review: old and new side by side, each accepted or returned; the whole passed on, accepted, sent back, reversed, ended."""

from django.contrib import messages
from django.shortcuts import redirect as go_to
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.declarations import actions, forms, rules
from taizhang.declarations.actions.reviewing import Judged
from taizhang.declarations.models import Declaration, Verdict
from taizhang.declarations.tables import QUEUE
from taizhang.declarations.views import bulk_verbs, declaration_of, page_of
from taizhang.declarations.views.filling import must_hold
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.kit.lists import Empty
from taizhang.kit.refusals import Refused


@for_roles(rules.WHO["pass_on"])
def queue(request):
    """What waits for this person, the oldest first; what was decided makes room for the next."""
    rows = Declaration.objects.visible_to(request.user).to_review(request.user).listed()
    return lists.show(
        request,
        table=QUEUE,
        rows=rows.with_number_of_differences(),
        title="待我审核",
        template="declarations/queue.html",
        empty=Empty("没有等您审核的", "有社会组织提交后会列在这里，先交的在前。", "declarations:list", "全部填报"),
        bulk=bulk_verbs(request.user),
    )


@require_POST
def pass_on(request, pk: int):
    return decided(request, pk, "pass_on", "已通过，转综合党委审核。")


@require_POST
def accept(request, pk: int):
    return decided(request, pk, "accept", "已接受；更正从各自的日期起记入台账。")


@require_POST
def send_back(request, pk: int):
    return decided(request, pk, "send_back", "已退回；对的部分保留，不用重填。")


def decided(request, pk: int, verb: str, says: str):
    declaration = declaration_of(request, pk)
    must_hold(request, verb, declaration)
    note = request.POST.get("note", "").replace("\x00", "")[:2000]
    judged = {
        number: Judged(verdict, request.POST.get(f"reason-{number}", "").replace("\x00", "")[:200])
        for number, verdict in verdicts(request.POST)
    }
    try:
        getattr(actions, verb)(declaration, judged=judged, note=note, on=today(), by=request.user)
    except Refused as refusal:
        found = page_of(request, declaration_of(request, pk), obstacles=refusal.obstacles, judged=judged, note=note)
        return render(request, "declarations/detail.html", found, status=422)
    messages.success(request, says)
    following = Declaration.objects.visible_to(request.user).to_review(request.user).exclude(pk=pk).first()
    return go_to(address_of(following) if following else reverse("declarations:queue"))


def verdicts(posted):
    """verdict-12=returned → (12, returned), of those that are words of ours."""
    for name, verdict in posted.items():
        number = name.removeprefix("verdict-")
        if number != name and number.isascii() and number.isdecimal() and verdict in Verdict.values:
            yield int(number[:18]), verdict


def reverse_acceptance(request, pk: int):
    declaration = declaration_of(request, pk)
    must_hold(request, "reverse", declaration)
    return act(
        request,
        form=forms.ReverseForm,
        verb=lambda **filled: actions.reverse(declaration, by=request.user, **filled),
        goes_to=lambda _: address_of(declaration),
        says="已撤销接受；台账恢复原记载，两次都可查。",
        title=f"撤销接受：{declaration}",
        back=address_of(declaration),
        initial={"on": today()},
        button="撤销接受",
    )


def end(request, pk: int):
    declaration = declaration_of(request, pk)
    must_hold(request, "end", declaration)
    return act(
        request,
        form=forms.NoteForm,
        verb=lambda **filled: actions.end(declaration, by=request.user, **filled),
        goes_to=lambda _: address_of(declaration),
        says="已终止；已填的留存可查。",
        title=f"终止：{declaration}",
        back=address_of(declaration),
        initial={"on": today()},
        button="终止",
    )
