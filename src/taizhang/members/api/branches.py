"""Who belongs to a Party organisation, for programs; and its end, which is theirs too."""

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from taizhang.accounts.operations import verb
from taizhang.kit import clock
from taizhang.kit.programs import Day, Moment, Number, answers
from taizhang.ledger.asking import as_of
from taizhang.ledger.telling import StatementOut, statements_told
from taizhang.members import actions, forms
from taizhang.members.models import Membership, Post, heads_of
from taizhang.party.models import PartyOrganization

router = Router(tags=["党组织"])


class Roster(Schema):
    """How many it held that day; by name only to whoever may read its people's names."""

    full: int
    probationary: int
    sees_names: bool
    statements: list[StatementOut]


@router.get("/{pk}/roster", response=answers(Roster), operation_id="members.roster", summary="党组织的党员和班子")
def roster(request, pk: Number, day: Day | None = None, known_at: Moment | None = None):
    branch, at = branch_of(request, pk), as_of(day or clock.today(), known_at)
    sees_names = request.user.people_scope.covers(branch.unit.path)
    kinds = {"post": Post, "membership": Membership} if sees_names else {}
    named = statements_told(kinds, at, request.user, party_organization=branch)
    return {**heads_of(branch, at), "sees_names": sees_names, "statements": named}


@verb(router, "/{pk}/dissolve", "撤销党组织", form=forms.DissolveForm)
def dissolve(request, filled, pk: Number):
    return actions.dissolve(branch_of(request, pk), by=request.user, **filled)


@verb(router, "/{pk}/withdraw-establishment", "撤回成立登记", form=forms.WithdrawForm)
def withdraw_establishment(request, filled, pk: Number):
    return actions.withdraw_establishment(branch_of(request, pk), by=request.user, **filled)


def branch_of(request, pk: int) -> PartyOrganization:
    return get_object_or_404(PartyOrganization.objects.visible_to(request.user).select_related("unit"), pk=pk)
