"""Pages of accounts: one's own, those one administers, and who holds what."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.accounts import actions, lists, rules, sessions
from taizhang.accounts.access import for_roles, signed_in
from taizhang.accounts.acting import require
from taizhang.accounts.forms import AccountForm, DelegationForm, NameForm, RoleForm
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.holding import HOLDERS, HolderFilters
from taizhang.accounts.models import ADMINISTERS, ADMINISTRATORS, Delegation, Grant, User
from taizhang.accounts.programs import Token
from taizhang.accounts.signing_in import SignIn
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.kit.lists import Empty
from taizhang.kit.refusals import Refused

PAGE = 100


@signed_in
@require_GET
def me(request):
    """One's own page: which roles one holds, over what, since when."""
    user = request.user
    about_me = Q(grant__user=user) | Q(to=user)
    delegations = Delegation.objects.visible_to(user).filter(about_me)
    delegations = delegations.select_related("grant__unit", "grant__user", "to")
    context = {
        "grants": [(held, rules.may_delegate(user, held) and held.user_id == user.pk) for held in user.active_grants],
        "delegations": delegations.order_by("-pk")[:50],
        "today": today(),
    }
    return render(request, "accounts/me.html", context)


@signed_in
@require_GET
def sign_ins(request):
    """Where one is signed in, and where one was lately."""
    mine = SignIn.objects.visible_to(request.user)
    standing = list(mine.standing().order_by("-seen_at"))
    over = mine.exclude(ended_at=None).order_by("-ended_at")[:10]
    context = {
        "standing": standing,
        "over": [(each, sessions.WHY.get(each.why, "")) for each in over],
        "current": sessions.current(request),
        "policy": settings.SIGN_IN_POLICY,
    }
    return render(request, "accounts/sign_ins.html", context)


@signed_in
@require_POST
def end_sign_in(request, pk: int):
    actions.end_sign_in(get_object_or_404(SignIn.objects.visible_to(request.user), pk=pk), by=request.user)
    messages.success(request, "那一处已退出。")
    return redirect("accounts:sign_ins")


@signed_in
@require_POST
def end_other_sign_ins(request):
    actions.end_other_sign_ins(request.user, but=sessions.current(request), by=request.user)
    messages.success(request, "其他地方都已退出。")
    return redirect("accounts:sign_ins")


@for_roles(ADMINISTRATORS)
@require_GET
def policy(request):
    """What is asked of those who sign in here."""
    return render(request, "accounts/policy.html", {"policy": settings.SIGN_IN_POLICY})


@for_roles(ADMINISTERS)
@require_GET
def list_accounts(request):
    held = Prefetch(
        "grants", Grant.objects.visible_to(request.user).filter(ended_at=None).select_related("unit"), "held"
    )
    users = User.objects.visible_to(request.user).prefetch_related(held)
    words, closed = request.GET.get("q", "").replace("\0", "").strip(), request.GET.get("closed") == "1"
    if words:
        users = users.filter(Q(name__icontains=words) | Q(username__icontains=words))
    users = users.filter(is_active=not closed).order_by("pk")
    rows, paging = paged(request, users)
    may_open = request.user.holds(rules.WHO["open_account"])
    context = {"rows": rows, "q": words, "closed": closed, "paging": paging, "may_open": may_open}
    return render(request, "accounts/list.html", context)


@for_roles(rules.READERS)
@require_GET
def holders(request):
    """Who holds what, over what, since when, by whose word: as it stands and as it was, for every unit one administers."""
    rows = Grant.objects.visible_to(request.user).select_related("user", "unit", "given_by", "ended_by")
    return lists.show(
        request,
        table=HOLDERS,
        rows=rows,
        filters=HolderFilters,
        title="谁有什么角色",
        template="accounts/holders.html",
        empty=Empty("没有符合条件的角色", "换一个单位、角色或状态再查。"),
    )


