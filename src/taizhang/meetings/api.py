"""Bodies and sittings for programs: members, agenda, votes, and every verb that has a page."""

from datetime import date
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.operations import fill, filtered, verb
from taizhang.cases.models import Case
from taizhang.kit.clock import today
from taizhang.kit.programs import (
    Ability,
    Done,
    Limit,
    Number,
    Page,
    UnitOut,
    Words,
    abilities_told,
    answers,
    done,
    page_of,
)
from taizhang.kit.refusals import refuse
from taizhang.kit.shapes import Sent, filters_schema, schema_of, sort_asked
from taizhang.meetings import actions, forms, procedures, rules
from taizhang.meetings.models import AgendaItem, Body, Outcome, Sitting, seats_visible_to
from taizhang.meetings.order import order_on, present_at, seats_on
from taizhang.meetings.tables import TABLE, SittingFilters

router = Router(tags=["会议"])
routers = {"/meetings": router}

ListedBy = filters_schema(SittingFilters, TABLE, name="SittingsListedBy")
Resolved = schema_of(forms.ResolveForm.base_fields, name="MeetingsResolved")


class BodyOut(Schema):
    id: int
    name: str
    unit: UnitOut


class SeatOut(Schema):
    id: int
    name: str
    post: str
    since: date
    until: date | None


class BodyWhole(BodyOut):
    """Its members today, and how many of them must be there and must agree."""

    seats: list[SeatOut]
    quorum: int
    majority: int
    abilities: dict[str, Ability]


class SittingOut(Schema):
    id: int
    body: int
    body_name: str
    held_on: date
    place: str
    chair: str
    state: str
    case: int


class ItemOut(Schema):
    id: int
    position: int
    case: int
    title: str
    report: str
    outcome: str
    in_favour: int
    against: int
    abstained: int
    note: str
    next_step: str
    step: int | None


class SittingWhole(SittingOut):
    """`waiting`: cases that could be put on the agenda."""

    recorder: str
    present: list[str]
    items: list[ItemOut]
    waiting: list[int]
    abilities: dict[str, Ability]


class OnAgenda(Sent):
    case: Number


class TakenOff(Sent):
    note: Words = ""


class ResolveIn(Resolved):  # type: ignore[valid-type, misc]
    """Heads are counted, or `ballots` says by name how each member present voted."""

    ballots: dict[Words, Literal["for", "against", "abstained"]] | None = None


