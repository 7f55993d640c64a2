"""Reports and publications for programs."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind
from taizhang.accounts.operations import verb
from taizhang.kit.clock import today
from taizhang.kit.programs import REFUSALS, Moment, Number, Obstacles, answers
from taizhang.kit.refusals import refuse
from taizhang.reports import actions, forms, producing, telling
from taizhang.reports.models import Publication

router = Router(tags=["报告"])
routers = {"/reports": router}
Year = Annotated[int, Field(ge=1990, le=2100)]
A_FILE = {
    "responses": {
        200: {
            "description": "文件",
            "content": {kind: {"schema": {"type": "string"}} for kind in telling.FILES.values()},
        }
    }
}


class PublishedOut(Schema):
    id: int
    number: int
    title: str
    figure: str
    day: str
    counted: int
    base: int | None
    digest: str


class PublicationOut(PublishedOut):
    """`records` are those that counted when it was published, but for people; `now` is what is said of the same day today."""

    known_at: str
    definition: str
    groups: list[dict[str, Any]]
    records: list[int]
    now: int | None
    corrections: list[str]


class StatedOut(Schema):
    key: str
    value: float | None
    unit: str
    name: str
    definition: str
    day: str
    since: str | None
    records: list[int]


class Asked(Schema):
    """A month or a quarter of the year makes a notice of it."""

    known_at: Moment | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    quarter: Annotated[int, Field(ge=1, le=4)] | None = None


class ReportOut(Schema):
    """`corrections`: what was corrected since the report's day; only where no `known_at` is asked."""

    year: int
    known_at: str | None
    demonstration: bool
    figures: list[StatedOut]
    corrections: list[dict[str, Any]] = []


def told(each: Publication) -> dict[str, Any]:
    return {
        "id": each.pk,
        "number": each.number,
        "title": each.title,
        "figure": each.figure,
        "day": each.day.isoformat(),
        "counted": each.counted,
        "base": each.base,
        "digest": each.digest,
    }


@router.get("", response=answers(list[PublishedOut]), operation_id="reports.home", summary="已发布的数")
def home(request):
    return [told(each) for each in Publication.objects.visible_to(request.user)[: telling.LISTED]]


@router.get("/published/{pk}", response=answers(PublicationOut), operation_id="reports.detail", summary="一个发布的数")
def detail(request, pk: Number):
    """As it was published, and what was corrected since."""
    found = get_object_or_404(Publication.objects.visible_to(request.user).select_related("unit"), pk=pk)
    now = telling.beside(found)
    return {
        **told(found),
        "known_at": found.known_at.isoformat(),
        "definition": found.definition,
        "groups": found.groups,
        "records": found.records if now["figure"].record in ("organisation", "party") else [],
        "now": now["now"].counted,
        "corrections": [each.sentence for each in now["changed"]],
    }


@verb(router, "/published", "发布一个数", form=forms.PublishForm, gives=PublishedOut)
def publish(request, filled):
    return told(actions.publish(by=request.user, **filled))


@router.get("/{year}", response=answers(ReportOut), operation_id="reports.annual", summary="年度报告的数")
def annual(request, year: Year, asked: Query[Asked]):
    """Every stated number with its definition and the records behind it, over what you may see."""
    return made(request, year, asked).as_dict(unnamed=False)


@router.get(
    "/{year}/{suffix}",
    response={REFUSALS: Obstacles},
    operation_id="reports.file",
    summary="年度报告的文件",
    openapi_extra=A_FILE,
)
def file(request, year: Year, suffix: Literal["docx", "pdf", "xlsx"], asked: Query[Asked]):
    record(AuditKind.EXPORT, by=request.user, verb="reports.file", format=suffix, year=year)
    return HttpResponse(telling.content_of(made(request, year, asked), suffix), content_type=telling.FILES[suffix])


def made(request, year: int, asked: Asked) -> producing.Report:
    if asked.month and asked.quarter:
        refuse("two-periods", "月报和季报只选一样", remedy="只写 month 或只写 quarter", where="quarter")
    return producing.report(
        year,
        month=asked.month or 0,
        quarter=asked.quarter or 0,
        known_at=asked.known_at,
        until=today(),
        scope=request.user.scope,
        people=request.user.people_scope,
    )
