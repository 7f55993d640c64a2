"""The integer program: how many groups of which pattern in which cell, and who goes to which cell.

Inside a cell only the numbers of members matter, so organisations are not placed one by one: a *pattern* says how many with one
member, with two, … a group takes, and of which size the one with a candidate for secretary is. That is what makes the optimum
provable in seconds (docs/decisions/0080).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from taizhang.formation.grouping.nouns import Candidate, Cell, Host, Limits, Neighbours, cells_of

INFINITY = float("inf")


class Kind(NamedTuple):
    """Organisations the program cannot tell apart."""

    trade: str
    region: str
    members: int
    secretary: bool


class Pattern(NamedTuple):
    """`takes[m]` organisations with m + 1 members; `leader`: how many members the one with the secretary has, 0 for none."""

    takes: tuple[int, ...]
    leader: int

    @property
    def organizations(self) -> int:
        return sum(self.takes)


@dataclass(frozen=True)
class Start:
    """Where a group begins: with nothing, with organisations pinned together, or with an existing joint branch."""

    pinned: tuple[Candidate, ...] = ()
    host: Host | None = None

    @property
    def organizations(self) -> int:
        return len(self.pinned) + (self.host.organizations if self.host else 0)

    @property
    def members(self) -> int:
        return sum(each.members for each in self.pinned)

    @property
    def places(self) -> set[tuple[str, str]]:
        """The trade and district of whoever is in it already."""
        if self.host is None:
            return {(each.trade, each.region) for each in self.pinned}
        return {(trade, region) for trade in self.host.trades for region in self.host.regions}

    @property
    def is_led(self) -> bool:
        return self.host is not None or any(each.secretary for each in self.pinned)

    def fits(self, cell: Cell) -> bool:
        if self.host is None:
            return all(cell.holds(each.trade, each.region) for each in self.pinned)
        return self.host.trades <= set(cell.trades or self.host.trades) and self.host.regions <= set(
            cell.regions or self.host.regions
        )


class Choice(NamedTuple):
    """A column: so many groups that begin like this, in this cell, of this pattern."""

    start: Start
    cell: Cell
    pattern: Pattern


@dataclass
class Model:
    choices: list[Choice]
    sendings: list[tuple[Kind, Cell]]  # so many of this kind go to this cell
    kinds: Counter
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)  # coefficients, lower, upper
    upper: list[float] = field(default_factory=list)

    @property
    def columns(self) -> int:
        return len(self.choices) + len(self.sendings)

    def covered(self) -> list[float]:
        """How many organisations each column newly covers."""
        return [c.pattern.organizations + len(c.start.pinned) for c in self.choices] + [0.0] * len(self.sendings)

    def disturbed(self) -> list[float]:
        return [float(c.start.host is not None) for c in self.choices] + [0.0] * len(self.sendings)

    def closeness(self) -> list[float]:
        return [float(c.cell.closeness * (c.pattern.organizations + len(c.start.pinned))) for c in self.choices] + [
            0.0
        ] * len(self.sendings)

    def branches(self) -> list[float]:
        return [float(c.start.host is None) for c in self.choices] + [0.0] * len(self.sendings)

    def keep(self, costs: list[float], value: float, *, is_maximal: bool) -> None:
        """What one aim has reached is not given up for the next."""
        row = {column: cost for column, cost in enumerate(costs) if cost}
        if row:
            self.rows.append((row, value - 0.5, INFINITY) if is_maximal else (row, -INFINITY, value + 0.5))


def build(
    free: Sequence[Candidate],
    starts: Sequence[Start],
    *,
    limits: Limits,
    neighbours: Neighbours,
) -> Model:
    """`free`: those not pinned."""
    kinds = Counter(Kind(each.trade, each.region, each.members, each.secretary) for each in free)
    sendings = [
        (kind, cell) for kind in sorted(kinds) for cell in sorted(set(cells_of(kind.trade, kind.region, neighbours)))
    ]
    places = {place for start in starts for place in start.places}
    cells = {cell for _, cell in sendings} | {cell for t, r in places for cell in cells_of(t, r, neighbours)}
    largest = max((kind.members for kind in kinds), default=1)
    there: dict[Cell, int] = defaultdict(int)
    for kind, cell in sendings:
        there[cell] += kinds[kind]
    choices = [
        Choice(start, cell, pattern)
        for cell in sorted(cells)
        for start in (Start(), *starts)
        if start.fits(cell)
        for pattern in patterns(start, largest, limits)
        if pattern.organizations <= there[cell]
    ]
    model = Model(choices, sendings, kinds)
    hold(model, starts, largest)
    return model


def patterns(start: Start, largest: int, limits: Limits) -> Iterator[Pattern]:
    """Every way to fill a group up within the limits."""
    room = limits.most_organizations - start.organizations
    fewest = 0 if start.pinned else 1 if start.host else 2
    needs_leader = limits.needs_secretary and not start.is_led
    for takes in fillings(largest, room):
        organizations = sum(takes)
        members = start.members + sum(number * (place + 1) for place, number in enumerate(takes))
        enough = start.host is not None or members >= limits.fewest_members
        if organizations < fewest or not enough:
            continue
        if not needs_leader:
            yield Pattern(takes, 0)
        else:
            yield from (Pattern(takes, place + 1) for place, number in enumerate(takes) if number)


def fillings(sizes: int, room: int) -> Iterator[tuple[int, ...]]:
    if sizes == 0:
        yield ()
        return
    for last in range(room + 1):
        for rest in fillings(sizes - 1, room - last):
            yield (*rest, last)


def hold(model: Model, starts: Sequence[Start], largest: int) -> None:
    """The rows: a cell's groups take whom it was sent, leaders among them; nobody is sent twice; a start begins once."""
    offset = len(model.choices)
    taken: dict[tuple[Cell, int], dict[int, float]] = defaultdict(dict)
    led: dict[tuple[Cell, int], dict[int, float]] = defaultdict(dict)
    begun: dict[Start, dict[int, float]] = defaultdict(dict)
    for column, (start, cell, pattern) in enumerate(model.choices):
        for place, number in enumerate(pattern.takes):
            if number:
                taken[cell, place + 1][column] = float(number)
        if pattern.leader:
            led[cell, pattern.leader][column] = 1.0
        if start.organizations:
            begun[start][column] = 1.0
    sent: dict[Kind, dict[int, float]] = defaultdict(dict)
    for column, (kind, cell) in enumerate(model.sendings, start=offset):
        taken[cell, kind.members][column] = -1.0
        if kind.secretary:
            led[cell, kind.members][column] = -1.0
        sent[kind][column] = 1.0
    model.rows += [(row, 0.0, 0.0) for _, row in sorted(taken.items())]
    model.rows += [(row, -INFINITY, 0.0) for _, row in sorted(led.items()) if any(v > 0 for v in row.values())]
    model.rows += [(row, -INFINITY, float(model.kinds[kind])) for kind, row in sorted(sent.items())]
    model.rows += [(begun[start], -INFINITY, 1.0) for start in starts if start in begun]
    model.upper = [1.0 if c.start.organizations else INFINITY for c in model.choices]
    model.upper += [float(model.kinds[kind]) for kind, _ in model.sendings]
