"""Papers for programs: the register, one paper with its text and its files, and every verb that has a page."""

from datetime import date
from typing import Any

from django.db.models import F
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
    Reason,
    Words,
    abilities_told,
    answers,
    page_of,
    reason,
)
from taizhang.kit.shapes import filters_schema, sort_asked
from taizhang.papers import actions, forms, printing, rules, wording
from taizhang.papers.content import content_of
from taizhang.papers.kinds import Kind, kind_of, kinds
from taizhang.papers.models import TRANSITIONS, Agency, Master, Paper, Rendering, Series
from taizhang.papers.tables import TABLE, PaperFilters
from taizhang.papers.word import twin

router = Router(tags=["文书"])
routers = {"/papers": router}
A_FILE = {
    "responses": {200: {"description": "文件", "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}
}
SAME = ("kind", "state", "number", "title", "addressees", "dated_on", "issued_on")

ListedBy = filters_schema(PaperFilters, TABLE, name="PapersListedBy")


class PaperOut(Schema):
    """`number` is empty until it is issued; `digest` is the one printed on the original, null until that is rendered."""

    id: int
    case: int
    issuer: int
    kind: str
    state: str
    number: str
    title: str
    addressees: list[str]
    dated_on: date | None
    issued_on: date | None
    digest: str | None


class PaperWhole(PaperOut):
    body: str
    copies: list[str]
    enclosures: list[str]
    wording: str
    sent_back: str
    failure: str
    abilities: dict[str, Ability]


class AgencyOut(Schema):
    id: int
    unit: int
    since: date
    name: str
    mark: str
    code: str
    letter_code: str
    minutes_code: str
    printer: str
    hands: int


class SeriesOut(Schema):
    """Of that year, numbers up to `before` were given by hand."""

    id: int
    unit: int
    code: str
    year: int
    before: int


class OfficesOut(Schema):
    agencies: list[AgencyOut]
    series: list[SeriesOut]


class MasterOut(Schema):
    """`edition` 0 comes with the program and holds where an office has no wording of its own."""

    unit: int | None
    kind: str
    edition: int
    since: date | None
    title: str
    body: str


class Tried(Schema):
    faults: list[Reason]
    title: str
    body: str


@router.get("", response=answers(Page[PaperOut]), operation_id="papers.list", summary="文书登记")
def list_papers(request, asked: Query[ListedBy], after: str = "", limit: Limit = 50):
    """Papers of your offices, and those issued about matters in your scope, by the page's filters."""
    rows = filtered(request, told_rows(request), PaperFilters, asked)
    return page_of(rows, after=after, limit=limit, item=told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/waiting", response=answers(Page[PaperOut]), operation_id="papers.waiting", summary="轮到我的文书")
def waiting(request, after: str = "", limit: Limit = 50):
    """Those you are to check, sign, issue or mend."""
    return page_of(told_rows(request).filter(rules.awaiting(request.user)), after=after, limit=limit, item=told)


@router.get("/offices", response=answers(OfficesOut), operation_id="papers.offices", summary="发文机关与续接文号")
def offices(request):
    agencies = Agency.objects.visible_to(request.user).order_by("unit", "-since", "-pk")
    series = Series.objects.visible_to(request.user).order_by("code", "year")
    of_agency = ("since", "name", "mark", "code", "letter_code", "minutes_code", "printer", "hands")
    return {
        "agencies": [as_told(each, of_agency) for each in agencies],
        "series": [as_told(each, ("code", "year", "before")) for each in series],
    }


@router.get("/wordings", response=answers(list[MasterOut]), operation_id="papers.masters", summary="措辞")
def masters(request):
    own = Master.objects.visible_to(request.user).order_by("unit", "kind", "edition")
    shipped = [
        {"unit": None, "kind": kind.name, "edition": 0, "since": None, "title": kind.title, "body": kind.body}
        for kind in kinds().values()
    ]
    return [*shipped, *({"unit": each.unit_id, **said(each, MASTER)} for each in own)]


MASTER = ("kind", "edition", "since", "title", "body")


@router.get("/{pk}", response=answers(PaperWhole), operation_id="papers.detail", summary="一份文书")
def paper(request, pk: Number):
    found = get_object_or_404(told_rows(request), pk=pk)
    more = ("body", "copies", "enclosures", "wording", "sent_back", "failure")
    may = abilities_told(
        TRANSITIONS,
        held=lambda each: request.user.holds(rules.WHO[each], found.issuer),
        now=rules.abilities(request.user, found),
    )
    return {**told(found), **said(found, more), "abilities": may}


@router.get(
    "/{pk}/pdf",
    response={REFUSALS: Obstacles},
    operation_id="papers.pdf",
    summary="文书正本（草稿带标记）",
    openapi_extra=A_FILE,
)
def pdf(request, pk: Number):
    """The original, once it is rendered; of a paper not issued, a draft marked as one."""
    found = paper_of(request, pk)
    kept = Rendering.objects.visible_to(request.user).filter(paper=found).first()
    if found.is_issued and kept is None:
        raise Http404
    return file(request, found, bytes(kept.pdf) if kept else printing.pdf(content(request, found)), verb="papers.pdf")


@router.get(
    "/{pk}/word", response={REFUSALS: Obstacles}, operation_id="papers.word", summary="编辑稿", openapi_extra=A_FILE
)
def word(request, pk: Number):
    found = paper_of(request, pk)
    return file(request, found, twin(content(request, found)), verb="papers.word")


def file(request, found: Paper, whole: bytes, *, verb: str) -> HttpResponse:
    record(AuditKind.EXPORT, by=request.user, verb=verb, of=found)
    return HttpResponse(whole, content_type="application/octet-stream")


def content(request, found: Paper) -> printing.Content:
    agency = found.agency or Agency.objects.visible_to(request.user).in_force(found.issuer, today())
    return content_of(found, agency, on=today())


def told_rows(request):
    return Paper.objects.visible_to(request.user).select_related("issuer").annotate(digest=F("rendering__digest"))


def told(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "case": row.case_id, "issuer": row.issuer_id, "digest": row.digest, **said(row, SAME)}


def as_told(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {"id": row.pk, "unit": row.unit_id, **said(row, names)}


def said(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def paper_of(request, pk: int) -> Paper:
    return get_object_or_404(Paper.objects.visible_to(request.user).select_related("issuer", "case", "agency"), pk=pk)


def unit_of(request, pk: int) -> Unit:
    return get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)


def text_now(request, pk: int) -> dict[str, Any]:
    return said(paper_of(request, pk), ("title", "body", "addressees", "copies", "enclosures"))


@verb(router, "/{pk}/revise", "改稿", form=forms.TextForm, stated=text_now)
def revise(request, filled, pk: Number):
    return actions.revise(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/check", "核稿", form=forms.ActForm)
def check(request, filled, pk: Number):
    return actions.check(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/send-back", "退稿", form=forms.ReasonForm)
def send_back(request, filled, pk: Number):
    return actions.send_back(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/sign", "签发", form=forms.ActForm)
def sign(request, filled, pk: Number):
    return actions.sign(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/issue", "编号印发", form=forms.ActForm)
def issue(request, filled, pk: Number):
    return actions.issue(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/withdraw", "撤稿", form=forms.ReasonForm)
def withdraw(request, filled, pk: Number):
    return actions.withdraw(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/void", "作废", form=forms.VoidForm)
def void(request, filled, pk: Number):
    return actions.void(paper_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/render", "排印正本")
def render(request, pk: Number):
    return actions.render(paper_of(request, pk), by=request.user)


def head_now(request, pk: int) -> dict[str, Any]:
    held = Agency.objects.visible_to(request.user).in_force(unit_of(request, pk), today())
    kept = ("name", "mark", "code", "letter_code", "minutes_code", "printer", "hands")
    return said(held, kept) if held else {}


@verb(router, "/offices/{pk}/agency", "设定发文机关", form=forms.AgencyForm, stated=head_now)
def set_agency(request, filled, pk: Number):
    return actions.set_agency(unit_of(request, pk), by=request.user, **filled)


@verb(router, "/offices/{pk}/series", "续接手工文号", form=forms.SeriesForm)
def continue_series(request, filled, pk: Number):
    return actions.continue_series(unit_of(request, pk), by=request.user, **filled)


def wording_now(request, pk: int, kind: str) -> dict[str, Any]:
    held = Master.objects.visible_to(request.user).in_force(unit_of(request, pk), kind, today()) or kind_named(kind)
    return {"title": held.title, "body": held.body}


@verb(router, "/wordings/{pk}/{kind}", "修改措辞", form=forms.MasterForm, stated=wording_now)
def revise_master(request, filled, pk: Number, kind: Words):
    return actions.revise_master(unit_of(request, pk), kind=kind_named(kind).name, by=request.user, **filled)


@verb(router, "/wordings/{pk}/{kind}/try", "试一试措辞", form=forms.TryForm, gives=Tried)
def try_wording(request, filled, pk: Number, kind: Words):
    """What is wrong with it, and how it reads with the example's facts; nothing is kept."""
    unit_of(request, pk)
    declared = kind_named(kind)
    faults = [
        fault for where in ("title", "body") for fault in wording.faults(filled[where], declared.fields, where=where)
    ]
    whole = not any(fault.blocks for fault in faults)
    values = declared.labelled(declared.examples())
    read = {where: wording.fill(filled[where], values) if whole else "" for where in ("title", "body")}
    return {"faults": [reason(fault) for fault in faults], **read}


def kind_named(name: str) -> Kind:
    if name not in kinds():
        raise Http404
    return kind_of(name)


def composing(kind: Kind) -> None:
    """One operation for each kind of paper, because each takes other facts."""

    @verb(
        router, f"/compose/{kind.name}", f"拟一份{kind.label}", form=forms.composing(kind), name=f"compose.{kind.name}"
    )
    def compose(request, filled):
        facts = {field.key: filled.pop(field.key) for field in kind.fields}
        return actions.compose(kind.name, facts=facts, by=request.user, **filled)


for _kind in kinds().values():
    composing(_kind)
