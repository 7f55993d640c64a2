"""Accounts, roles and access tokens for programs. What gives rights asks for a proof that only a person at a page can give."""

from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from taizhang.accounts import actions, rules, saving, tokens
from taizhang.accounts.acting import require
from taizhang.accounts.api import handouts
from taizhang.accounts.forms import AccountForm, DelegationForm, NameForm, RoleForm, TokenForm
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.holding import HOLDERS, HolderFilters
from taizhang.accounts.kept import SavedFilter
from taizhang.accounts.models import ADMINISTERS, Delegation, Grant, User
from taizhang.accounts.operations import filtered, verb
from taizhang.accounts.programs import Token
from taizhang.kit.clock import today
from taizhang.kit.programs import Ability, Day, Done, Limit, Number, Page, Words, abilities_told, answers, done, page_of
from taizhang.kit.shapes import Sent, filters_schema, sort_asked

router = Router(tags=["账户"])
routers = {"/accounts": router, "/handouts": handouts.router}

HoldersListedBy = filters_schema(HolderFilters, HOLDERS, name="HoldersListedBy")


class GrantOut(Schema):
    """A role over a unit and all below it."""

    id: int
    role: str
    unit: int
    unit_name: str
    given_at: datetime
    ended_at: datetime | None


class MeOut(Schema):
    """Who calls, and with which rights at this moment."""

    id: int
    username: str
    name: str
    grants: list[GrantOut]


class AccountOut(Schema):
    id: int
    username: str
    name: str
    is_active: bool


class AccountWhole(AccountOut):
    grants: list[GrantOut]
    abilities: dict[str, Ability]


class HolderOut(GrantOut):
    user: int
    user_name: str
    document: str
    last_on: Day | None


class FilterOut(Schema):
    """`query` is the list's own, as in its address."""

    id: int
    page: str
    name: str
    query: str
    mine: bool


class FilterIn(Sent):
    """The same name again replaces what was kept. `page` is the list's name, as in `orgs:list`."""

    page: Words
    name: Words
    query: Annotated[str, Field(max_length=4000)] = ""
    shared: bool = False
    default: bool = False


class Opened(Schema):
    """The password is here and nowhere else; it must be changed at the first sign-in."""

    id: int
    username: str
    password: str


class TokenOut(Schema):
    id: int
    user: int
    name: str
    scope: str
    hint: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenMade(TokenOut):
    """The secret is here and nowhere else."""

    secret: str


@router.get("", response=answers(Page[AccountOut]), operation_id="accounts.list", summary="账户")
def list_accounts(request, q: Words = "", closed: bool = False, after: str = "", limit: Limit = 50):
    """Those you administer; `q` is part of a name or of a sign-in name."""
    require(request.user, ADMINISTERS)
    rows = User.objects.visible_to(request.user).filter(is_active=not closed)
    rows = rows.filter(name__icontains=q) | rows.filter(username__icontains=q) if q else rows
    return page_of(rows, after=after, limit=limit, item=account_told)


@router.get("/me", response=answers(MeOut), operation_id="accounts.me", summary="我")
def me(request):
    user = request.user
    same = {"id": user.pk, "username": user.username, "name": user.name}
    return {**same, "grants": [grant_told(each) for each in user.active_grants]}


@router.get("/tokens", response=answers(Page[TokenOut]), operation_id="accounts.own_tokens", summary="访问令牌")
def list_tokens(request, after: str = "", limit: Limit = 50):
    """Your own, and those of the accounts you administer."""
    return page_of(Token.objects.visible_to(request.user), after=after, limit=limit, item=token_told)


@router.get("/{pk}", response=answers(AccountWhole), operation_id="accounts.account", summary="一个账户")
def account(request, pk: Number):
    found = account_of(request, pk)
    grants = Grant.objects.visible_to(request.user).filter(user=found).select_related("unit").order_by("-given_at")
    may = rules.abilities(request.user, found)
    verbs = ("grant", "reset_password", "close_account")
    told = abilities_told(verbs, held=lambda each: request.user.holds(rules.WHO[each]), now=may)
    return {**account_told(found), "grants": [grant_told(each) for each in grants], "abilities": told}


@router.get("/holders", response=answers(Page[HolderOut]), operation_id="accounts.holders", summary="谁有什么角色")
def holders(request, asked: Query[HoldersListedBy], after: str = "", limit: Limit = 50):
    """As it stands and as it was, for every unit you administer."""
    require(request.user, rules.READERS)
    rows = Grant.objects.visible_to(request.user).select_related("user", "unit")
    rows = filtered(request, rows, HolderFilters, asked)
    return page_of(rows, after=after, limit=limit, item=holder_told, sort=sort_asked(asked, otherwise="pk"))


@router.get("/filters", response=answers(list[FilterOut]), operation_id="accounts.filters", summary="常用筛选")
def list_filters(request, page: Words = ""):
    """Your own, and those shared with your unit."""
    rows = SavedFilter.objects.visible_to(request.user).order_by("page", "name", "pk")
    rows = rows.filter(page=page) if page else rows
    same = ("page", "name", "query")
    return [
        {"id": row.pk, "mine": row.owner_id == request.user.pk, **{name: getattr(row, name) for name in same}}
        for row in rows
    ]


