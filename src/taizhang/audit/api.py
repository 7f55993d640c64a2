"""The audit for programs: read by the audit administrator; what is protected is opened by two people, as at its pages."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema

from taizhang.accounts.acting import require
from taizhang.accounts.models import AuditRecord
from taizhang.accounts.operations import filtered, verb
from taizhang.audit import actions, forms, rules
from taizhang.audit.changes import Changed, changes_of
from taizhang.audit.models import Opening
from taizhang.audit.tables import TABLE, AuditFilters
from taizhang.kit.programs import Ability, Limit, Number, Page, abilities_told, answers, page_of
from taizhang.kit.shapes import filters_schema

router = Router(tags=["审计"])
routers = {"/audit": router}

ListedBy = filters_schema(AuditFilters, TABLE, name="AuditListedBy")


class AuditOut(Schema):
    """Nouns and numbers only: no person on record is named. `token` is the access token by which a program called."""

    id: int
    at: datetime
    kind: str
    username: str
    token: int | None
    verb: str
    object: str
    case: int | None
    address: str | None
    request: str
    act: str | None


class ChangeOfField(Schema):
    field: str
    before: str
    after: str


class ChangeOfRow(Schema):
    what: str
    row: str
    how: str
    changes: list[ChangeOfField]


class AuditWhole(AuditOut):
    """A protected value says that it is; `openings` are what was asked to see it."""

    changed: list[ChangeOfRow]
    openings: list[int]


class OpeningOut(Schema):
    id: int
    record: int
    purpose: str
    asked_by: str
    asked_at: datetime
    granted: bool | None
    decided_at: datetime | None
    answer: str
    ends_at: datetime | None


class OpeningWhole(OpeningOut):
    abilities: dict[str, Ability]


@router.get("", response=answers(Page[AuditOut]), operation_id="audit.list", summary="审计记录")
def list_records(request, asked: Query[ListedBy], after: str = "", limit: Limit = 50):
    require(request.user, rules.WHO["read"])
    rows = filtered(request, AuditRecord.objects.visible_to(request.user), AuditFilters, asked)
    return page_of(rows, after=after, limit=limit, item=told)


@router.get("/openings", response=answers(Page[OpeningOut]), operation_id="audit.openings", summary="调阅申请")
def openings(request, after: str = "", limit: Limit = 50):
    require(request.user, rules.WHO["openings"])
    rows = Opening.objects.visible_to(request.user).select_related("asked_by")
    return page_of(rows, after=after, limit=limit, item=opening_told)


@router.get("/openings/{pk}", response=answers(OpeningWhole), operation_id="audit.opening", summary="一项调阅申请")
def opening(request, pk: Number):
    require(request.user, rules.WHO["openings"])
    found = opening_of(request, pk)
    may = abilities_told(
        ("decide", "open"),
        held=lambda each: request.user.holds(rules.WHO["decide" if each == "decide" else "ask"]),
        now=rules.abilities(request.user, found, at=timezone.now()),
    )
    return {**opening_told(found), "abilities": may}


@router.get("/{pk}", response=answers(AuditWhole), operation_id="audit.detail", summary="一条审计记录")
def record(request, pk: Number):
    require(request.user, rules.WHO["read"])
    found = record_of(request, pk)
    asked = Opening.objects.visible_to(request.user).filter(record=found).order_by("pk")
    return {
        **told(found),
        "changed": [changed_told(each) for each in changes_of(found)],
        "openings": [*asked.values_list("pk", flat=True)],
    }


@verb(router, "/{pk}/ask", "申请调阅", form=forms.AskForm)
def ask(request, filled, pk: Number):
    return actions.ask(record_of(request, pk), at=timezone.now(), by=request.user, **filled)


@verb(router, "/openings/{pk}/decide", "审批调阅", form=forms.DecideForm)
def decide(request, filled, pk: Number):
    return actions.decide(opening_of(request, pk), at=timezone.now(), by=request.user, **filled)


@verb(router, "/openings/{pk}/open", "查看受保护的内容", gives=list[ChangeOfRow], name="open")
def open_values(request, pk: Number):
    """The values themselves; every look is in the audit."""
    _, changed = actions.open_values(opening_of(request, pk), at=timezone.now(), by=request.user)
    return [changed_told(each) for each in changed if each.is_protected]


def told(row: Any) -> dict[str, Any]:
    same = ("at", "kind", "username", "verb", "object", "case", "address", "request")
    act = str(row.act) if row.act else None
    return {"id": row.pk, "token": row.token_id, "act": act, **{name: getattr(row, name) for name in same}}


def changed_told(changed: Changed) -> dict[str, Any]:
    fields = [{"field": each.field, "before": each.before, "after": each.after} for each in changed.changes]
    return {"what": changed.what, "row": changed.row, "how": changed.how, "changes": fields}


def opening_told(row: Any) -> dict[str, Any]:
    same = ("purpose", "asked_at", "granted", "decided_at", "answer", "ends_at")
    about = {"id": row.pk, "record": row.record_id, "asked_by": row.asked_by.name}
    return {**about, **{name: getattr(row, name) for name in same}}


def record_of(request, pk: int) -> AuditRecord:
    return get_object_or_404(AuditRecord.objects.visible_to(request.user), pk=pk)


def opening_of(request, pk: int) -> Opening:
    return get_object_or_404(Opening.objects.visible_to(request.user).select_related("asked_by", "record"), pk=pk)
