"""Organisations and units for programs: what the pages list and tell, and every verb that has a page."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.acting import require
from taizhang.accounts.models import Unit, UnitKind
from taizhang.accounts.operations import filtered, verb
from taizhang.kit import clock
from taizhang.kit.programs import (
    Ability,
    Day,
    Limit,
    Moment,
    Number,
    Page,
    abilities_told,
    answers,
    page_of,
)
from taizhang.kit.shapes import filters_schema, sort_asked
from taizhang.ledger.asking import as_of
from taizhang.ledger.telling import StatementOut, statements_told
from taizhang.orgs import actions, forms, merging, rules
from taizhang.orgs.mergers import Apart, Merger
from taizhang.orgs.models import FACTS, Organization, Particulars, offices_known_to, with_aliases
from taizhang.orgs.tables import UNIT_TABLE, OrganizationFilters, UnitFilters, filters_of, organization_table

router = Router(tags=["社会组织"])
units = Router(tags=["单位"])
routers = {"/organizations": router, "/units": units}

ListedBy = filters_schema(OrganizationFilters, organization_table(), name="OrganizationsListedBy")
UnitsListedBy = filters_schema(UnitFilters, UNIT_TABLE, name="UnitsListedBy")


class OrganizationOut(Schema):
    """What was true of it on the day; null where nothing was stated of that day."""

    id: int
    unit: int
    code: str | None
    name: str | None
    kind: str | None
    region: str | None
    trade: str | None
    level: str | None
    mode: str | None
    status: str | None
    responsible: str | None


class OrganizationWhole(OrganizationOut):
    """`abilities`: what you may do with it now, and why not."""

    abilities: dict[str, Ability]


class OfficeOut(Schema):
    id: int
    kind: str
    name: str
    code: str
    parent: int | None
    aliases: str
    closed_on: Day | None


class OfficeWhole(OfficeOut):
    abilities: dict[str, Ability]


@router.get("", response=answers(Page[OrganizationOut]), operation_id="orgs.list", summary="社会组织名单")
def list_organizations(
    request,
    asked: Query[ListedBy],
    day: Day | None = None,
    known_at: Moment | None = None,
    after: str = "",
    limit: Limit = 50,
):
    """Those of a day in your scope, as known at a moment, by the page's filters; `q` finds former names and codes too."""
    at = as_of(day or clock.today(), known_at)
    rows = filtered(request, Particulars.objects.visible_to(request.user).listed(at), filters_of(at), asked)
    sort = sort_asked(asked, otherwise="organization_id")
    return page_of(rows, after=after, limit=limit, item=listed, sort=sort)


