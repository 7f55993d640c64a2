"""A round by workbook, for programs: take it out, send it back, ask what became of its rows."""

import io
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind, Unit
from taizhang.accounts.operations import verb
from taizhang.declarations import actions, forms, rules
from taizhang.declarations.models import Round, Sending
from taizhang.imports.keeping import opened
from taizhang.imports.rules import unit_for
from taizhang.kit.clock import today
from taizhang.kit.jobs import later
from taizhang.kit.programs import REFUSALS, Number, Obstacles, UnitOut, answers

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK = {"responses": {200: {"description": "工作簿", "content": {XLSX: {"schema": {"type": "string"}}}}}}

router = Router(tags=["填报工作簿"])


class SaidOfRow(Schema):
    """About one cell of a row, or about the row where `column` is empty."""

    row: int
    organization: str
    column: str
    title: str
    value: str
    severity: str
    code: str
    message: str
    remedy: str


class SendingOut(Schema):
    """`progress`: waiting until the worker has gone through the rows, done, or refused for the reasons in `failure`.

    `rows` of `wanted` rows are gone through; `wanted` is 0 until the file is read.
    """

    id: int
    round: int
    unit: UnitOut
    by: str
    sent_at: datetime
    file_name: str
    progress: str
    wanted: int
    rows: int
    unchanged: int
    changed: int
    submitted: int
    refused: int
    findings: list[SaidOfRow]
    failure: list[dict[str, str]]


@router.get(
    "/rounds/{pk}",
    response={REFUSALS: Obstacles},
    operation_id="declarations.take_out",
    summary="下载填报工作簿",
    openapi_extra=WORKBOOK,
)
def take_out(request, pk: Number, unit: Number | None = None):
    """Of a unit over which you fill in; of your own where none is named."""
    user, found = request.user, get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    whose = get_object_or_404(Unit.objects.visible_to(user), pk=unit) if unit else unit_for(user, rules.WHO["take_out"])
    if whose is None:
        raise PermissionDenied
    content = actions.take_out(found, unit=whose, on=today(), by=user)
    return FileResponse(io.BytesIO(content), content_type=XLSX)


@verb(router, "/rounds/{pk}", "送回填报工作簿", form=forms.SendForm)
def send(request, filled, pk: Number):
    """The worker goes through it; ask for the sending until it is no longer waiting."""
    found = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    file = filled["file"]
    return actions.send(found, content=file.read(), name=file.name, by=request.user)


@router.get("/{pk}", response=answers(SendingOut), operation_id="declarations.sending", summary="一本送回的工作簿")
def sending(request, pk: Number) -> dict[str, Any]:
    found = sending_of(request, pk)
    counted = ("wanted", "rows", "unchanged", "changed", "submitted", "refused")
    same = ("sent_at", "file_name", "progress", "findings", "failure", *counted)
    return {
        "id": found.pk,
        "round": found.round_id,
        "unit": {"id": found.unit_id, "name": found.unit.name},
        "by": found.by.name,
        **{name: getattr(found, name) for name in same},
    }


@router.get(
    "/{pk}/marked",
    response={REFUSALS: Obstacles},
    operation_id="declarations.marked",
    summary="标注后的填报工作簿",
    openapi_extra=WORKBOOK,
)
def marked(request, pk: Number):
    """The file that was sent, every reason at its cell; kept for a day."""
    found = sending_of(request, pk)
    if found.annotated is None:
        raise Http404
    record(AuditKind.EXPORT, by=request.user, verb="declarations.marked", of=found, rows=found.rows)
    return FileResponse(io.BytesIO(opened(found.annotated)), content_type=XLSX)


@verb(router, "/{pk}/again", "再处理一次")
def take_in_again(request, pk: Number):
    """Where a worker died: rows that were written say nothing new."""
    found = sending_of(request, pk)
    if not request.user.holds(rules.WHO["send"], found.unit):
        raise PermissionDenied
    if found.is_waiting:
        later("declarations.take_in", sending=found.pk, user=request.user.pk)
    return found


def sending_of(request, pk: int) -> Sending:
    return get_object_or_404(Sending.objects.visible_to(request.user).select_related("unit", "by"), pk=pk)
