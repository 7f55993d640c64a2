"""Papers for programs: the register, one paper with its text, and every verb that has a page."""

from datetime import date
from typing import Any

from django import forms as fields
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind, Unit
from taizhang.accounts.operations import filtered, verb
from taizhang.kit.clock import today
from taizhang.kit.programs import (
    REFUSALS,
    Ability,
    Limit,
    Number,
    Obstacles,
    Page,
    UnitOut,
    Words,
    abilities_told,
    answers,
    page_of,
)
from taizhang.kit.refusals import refuse
from taizhang.kit.shapes import filters_schema, sort_asked
from taizhang.papers import actions as papers
from taizhang.papers import forms, rules
from taizhang.papers.kinds import Kind, kinds
from taizhang.papers.models import TRANSITIONS, Agency, Master, Paper, Rendering, Series
from taizhang.papers.tables import TABLE, PaperFilters

router = Router(tags=["文书"])
routers = {"/papers": router}

A_PDF = {"responses": {200: {"description": "原件", "content": {"application/pdf": {"schema": {"type": "string"}}}}}}

ListedBy = filters_schema(PaperFilters, TABLE, name="PapersListedBy")


class PaperOut(Schema):
    id: int
    kind: str
    state: str
    title: str
    number: str
    issuer: UnitOut
    case: int
    dated_on: date | None
    issued_on: date | None


class PaperWhole(PaperOut):
    """The text as it stands; `sent_back` is what should be different. `digest`: of the original, null until it is printed;
    `failure`: why it could not be.
    """

    addressees: list[str]
    body: str
    enclosures: list[str]
    copies: list[str]
    sent_back: str
    digest: str | None
    failure: str
    abilities: dict[str, Ability]


class AgencyOut(Schema):
    """Under which name and code an office issues, from that day on."""

    id: int
    unit: int
    since: date
    name: str
    mark: str
    code: str
    hands: int


class SeriesOut(Schema):
    id: int
    unit: int
    code: str
    year: int
    before: int


class WordingOut(Schema):
    """How an office words one kind of paper from that day on."""

    id: int
    unit: int
    kind: str
    edition: int
    since: date
    title: str
    body: str


class OfficeIssuing(Schema):
    unit: UnitOut
    agencies: list[AgencyOut]
    series: list[SeriesOut]


@router.get("", response=answers(Page[PaperOut]), operation_id="papers.list", summary="文书登记")
def list_papers(request, asked: Query[ListedBy], after: str = "", limit: Limit = 50):
    rows = filtered(request, Paper.objects.visible_to(request.user).select_related("issuer"), PaperFilters, asked)
    return page_of(rows, after=after, limit=limit, item=told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/offices", response=answers(list[OfficeIssuing]), operation_id="papers.offices", summary="发文机关")
def offices(request):
    """Of the units whose head you may set."""
    agencies = Agency.objects.visible_to(request.user).order_by("-since", "-pk")
    series = Series.objects.visible_to(request.user).order_by("-year", "code")
    return [
        {
            "unit": {"id": unit.pk, "name": unit.name},
            "agencies": [row_told(each, AgencyOut) for each in agencies if each.unit_id == unit.pk],
            "series": [row_told(each, SeriesOut) for each in series if each.unit_id == unit.pk],
        }
        for unit in forms.offices_of(request.user, "set_agency")
    ]


@router.get("/{pk}", response=answers(PaperWhole), operation_id="papers.detail", summary="一份文书")
def paper(request, pk: Number):
    found = paper_of(request, pk)
    same = ("addressees", "body", "enclosures", "copies", "sent_back", "failure")
    kept = Rendering.objects.visible_to(request.user).filter(paper=found).defer("pdf").first()
    may = abilities_told(
        TRANSITIONS,
        held=lambda each: request.user.holds(rules.WHO[each], found.issuer),
        now=rules.abilities(request.user, found),
    )
    return {
        **told(found),
        **{name: getattr(found, name) for name in same},
        "digest": kept.digest if kept else None,
        "abilities": may,
    }


@router.get(
    "/{pk}/pdf", response={REFUSALS: Obstacles}, operation_id="papers.pdf", summary="文书的原件", openapi_extra=A_PDF
)
def pdf(request, pk: Number):
    """As it was issued, with its digest on it."""
    found = paper_of(request, pk)
    kept = get_object_or_404(Rendering.objects.visible_to(request.user), paper=found)
    record(AuditKind.EXPORT, by=request.user, verb="papers.pdf", of=found, format="pdf")
    return HttpResponse(bytes(kept.pdf), content_type="application/pdf")


@router.get("/wordings", response=answers(list[WordingOut]), operation_id="papers.masters", summary="各文种的措辞")
def wordings(request):
    """Of the offices whose wordings you keep: every edition, the latest first."""
    units = [*forms.offices_of(request.user, "revise_master")]
    rows = Master.objects.visible_to(request.user).filter(unit__in=units).order_by("unit", "kind", "-since", "-edition")
    return [row_told(each, WordingOut) for each in rows]


def told(row: Any) -> dict[str, Any]:
    same = ("kind", "state", "title", "number", "dated_on", "issued_on")
    issuer = {"id": row.issuer_id, "name": row.issuer.name}
    return {"id": row.pk, "issuer": issuer, "case": row.case_id, **{name: getattr(row, name) for name in same}}


def row_told(row: Any, schema: type[Schema]) -> dict[str, Any]:
    names = [name for name in schema.model_fields if name not in ("id", "unit")]
    return {"id": row.pk, "unit": row.unit_id, **{name: getattr(row, name) for name in names}}


def paper_of(request, pk: int) -> Paper:
    return get_object_or_404(Paper.objects.visible_to(request.user).select_related("issuer", "case", "agency"), pk=pk)


def unit_of(request, pk: int) -> Unit:
    return get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)


