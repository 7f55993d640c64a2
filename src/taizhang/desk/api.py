"""The desk for programs: what waits for you, and one search over everything."""

from django.http import HttpRequest
from ninja import Router, Schema

from taizhang.cases.models import Case
from taizhang.desk import finding
from taizhang.kit.programs import Limit, UnitOut, Words, answers

router = Router(tags=["工作台"])
routers = {"/desk": router}


class MatterOut(Schema):
    id: int
    title: str
    unit: UnitOut


class DeskOut(Schema):
    """How many matters wait for your move, and the latest of them."""

    waiting: int
    matters: list[MatterOut]


class HitOut(Schema):
    text: str
    note: str
    page: str


class FoundOut(Schema):
    title: str
    hits: list[HitOut]


@router.get("", response=answers(DeskOut), operation_id="desk.home", summary="轮到我办的")
def home(request: HttpRequest, limit: Limit = 10):
    mine = Case.objects.visible_to(request.user).awaiting(request.user).select_related("unit").order_by("-pk")
    return {
        "waiting": mine.count(),
        "matters": [
            {"id": each.pk, "title": each.title, "unit": {"id": each.unit_id, "name": each.unit.name}}
            for each in mine[:limit]
        ],
    }


@router.get("/search", response=answers(list[FoundOut]), operation_id="desk.search", summary="查找")
def search(request: HttpRequest, q: Words):
    """Organisations, Party organisations, people and matters in your scope; each with the address of its page."""
    return [
        {
            "title": group.title,
            "hits": [{"text": hit.text, "note": hit.note, "page": hit.address} for hit in group.hits],
        }
        for group in finding.find(q, request.user)
    ]
