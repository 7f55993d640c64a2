"""Notices for programs: one's own, what is due, reminding, and when one wants to be told."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema

from taizhang.accounts.acting import require
from taizhang.accounts.codes import Handout
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.operations import filtered, verb
from taizhang.kit.clock import today
from taizhang.kit.programs import Limit, Number, Page, UnitOut, answers, page_of
from taizhang.kit.shapes import filters_schema, sort_asked
from taizhang.notices import actions, rules
from taizhang.notices import letters as outbox
from taizhang.notices.forms import RemindForm, WishForm
from taizhang.notices.models import Due, Letter, Notice, Reminding, Wish
from taizhang.notices.tables import (
    LETTERS,
    LetterFilters,
    NoticeFilters,
    due_table,
    filters_of,
    notice_table,
    with_told,
)
from taizhang.notices.telling import rule_of

router = Router(tags=["提醒"])
routers = {"/notices": router}

BEGUN = date(2017, 1, 1)  # the columns by which one may sort are the same on every day
NoticesListedBy = filters_schema(NoticeFilters, notice_table(BEGUN), name="NoticesListedBy")
DuesListedBy = filters_schema(filters_of(BEGUN), due_table(BEGUN), name="DuesListedBy")
LettersListedBy = filters_schema(LetterFilters, LETTERS, name="LettersListedBy")


class DueOut(Schema):
    """Something that has to be done by a day; `about` is the row it is about, `days_before` when it is told."""

    id: int
    kind: str
    about: str
    title: str
    unit: UnitOut
    due_on: date
    days_before: list[int]
    rule: str
    clause: str
    settled_at: datetime | None


class NoticeOut(Schema):
    id: int
    due: DueOut
    stage: str
    told_at: datetime
    seen_at: datetime | None


class ToldOut(Schema):
    """Who was told, and what became of the letter."""

    user: int
    name: str
    stage: str
    told_at: datetime
    seen_at: datetime | None
    letter: str


class DueWhole(DueOut):
    told: list[ToldOut]


class RemindingOut(Schema):
    id: int
    unit: UnitOut
    kind: str
    words: str
    at: datetime
    matters: int
    people: int


class RemindingWhole(RemindingOut):
    told: list[ToldOut]


class LetterOut(Schema):
    """Never what it says."""

    id: int
    user: int
    subject: str
    state: str
    tries: int
    written_at: datetime
    sent_at: datetime | None
    failure: str


class Count(Schema):
    count: int


@router.get("", response=answers(Page[NoticeOut]), operation_id="notices.list", summary="提醒")
def list_notices(request, asked: Query[NoticesListedBy], after: str = "", limit: Limit = 50):
    """Your own, of what is still in your scope."""
    rows = Notice.objects.visible_to(request.user).select_related("due__unit")
    rows = filtered(request, rows, NoticeFilters, asked)
    return page_of(rows, after=after, limit=limit, item=notice_told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/bell", response=answers(Count), operation_id="notices.bell", summary="没看过的提醒数")
def bell(request):
    return {"count": Notice.objects.visible_to(request.user).unseen().count()}


@router.get("/due", response=answers(Page[DueOut]), operation_id="notices.due", summary="到期事项")
def due(request, asked: Query[DuesListedBy], after: str = "", limit: Limit = 50):
    """All that is due in your scope."""
    rows = with_told(Due.objects.visible_to(request.user).standing().select_related("unit"))
    rows = filtered(request, rows, filters_of(today()), asked)
    return page_of(rows, after=after, limit=limit, item=due_told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/due/{pk}", response=answers(DueWhole), operation_id="notices.detail", summary="一件到期事项")
def detail(request, pk: Number):
    found = get_object_or_404(Due.objects.visible_to(request.user).select_related("unit"), pk=pk)
    told = found.notices.select_related("user", "letter").order_by("-pk")[:100]
    return {**due_told(found), "told": [told_of(each) for each in told]}


@router.get("/remindings", response=answers(Page[RemindingOut]), operation_id="notices.remindings", summary="催办记录")
def remindings(request, after: str = "", limit: Limit = 50):
    require(request.user, rules.WHO["remind"])
    rows = Reminding.objects.visible_to(request.user).select_related("unit")
    return page_of(rows, after=after, limit=limit, item=reminding_told)


@router.get("/remindings/{pk}", response=answers(RemindingWhole), operation_id="notices.reminding", summary="一次催办")
def reminding(request, pk: Number):
    require(request.user, rules.WHO["remind"])
    found = get_object_or_404(Reminding.objects.visible_to(request.user).select_related("unit"), pk=pk)
    dues = Due.objects.visible_to(request.user)
    told = found.notices.filter(due__in=dues.values("pk")).select_related("user", "letter").order_by("pk")[:1000]
    return {**reminding_told(found), "told": [told_of(each) for each in told]}


@router.get("/letters", response=answers(Page[LetterOut]), operation_id="notices.letters", summary="邮件")
def letters(request, asked: Query[LettersListedBy], after: str = "", limit: Limit = 50):
    require(request.user, rules.WHO["send_again"])
    rows = Letter.objects.visible_to(request.user).defer("body")
    rows = filtered(request, rows, LetterFilters, asked)
    return page_of(rows, after=after, limit=limit, item=letter_told, sort=sort_asked(asked, otherwise="pk"))


@verb(router, "/see", "全部看过", gives=Count)
def see(request):
    return {"count": actions.see(Notice.objects.visible_to(request.user), at=timezone.now(), by=request.user)}


@verb(router, "/remind", "催办逾期的", form=RemindForm)
def remind(request, filled):
    require(request.user, rules.WHO["remind"])
    unit = filled.pop("unit")
    return actions.remind(unit, **filled, on=today(), at=timezone.now(), by=request.user)


def wished(request) -> dict[str, Any]:
    wish = Wish.objects.visible_to(request.user).first() or Wish()
    return {"by_mail": wish.by_mail, "hour": wish.hour}


@verb(router, "/wish", "提醒方式", form=WishForm, stated=wished)
def choose(request, filled):
    return actions.choose(**filled, by=request.user)


@verb(router, "/letters/{pk}/again", "重发邮件")
def send_again(request, pk: Number):
    require(request.user, rules.WHO["send_again"])
    found = get_object_or_404(Letter.objects.visible_to(request.user), pk=pk)
    return outbox.send_again(found, at=timezone.now(), by=request.user)


class CodesMailed(Schema):
    letters: int


@verb(router, "/handouts/{pk}/mail", "激活码发到邮箱", gives=CodesMailed)
def mail_codes(request, pk: Number):
    require(request.user, rules.WHO["mail_codes"])
    found = get_object_or_404(Handout.objects.visible_to(request.user).select_related("unit"), pk=pk)
    require_fresh(request)
    address = request.build_absolute_uri("/accounts/activate/")
    return {"letters": outbox.mail_codes(found, address=address, at=timezone.now(), by=request.user)}


def due_told(row: Any) -> dict[str, Any]:
    same = ("kind", "about", "title", "due_on", "days_before", "clause", "settled_at")
    return {"id": row.pk, "unit": row.unit, "rule": rule_of(row), **{name: getattr(row, name) for name in same}}


def notice_told(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "due": due_told(row.due), **{name: getattr(row, name) for name in SAME}}


SAME = ("stage", "told_at", "seen_at")


def told_of(row: Any) -> dict[str, Any]:
    letter = row.letter.state if row.letter else ""
    who = {"user": row.user_id, "name": row.user.name, "letter": letter}
    return {**who, **{name: getattr(row, name) for name in SAME}}


def reminding_told(row: Any) -> dict[str, Any]:
    same = ("kind", "words", "at", "matters", "people")
    return {"id": row.pk, "unit": row.unit, **{name: getattr(row, name) for name in same}}


def letter_told(row: Any) -> dict[str, Any]:
    same = ("subject", "state", "tries", "written_at", "sent_at", "failure")
    return {"id": row.pk, "user": row.user_id, **{name: getattr(row, name) for name in same}}
