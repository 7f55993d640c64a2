"""Applications to form, change, merge, dissolve and elect, for programs: the list, one of them, and every verb that has a page."""

from datetime import date
from typing import Any

from django import forms as fields
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.operations import fill, filtered, verb
from taizhang.formation import actions, forms, rules, telling
from taizhang.formation.api import groupings
from taizhang.formation.models import Application, Nominee, Participant
from taizhang.formation.tables import TABLE, ApplicationFilters
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
from taizhang.kit.refusals import Obstacle, refuse_if
from taizhang.kit.shapes import Sent, filters_schema, schema_of, sort_asked

router = Router(tags=["组建审批"])
routers = {"/formation": router, "/groupings": groupings.router}

ListedBy = filters_schema(ApplicationFilters, TABLE, name="ApplicationsListedBy")
Recorded = schema_of(forms.RecordResultForm.base_fields, name="FormationRecorded")


class ApplicationOut(Schema):
    id: int
    number: str
    kind: str
    state: str
    title: str
    case: int
    unit: UnitOut
    approving_unit: UnitOut
    submitted_on: date | None
    decided_on: date | None


class ParticipantOut(Schema):
    id: int
    organization: int
    name: str
    is_lead: bool
    consented_on: date | None


class NomineeOut(Schema):
    id: int
    person: int
    name: str
    relation: str
    promise: str
    position: str


class ApplicationWhole(ApplicationOut):
    """`asked`: what the application says, field by field. `hidden_nominees`: people whose names you may not read."""

    asked: dict[str, str | int | None]
    participants: list[ParticipantOut]
    nominees: list[NomineeOut]
    hidden_nominees: int
    reasons: str
    next_step: str
    letter: str
    established: int | None
    abilities: dict[str, Ability]


class Won(Sent):
    """Of one of the proposed: `nominee` is its number in the application."""

    nominee: Number
    position: Words
    votes: int = 0


class RecordResultIn(Recorded):  # type: ignore[valid-type, misc]
    results: list[Won]