@router.get("", response=answers(Page[SittingOut]), operation_id="meetings.list", summary="会议")
def list_sittings(request, asked: Query[ListedBy], after: str = "", limit: Limit = 50):
    rows = filtered(request, Sitting.objects.visible_to(request.user).listed(), SittingFilters, asked)
    return page_of(rows, after=after, limit=limit, item=told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/bodies", response=answers(list[BodyOut]), operation_id="meetings.bodies", summary="议事机构")
def bodies(request):
    rows = Body.objects.visible_to(request.user).select_related("unit").order_by("pk")
    return [body_told(each) for each in rows]


@router.get("/bodies/{pk}", response=answers(BodyWhole), operation_id="meetings.body", summary="一个议事机构")
def body(request, pk: Number):
    found, at = body_of(request, pk), today()
    seats, order = seats_on(found, at), order_on(found, at)
    verbs = ("seat", "adopt_rules", "convene")
    may = request.user.holds(rules.KEEPERS, found.unit)
    return {
        **body_told(found),
        "seats": [
            {"id": each.pk, "name": each.name, "post": each.post, "since": each.since, "until": each.until}
            for each in seats
        ],
        "quorum": order.quorum.needed(len(seats)),
        "majority": order.majority.needed(len(seats)),
        "abilities": abilities_told(verbs, held=lambda _: may, now=verbs if may else ()),
    }


@router.get("/{pk}", response=answers(SittingWhole), operation_id="meetings.detail", summary="一次会议")
def sitting(request, pk: Number):
    found = sitting_of(request, pk)
    now = rules.abilities(request.user, found)
    may = request.user.holds(rules.KEEPERS, found.unit)
    waiting = procedures.waiting(request.user, found.body) if "put_on_agenda" in now else ()
    return {
        **told(found),
        "recorder": found.recorder,
        "present": present_at(found),
        "items": [item_told(each) for each in found.items.select_related("case").order_by("position")],
        "waiting": [each.pk for each in waiting],
        "abilities": abilities_told(
            (each for each in rules.WHO if each not in ("set_up", "seat", "unseat", "adopt_rules", "convene")),
            held=lambda _: may,
            now=now,
        ),
    }


def told(row: Any) -> dict[str, Any]:
    same = ("held_on", "place", "chair", "state")
    about = {"id": row.pk, "body": row.body_id, "body_name": row.body.name, "case": row.case_id}
    return {**about, **{name: getattr(row, name) for name in same}}


def body_told(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "unit": {"id": row.unit_id, "name": row.unit.name}}


def item_told(row: Any) -> dict[str, Any]:
    same = ("position", "report", "outcome", "in_favour", "against", "abstained", "note", "next_step")
    about = {"id": row.pk, "case": row.case_id, "title": row.case.title, "step": row.step_id}
    return {**about, **{name: getattr(row, name) for name in same}}


def body_of(request, pk: int) -> Body:
    return get_object_or_404(Body.objects.visible_to(request.user).select_related("unit"), pk=pk)


def sitting_of(request, pk: int) -> Sitting:
    return get_object_or_404(Sitting.objects.visible_to(request.user).select_related("body__unit", "case"), pk=pk)


def item_of(request, pk: int) -> AgendaItem:
    rows = AgendaItem.objects.visible_to(request.user).select_related("case", "sitting__body__unit")
    return get_object_or_404(rows, pk=pk)


def members_today(request, pk: int) -> dict[str, Any]:
    return {"body": body_of(request, pk), "on": today()}


def members_then(request, pk: int) -> dict[str, Any]:
    found = sitting_of(request, pk)
    return {"body": found.body, "on": found.held_on}


def day_now(request, pk: int) -> dict[str, Any]:
    found = sitting_of(request, pk)
    return {"held_on": found.held_on, "place": found.place}


@verb(router, "/bodies/set-up", "设议事机构", form=forms.SetUpForm)
def set_up(request, filled):
    return actions.set_up(by=request.user, **filled)


@verb(router, "/bodies/{pk}/seat", "登记组成人员", form=forms.SeatForm)
def seat(request, filled, pk: Number):
    return actions.seat(body_of(request, pk), by=request.user, **filled)


@verb(router, "/seats/{pk}/unseat", "离任", form=forms.UnseatForm)
def unseat(request, filled, pk: Number):
    return actions.unseat(get_object_or_404(seats_visible_to(request.user), pk=pk), by=request.user, **filled)


@verb(router, "/bodies/{pk}/rules", "采用议事规则", form=forms.AdoptRulesForm)
def adopt_rules(request, filled, pk: Number):
    return actions.adopt_rules(body_of(request, pk), by=request.user, **filled)


@verb(router, "/bodies/{pk}/convene", "召集会议", form=forms.ConveneForm, about=members_today)
def convene(request, filled, pk: Number):
    return actions.convene(body_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/postpone", "改期", form=forms.PostponeForm, stated=day_now)
def postpone(request, filled, pk: Number):
    return actions.postpone(sitting_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/cancel", "取消会议", form=forms.CancelForm)
def cancel(request, filled, pk: Number):
    return actions.cancel(sitting_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/attend", "登记到会", form=forms.AttendForm, about=members_then)
def attend(request, filled, pk: Number):
    return actions.attend(sitting_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/begin", "开始会议")
def begin(request, pk: Number):
    return actions.begin(sitting_of(request, pk), on=today(), by=request.user)


@verb(router, "/{pk}/adjourn", "休会")
def adjourn(request, pk: Number):
    return actions.adjourn(sitting_of(request, pk), on=today(), by=request.user)


@verb(router, "/{pk}/close", "结束会议")
def close(request, pk: Number):
    return actions.close(sitting_of(request, pk), on=today(), by=request.user)


@router.post("/{pk}/agenda", response=answers(Done), operation_id="meetings.put_on_agenda", summary="列入议题")
def put_on_agenda(request, pk: Number, sent: OnAgenda):
    """One of the cases that wait for this body."""
    found = sitting_of(request, pk)
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=sent.case)
    if not procedures.waiting(request.user, found.body).filter(pk=case.pk).exists():
        refuse("not-waiting", "这件事项不在等候这个机构议决", remedy="看会议的 waiting", where="case")
    procedures.of(case).put(case, sitting=found, on=today(), by=request.user)
    return done(found)


@router.post("/items/{pk}/resolve", response=answers(Done), operation_id="meetings.resolve", summary="记录一项议决")
def resolve(request, pk: Number, sent: ResolveIn):
    """With what follows from it, which the procedure whose case it is knows."""
    item = item_of(request, pk)
    said = sent.dict(exclude_unset=True)
    by_name = said.pop("ballots", None)
    if by_name is not None:
        there = present_at(item.sitting)
        if unknown := sorted(set(by_name) - set(there)):
            refuse("not-present", f"{'、'.join(unknown)}没有到会", remedy="先登记到会", where="ballots")
        said |= {f"ballot_{number}": by_name.get(name, "") for number, name in enumerate(there)}

    def making(*data):
        return forms.ResolveForm(*data[:1], sitting=item.sitting, by_name=by_name is not None)

    filled = fill(making, begun={}, said=said)
    procedures.of(item.case).decide(item, by=request.user, **filled)
    return done(item)


@router.post("/items/{pk}/take-off", response=answers(Done), operation_id="meetings.take_off", summary="从议程撤下")
def take_off(request, pk: Number, sent: TakenOff):
    item = item_of(request, pk)
    procedures.of(item.case).decide(item, outcome=Outcome.WITHDRAWN, note=sent.note, by=request.user)
    return done(item)
