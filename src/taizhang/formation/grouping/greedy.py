"""What somebody would do by hand: trade by trade, then district by district, the first that fit. Shown beside the proposal."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from taizhang.formation.grouping.nouns import (
    ALONE,
    NONE,
    Candidate,
    Cell,
    Group,
    Limits,
    Neighbours,
    Wishes,
    cells_of,
    holds,
)

ORDER = ("both", "trade", "region", "trades", "regions")


def greedy(
    candidates: Sequence[Candidate], *, limits: Limits, wishes: Wishes = NONE, neighbours: Neighbours = ALONE
) -> list[Group]:
    held_back = wishes.left_out.union(*wishes.pins)  # by hand nobody begins with those pinned
    free = {each.key: each for each in sorted(candidates) if each.key not in held_back}
    groups: list[list[Candidate]] = []
    where: list[Cell] = []
    for cell in cells(free.values(), neighbours):
        inside = [each for each in free.values() if cell.holds(each.trade, each.region)]
        while group := first_that_holds(inside, cell, limits, wishes):
            groups.append(group)
            where.append(cell)
            for each in group:
                inside.remove(each)
                del free[each.key]
    open_groups: dict[Cell, list[list[Candidate]]] = defaultdict(list)
    for group, cell in zip(groups, where, strict=True):
        open_groups[cell].append(group)
    for each in list(free.values()):
        for cell in cells_of(each.trade, each.region, neighbours):
            there = open_groups[cell]
            there[:] = [group for group in there if len(group) < limits.most_organizations]
            if joined := next((g for g in there if holds(Group((*g, each), cell), limits, wishes)), None):
                joined.append(each)
                break
    return [Group(tuple(group), cell) for group, cell in zip(groups, where, strict=True)]


def cells(candidates: Iterable[Candidate], neighbours: Neighbours) -> list[Cell]:
    found = {cell for each in candidates for cell in cells_of(each.trade, each.region, neighbours)}
    return sorted(found, key=lambda cell: (ORDER.index(cell.kind), cell))


def first_that_holds(free: list[Candidate], cell: Cell, limits: Limits, wishes: Wishes) -> list[Candidate] | None:
    """Begin with one who could lead it; add the next until there are members enough."""
    for first in [each for each in free if each.secretary or not limits.needs_secretary]:
        group = [first]
        for each in free:
            if each is first or wishes.forbid([*(one.key for one in group), each.key]):
                continue
            group.append(each)
            if holds(Group(tuple(group), cell), limits, wishes):
                return group
            if len(group) == limits.most_organizations:
                break
    return None
