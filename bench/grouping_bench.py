"""Joint branches proposed for organisations with no, one or two full members, against taking the first that fit.

Those without a member go to instructors. The plain problem: members enough, few enough organisations, one trade or one district.
The whole one: a candidate for secretary in each group, pins and prohibitions, neighbouring trades and districts, branches that exist.
"""

import sys
from itertools import combinations
from random import Random
from time import perf_counter

SIZE, NATION = 735, 24_000
SEEDS = (1, 2, 3)
TRADES, DISTRICTS, DISTRICTS_OF_A_NATION = 17, 16, 100
PLAIN_SECONDS, WHOLE_SECONDS, NATION_SECONDS = 10, 60, 120
MANY_MEMBERS, FEW_MEMBERS = (1, 1, 1), (6, 3, 1)  # weights of 0, 1, 2 members


def run() -> list[dict]:
    lines = []
    for weights, called in ((MANY_MEMBERS, "members abound"), (FEW_MEMBERS, "members are scarce")):
        lines += [plain(seed, weights, called) for seed in SEEDS]
    lines += [whole(seed, TRADES, DISTRICTS, "") for seed in SEEDS]
    return [*lines, whole(1, 150, 100, ", scattered"), nation()]


def organizations(count: int, seed: int, weights, *, trades: int, districts: int) -> list:
    from taizhang.formation.grouping import Candidate

    random = Random(seed)
    return [
        Candidate(
            key,
            random.choices((0, 1, 2), weights)[0],
            f"行业{random.randrange(trades)}" if trades else "",
            f"34{random.randrange(districts):04}",
            random.random() < 0.6,
        )
        for key in range(1, count + 1)
    ]


def plain(seed: int, weights, called: str) -> dict:
    from taizhang.formation.grouping import Limits

    found = organizations(SIZE, seed, weights, trades=TRADES, districts=DISTRICTS)
    return line(found, f"{SIZE} plain, {called}", PLAIN_SECONDS, limits=Limits(needs_secretary=False))


def whole(seed: int, trades: int, districts: int, called: str) -> dict:
    from taizhang.formation.grouping import Host, Limits, Neighbours, Wishes

    found = organizations(SIZE, seed, MANY_MEMBERS, trades=trades, districts=districts)
    with_members = [each for each in found if each.members]
    pinned = next(
        frozenset((one.key, other.key))
        for one, other in combinations(with_members, 2)
        if (one.trade, one.region) == (other.trade, other.region)
    )
    apart = frozenset(
        frozenset(each.key for each in pair) for pair in zip(with_members[40:50:2], with_members[41:50:2], strict=False)
    )
    hosts = [
        Host(10_000 + number, 3, frozenset({f"行业{number}"}), frozenset({f"34{number:04}"})) for number in range(8)
    ]
    near = Neighbours(
        trades=frozenset(frozenset({f"行业{n}", f"行业{n + 1}"}) for n in range(0, trades - 1, 2)),
        regions=frozenset(frozenset({f"34{n:04}", f"34{n + 1:04}"}) for n in range(districts - 1)),
    )
    return line(
        found,
        f"{SIZE} with secretary, pins, neighbours, branches{called}",
        WHOLE_SECONDS,
        limits=Limits(),
        neighbours=near,
        wishes=Wishes(together=(pinned,), apart=apart),
        hosts=hosts,
    )


def nation() -> dict:
    from taizhang.formation.grouping import Limits

    found = organizations(NATION, 1, MANY_MEMBERS, trades=0, districts=DISTRICTS_OF_A_NATION)
    return line(found, f"{NATION:,} by district", NATION_SECONDS, limits=Limits(needs_secretary=False))


def line(found: list, name: str, allowed: int, **asked) -> dict:
    """Seconds, and how many are covered of how many at most. Never below what the first that fit would cover, or it stops."""
    from taizhang.formation.grouping import greedy, propose

    few = [each for each in found if each.members]
    by_hand = greedy(few, **{name: value for name, value in asked.items() if name != "hosts"})
    reached = sum(len(group.organizations) for group in by_hand)
    begun = perf_counter()
    proposal = propose(few, seconds=allowed, **asked)
    spent = perf_counter() - begun
    if proposal.covered < reached:
        raise SystemExit(f"{name}: covers {proposal.covered}, by hand {reached}")
    if allowed == PLAIN_SECONDS and proposal.covered != proposal.bound:
        raise SystemExit(f"{name}: {proposal.covered} of {proposal.bound}, not proven")
    proof = "all proven" if proposal.is_optimal else f"gap {proposal.gap}, {len(proposal.unproven)} aims unproven"
    print(
        f"  {name}: {len(few)} with members, {proposal.covered} covered of at most {proposal.bound} by {len(proposal.groups)}"
        f" branches ({proof}); by hand {reached} by {len(by_hand)}",
        file=sys.stderr,
    )
    return {
        "name": f"{name}: {proposal.covered} of {proposal.bound} ({proof})",
        "value": spent,
        "measure": "s",
        "at_most": allowed,
        "covered": proposal.covered,
        "bound": proposal.bound,
        "by_hand": reached,
        "branches": len(proposal.groups),
    }
