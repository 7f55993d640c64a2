"""Pages of handing out: who is to be let in, the slips, who has come, and what is done about who has not."""

import io
from typing import IO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.accounts import handing_out, lists, rules
from taizhang.accounts.access import for_roles
from taizhang.accounts.acting import record, require
from taizhang.accounts.codes import Activation, Handout
from taizhang.accounts.forms.codes import (
    HEADINGS,
    DaysForm,
    HandOutForm,
    ListedForm,
    SealForm,
    SuccessorForm,
    UploadListedForm,
)
from taizhang.accounts.freshness import is_fresh, require_fresh
from taizhang.accounts.handing_out import Slip
from taizhang.accounts.handouts import ACTIVATIONS, HANDOUTS, ActivationFilters, with_counts
from taizhang.accounts.models import AuditKind, Grant, Role, User
from taizhang.kit import exporting
from taizhang.kit.doors import put_beside_fields
from taizhang.kit.lists import Empty
from taizhang.kit.refusals import Obstacle, Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@for_roles(rules.WHO["hand_out"])
def handouts(request):
    rows = with_counts(Handout.objects.visible_to(request.user).select_related("unit", "by").defer("sealed"))
    empty = Empty(
        "还没有成批发放过账号",
        "选一个单位，给它所管的、还没有填报员的社会组织一次开好。",
        "accounts:hand_out",
        "发放账号",
    )
    return lists.show(
        request, table=HANDOUTS, rows=rows, title="账号发放", template="accounts/handouts.html", empty=empty
    )


@for_roles(rules.WHO["hand_out"])
@require_http_methods(["GET", "POST"])
def hand_out(request):
    """Everybody below a unit who has nobody yet: how many is said before it is done."""
    require_fresh(request)
    form = HandOutForm(request.POST or None, by=request.user, initial={"unit": home_of(request.user)})
    wanted = None
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        unit, role = filled["unit"], filled["role"]
        wanted = handing_out.without_one(unit, role=role, direct=filled["direct"], by=request.user)
        if request.POST.get("counted") == str(len(wanted)):
            title = f"{unit.name}：{Role(role).label}"
            return handed_out(request, form, unit, wanted=wanted, title=title, days=filled["days"])
    page = {"form": form, "wanted": wanted, "shown": (wanted or [])[:10]}
    return render(request, "accounts/hand_out.html", page, status=422 if form.errors else 200)


@for_roles(rules.WHO["hand_out"])
@require_http_methods(["GET", "POST"])
def hand_out_listed(request):
    require_fresh(request)
    form = UploadListedForm(
        request.POST or None, request.FILES or None, by=request.user, initial={"unit": home_of(request.user)}
    )
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        title = f"{filled['unit'].name}：{Role(filled['role']).label}（名单）"
        return handed_out(request, form, filled["unit"], wanted=filled["wanted"], title=title, days=filled["days"])
    return render(request, "accounts/hand_out.html", {"form": form, "listed": True}, status=422 if form.errors else 200)


@for_roles(rules.WHO["hand_out"])
@require_GET
def list_template(request):
    """An empty table with the headings."""
    return workbook("账号名单", HEADINGS, [], name="账号名单.xlsx")


def handed_out(request, form, unit, **filled):
    try:
        handout = handing_out.hand_out(unit, **filled, at=timezone.now(), by=request.user)
    except Refused as refusal:
        put_beside_fields(form, refusal.obstacles)
        page = {"form": form, "obstacles": refusal.obstacles, "listed": isinstance(form, ListedForm)}
        return render(request, "accounts/hand_out.html", page, status=422)
    messages.success(request, f"已开设 {len(filled['wanted']):,} 个账号；请打印通知单，一人一张。")
    return redirect("accounts:handout", pk=handout.pk)


def home_of(user: User) -> str:
    """Where the person administers."""
    return next((each.unit.name for each in user.active_grants if each.role == Role.UNIT_ADMIN), "")


@for_roles(rules.WHO["hand_out"])
def handout(request, pk: int):
    """Who of them has come."""
    found = handout_of(request, pk)
    rows = Activation.objects.visible_to(request.user).filter(handout=found).select_related("user")
    now = timezone.now()
    context = {
        "handout": found,
        "holds_codes": found.holds_codes(now),
        "waiting": rows.standing().filter(user__is_active=True).count(),
        "came": rows.exclude(used_at=None).count(),
        "with_mail": rows.standing().filter(user__is_active=True).exclude(user__email="").count(),
        "days": DaysForm(),
    }
    return lists.show(
        request,
        table=ACTIVATIONS,
        rows=rows,
        filters=ActivationFilters,
        title=found.title,
        template="accounts/handout.html",
        empty=Empty("没有符合条件的账号", "换一个状态再查。"),
        context=context,
    )