def text_now(request, pk: int) -> dict[str, Any]:
    """Lists one in each line, as the page shows them."""
    found = paper_of(request, pk)
    lines = {name: "\n".join(getattr(found, name)) for name in ("addressees", "enclosures", "copies")}
    return {"title": found.title, "body": found.body, **lines}


def head_now(request, pk: int) -> dict[str, Any]:
    held = Agency.objects.visible_to(request.user).in_force(unit_of(request, pk), today())
    kept = ("name", "mark", "code", "letter_code", "minutes_code", "printer", "hands")
    return {name: getattr(held, name) for name in kept} if held else {}


def composing(kind: Kind) -> None:
    """One operation for each kind of paper, because each is made of other facts."""

    def form(*data, user):
        made = forms.ComposeForm(*data, kind=kind)
        made.fields["issuer"] = fields.ModelChoiceField(label="发文单位", queryset=forms.offices_of(user, "draft"))
        return made

    name = f"compose.{kind.name.replace('-', '_')}"

    @verb(router, f"/compose/{kind.name}", f"拟一份{kind.label}", form=form, name=name)
    def compose(request, filled):
        facts = {field.key: filled.pop(field.key) for field in kind.fields}
        return papers.compose(kind.name, facts=facts, by=request.user, **filled)


for _kind in kinds().values():
    composing(_kind)


@verb(router, "/{pk}/revise", "改稿", form=forms.TextForm, stated=text_now)
def revise(request, filled, pk: Number):
    return papers.revise(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/check", "核稿", form=forms.ActForm)
def check(request, filled, pk: Number):
    return papers.check(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/send-back", "退回修改", form=forms.ReasonForm)
def send_back(request, filled, pk: Number):
    return papers.send_back(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/sign", "签发", form=forms.ActForm)
def sign(request, filled, pk: Number):
    return papers.sign(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/issue", "编号印发", form=forms.ActForm)
def issue(request, filled, pk: Number):
    return papers.issue(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/withdraw", "撤稿", form=forms.ReasonForm)
def withdraw(request, filled, pk: Number):
    return papers.withdraw(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/void", "作废", form=forms.VoidForm)
def void(request, filled, pk: Number):
    return papers.void(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/offices/{pk}/agency", "设定发文机关", form=forms.AgencyForm, stated=head_now)
def set_agency(request, filled, pk: Number):
    return papers.set_agency(unit_of(request, pk), by=request.user, **filled)


def wording_now(request, pk: int, kind: str) -> dict[str, Any]:
    if kind not in kinds():
        raise Http404
    held = Master.objects.visible_to(request.user).in_force(unit_of(request, pk), kind, today()) or kinds()[kind]
    return {"title": held.title, "body": held.body}


@verb(router, "/offices/{pk}/wordings/{kind}", "修改措辞", form=forms.MasterForm, stated=wording_now)
def revise_master(request, filled, pk: Number, kind: Words):
    return papers.revise_master(unit_of(request, pk), kind=kind, by=request.user, **filled)


@verb(router, "/{pk}/render", "再排印一次")
def render(request, pk: Number):
    papers.render(paper_of(request, pk), by=request.user)
    return paper_of(request, pk)


def any_code(*data, user):
    """Which codes the unit has is known when the unit is."""
    made = forms.SeriesForm(*data, codes=())
    made.fields["code"] = fields.CharField(label="机关代字", max_length=30)
    return made


@verb(router, "/offices/{pk}/series", "续接手工编的文号", form=any_code)
def continue_series(request, filled, pk: Number):
    unit = unit_of(request, pk)
    agency = Agency.objects.visible_to(request.user).in_force(unit, today())
    if agency is None or filled["code"] not in (agency.code, agency.letter_code, agency.minutes_code):
        refuse("code-unknown", f"“{filled['code']}”不是该单位的代字", remedy="先设定发文机关", where="code")
    return papers.continue_series(unit, by=request.user, **filled)