@router.get("/{pk}", response=answers(OrganizationWhole), operation_id="desk.organization", summary="一家社会组织")
def organization(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    rows = Organization.objects.visible_to(request.user).as_of(as_of(day or clock.today(), known_at))
    found = get_object_or_404(rows.select_related("unit"), pk=pk)
    stated = ("name", "kind", "region", "trade", "level", "mode", "status", "responsible")
    return {
        "id": found.pk,
        "unit": found.unit_id,
        "code": found.code,
        **{name: getattr(found, f"stated_{name}") for name in stated},
        "abilities": abilities_told(
            (each for each in rules.WHO if each not in ("register", "keep_units")),
            held=lambda each: request.user.holds(rules.WHO[each], found.unit),
            now=rules.abilities(request.user, found) - {"register", "keep_units"},
        ),
    }


@router.get(
    "/{pk}/statements",
    response=answers(list[StatementOut]),
    operation_id="orgs.statements",
    summary="台账中关于它的记录",
)
def organization_statements(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    """The statements of that day, each with its number: what is corrected or withdrawn is one of these."""
    at = as_of(day or clock.today(), known_at)
    return statements_told(FACTS, at, request.user, organization=organization_of(request, pk))


def listed(row: Any) -> dict[str, Any]:
    same = ("name", "kind", "region", "trade", "level", "mode", "status", "responsible")
    found = row.organization
    return {
        "id": found.pk,
        "unit": found.unit_id,
        "code": found.code,
        **{name: getattr(row, name) for name in same},
    }


def organization_of(request, pk: int) -> Organization:
    return get_object_or_404(Organization.objects.visible_to(request.user).select_related("unit__parent"), pk=pk)


def statement_of(request, pk: int, noun: str, fact: int):
    statement = organization_of(request, pk).current_fact(noun, fact)
    if statement is None:
        raise Http404
    return statement


def particulars_now(request, pk: int) -> dict[str, Any]:
    stated = actions.particulars_on(organization_of(request, pk), clock.today())
    return stated.values if stated else {}


def workforce_now(request, pk: int) -> dict[str, Any]:
    stated = actions.workforce_on(organization_of(request, pk), clock.today())
    return stated.values if stated else {}


@verb(router, "/register", "登记社会组织", form=forms.RegisterForm)
def register(request, filled):
    return actions.register(by=request.user, **filled)


@verb(router, "/{pk}/enter", "录入", form=forms.EnterForm)
def enter(request, filled, pk: Number):
    return actions.enter(organization_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/rename", "更名", form=forms.RenameForm)
def rename(request, filled, pk: Number):
    return actions.rename(organization_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/change", "变更登记事项", form=forms.ChangeForm, stated=particulars_now)
def change(request, filled, pk: Number):
    return actions.change(organization_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/hand-over", "移交（脱钩）", form=forms.HandOverForm)
def hand_over(request, filled, pk: Number):
    return actions.hand_over(organization_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/strike-off", "注销（撤销、吊销）", form=forms.StrikeOffForm)
def strike_off(request, filled, pk: Number):
    return actions.strike_off(organization_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/workforce", "申报从业人员情况", form=forms.WorkforceForm, stated=workforce_now)
def declare_workforce(request, filled, pk: Number):
    return actions.declare_workforce(organization_of(request, pk), by=request.user, **filled)


def mending(noun: str, called: str) -> None:
    """One operation for each kind of statement, because each says something else."""

    def stated_now(request, pk: int, fact: int) -> dict[str, Any]:
        statement = statement_of(request, pk, noun, fact)
        return {**statement.values, "since": statement.since, "until": statement.until}

    @verb(
        router,
        f"/{{pk}}/{noun}/{{fact}}/correct",
        f"更正{called}",
        form=forms.CORRECTING[noun],
        stated=stated_now,
        name=f"correct.{noun}",
    )
    def correct(request, filled, pk: Number, fact: Number):
        return actions.correct(statement_of(request, pk, noun, fact), by=request.user, **filled)

    @verb(
        router,
        f"/{{pk}}/{noun}/{{fact}}/withdraw",
        f"撤回{called}",
        form=forms.WithdrawForm,
        name=f"withdraw.{noun}",
    )
    def withdraw(request, filled, pk: Number, fact: Number):
        return actions.withdraw(statement_of(request, pk, noun, fact), by=request.user, **filled)


for _noun, _model in FACTS.items():
    mending(_noun, str(_model._meta.verbose_name))


@units.get("", response=answers(Page[OfficeOut]), operation_id="orgs.units", summary="单位名单")
def list_units(request, asked: Query[UnitsListedBy], after: str = "", limit: Limit = 50):
    """Committees, supervising units, registrars and streets you may look up."""
    rows = filtered(request, with_aliases(offices_known_to(request.user)), UnitFilters, asked)
    return page_of(rows, after=after, limit=limit, item=office, sort=sort_asked(asked, otherwise="pk"))


@units.get("/{pk}", response=answers(OfficeWhole), operation_id="desk.unit", summary="一个单位")
def unit(request, pk: Number):
    found = get_object_or_404(with_aliases(offices_known_to(request.user)), pk=pk)
    verbs = ("rename_unit", "add_alias")
    keeps = request.user.holds(rules.WHO["keep_units"], found)
    told = abilities_told(verbs, held=lambda _: keeps, now=verbs if keeps else ())
    return {**office(found), "abilities": told}


def office(row: Any) -> dict[str, Any]:
    same = ("kind", "name", "code", "closed_on")
    told = {name: getattr(row, name) for name in same}
    return {"id": row.pk, "parent": row.parent_id, "aliases": row.aliases or "", **told}


def unit_of(request, pk: int) -> Unit:
    return get_object_or_404(offices_known_to(request.user), pk=pk)


@verb(units, "/create", "新增单位", form=forms.CreateUnitForm)
def create_unit(request, filled):
    """Below the committee in your scope."""
    committee = Unit.objects.visible_to(request.user).filter(kind=UnitKind.COMMITTEE).order_by("path").first()
    return actions.create_unit(parent=committee, by=request.user, **filled)


@verb(units, "/{pk}/rename", "单位更名", form=forms.RenameUnitForm)
def rename_unit(request, filled, pk: Number):
    return actions.rename_unit(unit_of(request, pk), by=request.user, **filled)


@verb(units, "/{pk}/alias", "登记别名", form=forms.AliasForm)
def add_alias(request, filled, pk: Number):
    return actions.add_alias(unit_of(request, pk), by=request.user, **filled)


class DoubleOut(Schema):
    """Two records that may be one organisation, and why they are on the list."""

    one: int
    one_name: str
    other: int
    other_name: str
    how: str


class ApartOut(Schema):
    """A pair found to be two, by which step; `undone`: it is offered again."""

    id: int
    one: int
    other: int
    step: int
    undone: bool


class MergerOut(Schema):
    id: int
    kept: int
    dropped: int
    name: str
    code: str
    undone: bool


@router.get("/doubles", response=answers(list[DoubleOut]), operation_id="orgs.doubles", summary="疑似重复")
def doubles(request):
    require(request.user, rules.WHO["merge"])
    return [
        {
            "one": each.one.pk,
            "one_name": str(each.one),
            "how": each.how,
            "other": each.other.pk,
            "other_name": str(each.other),
        }
        for each in merging.doubles(request.user)
    ]


@router.get("/mergers", response=answers(Page[MergerOut]), operation_id="orgs.mergers", summary="合并记录")
def mergers(request, after: str = "", limit: Limit = 50):
    require(request.user, rules.WHO["merge"])
    rows = Merger.objects.visible_to(request.user)
    return page_of(rows, after=after, limit=limit, item=merger_told)


def merger_told(row: Any) -> dict[str, Any]:
    about = {"name": row.name, "code": row.code, "undone": row.undone_id is not None}
    return {"id": row.pk, "kept": row.kept_id, "dropped": row.dropped_id, **about}


@verb(router, "/{pk}/merge/{other}", "合并重复登记", form=forms.MergeForm)
def merge(request, filled, pk: Number, other: Number):
    """`pk` stays, `other` leads to it."""
    require(request.user, rules.WHO["merge"])
    kept, dropped = organization_of(request, pk), organization_of(request, other)
    return merging.merge(kept, dropped=dropped, by=request.user, **filled)


@verb(router, "/mergers/{pk}/undo", "撤销合并", form=forms.UnmergeForm)
def unmerge(request, filled, pk: Number):
    require(request.user, rules.WHO["unmerge"])
    found = get_object_or_404(Merger.objects.visible_to(request.user), pk=pk)
    return merging.unmerge(found, by=request.user, **filled)


@verb(router, "/{pk}/tell-apart/{other}", "认定为两家", form=forms.UnmergeForm)
def tell_apart(request, filled, pk: Number, other: Number):
    """They are two, and offered no more."""
    require(request.user, rules.WHO["tell_apart"])
    one, two = organization_of(request, pk), organization_of(request, other)
    return merging.tell_apart(one, other=two, by=request.user, **filled)


@router.get("/told-apart", response=answers(Page[ApartOut]), operation_id="orgs.told_apart", summary="认定为两家的")
def told_apart(request, after: str = "", limit: Limit = 50):
    require(request.user, rules.WHO["merge"])
    return page_of(Apart.objects.visible_to(request.user), after=after, limit=limit, item=apart_told)


def apart_told(row: Any) -> dict[str, Any]:
    about = {"step": row.step_id, "undone": row.undone_id is not None}
    return {"id": row.pk, "one": row.one_id, "other": row.other_id, **about}


@verb(router, "/told-apart/{pk}/undo", "撤销两家认定", form=forms.OfferAgainForm)
def offer_again(request, filled, pk: Number):
    require(request.user, rules.WHO["offer_again"])
    found = get_object_or_404(Apart.objects.visible_to(request.user), pk=pk)
    return merging.offer_again(found, by=request.user, **filled)
