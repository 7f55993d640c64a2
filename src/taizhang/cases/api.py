"""Matters and their steps for programs."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind, Unit
from taizhang.accounts.operations import filtered, verb
from taizhang.cases import actions, forms, rules
from taizhang.cases.models import Attachment, Case, Remark, Step
from taizhang.cases.tables import TABLE, CaseFilters
from taizhang.kit.programs import (
    REFUSALS,
    Ability,
    Limit,
    Number,
    Obstacles,
    Page,
    UnitOut,
    abilities_told,
    answers,
    page_of,
)
from taizhang.kit.shapes import filters_schema, sort_asked

router = Router(tags=["事项"])
units = Router(tags=["单位"])
routers = {"/cases": router, "/units": units}
A_FILE = {
    "responses": {200: {"description": "文件", "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}
}

ListedBy = filters_schema(CaseFilters, TABLE, name="CasesListedBy")


class CaseOut(Schema):
    """`turn` is the role whose move it is, empty if nobody's."""

    id: int
    kind: str
    title: str
    unit: UnitOut
    turn: str
    opened_at: datetime
    closed_at: datetime | None


class CaseWhole(CaseOut):
    abilities: dict[str, Ability]


class RemarkOut(Schema):
    id: int
    case: int | None
    unit: int
    text: str
    by: str
    at: datetime


class AttachmentOut(Schema):
    """`digest` is the file's SHA-256; one that was withdrawn says when and why, and can still be read."""

    id: int
    case: int
    title: str
    file_name: str
    size: int
    digest: str
    by: str
    at: datetime
    withdrawn_at: datetime | None
    withdrawn_why: str
    abilities: dict[str, Ability]


class StepOut(Schema):
    """`recorded_at` is the ledger's moment: from then on it is known."""

    id: int
    case: int
    verb: str
    by: str
    on: date
    document: str
    note: str
    recorded_at: datetime


@router.get("", response=answers(Page[CaseOut]), operation_id="cases.list", summary="事项名单")
def list_cases(request, asked: Query[ListedBy], after: str = "", limit: Limit = 50):
    """Matters of units in your scope, by the page's filters."""
    rows = filtered(request, Case.objects.visible_to(request.user).select_related("unit"), CaseFilters, asked)
    return page_of(rows, after=after, limit=limit, item=case_told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/{pk}", response=answers(CaseWhole), operation_id="cases.detail", summary="一个事项")
def case(request, pk: Number):
    found = case_of(request, pk)
    verbs = ("attach", "remark")
    holds = {each: request.user.holds(rules.WHO[each], found.unit) for each in verbs}
    told = abilities_told(verbs, held=holds.__getitem__, now=rules.abilities(request.user, found))
    return {**case_told(found), "abilities": told}


@router.get("/{pk}/steps", response=answers(Page[StepOut]), operation_id="cases.steps", summary="事项的办理记录")
def steps(request, pk: Number, after: str = "", limit: Limit = 50):
    found = case_of(request, pk)
    rows = Step.objects.visible_to(request.user).filter(case=found).select_related("by")
    return page_of(rows, after=after, limit=limit, item=step_told)


@router.get("/steps/{pk}", response=answers(StepOut), operation_id="cases.step", summary="一条办理记录")
def step(request, pk: Number):
    return step_told(get_object_or_404(Step.objects.visible_to(request.user).select_related("by"), pk=pk))


@router.get("/{pk}/remarks", response=answers(Page[RemarkOut]), operation_id="cases.remarks", summary="事项的备注")
def remarks(request, pk: Number, after: str = "", limit: Limit = 50):
    rows = Remark.objects.visible_to(request.user).filter(case=case_of(request, pk))
    return page_of(rows, after=after, limit=limit, item=remark_told)


@units.get("/{pk}/remarks", response=answers(Page[RemarkOut]), operation_id="cases.unit_remarks", summary="单位的备注")
def unit_remarks(request, pk: Number, after: str = "", limit: Limit = 50):
    rows = Remark.objects.visible_to(request.user).filter(unit=unit_of(request, pk), case=None)
    return page_of(rows, after=after, limit=limit, item=remark_told)


@router.get(
    "/{pk}/attachments", response=answers(list[AttachmentOut]), operation_id="cases.attachments", summary="事项的附件"
)
def attachments(request, pk: Number):
    rows = Attachment.objects.visible_to(request.user).filter(case=case_of(request, pk))
    return [attachment_told(each, request.user) for each in rows]


@router.get(
    "/attachments/{pk}",
    response={REFUSALS: Obstacles},
    operation_id="cases.attachment",
    summary="一份附件的文件",
    openapi_extra=A_FILE,
)
def attachment(request, pk: Number):
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    content = found.content()
    record(AuditKind.EXPORT, by=request.user, verb="cases.attachment", of=found, sha256=found.digest)
    return HttpResponse(content, content_type="application/octet-stream")


@verb(router, "/{pk}/remark", "写备注", form=forms.RemarkForm)
def remark(request, filled, pk: Number):
    return actions.remark(case_of(request, pk), by=request.user, **filled)


@verb(units, "/{pk}/remark", "给单位写备注", form=forms.UnitRemarkForm)
def remark_on_unit(request, filled, pk: Number):
    return actions.remark_on_unit(unit_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/attach", "上传附件", form=forms.AttachForm)
def attach(request, filled, pk: Number):
    file = filled["file"]
    told = {"content": file.read(), "name": file.name, "title": filled["title"]}
    return actions.attach(case_of(request, pk), by=request.user, **told)


@verb(router, "/attachments/{pk}/withdraw", "撤下附件", form=forms.WithdrawForm)
def withdraw_attachment(request, filled, pk: Number):
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    return actions.withdraw_attachment(found, by=request.user, **filled)


def case_of(request, pk: int) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("unit"), pk=pk)


def unit_of(request, pk: int) -> Unit:
    return get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)


def remark_told(row: Any) -> dict[str, Any]:
    same = {"case": row.case_id, "unit": row.unit_id, "text": row.text, "at": row.at}
    return {"id": row.pk, "by": row.by.name, **same}


def attachment_told(row: Any, user) -> dict[str, Any]:
    same = ("title", "file_name", "size", "digest", "at", "withdrawn_at", "withdrawn_why")
    may = rules.may_withdraw(user, row)
    now = ("withdraw_attachment",) if may and row.withdrawn_at is None else ()
    return {
        "id": row.pk,
        "case": row.case_id,
        "by": row.by.name,
        **{name: getattr(row, name) for name in same},
        "abilities": abilities_told(("withdraw_attachment",), held=lambda _: may, now=now),
    }


def case_told(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "title": row.title,
        "unit": {"id": row.unit_id, "name": row.unit.name},
        "turn": row.turn_role,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
    }


def step_told(row: Any) -> dict[str, Any]:
    same = ("verb", "on", "document", "note", "recorded_at")
    return {"id": row.pk, "case": row.case_id, "by": row.by.name, **{name: getattr(row, name) for name in same}}
