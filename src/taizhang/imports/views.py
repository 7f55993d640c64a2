"""Pages of intake: the batches, one upload, one batch with what was found in it, and the templates to fill in."""

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind
from taizhang.imports import actions as imports
from taizhang.imports import rules, template
from taizhang.imports.asking import importers, receive, sheets_for, start
from taizhang.imports.forms import MappingForm, UploadForm
from taizhang.imports.keeping import opened
from taizhang.imports.models import Batch, Finding, Progress, Severity, State, Upload
from taizhang.imports.returning import annotated as annotated_copy
from taizhang.imports.sheet import Sheet, resolve
from taizhang.imports.tables import TABLE, BatchFilters
from taizhang.imports.telling import forget, is_quiet
from taizhang.kit.clock import today
from taizhang.kit.lists import Empty
from taizhang.kit.refusals import Obstacle, Refused

FINDINGS_SHOWN = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORDS = {"check": "正在检查", "read": "正在读取", "compare": "正在与台账比对", "apply": "正在入账", "undo": "正在撤回"}


def list(request):  # noqa: A001 (the page's name)
    rows = Batch.objects.visible_to(request.user).select_related("unit", "by")
    sheets = sheets_for(request.user)
    return lists.show(
        request,
        table=TABLE,
        rows=rows,
        filters=BatchFilters,
        title="导入",
        template="imports/list.html",
        empty=nothing_imported(may_import=bool(sheets)),
        context={"sheets": sheets},
    )


def nothing_imported(*, may_import: bool) -> Empty:
    if not may_import:
        return Empty("没有您可见的导入", "您的角色不办理导入；需要时请联系综合党委或本单位的经办人。")
    hint = "先下载模板，或直接上传现有的表格：表头认得出就能导入。"
    return Empty("还没有导入过", hint, "imports:upload", "上传文件")


@for_roles(importers)
def upload(request):
    sheets = sheets_for(request.user)
    chosen = request.GET.get("sheet", "")
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        sheets=sheets,
        initial={"on": today(), "sheet": chosen if chosen in sheets else "organisations"},
    )
    obstacles: tuple[Obstacle, ...] = ()
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["sheet"]
        try:
            batch = receive(form.cleaned_data["file"], sheet=name, on=form.cleaned_data["on"], by=request.user)
        except Refused as refusal:
            obstacles = refusal.obstacles
        else:
            return redirect("imports:detail", batch.pk)
    page = {
        "form": form,
        "obstacles": obstacles,
        "title": "上传文件",
        "back": reverse("imports:list"),
        "button": "上传并检查",
    }
    return render(
        request, "imports/upload.html", page | {"sheets": sheets}, status=422 if request.method == "POST" else 200
    )


def detail(request, pk: int):
    """The batch, or only the part of it that changes while a worker is at it."""
    batch = visible(request, pk)
    sheet = resolve(batch.sheet)
    progress = Progress.objects.visible_to(request.user).filter(batch=batch).first()
    quiet = progress is not None and is_quiet(progress)
    may = request.user.holds(sheet.roles, batch.unit)
    severity = request.GET.get("severity", "")
    findings = Finding.objects.visible_to(request.user).filter(batch=batch).order_by("number", "id")
    if severity in Severity.values:
        findings = findings.filter(severity=severity)
    after = request.GET.get("after", "0")
    start_at = min(int(after), 10_000_000) if after.isdigit() else 0
    shown = [*findings[start_at : start_at + FINDINGS_SHOWN + 1]]
    page = {
        "batch": batch,
        "sheet": sheet,
        "working": progress is not None and not quiet,
        "quiet": quiet,
        "progress": progress,
        "work": WORDS.get(progress.work, "") if progress else "",
        "may": may,
        "abilities": rules.abilities(request.user, batch, roles=sheet.roles),
        "failure": [Obstacle(each["code"], each["reason"], each["remedy"]) for each in batch.failure or ()],
        "mapping": MappingForm(batch=batch, sheet=sheet) if may and batch.headings else None,
        "headings": [described(heading, sheet) for heading in batch.headings],
        "findings": shown[:FINDINGS_SHOWN],
        "severity": severity,
        "severities": Severity.choices,
        "previous": max(start_at - FINDINGS_SHOWN, 0) if start_at else None,
        "next": start_at + FINDINGS_SHOWN if len(shown) > FINDINGS_SHOWN else None,
        "State": State,
        "has_file": Upload.objects.visible_to(request.user).filter(batch=batch).exists(),
        "found_anything": batch.rejected or batch.warnings or bool(shown),
    }
    part = request.headers.get("HX-Target") == "batch"
    return render(request, "imports/detail.html#batch" if part else "imports/detail.html", page)


def described(heading: dict, sheet: Sheet) -> dict[str, object]:
    titles = {name: sheet.column(name).title for name in heading["mapping"].values()}
    pairs = [
        (title, titles.get(heading["mapping"].get(str(place), ""), ""))
        for place, title in enumerate(heading["titles"])
        if title
    ]
    return {"sheet": heading["sheet"], "row": heading["last_row"], "pairs": pairs}


@require_POST
def check(request, pk: int):
    """Again: with the columns as the person has put them right, or after a worker died."""
    batch = visible(request, pk)
    sheet = must_hold(request, batch)
    mapping = None
    if "mapping" in request.POST:
        form = MappingForm(request.POST, batch=batch, sheet=sheet)
        if not form.is_valid():
            messages.error(request, "列对应没有保存：" + "；".join([*form.non_field_errors()] or ["请重新选择。"]))
            return redirect("imports:detail", batch.pk)
        mapping = form.mapping()
    start(batch, "check", mapping=mapping, by=request.user)
    return redirect("imports:detail", batch.pk)


@require_POST
def apply(request, pk: int):
    batch = visible(request, pk)
    must_hold(request, batch)
    start(batch, "apply", good_rows="good_rows" in request.POST, by=request.user)
    return redirect("imports:detail", batch.pk)


@require_POST
def undo(request, pk: int):
    batch = visible(request, pk)
    must_hold(request, batch)
    start(batch, "undo", by=request.user)
    return redirect("imports:detail", batch.pk)


@require_POST
def throw_away(request, pk: int):
    batch = visible(request, pk)
    try:
        imports.throw_away(batch, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("imports:detail", batch.pk)
    forget(batch.pk)
    messages.success(request, "已放弃这一批，没有任何一行入账。")
    return redirect("imports:list")


def annotated(request, pk: int):
    """The person's own workbook with its faults marked."""
    batch = visible(request, pk)
    kept = get_object_or_404(Upload.objects.visible_to(request.user), batch=batch)
    content = opened(kept.annotated) if kept.annotated else annotated_copy(batch)
    record(AuditKind.EXPORT, by=request.user, verb="imports:annotated", of=batch, rows=batch.rows)
    name = f"{batch.file_name.rpartition('.')[0] or batch.file_name}-检查.xlsx"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)


@for_roles(importers)
def blank(request):
    """The template of one sheet, with drop-downs and hints."""
    sheet = sheets_for(request.user).get(request.GET.get("sheet", ""))
    if sheet is None:
        raise Http404
    file = io.BytesIO()
    template.write(sheet, file)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = FileResponse(
        io.BytesIO(), as_attachment=True, filename=f"{sheet.title}-模板.xlsx"
    )["Content-Disposition"]
    return response


def visible(request, pk: int) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.user).select_related("unit", "by", "step__case"), pk=pk)


def must_hold(request, batch: Batch) -> Sheet:
    sheet = resolve(batch.sheet)
    if not request.user.holds(sheet.roles, batch.unit):
        raise PermissionDenied
    return sheet
