"""Handing out accounts for programs. All of it asks for a proof that only a person at a page can give."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema

from taizhang.accounts import handing_out, rules
from taizhang.accounts.acting import require
from taizhang.accounts.codes import Activation, Handout
from taizhang.accounts.forms.codes import DaysForm, HandOutForm, ListedForm, SuccessorForm
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.handouts import ACTIVATIONS, ActivationFilters, with_counts
from taizhang.accounts.models import Role, User
from taizhang.accounts.operations import filtered, verb
from taizhang.kit.programs import Limit, Number, Page, UnitOut, answers, page_of
from taizhang.kit.shapes import filters_schema, sort_asked

router = Router(tags=["账号发放"])

ActivationsListedBy = filters_schema(ActivationFilters, ACTIVATIONS, name="ActivationsListedBy")


class HandoutOut(Schema):
    """Accounts that were opened together, and how many of them have set a password."""

    id: int
    title: str
    unit: UnitOut
    made_at: datetime
    expires_at: datetime
    accounts: int
    came: int


class ActivationOut(Schema):
    id: int
    user: int
    username: str
    name: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None


class SlipOut(Schema):
    """The code is in the answers of a day and then nowhere."""

    user: int
    username: str
    name: str
    unit: str
    code: str
    expires_at: datetime


@router.get("", response=answers(Page[HandoutOut]), operation_id="accounts.handouts", summary="账号发放")
def handouts(request, after: str = "", limit: Limit = 50):
    require(request.user, rules.WHO["hand_out"])
    rows = with_counts(Handout.objects.visible_to(request.user).select_related("unit").defer("sealed"))
    return page_of(rows, after=after, limit=limit, item=handout_told)


@router.get("/{pk}", response=answers(Page[ActivationOut]), operation_id="accounts.handout", summary="一批账号")
def handout(request, pk: Number, asked: Query[ActivationsListedBy], after: str = "", limit: Limit = 50):
    """Who of them has come."""
    found = handout_of(request, pk)
    rows = Activation.objects.visible_to(request.user).filter(handout=found).select_related("user")
    rows = filtered(request, rows, ActivationFilters, asked)
    return page_of(rows, after=after, limit=limit, item=activation_told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/{pk}/slips", response=answers(list[SlipOut]), operation_id="accounts.slips", summary="激活通知单")
def slips(request, pk: Number):
    found = handout_of(request, pk)
    require_fresh(request)
    return [slip_told(each) for each in handing_out.slips_of(found, at=timezone.now())]


def of_administrator(form):
    """These forms offer the units of whoever hands out."""
    return lambda *data, user: form(*data, by=user)


@verb(router, "/make", "发放账号", form=of_administrator(HandOutForm))
def hand_out(request, filled):
    require(request.user, rules.WHO["hand_out"])
    require_fresh(request)
    unit, role, days = filled["unit"], filled["role"], filled["days"]
    wanted = handing_out.without_one(unit, role=role, direct=filled["direct"], by=request.user)
    return made(request, unit, wanted, role=role, days=days)


@verb(router, "/make-listed", "按名单发放账号", form=of_administrator(ListedForm))
def hand_out_listed(request, filled):
    require(request.user, rules.WHO["hand_out"])
    require_fresh(request)
    return made(request, filled["unit"], filled["wanted"], role=filled["role"], days=filled["days"])


def made(request, unit, wanted, *, role: str, days: int) -> Handout:
    title = f"{unit.name}：{Role(role).label}"
    return handing_out.hand_out(unit, wanted=wanted, title=title, days=days, at=timezone.now(), by=request.user)


@verb(router, "/{pk}/reissue", "重发未激活的", form=DaysForm)
def reissue(request, filled, pk: Number):
    found = handout_of(request, pk)
    require_fresh(request)
    return handing_out.reissue(found, days=filled["days"], at=timezone.now(), by=request.user)


@verb(router, "/{pk}/destroy-codes", "销毁激活码底稿")
def destroy_codes(request, pk: Number):
    return handing_out.destroy_codes(handout_of(request, pk), by=request.user)


@verb(router, "/accounts/{pk}/issue-code", "发激活码", gives=SlipOut)
def issue_code(request, pk: Number):
    user = account_of(request, pk)
    require_fresh(request)
    activation, code = handing_out.issue_code(user, days=handing_out.DAYS, at=timezone.now(), by=request.user)
    return code_told(activation, code)


@verb(router, "/accounts/{pk}/replace", "更换使用人", form=SuccessorForm, gives=SlipOut)
def replace(request, filled, pk: Number):
    user = account_of(request, pk)
    if "replace" not in rules.abilities(request.user, user):
        raise PermissionDenied
    require_fresh(request)
    return code_told(*handing_out.replace_person(user, **filled, at=timezone.now(), by=request.user))


def handout_told(row: Any) -> dict[str, Any]:
    same = ("title", "made_at", "expires_at", "accounts", "came")
    return {"id": row.pk, "unit": row.unit, **{name: getattr(row, name) for name in same}}


def activation_told(row: Any) -> dict[str, Any]:
    same = ("issued_at", "expires_at", "used_at", "ended_at")
    who = {"user": row.user_id, "username": row.user.username, "name": row.user.name}
    return {"id": row.pk, **who, **{name: getattr(row, name) for name in same}}


def slip_told(each: handing_out.Slip) -> dict[str, Any]:
    who = {"user": each.user.pk, "username": each.user.username, "name": each.user.name}
    return {**who, "unit": each.unit, "code": each.code, "expires_at": each.expires_at}


def code_told(made: Activation, code: str) -> dict[str, Any]:
    _, unit = handing_out.roles_of([made.user_id]).get(made.user_id, ("", ""))
    return slip_told(handing_out.Slip(made.user, "", unit, code, made.expires_at))


def handout_of(request, pk: int) -> Handout:
    require(request.user, rules.WHO["hand_out"])
    return get_object_or_404(Handout.objects.visible_to(request.user).select_related("unit"), pk=pk)


def account_of(request, pk: int) -> User:
    require(request.user, rules.WHO["issue_code"])
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)
