"""Pages of notices: one's own, what is due and by which rule, reminding those who are late, and the outbox."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles, signed_in
from taizhang.accounts.codes import Handout
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.models import SEES_RECORDS
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.kit.lists import Empty
from taizhang.notices import actions, rules
from taizhang.notices import letters as outbox
from taizhang.notices.forms import RemindForm, WishForm
from taizhang.notices.models import Due, Letter, Notice, Reminding, Wish
from taizhang.notices.sources import sources, title_of
from taizhang.notices.tables import (
    LETTERS,
    REMINDINGS,
    TOLD,
    LetterFilters,
    NoticeFilters,
    due_table,
    filters_of,
    next_on,
    notice_table,
    with_told,
)
from taizhang.notices.telling import address_of_matter, rule_of


@signed_in
def list(request):  # noqa: A001 (the page's name)
    """What one was told, newest first."""
    rows = Notice.objects.visible_to(request.user).select_related("due__unit")
    return lists.show(
        request,
        table=notice_table(today()),
        rows=rows,
        filters=NoticeFilters,
        title="提醒",
        template="notices/list.html",
        empty=Empty("没有提醒", "到期、轮到您办的事项，会在这里和每天的邮件里告诉您。"),
        context={"unseen": rows.unseen().count(), "sees_records": request.user.holds(SEES_RECORDS)},
    )


@signed_in
@require_POST
def see(request):
    """All of one's own are read."""
    actions.see(Notice.objects.visible_to(request.user), at=timezone.now(), by=request.user)
    messages.success(request, "全部标为看过。")
    return redirect("notices:list")


@signed_in
@require_GET
def bell(request):
    """A part of every page: how many one has not seen."""
    unseen = Notice.objects.visible_to(request.user).unseen().count()
    return render(request, "notices/bell.html", {"unseen": unseen})


def due(request):
    """All that is due in one's scope: what, when, by which rule, and who was told."""
    rows = with_told(Due.objects.visible_to(request.user).standing().select_related("unit"))
    return lists.show(
        request,
        table=due_table(today()),
        rows=rows,
        filters=filters_of(today()),
        title="到期事项",
        template="notices/due.html",
        empty=Empty("没有到期的事项", "换一个类别或情况再查；新到期的每小时列入一次。"),
        context={"sources": [*sources().values()], "may_remind": request.user.holds(rules.WHO["remind"])},
    )


@require_GET
def detail(request, pk: int):
    """One matter: the rule, the days on which it is told, who was told and how. Looking at it is having seen it."""
    found = get_object_or_404(Due.objects.visible_to(request.user).select_related("unit"), pk=pk)
    mine = Notice.objects.visible_to(request.user).filter(due=found, seen_at=None)
    if mine.exists():
        actions.see(mine, at=timezone.now(), by=request.user)
    told = found.notices.select_related("user", "reminding__by", "letter").order_by("-pk")[:100]
    page = {
        "due": found,
        "days_left": outbox.when(found.days_left(today())),
        "kind": title_of(found.kind),
        "rule": rule_of(found),
        "next_on": next_on(found, today()),
        "days": [("之前" if each > 0 else "之后", abs(each)) if each else ("当天", 0) for each in found.days_before],
        "told": told,
        "address": address_of_matter(found),
    }
    return render(request, "notices/detail.html", page)


@for_roles(rules.WHO["remind"])
@require_http_methods(["GET", "POST"])
def remind(request):
    """Those who are late, all at once."""
    return act(
        request,
        form=partial(RemindForm, user=request.user),
        verb=partial(actions_remind, request),
        goes_to=lambda done: reverse("notices:reminding", args=[done.pk]),
        says=lambda done: f"已提醒 {done.people} 人，共 {done.matters} 件逾期事项；有邮箱的随下一封邮件送达。",
        title="催办逾期的",
        back=reverse("notices:due"),
        initial={"kind": request.GET.get("kind", "")},
        button="催办",
        template="notices/remind.html",
        context={"late": Due.objects.visible_to(request.user).late(today()).count()},
    )


def actions_remind(request, **filled) -> Reminding:
    unit = filled.pop("unit")
    return actions.remind(unit, **filled, on=today(), at=timezone.now(), by=request.user)


@for_roles(rules.WHO["remind"])
def remindings(request):
    rows = Reminding.objects.visible_to(request.user).select_related("unit", "by")
    empty = Empty("还没有催办过", "在“到期事项”里可以把逾期的一次催办。", "notices:due", "看到期事项")
    return lists.show(request, table=REMINDINGS, rows=rows, title="催办记录", empty=empty)


@for_roles(rules.WHO["remind"])
def reminding(request, pk: int):
    """Who was told of what, who has seen it, and what became of the letter."""
    found = get_object_or_404(Reminding.objects.visible_to(request.user).select_related("unit", "by"), pk=pk)
    dues = Due.objects.visible_to(request.user)
    rows = found.notices.filter(due__in=dues.values("pk")).select_related("due__unit", "user", "letter")
    return lists.show(
        request,
        table=TOLD,
        rows=rows,
        title=f"催办：{found.unit}",
        template="notices/reminding.html",
        empty=Empty("没有您可见的提醒"),
        context={"reminding": found, "kind": title_of(found.kind) if found.kind else "全部"},
    )


@signed_in
@require_http_methods(["GET", "POST"])
def choose(request):
    wish = Wish.objects.visible_to(request.user).first() or Wish()
    return act(
        request,
        form=WishForm,
        verb=partial(actions.choose, by=request.user),
        goes_to=lambda done: reverse("notices:list"),
        says="提醒方式已保存。",
        title="提醒方式",
        back=reverse("notices:list"),
        initial={"by_mail": wish.by_mail, "hour": wish.hour},
        button="保存",
        template="notices/choose.html",
        context={"email": request.user.email},
    )


@for_roles(rules.WHO["send_again"])
def letters(request):
    """The outbox: what waits, what was sent, what nobody can be sure of. Nobody reads a letter here."""
    rows = Letter.objects.visible_to(request.user).select_related("user").defer("body")
    stuck = [each for each in rows.filter(state__in=("unsure", "refused")).exclude(body=None).order_by("-pk")[:50]]
    return lists.show(
        request,
        table=LETTERS,
        rows=rows,
        filters=LetterFilters,
        title="邮件",
        template="notices/letters.html",
        empty=Empty("没有邮件", "有人的提醒到了约定的钟点，邮件就会列在这里。"),
        context={"stuck": stuck},
    )


@for_roles(rules.WHO["send_again"])
@require_POST
def send_again(request, pk: int):
    found = get_object_or_404(Letter.objects.visible_to(request.user), pk=pk)
    outbox.send_again(found, at=timezone.now(), by=request.user)
    messages.success(request, "已放回待发，几分钟内发出。")
    return redirect("notices:letters")


@for_roles(rules.WHO["mail_codes"])
@require_POST
def mail_codes(request, pk: int):
    """Each person of a hand-out who has an address gets the code in a letter of their own."""
    found = get_object_or_404(Handout.objects.visible_to(request.user).select_related("unit"), pk=pk)
    require_fresh(request)
    address = request.build_absolute_uri(reverse("accounts:activate"))
    number = outbox.mail_codes(found, address=address, at=timezone.now(), by=request.user)
    messages.success(request, f"{number} 封邮件几分钟内发出；没有邮箱的请打印通知单。")
    return redirect("accounts:handout", pk=pk)
