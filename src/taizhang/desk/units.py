"""What the page of a unit tells: what it is called, and what it is responsible for on a day."""

from typing import Any

from taizhang.accounts.models import Unit, UnitKind, User
from taizhang.cases.models import Case
from taizhang.cases.rules import remarks_on
from taizhang.ledger.models import AsOf
from taizhang.orgs import rules
from taizhang.orgs.models import Organization, Status, UnitAlias, UnitName
from taizhang.party.models import Affiliation, PartyOrganization

CASES_SHOWN = 10


def read(unit: Unit, at: AsOf, user: User) -> dict[str, Any]:
    organizations = Organization.objects.visible_to(user).as_of(at).filter(stated_responsible_id=unit.pk)
    affiliated = Affiliation.objects.as_of(at).filter(superior=unit).values("party_organization")
    below = Unit.objects.visible_to(user).filter(parent=unit, kind=UnitKind.SUPERVISING)
    return {
        "unit": unit,
        "names": UnitName.objects.known(at.known_at).filter(unit=unit).select_related("step").order_by("-period"),
        "aliases": UnitAlias.objects.filter(unit=unit).order_by("name"),
        "organizations": organizations.filter(stated_status=Status.NORMAL).count(),
        "branches": PartyOrganization.objects.visible_to(user).filter(pk__in=affiliated).count(),
        "cases": Case.objects.visible_to(user).filter(unit=unit).order_by("-pk")[:CASES_SHOWN],
        "below": below.order_by("name"),
        **remarks_on(unit, user),
        "may_keep": user.holds(rules.WHO["keep_units"], unit),
    }
