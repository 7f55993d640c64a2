"""People for programs, to whoever may read their names; numbers are masked here as everywhere, and revealed for a purpose."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.acting import require
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.models import Unit
from taizhang.accounts.operations import filtered, verb
from taizhang.kit import clock
from taizhang.kit.programs import Ability, Day, Limit, Moment, Number, Page, abilities_told, answers, page_of
from taizhang.kit.shapes import filters_schema, sort_asked
from taizhang.ledger.asking import as_of
from taizhang.ledger.telling import StatementOut, statements_told
from taizhang.members import actions, forms, merging, rules
from taizhang.members.api import branches
from taizhang.members.mergers import PersonApart, PersonMerger
from taizhang.members.models import FACTS, Person, statements_visible_to
from taizhang.members.privacy import inventory
from taizhang.members.tables import PersonFilters, filters_of, people_table
from taizhang.orgs.forms import MergeForm, OfferAgainForm, UnmergeForm

router = Router(tags=["人员和党员"])
routers = {"/people": router, "/party-organizations": branches.router}

ListedBy = filters_schema(PersonFilters, people_table(), name="PeopleListedBy")
ABOUT_SOMEBODY = ("amend", "forget", "erase", "engage", "admit", "become_full", "appoint")


class PersonOut(Schema):
    id: int
    name: str
    sex: str
    education: str


class PersonWhole(PersonOut):
    born_on: date | None
    id_number: str
    telephone: str
    abilities: dict[str, Ability]


class Revealed(Schema):
    value: str


class LineOut(Schema):
    """One thing that is on record of a person, in words."""

    what: str
    says: str
    since: date | None
    until: date | None
    entered_at: datetime | None


class EntryOut(Schema):
    """Fields that are kept for the same purpose, as long, and in the same way."""

    label: str
    purpose: str
    basis: str
    retention: str
    protection: str


class HandedOut(forms.HandOutForm):
    """A program takes JSON."""

    format = None  # type: ignore[assignment]


@router.get("", response=answers(Page[PersonOut]), operation_id="members.list", summary="人员名单")
def people(
    request,
    asked: Query[ListedBy],
    day: Day | None = None,
    known_at: Moment | None = None,
    after: str = "",
    limit: Limit = 50,
):
    """People engaged, or with relations held, in your scope, by the page's filters as of a day."""
    at = as_of(day or clock.today(), known_at)
    rows = Person.objects.visible_to(request.user).listed(at, request.user)
    rows = filtered(request, rows, filters_of(at), asked)
    return page_of(rows, after=after, limit=limit, item=told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/own", response=answers(list[LineOut]), operation_id="members.own", summary="本人的记录")
def own(request):
    """One's own record, with masked numbers; nothing where no record is linked with the account."""
    found = actions.record_of(request.user)
    return [line_told(each) for each in actions.lines_of(found, whole=False)] if found else []


@router.get("/privacy", response=answers(list[EntryOut]), operation_id="members.privacy", summary="个人信息清单")
def privacy(request):
    """Which fields are kept of people, what for, how long and how protected."""
    return [{name: getattr(each, name) for name in EntryOut.model_fields} for each in inventory()]


@router.get(
    "/past-retention",
    response=answers(Page[PersonOut]),
    operation_id="members.past_retention",
    summary="到期清单",
)
def past_retention(request, after: str = "", limit: Limit = 50):
    """Those of whom nothing has been on record for as long as a name is kept."""
    require(request.user, rules.WHO["erase"])
    rows = Person.objects.visible_to(request.user).past_retention(clock.today())
    return page_of(rows, after=after, limit=limit, item=told)


@router.get("/{pk}", response=answers(PersonWhole), operation_id="members.detail", summary="一个人")
def person(request, pk: Number):
    found = person_of(request, pk)
    units = actions.units_of(found)
    return {
        **told(found),
        "born_on": found.born_on,
        "id_number": found.id_number_masked,
        "telephone": found.telephone_masked,
        "abilities": abilities_told(
            (*ABOUT_SOMEBODY, "reveal"),
            held=lambda each: rules.may(request.user, each, *units),
            now={*rules.abilities(request.user, units).intersection(ABOUT_SOMEBODY), "reveal"},
        ),
    }


@router.get(
    "/{pk}/statements",
    response=answers(list[StatementOut]),
    operation_id="members.statements",
    summary="台账中关于此人的记录",
)
def person_statements(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    """Where the person worked, where relations were held, which posts: each with its number."""
    at = as_of(day or clock.today(), known_at)
    return statements_told(FACTS, at, request.user, person=person_of(request, pk))


def told(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "sex": row.sex, "education": row.education}


def person_of(request, pk: int) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user).with_keys(), pk=pk)