@for_roles(rules.WHO["hand_out"])
@require_GET
def slips(request, pk: int):
    """One slip a person, to be printed and cut."""
    found = handout_of(request, pk)
    require_fresh(request)
    shown = handing_out.slips_of(found, at=timezone.now())
    record(AuditKind.EXPORT, by=request.user, verb="accounts:slips", of=found, rows=len(shown))
    return printed(request, shown, back=reverse("accounts:handout", args=[pk]))


@for_roles(rules.WHO["hand_out"])
@require_http_methods(["GET", "POST"])
def slips_file(request, pk: int):
    """The same as a workbook, for a letter of the office's own; it opens with the password typed here, which is kept nowhere."""
    found = handout_of(request, pk)
    if request.method == "POST" and not is_fresh(request):
        return redirect(request.path)  # what is proved first is proved before a password is typed
    require_fresh(request)
    shown = handing_out.slips_of(found, at=timezone.now())
    form = SealForm(request.POST if request.method == "POST" else None, by=request.user)
    if not form.is_valid():
        page = {"form": form, "handout": found, "number": len(shown)}
        return render(request, "accounts/slips_file.html", page, status=422 if form.errors else 200)
    record(AuditKind.EXPORT, by=request.user, verb="accounts:slips_file", of=found, rows=len(shown))
    rows = [
        (each.unit, each.user.name, each.held, each.user.username, each.code, each.expires_at.astimezone().date())
        for each in shown
    ]
    headings = ("单位", "姓名", "角色", "登录名", "激活码", "有效期至")
    return workbook("激活码", headings, rows, name="激活码.xlsx", password=form.cleaned_data["password"])


def workbook(title: str, headings, rows, *, name: str, password: str = "") -> FileResponse:
    file: IO[bytes] = io.BytesIO()
    exporting.write_xlsx(file, title, headings, rows)
    file = exporting.sealed(file, password) if password else file
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "no-store"
    return response


@for_roles(rules.WHO["reissue"])
@require_POST
def reissue(request, pk: int):
    require_fresh(request)
    form = DaysForm(request.POST)
    days = form.cleaned_data["days"] if form.is_valid() else handing_out.DAYS
    anew = handing_out.reissue(handout_of(request, pk), days=days, at=timezone.now(), by=request.user)
    messages.success(request, "已给未激活的换发新激活码，原来的作废。请打印新的通知单。")
    return redirect("accounts:handout", pk=anew.pk)


@for_roles(rules.WHO["destroy_codes"])
@require_POST
def destroy_codes(request, pk: int):
    found = handing_out.destroy_codes(handout_of(request, pk), by=request.user)
    messages.success(request, "系统里不再保存这批激活码；已发出的通知单照常可用。")
    return redirect("accounts:handout", pk=found.pk)


@require_POST
def issue_code(request, pk: int):
    """For somebody who lost the slip, or forgot the password."""
    user = account_of(request, pk)
    require_fresh(request)
    made, code = handing_out.issue_code(user, days=handing_out.DAYS, at=timezone.now(), by=request.user)
    return printed(request, [slip(request, made, code)], back=reverse("accounts:account", args=[pk]))


@require_http_methods(["GET", "POST"])
def replace(request, pk: int):
    """Somebody else has the post."""
    user = account_of(request, pk)
    if "replace" not in rules.abilities(request.user, user):
        raise PermissionDenied
    require_fresh(request)
    form = SuccessorForm(request.POST or None)
    obstacles: tuple[Obstacle, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made, code = handing_out.replace_person(user, **form.cleaned_data, at=timezone.now(), by=request.user)
        except Refused as refusal:
            obstacles = refusal.obstacles
            put_beside_fields(form, obstacles)
        else:
            back = reverse("accounts:account", args=[made.user_id])
            return printed(request, [slip(request, made, code)], back=back)
    back = reverse("accounts:account", args=[pk])
    page = {"form": form, "obstacles": obstacles, "account": user, "back": back, "title": f"更换使用人：{user.name}"}
    return render(request, "accounts/replace.html", {**page, "button": "更换"}, status=422 if form.errors else 200)


def slip(request, made: Activation, code: str) -> Slip:
    user = User.objects.visible_to(request.user).filter(pk=made.user_id).first() or made.user
    held = Grant.objects.visible_to(request.user).filter(user=user, ended_at=None).select_related("unit").first()
    role, unit = (held.get_role_display(), held.unit.name) if held else ("", "")
    return Slip(user, role, unit, code, made.expires_at)


def printed(request, shown: list[Slip], *, back: str):
    address = request.build_absolute_uri(reverse("accounts:activate"))
    response = render(request, "accounts/slips.html", {"slips": shown, "address": address, "back": back})
    response["Cache-Control"] = "no-store"
    return response


def handout_of(request, pk: int) -> Handout:
    return get_object_or_404(Handout.objects.visible_to(request.user).select_related("unit", "by"), pk=pk)


def account_of(request, pk: int) -> User:
    require(request.user, rules.WHO["issue_code"])
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)
