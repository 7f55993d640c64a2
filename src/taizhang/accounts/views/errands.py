"""Doors of what people keep of lists: their filters under a name, their errands and the files that came of them."""

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.http.request import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.accounts import errands, lists, saving
from taizhang.accounts.access import signed_in
from taizhang.accounts.acting import record
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.kept import Errand, ErrandState, SavedFilter
from taizhang.accounts.models import AuditKind
from taizhang.accounts.tables import ERRANDS, REFUSALS
from taizhang.kit.doors import put_beside_fields
from taizhang.kit.lists import Empty
from taizhang.kit.refusals import Obstacle, Refused, refuse_if

MIME = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


@signed_in
def errands_asked(request):
    rows = Errand.objects.visible_to(request.user).defer("file", "rows")
    hint = "在列表中勾选若干条或选择全部，再导出或办理，进展和结果都在这里。"
    return lists.show(request, table=ERRANDS, rows=rows, title="导出和批量办理", empty=Empty("还没有批量办理过", hint))


@signed_in
@require_http_methods(["GET", "POST"])
def errand(request, pk: int):
    """Asks what the verb needs; then tells how far it is, and what came of it."""
    found = errand_of(request, pk)
    if found.state == ErrandState.ASKED:
        return ask(request, found)
    part = request.headers.get("HX-Target") == "errand"
    page = {"errand": found, "quiet": errands.is_quiet(found), "back": back_to(found), "left": left_of(found)}
    return render(request, "accounts/errand.html#progress" if part else "accounts/errand.html", page)


def ask(request, found: Errand):
    answer = errands.rows_of(found)
    bulk = errands.bulk_of(found, answer)
    form = bulk.form(request.POST or None, user=request.user, initial=bulk.initial)
    obstacles: tuple[Obstacle, ...] = ()
    if request.method == "POST" and form.is_valid():
        sent = request.POST.copy()
        sent.pop("csrfmiddlewaretoken", None)
        try:
            found = errands.fill(found, filled=sent.urlencode(), by=request.user)
        except Refused as refusal:
            obstacles = refusal.obstacles
            put_beside_fields(form, obstacles)
        else:
            if found.total <= errands.AT_ONCE:
                errands.carry_out(found, by=request.user)
            return redirect("accounts:errand", found.pk)
    page = {
        "errand": found,
        "words": answer.words,
        "form": form,
        "obstacles": obstacles,
        "title": found.title,
        "back": back_to(found),
        "button": f"办理 {found.total:,} 条",
    }
    return render(request, "accounts/errand_asked.html", page, status=422 if request.method == "POST" else 200)


@signed_in
def refusals(request, pk: int):
    """Each row that was not done, and why: a list like any other."""
    found = errand_of(request, pk)
    rows = errands.left_undone(found)
    return lists.show(request, table=REFUSALS, rows=rows, title=f"{found.title}：未办的", empty=Empty("全部办成了"))


@signed_in
@require_POST
def resume(request, pk: int):
    found = errands.resume(errand_of(request, pk), by=request.user)
    if not found.is_file and found.total <= errands.AT_ONCE:
        errands.carry_out(found, by=request.user)
    return redirect("accounts:errand", pk)


@signed_in
@require_GET
def errand_file(request, pk: int):
    found = errand_of(request, pk)
    if found.file is None:
        raise Http404
    refuse_if(errands.obstacles_to_taking(found))
    require_fresh(request, download=True)
    record(AuditKind.EXPORT, by=request.user, verb=found.page, of=found, format=found.verb, rows=found.done)
    content = io.BytesIO(errands.opened(found.file))
    return FileResponse(content, as_attachment=True, filename=found.file_name, content_type=MIME[found.verb])


@signed_in
@require_POST
def keep_filter(request):
    page = request.POST.get("page", "")
    saved = saving.keep(
        page=page,
        name=request.POST.get("name", "")[:40],
        query=QueryDict(request.POST.get("query", "").replace("\0", "")[:4000]).urlencode(),
        shared="shared" in request.POST,
        is_default="default" in request.POST,
        by=request.user,
    )
    messages.success(request, f"已保存为“{saved.name}”。")
    return redirect(f"{reverse(page)}?{saved.query}&saved={saved.pk}")


@signed_in
@require_POST
def open_with(request, pk: int):
    saved = saving.open_with(saved_of(request, pk), by=request.user)
    messages.success(request, f"以后打开这个列表，先按“{saved.name}”列出。")
    return redirect(f"{reverse(saved.page)}?{saved.query}&saved={saved.pk}")


@signed_in
@require_POST
def open_without(request, pk: int):
    saved = saving.open_without(saved_of(request, pk), by=request.user)
    messages.success(request, "以后打开这个列表，先列出全部。")
    return redirect(f"{reverse(saved.page)}?all=1")


@signed_in
@require_POST
def drop_filter(request, pk: int):
    page = saving.drop(saved_of(request, pk), by=request.user)
    messages.success(request, "已删去这组条件。")
    return redirect(f"{reverse(page)}?all=1")


def errand_of(request, pk: int) -> Errand:
    return get_object_or_404(Errand.objects.visible_to(request.user).defer("file", "rows").select_related("by"), pk=pk)


def saved_of(request, pk: int) -> SavedFilter:
    return get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)


def left_of(found: Errand) -> int:
    return max(found.total - found.done - found.refused, 0)


def back_to(found: Errand) -> str:
    try:
        return f"{reverse(found.page)}?{found.query or 'all=1'}"
    except NoReverseMatch as error:
        raise PermissionDenied from error