def statement_of(request, noun: str, pk: int):
    return get_object_or_404(statements_visible_to(request.user, noun), pk=pk)


def unit_to_act_for(request, person: Person, named: str) -> Unit | None:
    """The first of the units the person belongs to on whose behalf the user may do that."""
    return next((unit for unit in actions.units_of(person) if rules.may(request.user, named, unit)), None)


def keeper_unit(request, person: Person, named: str) -> Unit:
    unit = unit_to_act_for(request, person, named)
    if unit is None:
        raise PermissionDenied
    return unit


def as_recorded(request, pk: int) -> dict[str, Any]:
    found = person_of(request, pk)
    return {name: getattr(found, name) for name in ("name", "sex", "born_on", "education")}


def as_held(request, pk: int) -> dict[str, Any]:
    held = actions.membership_on(person_of(request, pk), clock.today())
    return {name: getattr(held, name) for name in ("standing", "joined_on", "full_since")} if held else {}


@verb(router, "/enrol", "登记人员", form=forms.EnrolForm)
def enrol(request, filled):
    return actions.enrol(by=request.user, **filled)


@verb(router, "/{pk}/amend", "更正信息", form=forms.AmendForm, stated=as_recorded)
def amend(request, filled, pk: Number):
    found = person_of(request, pk)
    return actions.amend(found, unit=keeper_unit(request, found, "amend"), by=request.user, **filled)


@verb(router, "/{pk}/reveal", "查看全号", form=forms.RevealForm, gives=Revealed)
def reveal(request, filled, pk: Number):
    """The whole ID or telephone number, to whoever says what for; it is logged."""
    return {"value": actions.reveal(person_of(request, pk), by=request.user, **filled)}


@verb(router, "/{pk}/hand-out", "应本人申请导出其记录", form=HandedOut, gives=list[LineOut])
def hand_out(request, filled, pk: Number):
    """By whoever proved lately who they are; what for is in the audit."""
    require(request.user, rules.WHO["hand_out"])
    found = person_of(request, pk)
    require_fresh(request, download=True)
    return [line_told(each) for each in actions.hand_out(found, by=request.user, **filled)]


def account_linked(request, pk: int) -> dict[str, Any]:
    found = person_of(request, pk)
    return {"account": found.account.username if found.account else ""}


@verb(router, "/{pk}/link-account", "关联本人账号", form=forms.LinkAccountForm, stated=account_linked)
def link_account(request, filled, pk: Number):
    found = person_of(request, pk)
    return actions.link_account(found, unit=keeper_unit(request, found, "link_account"), by=request.user, **filled)


def line_told(line: Any) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LineOut.model_fields}


@verb(router, "/{pk}/forget", "清除身份证号和电话", form=forms.ForgetForm)
def forget(request, filled, pk: Number):
    found = person_of(request, pk)
    return actions.forget(found, unit=keeper_unit(request, found, "forget"), by=request.user, **filled)


@verb(router, "/{pk}/erase", "清除个人信息", form=forms.EraseForm)
def erase(request, filled, pk: Number):
    found = person_of(request, pk)
    return actions.erase(found, unit=keeper_unit(request, found, "erase"), by=request.user, **filled)