class StartAgain(forms.StartForm):
    """`resubmits`: the refused application that this one asks again."""

    resubmits = fields.ModelChoiceField(label="再次提出的是", queryset=None, required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["resubmits"].queryset = Application.objects.visible_to(user)


@router.get("", response=answers(Page[ApplicationOut]), operation_id="formation.list", summary="组建审批")
def list_applications(request, asked: Query[ListedBy], after: str = "", limit: Limit = 50):
    rows = Application.objects.visible_to(request.user).select_related("case__unit", "approving_unit")
    rows = filtered(request, rows, ApplicationFilters, asked)
    return page_of(rows, after=after, limit=limit, item=told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/{pk}", response=answers(ApplicationWhole), operation_id="formation.detail", summary="一件申请")
def application(request, pk: Number):
    found, user = application_of(request, pk), request.user
    nominees = found.nominees.standing().visible_to(user).select_related("person")
    asked = {name: getattr(value, "isoformat", lambda value=value: value)() for name, value in stated(found).items()}
    now = rules.abilities(user, found)
    return {
        **told(found),
        "asked": asked,
        "participants": [
            {
                "id": each.pk,
                "organization": each.organization_id,
                "name": str(each.organization),
                "is_lead": each.is_lead,
                "consented_on": each.consented_on,
            }
            for each in found.participants.standing().visible_to(user).select_related("organization__unit")
        ],
        "nominees": [nominee_told(each) for each in nominees],
        "hidden_nominees": found.nominees.standing().count() - len(nominees),
        **{name: getattr(found, name) for name in ("reasons", "next_step", "letter")},
        "established": found.established_id,
        "abilities": abilities_told(
            (each for each in rules.WHO if each not in ("start", "approve", "refuse", "defer", "consent")),
            held=lambda each: user.holds(rules.WHO[each], rules.unit_for(each, found)),
            now=now - {"approve", "refuse", "defer"},
        ),
    }


def told(row: Any) -> dict[str, Any]:
    same = ("number", "kind", "state", "submitted_on", "decided_on")
    return {
        "id": row.pk,
        "title": row.case.title,
        "case": row.case_id,
        "unit": {"id": row.case.unit_id, "name": row.case.unit.name},
        "approving_unit": {"id": row.approving_unit_id, "name": row.approving_unit.name},
        **{name: getattr(row, name) for name in same},
    }


def nominee_told(row: Any) -> dict[str, Any]:
    same = ("relation", "promise", "position")
    return {
        "id": row.pk,
        "person": row.person_id,
        "name": str(row.person),
        **{each: getattr(row, each) for each in same},
    }


def stated(found: Application) -> dict[str, Any]:
    return forms.initial_of(found)


def application_of(request, pk: int) -> Application:
    rows = Application.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related(*telling.SHOWN), pk=pk)


def of_this(request, pk: int) -> dict[str, Any]:
    return {"application": application_of(request, pk)}


def as_kept(request, pk: int) -> dict[str, Any]:
    return stated(application_of(request, pk))


@verb(router, "/start", "新的申请", form=StartAgain)
def start(request, filled):
    return actions.start(filled.pop("kind"), by=request.user, **filled)


@verb(router, "/{pk}/keep", "填写申请", form=forms.KeepForm, about=of_this, stated=as_kept)
def keep(request, filled, pk: Number):
    return actions.keep(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/invite", "邀请社会组织参加", form=forms.InviteForm)
def invite(request, filled, pk: Number):
    return actions.invite(application_of(request, pk), on=today(), by=request.user, **filled)


@verb(router, "/participants/{pk}/disinvite", "去掉一家参加的")
def disinvite(request, pk: Number):
    participant = get_object_or_404(Participant.objects.visible_to(request.user), pk=pk)
    return actions.disinvite(participant, on=today(), by=request.user)


@verb(router, "/participants/{pk}/consent", "同意参加", form=forms.ConsentForm)
def consent(request, filled, pk: Number):
    found = get_object_or_404(Participant.objects.visible_to(request.user), pk=pk)
    return actions.consent(found, by=request.user, **filled)


@verb(router, "/{pk}/propose", "列入拟编入党员", form=forms.ProposeForm, about=of_this)
def propose(request, filled, pk: Number):
    return actions.propose(application_of(request, pk), by=request.user, **filled)


@verb(router, "/nominees/{pk}/drop", "去掉一名拟编入的")
def drop(request, pk: Number):
    return actions.drop(get_object_or_404(Nominee.objects.visible_to(request.user), pk=pk), by=request.user)


@verb(router, "/{pk}/submit", "提交申请", form=forms.DecidedForm)
def submit(request, filled, pk: Number):
    return actions.submit(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/withdraw", "撤回申请", form=forms.DecidedForm)
def withdraw(request, filled, pk: Number):
    return actions.withdraw(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/accept", "受理", form=forms.DecidedForm)
def accept(request, filled, pk: Number):
    return actions.accept(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/send-back", "退回补正", form=forms.DecidedForm)
def send_back(request, filled, pk: Number):
    return actions.send_back(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/redirect", "转交现在的责任单位", form=forms.DecidedForm)
def redirect(request, filled, pk: Number):
    return actions.redirect(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/schedule", "列入会议", form=forms.ScheduleForm, about=of_this)
def schedule(request, filled, pk: Number):
    return actions.schedule(application_of(request, pk), by=request.user, reopens=False, **filled)


@verb(router, "/{pk}/reverse", "提交以后的会议纠正", form=forms.ScheduleForm, about=of_this, name="reverse")
def reverse_at_sitting(request, filled, pk: Number):
    return actions.schedule(application_of(request, pk), by=request.user, reopens=True, **filled)


@verb(router, "/{pk}/file-approval", "登记他方的批复", form=forms.FileApprovalForm)
def file_approval(request, filled, pk: Number):
    return actions.file_approval(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/file-refusal", "登记他方的不予批准", form=forms.FileRefusalForm)
def file_refusal(request, filled, pk: Number):
    return actions.file_refusal(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/acknowledge", "知悉")
def acknowledge(request, pk: Number):
    return actions.acknowledge(application_of(request, pk), on=today(), by=request.user)


@verb(router, "/{pk}/reply", "发出批复", form=forms.LetterForm)
def reply(request, filled, pk: Number):
    return actions.reply(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/answer", "发出答复", form=forms.LetterForm)
def answer(request, filled, pk: Number):
    return actions.answer(application_of(request, pk), by=request.user, **filled)


@router.post(
    "/{pk}/record-result", response=answers(Done), operation_id="formation.record_result", summary="登记选举结果"
)
def record_result(request, pk: Number, sent: RecordResultIn):
    """One line for each who was elected."""
    found = application_of(request, pk)
    nominees = [*found.nominees.standing().visible_to(request.user).select_related("person")]
    said = sent.dict(exclude_unset=True)
    results = said.pop("results")
    known = {each.pk for each in nominees}
    refuse_if(
        Obstacle("no-such-nominee", f"{each['nominee']}不在拟编入党员之列", remedy="看申请的 nominees", where="results")
        for each in results
        if each["nominee"] not in known
    )
    for each in results:
        said |= {f"position_{each['nominee']}": each["position"], f"votes_{each['nominee']}": each["votes"]}

    def making(*data):
        return forms.RecordResultForm(*data[:1], user=request.user, nominees=nominees)

    return done(actions.record_result(found, by=request.user, **fill(making, begun={}, said=said)))


@verb(router, "/{pk}/agree-result", "同意选举结果", form=forms.AgreeResultForm)
def agree_result(request, filled, pk: Number):
    return actions.agree_result(application_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/conclude", "办结", form=forms.DecidedForm)
def conclude(request, filled, pk: Number):
    return actions.conclude(application_of(request, pk), by=request.user, **filled)
