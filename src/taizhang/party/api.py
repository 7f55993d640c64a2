"""Party organisations for programs: what the pages list and tell, and every verb that has a page."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from taizhang.accounts.operations import filtered, verb
from taizhang.kit import clock
from taizhang.kit.programs import Ability, Day, Limit, Moment, Number, Page, abilities_told, answers, page_of
from taizhang.kit.shapes import filters_schema, sort_asked
from taizhang.ledger.asking import as_of
from taizhang.ledger.telling import StatementOut, statements_told
from taizhang.orgs.models import Organization
from taizhang.party import actions, forms, rules
from taizhang.party.models import FACTS, Absence, Coverage, PartyOrganization, PartyParticulars, statements_visible_to
from taizhang.party.tables import PartyFilters, filters_of, party_table

router = Router(tags=["党组织"])
covered = Router(tags=["社会组织"])
routers = {"/party-organizations": router, "/organizations": covered}

ListedBy = filters_schema(PartyFilters, party_table(), name="PartyOrganizationsListedBy")
ABOUT_ITSELF = {noun: model for noun, model in FACTS.items() if model is not Absence}
ABOUT_AN_ORGANIZATION = {noun: model for noun, model in FACTS.items() if model in (Coverage, Absence)}


class PartyOrganizationOut(Schema):
    """What was true of it on the day; null where it did not exist."""

    id: int
    unit: int
    name: str | None
    level: str | None
    nature: str | None
    superior: str | None


class PartyOrganizationWhole(PartyOrganizationOut):
    abilities: dict[str, Ability]


@router.get("", response=answers(Page[PartyOrganizationOut]), operation_id="party.list", summary="党组织名单")
def list_party_organizations(
    request,
    asked: Query[ListedBy],
    day: Day | None = None,
    known_at: Moment | None = None,
    after: str = "",
    limit: Limit = 50,
):
    """Those that existed on a day in your scope, as known at a moment, by the page's filters."""
    at = as_of(day or clock.today(), known_at)
    rows = filtered(request, PartyParticulars.objects.visible_to(request.user).listed(at), filters_of(at), asked)
    sort = sort_asked(asked, otherwise="party_organization_id")
    return page_of(rows, after=after, limit=limit, item=listed, sort=sort)


@router.get("/{pk}", response=answers(PartyOrganizationWhole), operation_id="party.detail", summary="一个党组织")
def party_organization(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    rows = PartyOrganization.objects.visible_to(request.user).as_of(as_of(day or clock.today(), known_at))
    found = get_object_or_404(rows.select_related("unit"), pk=pk)
    verbs = [each for each in rules.WHO if each not in ("establish", "state_absence")]
    may = abilities_told(
        verbs,
        held=lambda each: request.user.holds(rules.WHO[each], found.unit),
        now=rules.abilities(request.user, found).intersection(verbs),
    )
    return {**told(found), "abilities": may}


@router.get(
    "/{pk}/statements",
    response=answers(list[StatementOut]),
    operation_id="party.statements",
    summary="台账中关于它的记录",
)
def party_statements(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    """The statements of that day, each with its number: what is corrected, withdrawn or ended is one of these."""
    at = as_of(day or clock.today(), known_at)
    return statements_told(ABOUT_ITSELF, at, request.user, party_organization=party_organization_of(request, pk))


@covered.get(
    "/{pk}/coverage",
    response=answers(list[StatementOut]),
    operation_id="party.coverage",
    summary="党组织覆盖和未建原因",
)
def coverage(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    at = as_of(day or clock.today(), known_at)
    return statements_told(ABOUT_AN_ORGANIZATION, at, request.user, organization=organization_of(request, pk))


def listed(row: Any) -> dict[str, Any]:
    found = row.party_organization
    same = {name: getattr(row, name) for name in ("name", "level", "nature")}
    return {"id": found.pk, "unit": found.unit_id, **same, "superior": row.stated_superior}


def told(row: Any) -> dict[str, Any]:
    stated = ("name", "level", "nature", "superior")
    return {"id": row.pk, "unit": row.unit_id, **{name: getattr(row, f"stated_{name}") for name in stated}}


def party_organization_of(request, pk: int) -> PartyOrganization:
    return get_object_or_404(PartyOrganization.objects.visible_to(request.user).select_related("unit"), pk=pk)


def organization_of(request, pk: int) -> Organization:
    return get_object_or_404(Organization.objects.visible_to(request.user).select_related("unit"), pk=pk)


def statement_of(request, noun: str, pk: int):
    return get_object_or_404(statements_visible_to(request.user, noun), pk=pk)


def stated_now(request, pk: int) -> dict[str, Any]:
    found, today = party_organization_of(request, pk), clock.today()
    stated, affiliation = actions.party_particulars_on(found, today), actions.affiliation_on(found, today)
    return {**(stated.values if stated else {}), **({"superior": affiliation.superior_id} if affiliation else {})}


@verb(router, "/establish", "成立党组织", form=forms.EstablishForm)
def establish(request, filled):
    organizations = [*filled.pop("organizations")]
    return actions.establish(organizations=organizations, by=request.user, **filled)


@verb(router, "/{pk}/cover", "覆盖社会组织", form=forms.CoverForm)
def cover(request, filled, pk: Number):
    return actions.cover(party_organization_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/change", "变更党组织", form=forms.ChangeForm, stated=stated_now)
def change(request, filled, pk: Number):
    return actions.change(party_organization_of(request, pk), by=request.user, **filled)


@verb(router, "/coverage/{pk}/uncover", "不再覆盖", form=forms.UncoverForm)
def uncover(request, filled, pk: Number):
    return actions.uncover(statement_of(request, "coverage", pk), by=request.user, **filled)


@verb(covered, "/{pk}/absence", "说明未建党组织的原因", form=forms.StateAbsenceForm)
def state_absence(request, filled, pk: Number):
    return actions.state_absence(organization_of(request, pk), by=request.user, **filled)


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
