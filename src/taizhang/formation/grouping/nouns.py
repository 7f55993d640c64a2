"""What goes into a proposal and what comes out of it. No database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

FEWEST_MEMBERS = 3  # where no parameter is in force
MOST_ORGANIZATIONS = 5


@dataclass(frozen=True, order=True)
class Candidate:
    """An organisation with full members, too few to form alone. `secretary`: one of them meets the criteria of the day."""

    key: int
    members: int
    trade: str = ""
    region: str = ""
    secretary: bool = True


@dataclass(frozen=True)
class Host:
    """An existing joint branch that others might join: it is never taken apart."""

    key: int
    organizations: int
    trades: frozenset[str]
    regions: frozenset[str]


@dataclass(frozen=True)
class Limits:
    """`needs_secretary`: no group without a candidate for secretary."""

    fewest_members: int = FEWEST_MEMBERS
    most_organizations: int = MOST_ORGANIZATIONS
    needs_secretary: bool = True


@dataclass(frozen=True)
class Wishes:
    """What people pin and forbid: keys that stay together, pairs never together, keys left out."""

    together: tuple[frozenset[int], ...] = ()
    apart: frozenset[frozenset[int]] = frozenset()
    left_out: frozenset[int] = frozenset()

    def tear(self, keys: frozenset[int]) -> bool:
        """Some of those pinned together are in it without the others."""
        return any(pin & keys and not pin <= keys for pin in self.pins)

    def forbid(self, keys: Iterable[int]) -> bool:
        return bool(self.apart) and any(frozenset(pair) in self.apart for pair in combinations(keys, 2))

    @cached_property
    def pins(self) -> list[frozenset[int]]:
        """Sets that overlap are one."""
        found: list[set[int]] = []
        for wished in self.together:
            merged = set(wished)
            for each in [other for other in found if other & merged]:
                found.remove(each)
                merged |= each
            found.append(merged)
        return [frozenset(each) for each in found if len(each) > 1]


@dataclass(frozen=True)
class Neighbours:
    """Pairs of trades that are close, and of districts that touch."""

    trades: frozenset[frozenset[str]] = frozenset()
    regions: frozenset[frozenset[str]] = frozenset()


USUAL, NONE, ALONE = Limits(), Wishes(), Neighbours()


@dataclass(frozen=True, order=True)
class Cell:
    """Within it everybody is near everybody: one trade in one district, one trade, one district, or two that are neighbours."""

    kind: str  # both, trade, region, trades, regions
    trades: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def holds(self, trade: str, region: str) -> bool:
        return (not self.trades or trade in self.trades) and (not self.regions or region in self.regions)

    @property
    def closeness(self) -> int:
        return CLOSENESS[self.kind]


CLOSENESS = {"both": 4, "trade": 3, "region": 2, "trades": 1, "regions": 1}


def cells_of(trade: str, region: str, neighbours: Neighbours) -> Iterator[Cell]:
    if trade and region:
        yield Cell("both", (trade,), (region,))
    if trade:
        yield Cell("trade", (trade,))
        for pair in neighbours.trades:
            if trade in pair and len(pair) > 1:
                yield Cell("trades", tuple(sorted(pair)))
    if region:
        yield Cell("region", (), (region,))
        for pair in neighbours.regions:
            if region in pair and len(pair) > 1:
                yield Cell("regions", (), tuple(sorted(pair)))


@dataclass(frozen=True)
class Group:
    """One proposed joint branch, or an existing one (`host`) that some are to join."""

    organizations: tuple[Candidate, ...]
    cell: Cell
    host: Host | None = None

    @property
    def members(self) -> int:
        return sum(each.members for each in self.organizations)

    @property
    def keys(self) -> frozenset[int]:
        return frozenset(each.key for each in self.organizations)


@dataclass(frozen=True)
class Proposal:
    """`bound`: no proposal could cover more. `is_optimal`: proven that none is better in any of the four aims."""

    groups: tuple[Group, ...]
    left_over: dict[int, str]
    bound: int
    is_optimal: bool
    seconds: float
    unproven: tuple[str, ...] = ()  # the aims for which only a bound is known, in words

    @property
    def covered(self) -> int:
        return sum(len(group.organizations) for group in self.groups)

    @property
    def gap(self) -> int:
        return self.bound - self.covered


def holds(group: Group, limits: Limits, wishes: Wishes) -> bool:
    """Every condition on one group."""
    size = len(group.organizations) + (group.host.organizations if group.host else 0)
    return (
        size <= limits.most_organizations
        and (group.host is not None or len(group.organizations) > 1)
        and (group.host is not None or group.members >= limits.fewest_members)
        and (group.host is not None or not limits.needs_secretary or any(o.secretary for o in group.organizations))
        and all(each.members > 0 for each in group.organizations)
        and all(group.cell.holds(each.trade, each.region) for each in group.organizations)
        and not wishes.forbid(group.keys)
        and not wishes.tear(group.keys)
    )
