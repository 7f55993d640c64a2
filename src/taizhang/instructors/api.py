"""The instructors' pool for programs: what the pages list and tell, and every verb that has a page."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.operations import filtered, verb
from taizhang.instructors import actions, forms, rules
from taizhang.instructors.models import Instructor, Posting, postings_visible_to
from taizhang.instructors.tables import InstructorFilters, instructor_table
from taizhang.kit import clock
from taizhang.kit.programs import Ability, Day, Limit, Moment, Number, Page, abilities_told, answers, page_of
from taizhang.kit.shapes import filters_schema, sort_asked
from taizhang.ledger.asking import as_of
from taizhang.ledger.telling import StatementOut, statements_told

router = Router(tags=["党建指导员"])
routers = {"/instructors": router}

ListedBy = filters_schema(InstructorFilters, instructor_table(), name="InstructorsListedBy")


class InstructorOut(Schema):
    """`load` is the number of organisations one was posted to that day."""

    id: int
    name: str
    unit: int
    enlisted_on: date
    load: int


class InstructorWhole(InstructorOut):
    abilities: dict[str, Ability]


@router.get("", response=answers(Page[InstructorOut]), operation_id="instructors.list", summary="指导员名单")
def list_instructors(
    request,
    asked: Query[ListedBy],
    day: Day | None = None,
    known_at: Moment | None = None,
    after: str = "",
    limit: Limit = 50,
):
    rows = Instructor.objects.visible_to(request.user).listed(as_of(day or clock.today(), known_at))
    rows = filtered(request, rows, InstructorFilters, asked)
    return page_of(rows, after=after, limit=limit, item=told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/{pk}", response=answers(InstructorWhole), operation_id="instructors.detail", summary="一名指导员")
def instructor(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    rows = Instructor.objects.visible_to(request.user).listed(as_of(day or clock.today(), known_at))
    found = get_object_or_404(rows, pk=pk)
    may = abilities_told(
        ("post",),
        held=lambda each: request.user.holds(rules.WHO[each], found.unit),
        now=rules.abilities(request.user, found) & {"post"},
    )
    return {**told(found), "abilities": may}


@router.get(
    "/{pk}/statements", response=answers(list[StatementOut]), operation_id="instructors.statements", summary="派驻记录"
)
def postings(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    at = as_of(day or clock.today(), known_at)
    return statements_told({"posting": Posting}, at, request.user, instructor=instructor_of(request, pk))


def told(row: Any) -> dict[str, Any]:
    same = {"name": row.person.name, "enlisted_on": row.enlisted_on, "load": row.stated_load}
    return {"id": row.pk, "unit": row.unit_id, **same}


def instructor_of(request, pk: int) -> Instructor:
    return get_object_or_404(Instructor.objects.visible_to(request.user).select_related("person", "unit"), pk=pk)


def posting_of(request, pk: int) -> Posting:
    return get_object_or_404(postings_visible_to(request.user), pk=pk)


def days_stated(request, pk: int) -> dict[str, Any]:
    posting = posting_of(request, pk)
    return {"since": posting.since, "until": posting.until}


@verb(router, "/enlist", "指导员入库", form=forms.EnlistForm)
def enlist(request, filled):
    return actions.enlist(filled.pop("person"), by=request.user, **filled)


@verb(router, "/recruit", "登记新的指导员", form=forms.RecruitForm)
def recruit(request, filled):
    return actions.recruit(by=request.user, **filled)


@verb(router, "/{pk}/post", "派驻", form=forms.PostForm)
def post(request, filled, pk: Number):
    return actions.post(instructor_of(request, pk), by=request.user, **filled)


@verb(router, "/postings/{pk}/end", "结束派驻", form=forms.EndPostingForm)
def end_posting(request, filled, pk: Number):
    return actions.end_posting(posting_of(request, pk), by=request.user, **filled)


@verb(router, "/postings/{pk}/correct", "更正派驻", form=forms.CorrectPostingForm, stated=days_stated)
def correct(request, filled, pk: Number):
    return actions.correct(posting_of(request, pk), by=request.user, **filled)


@verb(router, "/postings/{pk}/withdraw", "撤回派驻", form=forms.WithdrawForm)
def withdraw(request, filled, pk: Number):
    return actions.withdraw(posting_of(request, pk), by=request.user, **filled)
