"""Intake for programs: a file is sent, checked by the worker, looked at, and entered, taken back or thrown away."""

import io
from datetime import date, datetime
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind
from taizhang.accounts.operations import filtered, obstacles_in, verb
from taizhang.imports import actions as imports
from taizhang.imports import rules, template
from taizhang.imports.asking import receive, sheets_for, start
from taizhang.imports.forms import MappingForm, UploadForm
from taizhang.imports.keeping import opened
from taizhang.imports.models import TRANSITIONS, Batch, Finding, Progress, Upload
from taizhang.imports.returning import annotated as annotated_copy
from taizhang.imports.sheet import resolve
from taizhang.imports.tables import TABLE, BatchFilters
from taizhang.imports.telling import forget
from taizhang.kit.programs import (
    REFUSALS,
    Ability,
    Day,
    Done,
    Limit,
    Number,
    Obstacles,
    Page,
    UnitOut,
    Words,
    abilities_told,
    answers,
    done,
    page_of,
)
from taizhang.kit.refusals import Obstacle, Refused, refuse, refuse_if
from taizhang.kit.shapes import Sent, filters_schema, sort_asked

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK = {"responses": {200: {"description": "工作簿", "content": {XLSX: {"schema": {"type": "string"}}}}}}

router = Router(tags=["导入"])
routers = {"/imports": router}

ListedBy = filters_schema(BatchFilters, TABLE, name="ImportsListedBy")


class SheetOut(Schema):
    """A table that you may import; `name` is what is sent with the file."""

    name: str
    title: str
    columns: dict[str, str]


class BatchOut(Schema):
    """`working`: what the worker is at now, null when nobody is; `failure`: why the last attempt came to nothing."""

    id: int
    title: str
    file_name: str
    unit: UnitOut
    by: str
    on: date
    received_at: datetime
    state: str
    rows: int
    good: int
    unchanged: int
    rejected: int
    warnings: int
    accepted: int
    step: int | None


class HeadingOut(Schema):
    """Which column of the table was understood as what; a column that was not understood is missing from `columns`."""

    table: str
    titles: dict[str, str]
    columns: dict[str, str]


class BatchWhole(BatchOut):
    working: str | None
    failure: list[dict[str, str]]
    headings: list[HeadingOut]
    abilities: dict[str, Ability]


class FindingOut(Schema):
    """About one cell, or about a row where `column` is empty; `sheet` is empty where a file has one table."""

    id: int
    sheet: str
    row: int
    column: str
    title: str
    value: str
    code: str
    severity: str
    message: str
    remedy: str


class TableMapped(Sent):
    """For one table: number of the column → name of the sheet's column, empty for not imported."""

    table: Words
    columns: dict[Words, Words]


class CheckIn(Sent):
    """Columns that are not named stay as they were understood."""

    mapping: list[TableMapped] = []


class ApplyIn(Sent):
    """`good_rows`: enter the rows without errors although others have some."""

    good_rows: bool = False