@for_roles(rules.WHO["open_account"])
@require_http_methods(["GET", "POST"])
def open_account(request):
    require_fresh(request)
    form_class = AccountForm if request.user.holds(rules.WHO["grant"]) else NameForm
    form = form_class(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data.pop("unit", None)
        try:
            user, password = actions.open_account(unit, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return render(request, "accounts/password.html", {"account": user, "password": password})
    status = 422 if form.errors else 200
    return render(request, "accounts/open_account.html", {"form": form}, status=status)


@require_GET
def account(request, pk: int):
    user = account_of(request, pk)
    return render(request, "accounts/account.html", about(request, user, RoleForm(by=request.user)))


@require_POST
def grant(request, pk: int):
    user = account_of(request, pk)
    require(request.user, rules.WHO["grant"])
    require_fresh(request)
    form = RoleForm(request.POST, by=request.user)
    if form.is_valid():
        try:
            actions.grant(user, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
    if form.errors:
        return render(request, "accounts/account.html", about(request, user, form), status=422)
    messages.success(request, "角色已授予，下一次点击起生效。")
    return redirect("accounts:account", pk=user.pk)


@require_POST
def end_grant(request, pk: int):
    held = get_object_or_404(Grant.objects.visible_to(request.user), pk=pk)
    actions.end_grant(held, by=request.user)
    messages.success(request, "角色已收回，下一次点击起生效。")
    return redirect("accounts:account", pk=held.user_id)


@require_http_methods(["GET", "POST"])
def delegate(request, pk: int):
    """One's own role, or one that somebody holds whose roles one gives."""
    held = get_object_or_404(Grant.objects.visible_to(request.user).select_related("unit", "user"), pk=pk)
    if not rules.may_delegate(request.user, held):
        raise PermissionDenied
    require_fresh(request)
    back = reverse(
        "accounts:me" if held.user_id == request.user.pk else "accounts:account", args=account_in(request, held)
    )
    return act(
        request,
        form=DelegationForm,
        verb=partial(actions.delegate, held, by=request.user),
        goes_to=lambda done: back,
        says=lambda done: f"{done.first_on}至{done.last_on}由{done.to}代理，到期自动结束。",
        title=f"委托代理：{held.get_role_display()} · {held.unit}",
        back=back,
        initial={"first_on": today()},
        button="委托",
    )


def account_in(request, held: Grant) -> list[int]:
    return [] if held.user_id == request.user.pk else [held.user_id]


@require_POST
def end_delegation(request, pk: int):
    delegation = get_object_or_404(Delegation.objects.visible_to(request.user).select_related("grant"), pk=pk)
    actions.end_delegation(delegation, by=request.user)
    messages.success(request, "代理已结束，下一次点击起生效。")
    mine = request.user.pk in (delegation.to_id, delegation.grant.user_id)
    return redirect("accounts:me") if mine else redirect("accounts:account", pk=delegation.grant.user_id)


@require_POST
def reset_password(request, pk: int):
    user = account_of(request, pk)
    require_fresh(request)
    password = actions.reset_password(user, by=request.user)
    return render(request, "accounts/password.html", {"account": user, "password": password})


@require_POST
def reset_second_step(request, pk: int):
    user = account_of(request, pk)
    require_fresh(request)
    actions.reset_second_step(user, by=request.user)
    messages.success(request, f"{user} 的两步验证已重置；本人下次登录时重新设置。")
    return redirect("accounts:account", pk=user.pk)


@require_POST
def close_account(request, pk: int):
    user = actions.close_account(account_of(request, pk), by=request.user)
    messages.success(request, f"账号 {user.username} 已停用，其办理记录不变。")
    return redirect("accounts:list")


def account_of(request, pk: int) -> User:
    require(request.user, rules.READERS)
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


def about(request, user: User, form: RoleForm) -> dict:
    grants = list(
        Grant.objects.visible_to(request.user)
        .filter(user=user)
        .select_related("unit", "given_by", "ended_by")
        .order_by("-given_at")
    )
    for held in grants:
        held.may_end = held.ended_at is None and rules.may_give(request.user, held.role, held.unit)
        held.may_delegate = held.may_end and not held.ran_out and rules.may_delegate(request.user, held)
    delegations = Delegation.objects.visible_to(request.user).filter(grant__in=[held.pk for held in grants])
    delegations = delegations.select_related("grant__unit", "grant__user", "to")
    tokens = Token.objects.visible_to(request.user).filter(user=user).select_related("user").order_by("-pk")
    return {
        "account": user,
        "tokens": tokens,
        "grants": grants,
        "delegations": delegations.order_by("-pk")[:50],
        "today": today(),
        "form": form,
        "abilities": rules.abilities(request.user, user),
    }


def paged(request, rows) -> tuple[list, dict]:
    """A page of rows in the order of their numbers, after the number in ?after=."""
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__gt=int(after))
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    asked = request.GET.copy()
    if more:
        asked["after"] = str(found[-1].pk)
    return found, {"count": f"本页 {len(found)} 条", "next": f"?{asked.urlencode()}" if more else ""}


def show_refusal(form, refusal: Refused) -> None:
    for obstacle in refusal.obstacles:
        where = obstacle.where if obstacle.where in form.fields else None
        form.add_error(where, f"{obstacle.reason}。{obstacle.remedy}" if obstacle.remedy else obstacle.reason)
