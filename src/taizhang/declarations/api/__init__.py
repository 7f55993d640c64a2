"""Rounds and declarations, for programs: the lists, one of each, and every verb that has a page."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.operations import filtered, verb
from taizhang.declarations import actions, forms, rules, standing, telling
from taizhang.declarations.actions.reviewing import Judged
from taizhang.declarations.api import workbooks
from taizhang.declarations.drafts import draft_for
from taizhang.declarations.models import Declaration, Round, Verdict
from taizhang.declarations.tables import TABLE, DeclarationFilters
from taizhang.kit.clock import end_of, today
from taizhang.kit.jobs import later
from taizhang.kit.programs import (
    Ability,
    Day,
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
from taizhang.kit.shapes import Sent, filters_schema, sort_asked

router, rounds = Router(tags=["填报"]), Router(tags=["填报"])
routers = {"/declarations": router, "/rounds": rounds, "/workbooks": workbooks.router}

ListedBy = filters_schema(DeclarationFilters, TABLE, name="DeclarationsListedBy")
Value = str | int | bool | None


class RoundOut(Schema):
    id: int
    title: str
    unit: UnitOut
    cut_off_on: date
    due_on: date
    opening: str
    wanted: int
    made: int


class ProgressLine(Schema):
    """Of one unit, kind or region: how many declarations stand in each state."""

    key: str
    label: str
    states: dict[str, int]
    total: int


class RoundWhole(RoundOut):
    progress: list[ProgressLine]


class DeclarationOut(Schema):
    id: int
    organization: UnitOut
    round: int | None
    state: str
    cut_off_on: date
    due_on: date | None
    submitted_on: date | None
    is_late: bool
    version: int


class FieldOut(Schema):
    """`known` is what the ledger says; of a sampled field that is not typed yet it is not told."""

    name: str
    label: str
    known: Value
    declared: Value
    is_sample: bool
    since: date | None


class DeclaredRecordOut(Schema):
    record: str
    title: str
    fields: list[FieldOut]


class SectionOut(Schema):
    section: str
    title: str
    confirmed_by: str
    records: list[DeclaredRecordOut]
    counted: dict[str, str]


class DifferenceOut(Schema):
    id: int
    record: str
    field: str
    old: Value
    new: Value
    since: date
    unit_verdict: str
    committee_verdict: str
    reason: str


class DeclarationWhole(DeclarationOut):
    """`hidden_differences` are about people whose names you may not read; `lacking` is what the check says now."""

    case: int
    turn: str
    since_at: datetime | None
    sections: list[SectionOut]
    differences: list[DifferenceOut]
    hidden_differences: int
    asked_though_known: int
    lacking: list[str]
    abilities: dict[str, Ability]


class KeepIn(Sent):
    """`values`: field → value. `seen`: what you saw in them, so that what somebody changed since is noticed."""

    values: dict[Words, str | int | bool | None]
    seen: dict[Words, str | int | bool | None] | None = None
    since: Day | None = None


class SampleIn(Sent):
    record: Words
    field: Words
    value: str | int | bool


class ConfirmIn(Sent):
    sections: list[Words]
    name: Words


class SubmitIn(Sent):
    version: int | None = None
    sections: list[Words] = []
    name: Words = ""
    late_reason: Words = ""


class JudgedIn(Sent):
    difference: Number
    verdict: Verdict
    reason: Words = ""


class ReviewIn(Sent):
    judged: list[JudgedIn] = []
    note: Words = ""


@rounds.get("", response=answers(Page[RoundOut]), operation_id="declarations.rounds", summary="填报任务")
def list_rounds(request, after: str = "", limit: Limit = 50):
    rows = Round.objects.visible_to(request.user).select_related("unit")
    return page_of(rows, after=after, limit=limit, item=round_told)


@rounds.get("/{pk}", response=answers(RoundWhole), operation_id="declarations.round", summary="一个填报任务的进度")
def one_round(request, pk: Number, by: Words = "unit", day: Day | None = None):
    found = round_of(request, pk)
    rows = Declaration.objects.visible_to(request.user).filter(round=found)
    until = end_of(day) if day and day < today() else None
    lines = standing.progress(rows, by=by if by in standing.BY else "unit", until=until)
    told_lines = [
        {"key": line.key, "label": line.label, "states": dict(line.counts), "total": line.total} for line in lines
    ]
    return {**round_told(found), "progress": told_lines}


@verb(rounds, "/open", "发起填报任务", form=forms.OpenRoundForm)
def open_round(request, filled):
    return actions.open_round(filled.pop("unit"), by=request.user, **filled)


@verb(rounds, "/{pk}/hand-out", "继续下发")
def hand_out(request, pk: Number):
    found = round_of(request, pk)
    if not request.user.holds(rules.WHO["hand_out"], found.unit):
        raise PermissionDenied
    later("declarations.hand_out", round=found.pk, user=request.user.pk)
    return found


@router.get("", response=answers(Page[DeclarationOut]), operation_id="declarations.list", summary="填报")
def list_declarations(request, asked: Query[ListedBy], after: str = "", limit: Limit = 50):
    rows = Declaration.objects.visible_to(request.user).listed().stood()
    rows = filtered(request, rows, DeclarationFilters, asked)
    return page_of(rows, after=after, limit=limit, item=told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/{pk}", response=answers(DeclarationWhole), operation_id="declarations.detail", summary="一份填报")
def declaration(request, pk: Number):
    found, user = declaration_of(request, pk), request.user
    draft = draft_for(found, user)
    now = rules.abilities(user, found)
    may_change = "keep" in now
    return {
        **told(found),
        "case": found.case_id,
        "turn": found.case.turn,
        "since_at": found.since_at,
        "sections": [section_told(draft, each) for each in draft.sections],
        "differences": [difference_told(each) for _, _, each in draft.changed()],
        "hidden_differences": draft.hidden,
        "asked_though_known": draft.asked_though_known() if may_change else found.asked_though_known,
        "lacking": [each.reason for each in telling.lacking(draft, on=today())] if may_change else [],
        "abilities": abilities_told(
            rules.WHO.keys() - rules.OF_ROUNDS,
            held=lambda each: user.holds(rules.who(each, found), found.unit),
            now=now,
        ),
    }


def section_told(draft, section) -> dict[str, Any]:
    said = draft.confirmed.get(section.name)
    return {
        "section": section.name,
        "title": section.title,
        "confirmed_by": said.name if said else "",
        "records": [
            {
                "record": record.key,
                "title": record.title,
                "fields": [field_told(draft, record, asked) for asked in record.kind.fields],
            }
            for record in section.records
        ],
        "counted": dict(section.lines),
    }


def field_told(draft, record, asked) -> dict[str, Any]:
    hidden = draft.is_hidden_sample(record.key, asked.name) and draft.declaration.is_open_to_change
    difference = draft.differences.get((record.key, asked.name))
    return {
        "name": asked.name,
        "label": asked.label,
        "known": None if hidden else record.values.get(asked.name),
        "declared": None if hidden else draft.declared(record, asked.name),
        "is_sample": (record.key, asked.name) in draft.samples,
        "since": difference.since if difference else None,
    }


def difference_told(row: Any) -> dict[str, Any]:
    same = ("record", "field", "old", "new", "since", "unit_verdict", "committee_verdict", "reason")
    return {"id": row.pk, **{name: getattr(row, name) for name in same}}


def told(row: Any) -> dict[str, Any]:
    same = ("state", "cut_off_on", "due_on", "submitted_on", "is_late", "version")
    return {
        "id": row.pk,
        "organization": {"id": row.organization_id, "name": str(row.organization)},
        "round": row.round_id,
        **{name: getattr(row, name) for name in same},
    }


def round_told(row: Any) -> dict[str, Any]:
    same = ("title", "cut_off_on", "due_on", "opening", "wanted", "made")
    return {
        "id": row.pk,
        "unit": {"id": row.unit_id, "name": row.unit.name},
        **{name: getattr(row, name) for name in same},
    }


def round_of(request, pk: int) -> Round:
    return get_object_or_404(Round.objects.visible_to(request.user).select_related("unit"), pk=pk)


def declaration_of(request, pk: int) -> Declaration:
    rows = Declaration.objects.visible_to(request.user).listed().select_related("case__turn_unit")
    return get_object_or_404(rows, pk=pk)


@verb(router, "/start", "提出更正", form=forms.StartForm)
def start(request, filled):
    return actions.start(filled["organization"], on=today(), by=request.user)


def operation(address: str, name: str, title: str):
    return router.post(address, response=answers(Done), operation_id=f"declarations.{name}", summary=title)


@operation("/{pk}/keep/{record}", "keep", "填写一条")
def keep(request, pk: Number, record: Words, sent: KeepIn):
    found = declaration_of(request, pk)
    kept = actions.keep(
        found, record=record, values=sent.values, seen=sent.seen, since=sent.since, on=today(), by=request.user
    )
    return done(kept)


@operation("/{pk}/drop/{record}", "drop", "撤销一条更正")
def drop(request, pk: Number, record: Words):
    return done(actions.drop(declaration_of(request, pk), record=record, by=request.user))


@operation("/{pk}/sample", "sample", "填写抽查的一项")
def sample(request, pk: Number, sent: SampleIn):
    return done(actions.sample(declaration_of(request, pk), on=today(), by=request.user, **sent.dict()))


@operation("/{pk}/confirm", "confirm", "确认各节属实")
def confirm(request, pk: Number, sent: ConfirmIn):
    return done(actions.confirm(declaration_of(request, pk), on=today(), by=request.user, **sent.dict()))


@operation("/{pk}/submit", "submit", "提交填报")
def submit(request, pk: Number, sent: SubmitIn):
    return done(actions.submit(declaration_of(request, pk), on=today(), by=request.user, **sent.dict()))


@verb(router, "/{pk}/take-back", "取回")
def take_back(request, pk: Number):
    return actions.take_back(declaration_of(request, pk), on=today(), by=request.user)


def reviewed(request, pk: int, act: Any, sent: ReviewIn) -> dict[str, Any]:
    judged = {each.difference: Judged(each.verdict, each.reason) for each in sent.judged}
    return done(act(declaration_of(request, pk), judged=judged, note=sent.note, on=today(), by=request.user))


@operation("/{pk}/pass-on", "pass_on", "主管单位审核通过")
def pass_on(request, pk: Number, sent: ReviewIn):
    return reviewed(request, pk, actions.pass_on, sent)


@operation("/{pk}/accept", "accept", "接受并记账")
def accept(request, pk: Number, sent: ReviewIn):
    return reviewed(request, pk, actions.accept, sent)


@operation("/{pk}/send-back", "send_back", "退回填报")
def send_back(request, pk: Number, sent: ReviewIn):
    return reviewed(request, pk, actions.send_back, sent)


@verb(router, "/{pk}/reverse", "撤销接受", form=forms.ReverseForm, name="reverse")
def reverse_acceptance(request, filled, pk: Number):
    return actions.reverse(declaration_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/end", "终止填报", form=forms.NoteForm)
def end(request, filled, pk: Number):
    return actions.end(declaration_of(request, pk), by=request.user, **filled)
