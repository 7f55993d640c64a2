"""The statutes for programs: documents, clauses and dated parameters. They are read; a release brings them."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.operations import filtered
from taizhang.kit.programs import Day, Limit, Page, Words, answers, page_of
from taizhang.kit.shapes import filters_schema, sort_asked
from taizhang.statutes import tables
from taizhang.statutes.models import Clause, Document, Parameter

router = Router(tags=["依据"])
routers = {"/statutes": router}

ClausesListedBy = filters_schema(tables.ClauseFilters, tables.CLAUSES, name="ClausesListedBy")
ParametersListedBy = filters_schema(tables.ParameterFilters, tables.PARAMETERS, name="ParametersListedBy")
DocumentsListedBy = filters_schema(tables.Saying, tables.DOCUMENTS, name="DocumentsListedBy")


class DocumentOut(Schema):
    key: str
    title: str
    number: str
    issuer: str
    issued_on: Day | None
    jurisdiction: str


class ClauseOut(Schema):
    """`until` is the first day on which it is no longer in force."""

    key: str
    document: str
    rule: str
    label: str
    gist: str
    since: Day | None
    until: Day | None
    confidence: str


class ParameterOut(Schema):
    """`value` in the office's words; a record is judged by the one in force on its own day."""

    name: str
    label: str
    value: str
    since: Day | None
    until: Day | None
    jurisdiction: str
    severity: str
    waivable: bool
    clause: str


class DocumentWhole(DocumentOut):
    clauses: list[ClauseOut]


class ClauseWhole(ClauseOut):
    """With the other texts of the same rule."""

    versions: list[ClauseOut]
    parameters: list[ParameterOut]


@router.get("/clauses", response=answers(Page[ClauseOut]), operation_id="statutes.list", summary="条款")
def clauses(request, asked: Query[ClausesListedBy], after: str = "", limit: Limit = 50):
    rows = Clause.objects.visible_to(request.user).select_related("document")
    rows = filtered(request, rows, tables.ClauseFilters, asked)
    return page_of(rows, after=after, limit=limit, item=clause_told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/clauses/{key}", response=answers(ClauseWhole), operation_id="statutes.clause", summary="一条条款")
def clause(request, key: Words):
    clauses = Clause.objects.visible_to(request.user)
    found = get_object_or_404(clauses.select_related("document"), key=key)
    parameters = Parameter.objects.visible_to(request.user).filter(clause=found).select_related("clause")
    return {
        **clause_told(found),
        "versions": [clause_told(each) for each in clauses.versions_of(found).select_related("document")],
        "parameters": [parameter_told(each) for each in parameters.order_by("name", "in_force")],
    }


@router.get("/parameters", response=answers(Page[ParameterOut]), operation_id="statutes.parameters", summary="参数")
def parameters(request, asked: Query[ParametersListedBy], after: str = "", limit: Limit = 50):
    rows = Parameter.objects.visible_to(request.user).select_related("clause")
    rows = filtered(request, rows, tables.ParameterFilters, asked)
    return page_of(rows, after=after, limit=limit, item=parameter_told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/documents", response=answers(Page[DocumentOut]), operation_id="statutes.documents", summary="政策文件")
def documents(request, asked: Query[DocumentsListedBy], after: str = "", limit: Limit = 50):
    rows = filtered(request, Document.objects.visible_to(request.user), tables.Saying, asked)
    return page_of(rows, after=after, limit=limit, item=document_told, sort=sort_asked(asked, otherwise="pk"))


@router.get(
    "/documents/{key}", response=answers(DocumentWhole), operation_id="statutes.document", summary="一份政策文件"
)
def document(request, key: Words):
    found = get_object_or_404(Document.objects.visible_to(request.user), key=key)
    clauses = Clause.objects.visible_to(request.user).filter(document=found).select_related("document")
    return {**document_told(found), "clauses": [clause_told(each) for each in clauses]}


def document_told(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DocumentOut.model_fields}


def clause_told(row: Any) -> dict[str, Any]:
    same = ("key", "rule", "label", "gist", "confidence")
    return {
        "document": row.document.key,
        "since": row.in_force.lower,
        "until": row.in_force.upper,
        **{name: getattr(row, name) for name in same},
    }


def parameter_told(row: Any) -> dict[str, Any]:
    same = ("name", "label", "jurisdiction", "severity", "waivable")
    return {
        "value": tables.spoken(row),
        "since": row.in_force.lower,
        "until": row.in_force.upper,
        "clause": row.clause.key,
        **{name: getattr(row, name) for name in same},
    }
