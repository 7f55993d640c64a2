"""From the solved program to named groups, and why anybody is left over."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from taizhang.formation.grouping.greedy import greedy
from taizhang.formation.grouping.model import Choice, Kind, Model, Start, build
from taizhang.formation.grouping.nouns import (
    ALONE,
    NONE,
    USUAL,
    Candidate,
    Cell,
    Group,
    Host,
    Limits,
    Neighbours,
    Proposal,
    Wishes,
    cells_of,
    holds,
)
from taizhang.formation.grouping.solving import Aim, Reached, solve

FOR_SOLVING = 0.9  # of the time


def propose(
    candidates: Iterable[Candidate],
    *,
    limits: Limits = USUAL,
    wishes: Wishes = NONE,
    neighbours: Neighbours = ALONE,
    hosts: Sequence[Host] = (),
    seconds: float = 60.0,
) -> Proposal:
    """The best grouping within that time, with the proof or the gap. The same question gives the same answer."""
    began = time.monotonic()
    known = {each.key: each for each in sorted(candidates) if each.members > 0}
    asked = {key: each for key, each in known.items() if key not in wishes.left_out}
    pins = [tuple(sorted(asked[key] for key in pin)) for pin in wishes.pins if pin <= asked.keys()]
    pins = [pin for pin in pins if not wishes.forbid(each.key for each in pin)]
    pinned = {each.key for pin in pins for each in pin}
    free = [each for key, each in asked.items() if key not in pinned]
    starts = [Start(pinned=pin) for pin in sorted(pins)]
    starts += [Start(host=host) for host in hosts if host.organizations < limits.most_organizations]
    groups: list[Group] = []
    reached: list[Reached] = []
    parts = apart(free, starts, neighbours)
    weight = sum(len(part) for part, _ in parts)
    for part, begun in parts:  # the smallest first: what they leave of their time the others have
        left = began + seconds * FOR_SOLVING - time.monotonic()
        share, weight = left * len(part) / max(weight, 1), weight - len(part)
        model = build(part, begun, limits=limits, neighbours=neighbours)
        if model.columns:
            numbers, here = solve(model, aims(model, bool(hosts)), seconds=share)
            groups += placed(model, numbers, part, wishes, limits)
            reached = together(reached, here)
    groups = settled(groups, wishes=wishes, limits=limits, neighbours=neighbours)
    bound = round(reached[0].bound) if reached else 0
    by_hand = greedy(list(asked.values()), limits=limits, wishes=wishes, neighbours=neighbours)
    if sum(len(each.organizations) for each in by_hand) > sum(len(each.organizations) for each in groups):
        groups = by_hand  # time ran out, or what is forbidden cost too much: never worse than by hand
    in_groups = {key for group in groups for key in group.keys}
    covered = len(in_groups)
    crowds = gathered(asked.values(), neighbours)
    return Proposal(
        groups=tuple(sorted(groups, key=lambda group: min(group.keys))),
        left_over={
            key: why_left_over(each, crowds, wishes=wishes, limits=limits, neighbours=neighbours, full=covered == bound)
            for key, each in known.items()
            if key not in in_groups
        },
        bound=bound,
        is_optimal=covered == bound and all(each.is_proven for each in reached),
        seconds=time.monotonic() - began,
        unproven=tuple(unproven(reached, covered)),
    )


def apart(
    free: Sequence[Candidate], starts: Sequence[Start], neighbours: Neighbours
) -> list[tuple[list[Candidate], list[Start]]]:
    """Those who cannot meet, in any cell, are solved apart, the fewest first."""
    above: dict[Cell, Cell] = {}

    def top(cell: Cell) -> Cell:
        while (higher := above.setdefault(cell, cell)) != cell:
            above[cell] = above[higher]
            cell = higher
        return cell

    def joined(cells: Iterable[Cell]) -> Cell | None:
        tops = [top(cell) for cell in cells]
        for each in tops:
            above[top(each)] = top(tops[0])
        return tops[0] if tops else None

    where = [(each, joined(cells_of(each.trade, each.region, neighbours))) for each in free]
    begun = [(start, joined(c for t, r in start.places for c in cells_of(t, r, neighbours))) for start in starts]
    parts: dict[Cell, tuple[list[Candidate], list[Start]]] = defaultdict(lambda: ([], []))
    for each, cell in where:
        if cell is not None:
            parts[top(cell)][0].append(each)
    for start, cell in begun:
        if cell is not None:
            parts[top(cell)][1].append(start)
    return sorted(parts.values(), key=lambda part: (len(part[0]), part[0]))


def together(one: list[Reached], other: list[Reached]) -> list[Reached]:
    if not one:
        return other
    return [Reached(a.name, a.value + b.value, a.bound + b.bound) for a, b in zip(one, other, strict=True)]


def aims(model: Model, has_hosts: bool) -> list[Aim]:
    sought = [Aim("覆盖家数", model.covered())]
    if has_hosts:
        sought.append(Aim("变动现有联合党支部", model.disturbed(), is_maximal=False))
    return [*sought, Aim("相近程度", model.closeness()), Aim("党支部个数", model.branches(), is_maximal=False)]


def unproven(reached: list[Reached], covered: int) -> Iterable[str]:
    for place, each in enumerate(reached):
        value = covered if place == 0 else round(each.value)
        if value != round(each.bound):
            yield f"{each.name}：现为{value}，至多可到{round(each.bound)}" if place == 0 else f"{each.name}未证明最优"


def placed(
    model: Model, numbers: list[int], free: Sequence[Candidate], wishes: Wishes, limits: Limits
) -> Iterable[Group]:
    """Who is in which group: in each cell in the order of trade and district, so that neighbours come together."""
    pools: dict[Kind, list[Candidate]] = defaultdict(list)
    for each in sorted(free, reverse=True):
        pools[Kind(each.trade, each.region, each.members, each.secretary)].append(each)
    sent: dict[Cell, list[Candidate]] = defaultdict(list)
    offset = len(model.choices)
    for (kind, cell), number in zip(model.sendings, numbers[offset:], strict=True):
        sent[cell] += [pools[kind].pop() for _ in range(number)]
    chosen: dict[Cell, list[Choice]] = defaultdict(list)
    for choice, number in zip(model.choices, numbers[:offset], strict=True):
        chosen[choice.cell] += [choice] * number
    for cell in sorted(chosen):
        groups = filled(cell, chosen[cell], sent[cell])
        keep_apart(groups, wishes, limits)
        yield from groups


def filled(cell: Cell, choices: list[Choice], sent: list[Candidate]) -> list[Group]:
    """Leaders first, so that every group has one; then each pattern takes the next of the size it wants."""
    waiting: dict[int, list[Candidate]] = defaultdict(list)
    for each in sorted(sent, key=lambda each: (each.trade, each.region, each.secretary, each.key)):
        waiting[each.members].append(each)
    begun = []
    for choice in choices:
        group = list(choice.start.pinned)
        if choice.pattern.leader:
            size = waiting[choice.pattern.leader]
            leader = next(each for each in reversed(size) if each.secretary)
            size.remove(leader)
            group.append(leader)
        begun.append(group)
    for choice, group in zip(choices, begun, strict=True):
        for place, number in enumerate(choice.pattern.takes):
            wanted = number - (choice.pattern.leader == place + 1)
            near = sorted(waiting[place + 1], key=lambda each: far(each, group))[:wanted]
            for each in near:
                waiting[place + 1].remove(each)
            group += near
    return [Group(tuple(sorted(group)), cell, choice.start.host) for choice, group in zip(choices, begun, strict=True)]


def far(each: Candidate, group: list[Candidate]) -> tuple:
    near = sum((each.trade == other.trade) + (each.region == other.region) for other in group)
    return -near, each.trade, each.region, each.key


def keep_apart(groups: list[Group], wishes: Wishes, limits: Limits) -> None:
    """Two who must not meet are parted by a change of places with somebody of the same size in the same cell."""
    for place, group in enumerate(groups):
        if not wishes.forbid(group.keys):
            continue
        for one, other in parted(group, wishes):
            if any(changed(groups, place, each, wishes, limits) for each in (one, other)):
                break


def settled(groups: list[Group], *, wishes: Wishes, limits: Limits, neighbours: Neighbours) -> list[Group]:
    """Whoever still meets somebody they must not meet is let go, and joins another group near by that has room."""
    pinned = frozenset().union(*wishes.pins)
    whole: list[Group] = []
    homeless: list[Candidate] = []
    for group in groups:
        stays = group
        while pairs := parted(stays, wishes):
            met = Counter(each for pair in pairs for each in pair)
            goes = max(met, key=lambda each: (each.key not in pinned, met[each], each.key))
            stays = Group(tuple(each for each in stays.organizations if each is not goes), group.cell, group.host)
        if holds(stays, limits, wishes):
            whole.append(stays)
        homeless += [each for each in group.organizations if not whole or each not in whole[-1].organizations]
    for each in sorted(each for each in homeless if each.key not in pinned):
        cells = list(cells_of(each.trade, each.region, neighbours))
        for place, group in enumerate(whole):
            everybody = tuple(sorted([*group.organizations, each]))
            wider = (Group(everybody, cell, group.host) for cell in cells if not group.host or cell == group.cell)
            if found := next((one for one in wider if holds(one, limits, wishes)), None):
                whole[place] = found
                break
    return whole


def parted(group: Group, wishes: Wishes) -> list[tuple[Candidate, Candidate]]:
    return [pair for pair in combinations(group.organizations, 2) if wishes.forbid(each.key for each in pair)]


def changed(groups: list[Group], place: int, leaves: Candidate, wishes: Wishes, limits: Limits) -> bool:
    group = groups[place]
    for there, other in enumerate(groups):
        for comes in other.organizations if there != place else ():
            if comes.members != leaves.members:
                continue
            ours, theirs = swapped(group, leaves, comes), swapped(other, comes, leaves)
            if holds(ours, limits, wishes) and holds(theirs, limits, wishes):
                groups[place], groups[there] = ours, theirs
                return True
    return False


def swapped(group: Group, leaves: Candidate, comes: Candidate) -> Group:
    kept = [each for each in group.organizations if each is not leaves]
    return Group(tuple(sorted([*kept, comes])), group.cell, group.host)


@dataclass
class Crowd:
    """Everybody who could meet in a cell."""

    organizations: int = 0
    members: int = 0
    secretaries: int = 0


def gathered(candidates: Iterable[Candidate], neighbours: Neighbours) -> dict[Cell, Crowd]:
    crowds: dict[Cell, Crowd] = defaultdict(Crowd)
    for each in candidates:
        for cell in cells_of(each.trade, each.region, neighbours):
            crowds[cell].organizations += 1
            crowds[cell].members += each.members
            crowds[cell].secretaries += each.secretary
    return crowds


def why_left_over(
    each: Candidate,
    crowds: dict[Cell, "Crowd"],
    *,
    wishes: Wishes,
    limits: Limits,
    neighbours: Neighbours,
    full: bool,
) -> str:
    if each.key in wishes.left_out:
        return "按要求不参加编组"
    cells = list(cells_of(each.trade, each.region, neighbours))
    if not cells:
        return "没有行业，也没有行政区划，无从编组；请先补录"
    near = [crowds[cell] for cell in cells]
    if all(crowd.organizations == 1 for crowd in near):
        return "行业相近、地域相邻的范围内没有别的单位可以联合"
    if (most := max(crowd.members for crowd in near)) < limits.fewest_members:
        return f"行业相近、地域相邻的单位加起来至多{most}名正式党员，不足{limits.fewest_members}名"
    if limits.needs_secretary and not any(crowd.secretaries for crowd in near):
        return "行业相近、地域相邻的单位中没有合乎条件的书记人选"
    if any(each.key in pair for pair in wishes.apart):
        return "能联合的单位被指定不与它同组，或余下的凑不成组"
    if full:
        return "附近的单位都已编组，再编入它会使别的单位落空：能覆盖的家数已到最多"
    return "在限定时间内没有为它找到组；可延长时间再试"