def holder_told(row: Any) -> dict[str, Any]:
    about = {"user": row.user_id, "user_name": row.user.name, "document": row.document, "last_on": row.last_on}
    return {**grant_told(row), **about}


def account_told(row: Any) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in ("username", "name", "is_active")}}


def grant_told(row: Any) -> dict[str, Any]:
    same = ("role", "given_at", "ended_at")
    return {
        "id": row.pk,
        "unit": row.unit_id,
        "unit_name": row.unit.name,
        **{name: getattr(row, name) for name in same},
    }


def token_told(row: Any) -> dict[str, Any]:
    same = ("name", "scope", "hint", "made_at", "expires_at", "last_used_at", "revoked_at")
    return {"id": row.pk, "user": row.user_id, **{name: getattr(row, name) for name in same}}


def account_of(request, pk: int) -> User:
    require(request.user, rules.READERS)
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


def of_user(form: type[RoleForm]):
    """These forms offer the units of whoever gives the role."""
    return lambda *data, user: form(*data, by=user)


def opening(*data, user):
    """Who gives roles opens an account with one; the system administrator without. What is described is both."""
    if user.is_authenticated:
        return (AccountForm if user.holds(rules.WHO["grant"]) else NameForm)(*data, by=user)
    both = AccountForm(by=user)
    both.fields["unit"].required = both.fields["role"].required = False
    return both


@verb(router, "/open", "开设账户", form=opening, gives=Opened)
def open_account(request, filled):
    require(request.user, rules.WHO["open_account"])
    require_fresh(request)
    user, password = actions.open_account(filled.pop("unit", None), by=request.user, **filled)
    return {"id": user.pk, "username": user.username, "password": password}


@verb(router, "/{pk}/grant", "授予角色", form=of_user(RoleForm))
def grant(request, filled, pk: Number):
    require_fresh(request)
    return actions.grant(account_of(request, pk), by=request.user, **filled)


@verb(router, "/grants/{pk}/end", "收回角色")
def end_grant(request, pk: Number):
    held = get_object_or_404(Grant.objects.visible_to(request.user), pk=pk)
    return actions.end_grant(held, by=request.user)


@verb(router, "/grants/{pk}/delegate", "委托代理", form=DelegationForm)
def delegate(request, filled, pk: Number):
    held = get_object_or_404(Grant.objects.visible_to(request.user).select_related("unit", "user"), pk=pk)
    if not rules.may_delegate(request.user, held):
        raise PermissionDenied
    require_fresh(request)
    return actions.delegate(held, by=request.user, **filled)


@verb(router, "/delegations/{pk}/end", "结束代理")
def end_delegation(request, pk: Number):
    found = get_object_or_404(Delegation.objects.visible_to(request.user).select_related("grant"), pk=pk)
    return actions.end_delegation(found, by=request.user)


@verb(router, "/{pk}/reset-password", "重置密码", gives=Opened)
def reset_password(request, pk: Number):
    require_fresh(request)
    user = account_of(request, pk)
    return {"id": user.pk, "username": user.username, "password": actions.reset_password(user, by=request.user)}


@verb(router, "/{pk}/reset-second-step", "重置两步验证")
def reset_second_step(request, pk: Number):
    require_fresh(request)
    return actions.reset_second_step(account_of(request, pk), by=request.user)


@verb(router, "/{pk}/close", "停用账户")
def close_account(request, pk: Number):
    return actions.close_account(account_of(request, pk), by=request.user)


@verb(router, "/tokens/make", "生成访问令牌", form=TokenForm, gives=TokenMade)
def make_token(request, filled):
    """Not by a token: one that leaks must not be able to make another."""
    require_fresh(request)
    made, secret = tokens.make_token(**filled, on=today(), at=timezone.now(), by=request.user)
    return {**token_told(made), "secret": secret}


@verb(router, "/tokens/{pk}/revoke", "撤销访问令牌")
def revoke_token(request, pk: Number):
    found = get_object_or_404(Token.objects.visible_to(request.user).select_related("user"), pk=pk)
    return tokens.revoke_token(found, at=timezone.now(), by=request.user)


@router.post("/filters", response=answers(Done), operation_id="accounts.keep_filter", summary="保存常用筛选")
def keep_filter(request, sent: FilterIn):
    kept = {"name": sent.name[:40], "query": QueryDict(sent.query).urlencode(), "page": sent.page}
    return done(saving.keep(**kept, shared=sent.shared, is_default=sent.default, by=request.user))


@verb(router, "/filters/{pk}/open-with", "打开列表先用这组条件")
def open_with(request, pk: Number):
    return saving.open_with(filter_of(request, pk), by=request.user)


@verb(router, "/filters/{pk}/open-without", "打开列表先列全部")
def open_without(request, pk: Number):
    return saving.open_without(filter_of(request, pk), by=request.user)


@verb(router, "/filters/{pk}/drop", "删去常用筛选")
def drop_filter(request, pk: Number):
    kept = filter_of(request, pk)
    number = kept.pk
    saving.drop(kept, by=request.user)
    return SavedFilter(pk=number)


def filter_of(request, pk: int) -> SavedFilter:
    return get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