@verb(router, "/{pk}/engage", "登记从业", form=forms.EngageForm)
def engage(request, filled, pk: Number):
    return actions.engage(person_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/admit", "登记或转移组织关系", form=forms.AdmitForm, stated=as_held)
def admit(request, filled, pk: Number):
    found = person_of(request, pk)
    return actions.admit(found, unit=unit_to_act_for(request, found, "admit"), by=request.user, **filled)


@verb(router, "/{pk}/become-full", "转正", form=forms.BecomeFullForm)
def become_full(request, filled, pk: Number):
    return actions.become_full(person_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/appoint", "任党内职务", form=forms.AppointForm)
def appoint(request, filled, pk: Number):
    return actions.appoint(person_of(request, pk), by=request.user, **filled)


@verb(router, "/engagement/{pk}/leave", "不再从业", form=forms.LeaveForm)
def leave(request, filled, pk: Number):
    return actions.leave(statement_of(request, "engagement", pk), by=request.user, **filled)


@verb(router, "/membership/{pk}/end", "终止组织关系", form=forms.EndMembershipForm)
def end_membership(request, filled, pk: Number):
    return actions.end_membership(statement_of(request, "membership", pk), by=request.user, **filled)


@verb(router, "/post/{pk}/end", "离任", form=forms.EndPostForm)
def end_post(request, filled, pk: Number):
    return actions.end_post(statement_of(request, "post", pk), by=request.user, **filled)


class PersonDoubleOut(Schema):
    """Two records that may be one person, and why they are on the list."""

    one: int
    other: int
    name: str
    how: str


class PersonApartOut(Schema):
    """A pair found to be two, by which step; `undone`: it is offered again."""

    id: int
    one: int
    other: int
    step: int
    undone: bool


class PersonMergerOut(Schema):
    id: int
    kept: int
    dropped: int
    undone: bool


@router.get(
    "/doubles", response=answers(list[PersonDoubleOut]), operation_id="members.doubles", summary="疑似重复的人员"
)
def doubles(request):
    require(request.user, rules.WHO["merge"])
    found = merging.doubles(request.user)
    return [{"one": each.one.pk, "other": each.other.pk, "name": each.one.name, "how": each.how} for each in found]


@router.get("/mergers", response=answers(Page[PersonMergerOut]), operation_id="members.mergers", summary="人员合并记录")
def mergers(request, after: str = "", limit: Limit = 50):
    require(request.user, rules.WHO["merge"])
    return page_of(PersonMerger.objects.visible_to(request.user), after=after, limit=limit, item=merger_told)


def merger_told(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "kept": row.kept_id, "dropped": row.dropped_id, "undone": row.undone_id is not None}


@verb(router, "/{pk}/merge/{other}", "合并重复人员", form=MergeForm)
def merge(request, filled, pk: Number, other: Number):
    """`pk` stays, `other` leads to it."""
    require(request.user, rules.WHO["merge"])
    kept, dropped = person_of(request, pk), person_of(request, other)
    return merging.merge(kept, dropped=dropped, by=request.user, **filled)


@verb(router, "/mergers/{pk}/undo", "撤销人员合并", form=UnmergeForm)
def unmerge(request, filled, pk: Number):
    require(request.user, rules.WHO["unmerge"])
    found = get_object_or_404(PersonMerger.objects.visible_to(request.user), pk=pk)
    return merging.unmerge(found, by=request.user, **filled)


@verb(router, "/{pk}/tell-apart/{other}", "认定为两人", form=UnmergeForm)
def tell_apart(request, filled, pk: Number, other: Number):
    """They are two, and offered no more."""
    require(request.user, rules.WHO["tell_apart"])
    one, two = person_of(request, pk), person_of(request, other)
    return merging.tell_apart(one, other=two, by=request.user, **filled)


@router.get(
    "/told-apart", response=answers(Page[PersonApartOut]), operation_id="members.told_apart", summary="认定为两人的"
)
def told_apart(request, after: str = "", limit: Limit = 50):
    require(request.user, rules.WHO["merge"])
    return page_of(PersonApart.objects.visible_to(request.user), after=after, limit=limit, item=apart_told)


def apart_told(row: Any) -> dict[str, Any]:
    about = {"step": row.step_id, "undone": row.undone_id is not None}
    return {"id": row.pk, "one": row.one_id, "other": row.other_id, **about}


@verb(router, "/told-apart/{pk}/undo", "撤销两人认定", form=OfferAgainForm)
def offer_again(request, filled, pk: Number):
    require(request.user, rules.WHO["offer_again"])
    found = get_object_or_404(PersonApart.objects.visible_to(request.user), pk=pk)
    return merging.offer_again(found, by=request.user, **filled)


def mending(noun: str, called: str, form: type) -> None:
    """One operation for each kind of statement, because each says something else."""

    def stated(request, pk: int) -> dict[str, Any]:
        fact = statement_of(request, noun, pk)
        return {**fact.values, "since": fact.since, "until": fact.until}

    @verb(router, f"/{noun}/{{pk}}/correct", f"更正{called}", form=form, stated=stated, name=f"correct.{noun}")
    def correct(request, filled, pk: Number):
        return actions.correct(statement_of(request, noun, pk), by=request.user, **filled)

    @verb(router, f"/{noun}/{{pk}}/withdraw", f"撤回{called}", form=forms.WithdrawForm, name=f"withdraw.{noun}")
    def withdraw(request, filled, pk: Number):
        return actions.withdraw(statement_of(request, noun, pk), by=request.user, **filled)


for _noun, _model in FACTS.items():
    mending(_noun, str(_model._meta.verbose_name), forms.CORRECTING[_model])