@router.get("", response=answers(Page[BatchOut]), operation_id="imports.list", summary="导入批次")
def list_batches(request, asked: Query[ListedBy], after: str = "", limit: Limit = 50):
    rows = filtered(request, Batch.objects.visible_to(request.user).select_related("unit", "by"), BatchFilters, asked)
    return page_of(rows, after=after, limit=limit, item=told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/sheets", response=answers(list[SheetOut]), operation_id="imports.sheets", summary="可以导入的表")
def sheets(request):
    return [
        {"name": name, "title": sheet.title, "columns": {each.name: each.title for each in sheet.columns}}
        for name, sheet in sheets_for(request.user).items()
    ]


@router.get(
    "/sheets/{name}/template",
    response={REFUSALS: Obstacles},
    operation_id="imports.template",
    summary="一张表的模板",
    openapi_extra=WORKBOOK,
)
def blank(request, name: Words):
    sheet = sheets_for(request.user).get(name)
    if sheet is None:
        raise Http404
    file = io.BytesIO()
    template.write(sheet, file)
    return HttpResponse(file.getvalue(), content_type=XLSX)


@router.post("/upload", response=answers(Done), operation_id="imports.upload", summary="上传文件")
def upload(request, file: File[UploadedFile], sheet: Form[Words], on: Form[Day]):
    """The worker checks it; ask for the batch until nobody is working at it."""
    sheets = sheets_for(request.user)
    if not sheets:
        raise PermissionDenied
    form = UploadForm({"sheet": sheet, "on": on}, {"file": file}, sheets=sheets)
    if not form.is_valid():
        raise Refused(obstacles_in(form))
    return done(receive(form.cleaned_data["file"], sheet=sheet, on=on, by=request.user))


@router.get("/{pk}", response=answers(BatchWhole), operation_id="imports.detail", summary="一个导入批次")
def batch(request, pk: Number):
    found = visible(request, pk)
    progress = Progress.objects.visible_to(request.user).filter(batch=found).first()
    holds = request.user.holds(resolve(found.sheet).roles, found.unit)
    ready = [each for each in TRANSITIONS if found.state in TRANSITIONS[each]]
    return {
        **told(found),
        "working": progress.work if progress else None,
        "failure": found.failure or [],
        "headings": [heading_told(each) for each in found.headings],
        "abilities": abilities_told(TRANSITIONS, held=lambda _: holds, now=ready if holds else ()),
    }


@router.get("/{pk}/findings", response=answers(Page[FindingOut]), operation_id="imports.findings", summary="检查结果")
def findings(
    request, pk: Number, severity: Literal["error", "warning", "note"] | None = None, after: str = "", limit: Limit = 50
):
    """What was found in the rows; a protected value is shown by its ends only."""
    rows = Finding.objects.visible_to(request.user).filter(batch=visible(request, pk))
    rows = rows.filter(severity=severity) if severity else rows
    return page_of(rows, after=after, limit=limit, item=finding_told)


@router.get(
    "/{pk}/annotated",
    response={REFUSALS: Obstacles},
    operation_id="imports.annotated",
    summary="标注后的文件",
    openapi_extra=WORKBOOK,
)
def annotated(request, pk: Number):
    """The file that was sent with its faults marked."""
    found = visible(request, pk)
    kept = get_object_or_404(Upload.objects.visible_to(request.user), batch=found)
    content = opened(kept.annotated) if kept.annotated else annotated_copy(found)
    record(AuditKind.EXPORT, by=request.user, verb="imports.annotated", of=found, rows=found.rows)
    return FileResponse(io.BytesIO(content), content_type=XLSX)


@router.post("/{pk}/check", response=answers(Done), operation_id="imports.check", summary="重新检查")
def check(request, pk: Number, sent: CheckIn):
    """Again: with the columns as they are put right, or after a worker died."""
    found = may_begin(request, pk, "check")
    mapping = mapping_of(found, sent.mapping) if sent.mapping else None
    return begun(request, found, "check", mapping=mapping)


@router.post("/{pk}/apply", response=answers(Done), operation_id="imports.apply", summary="入账")
def apply(request, pk: Number, sent: ApplyIn):
    found = may_begin(request, pk, "apply")
    refuse_if(rules.obstacles_to_applying(found, good_rows=sent.good_rows))
    return begun(request, found, "apply", good_rows=sent.good_rows)


@router.post("/{pk}/undo", response=answers(Done), operation_id="imports.undo", summary="撤回")
def undo(request, pk: Number):
    return begun(request, may_begin(request, pk, "undo"), "undo")


@verb(router, "/{pk}/throw-away", "放弃")
def throw_away(request, pk: Number):
    thrown = imports.throw_away(visible(request, pk), by=request.user)
    forget(thrown.pk)
    return thrown


def may_begin(request, pk: int, named: str) -> Batch:
    found = visible(request, pk)
    if not request.user.holds(resolve(found.sheet).roles, found.unit):
        raise PermissionDenied
    refuse_if(rules.obstacles_to(named, found))
    return found


def begun(request, found: Batch, named: str, **options) -> dict[str, Any]:
    if not start(found, named, by=request.user, **options):
        refuse("under-way", "这一批正在处理", remedy="稍后再问它的情况")
    return done(found)


def mapping_of(found: Batch, sent: list[TableMapped]) -> dict[str, dict[int, str]]:
    """As the page's form takes it: a choice for each heading of each table."""
    wanted = {each.table: each.columns for each in sent}
    data, unknown = {}, set(wanted)
    for number, heading in enumerate(found.headings):
        columns = {**heading["mapping"], **wanted.get(heading["sheet"], {})}
        unknown.discard(heading["sheet"])
        data.update({f"column-{number}-{place}": name for place, name in columns.items()})
    form = MappingForm(data, batch=found, sheet=resolve(found.sheet))
    wrong = [f"文件里没有表“{name}”" for name in sorted(unknown)]
    wrong += [f"没有第 {name.rpartition('-')[2]} 列" for name in sorted(set(data) - set(form.fields))]
    refuse_if(Obstacle("no-such-column", each, remedy="核对批次的 headings", where="mapping") for each in wrong)
    if not form.is_valid():
        raise Refused(obstacles_in(form))
    return form.mapping()


def visible(request, pk: int) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.user).select_related("unit", "by", "step__case"), pk=pk)


def told(row: Any) -> dict[str, Any]:
    same = ("title", "file_name", "on", "received_at", "state")
    counted = ("rows", "good", "unchanged", "rejected", "warnings", "accepted")
    return {
        "id": row.pk,
        "unit": {"id": row.unit_id, "name": row.unit.name},
        "by": row.by.name,
        "step": row.step_id,
        **{name: getattr(row, name) for name in (*same, *counted)},
    }


def heading_told(heading: dict[str, Any]) -> dict[str, Any]:
    titles = {str(place): title for place, title in enumerate(heading["titles"]) if title}
    return {"table": heading["sheet"], "titles": titles, "columns": heading["mapping"]}


def finding_told(row: Any) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in FindingOut.model_fields if name != "id"}}
