"""Who might form a joint branch on a day: read from the registers for a grouping."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count, Exists, OuterRef, Q

from taizhang.accounts.models import Unit
from taizhang.formation.grouping import Candidate, Host, Neighbours
from taizhang.ledger.models import AsOf
from taizhang.members import eligibility
from taizhang.members.eligibility import Eligibility
from taizhang.orgs.models import Entry, Particulars, Status
from taizhang.party.models import JOINT_FORMS, Coverage, Nature
from taizhang.statutes.rules import Criteria

PARTY_YEARS = "secretary-min-party-years"
CITY = slice(0, 4)  # the first four digits of a region's code (GB/T 2260)


@dataclass(frozen=True)
class Found:
    """`few` have full members, too few to form alone; `none` have no full member; `enough` form alone and are not grouped."""

    few: list[Candidate]
    none: list[Candidate]
    enough: int
    hosts: list[Host]


def candidates(
    unit: Unit, at: AsOf, *, who: str, wanted: int, management: bool, most_organizations: int, criteria: Criteria
) -> Found:
    """Of the organisations in the unit's subtree that are on record, normal and without a formal Party organisation."""
    covered = Coverage.objects.as_of(at).filter(organization=OuterRef("organization"), nature=Nature.FORMAL)
    entered = Entry.objects.as_of(at).filter(organization=OuterRef("organization"))
    stated = Particulars.objects.as_of(at).filter(
        ~Exists(covered), Exists(entered), status=Status.NORMAL, organization__unit__path__startswith=unit.path
    )
    rows = list(stated.order_by("organization").values_list("organization", "trade", "region"))
    keys = [key for key, _, _ in rows]
    facts = eligibility.of(at, keys)
    led = eligibility.with_secretary_candidates(at, keys, years=criteria.get(PARTY_YEARS, 1), management=management)
    found = [
        Candidate(key, facts.get(key, Eligibility()).full(who), trade, region, key in led)
        for key, trade, region in rows
    ]
    return Found(
        few=[each for each in found if 0 < each.members < wanted],
        none=[each for each in found if not each.members],
        enough=sum(each.members >= wanted for each in found),
        hosts=list(hosts(unit, at, most_organizations)),
    )


@dataclass(frozen=True)
class Reach:
    """Organisations on record and normal, those of them that a formal Party organisation covers, and with so many more."""

    base: int
    covered: int
    more: int

    @property
    def rate(self) -> float:
        return 100 * self.covered / self.base if self.base else 0

    @property
    def rate_then(self) -> float:
        return 100 * (self.covered + self.more) / self.base if self.base else 0


def reach(unit: Unit, at: AsOf, *, more: int) -> Reach:
    """One question to the database; the same rows as the figure of coverage has."""
    covered = Coverage.objects.as_of(at).filter(organization=OuterRef("organization"), nature=Nature.FORMAL)
    entered = Entry.objects.as_of(at).filter(organization=OuterRef("organization"))
    stated = Particulars.objects.as_of(at).filter(
        Exists(entered), status=Status.NORMAL, organization__unit__path__startswith=unit.path
    )
    counted = stated.aggregate(base=Count("pk"), covered=Count("pk", filter=Q(Exists(covered))))
    return Reach(**counted, more=more)


def hosts(unit: Unit, at: AsOf, most: int) -> Iterator[Host]:
    """Joint branches with room for more."""
    stated = Particulars.objects.as_of(at).filter(organization=OuterRef("organization"))
    joint = Coverage.objects.as_of(at).filter(
        nature=Nature.FORMAL, form__in=JOINT_FORMS, party_organization__unit__path__startswith=unit.path
    )
    covering: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = joint.annotate(trade=stated.values("trade")[:1], region=stated.values("region")[:1])
    for key, trade, region in rows.values_list("party_organization", "trade", "region"):
        covering[key].append((trade or "", region or ""))
    for key, places in sorted(covering.items()):
        if len(places) < most:
            yield Host(key, len(places), frozenset(t for t, _ in places), frozenset(r for _, r in places))


def neighbours(found: Found, *, criteria: Criteria, same_city: bool) -> Neighbours:
    """Trades the office calls close, and districts of one city."""
    regions = sorted({each.region for each in found.few if len(each.region) == 6})
    touching = {frozenset(pair) for pair in combinations(regions, 2) if pair[0][CITY] == pair[1][CITY]}
    return Neighbours(
        trades=frozenset(frozenset(pair) for pair in criteria.get("neighbouring-trades", [])),
        regions=frozenset(touching) if same_city else frozenset(),
    )
