"""Pooled members: who stands together in a pooled joint branch, by trade and by place, and when they could form their own.

Section two, four of the report: members without a branch of their own are pooled in the federation's joint branch, and other
joint branches are then formed out of it by trade and place.
"""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from taizhang.accounts.models import User
from taizhang.ledger.models import AsOf
from taizhang.members.eligibility import WANTED, WANTED_OTHERWISE
from taizhang.members.models import Engagement, Membership, Standing
from taizhang.orgs.codes import region_name
from taizhang.orgs.models import Particulars
from taizhang.party.models import Coverage, Form, PartyOrganization
from taizhang.statutes.rules import Criteria


@dataclass
class Crowd:
    """Those of one pooled branch who are of one trade, or of one place."""

    branch: PartyOrganization
    by: str  # trade or region
    place: str
    organizations: set[int] = field(default_factory=set)
    full: set[int] = field(default_factory=set)
    probationary: set[int] = field(default_factory=set)
    wanted: int = WANTED_OTHERWISE

    @property
    def called(self) -> str:
        return f"{self.place}行业" if self.by == "trade" else region_name(self.place)

    @property
    def missing(self) -> int:
        return max(self.wanted - len(self.full), 0)

    @property
    def may_spin_off(self) -> bool:
        return not self.missing

    @property
    def after_conversion(self) -> bool:
        """Enough, once those on probation have become full members."""
        return not self.may_spin_off and len(self.full) + len(self.probationary) >= self.wanted


def crowds(user: User, at: AsOf, criteria: Criteria) -> list[Crowd]:
    """Of the pooled branches in scope: three questions to the database, however many there are."""
    attached = Coverage.objects.as_of(at).filter(form=Form.ATTACHED, party_organization=OuterRef("pk"))
    pooled = {
        branch.pk: branch
        for branch in PartyOrganization.objects.visible_to(user).filter(Exists(attached)).select_related("unit")
    }
    held = Membership.objects.as_of(at).filter(party_organization__in=pooled)
    standing = {
        person: (branch, said) for person, branch, said in held.values_list("person", "party_organization", "standing")
    }
    stated = Particulars.objects.as_of(at).filter(organization=OuterRef("organization"))
    engaged = Engagement.objects.as_of(at).filter(
        user.scope.q("organization__unit__path"), person__in=held.values("person")
    )
    rows = engaged.annotate(trade=stated.values("trade")[:1], region=stated.values("region")[:1])
    wanted = criteria.get(WANTED, WANTED_OTHERWISE)
    found: dict[tuple, Crowd] = {}
    for person, organization, trade, region in rows.values_list("person", "organization", "trade", "region"):
        branch, said = standing[person]
        for by, place in (("trade", trade), ("region", region)):
            if place:
                crowd = found.setdefault((branch, by, place), Crowd(pooled[branch], by, place, wanted=wanted))
                crowd.organizations.add(organization)
                (crowd.full if said == Standing.FULL else crowd.probationary).add(person)
    return sorted(found.values(), key=lambda each: (each.missing, str(each.branch), each.by, each.place))
