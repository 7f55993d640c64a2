"""Pages of accounts: one's own, those one administers, and the audit."""

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.accounts import actions, rules
from taizhang.accounts.access import for_roles, signed_in
from taizhang.accounts.acting import require
from taizhang.accounts.forms import AccountForm, AuditFilter, RoleForm
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.models import AuditRecord, Grant, Role, User
from taizhang.kit.clock import end_of
from taizhang.kit.refusals import Refused

PAGE = 100


@signed_in
@require_GET
def me(request):
    """One's own page: which roles one holds, over what, since when."""
    return render(request, "accounts/me.html", {"grants": request.user.active_grants})


@for_roles(rules.GIVERS)
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
    return render(request, "accounts/list.html", {"rows": rows, "q": words, "closed": closed, "paging": paging})


@for_roles(rules.GIVERS)
@require_http_methods(["GET", "POST"])
def open_account(request):
    require_fresh(request)
    form = AccountForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = actions.open_account(form.cleaned_data.pop("unit"), **form.cleaned_data, by=request.user)
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
    require_fresh(request)
    form = RoleForm(request.POST, by=request.user)
    if not form.is_valid():
        return render(request, "accounts/account.html", about(request, user, form), status=422)
    actions.grant(user, **form.cleaned_data, by=request.user)
    messages.success(request, "角色已授予，下一次点击起生效。")
    return redirect("accounts:account", pk=user.pk)


@require_POST
def end_grant(request, pk: int):
    held = get_object_or_404(Grant.objects.visible_to(request.user), pk=pk)
    actions.end_grant(held, by=request.user)
    messages.success(request, "角色已收回，下一次点击起生效。")
    return redirect("accounts:account", pk=held.user_id)


@require_POST
def reset_password(request, pk: int):
    user = account_of(request, pk)
    require_fresh(request)
    password = actions.reset_password(user, by=request.user)
    return render(request, "accounts/password.html", {"account": user, "password": password})


@require_POST
def close_account(request, pk: int):
    user = actions.close_account(account_of(request, pk), by=request.user)
    messages.success(request, f"账号 {user.username} 已停用，其办理记录不变。")
    return redirect("accounts:list")


@for_roles({Role.AUDIT_ADMIN})
@require_GET
def audit(request):
    """Nouns and numbers only: the audit names no person on record."""
    form = AuditFilter(request.GET)
    found = AuditRecord.objects.visible_to(request.user).order_by("-pk")
    if form.is_valid():
        asked = form.cleaned_data
        exact = {name: asked[name] for name in ("kind", "request") if asked[name]}
        found = found.filter(**exact, username__icontains=asked["username"], verb__icontains=asked["verb"])
        if asked["since"]:
            found = found.filter(at__gte=asked["since"])
        if asked["until"]:
            found = found.filter(at__lt=end_of(asked["until"]))
    rows, paging = paged(request, found, newest_first=True)
    return render(request, "accounts/audit.html", {"form": form, "rows": rows, "paging": paging})


def account_of(request, pk: int) -> User:
    require(request.user, rules.GIVERS)
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
    return {"account": user, "grants": grants, "form": form, "abilities": rules.abilities(request.user, user)}


def paged(request, rows, *, newest_first: bool = False) -> tuple[list, dict]:
    """A page of rows in the order of their numbers, after the number in ?after=."""
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after)) if newest_first else rows.filter(pk__gt=int(after))
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
