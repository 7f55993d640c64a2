"""Joint branches proposed: never worse than by hand, as good as trying everything, and it says why."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.formation.grouping import (
    Candidate,
    Group,
    Host,
    Limits,
    Neighbours,
    Wishes,
    greedy,
    propose,
)
from taizhang.formation.grouping.nouns import cells_of, holds

LIMITS = Limits()
NEIGHBOURS = Neighbours(
    trades=frozenset({frozenset({"教育", "科研"})}), regions=frozenset({frozenset({"340102", "340103"})})
)
a_candidate = st.tuples(
    st.integers(1, 2), st.sampled_from(("教育", "科研", "体育")), st.sampled_from(("340102", "340103", "340104", "")), st.booleans()
)  # fmt: skip
some = st.lists(a_candidate, max_size=8).map(lambda rows: [Candidate(n, *row) for n, row in enumerate(rows)])
pairs = st.sets(st.frozensets(st.integers(0, 7), min_size=2, max_size=2), max_size=2).map(frozenset)


def proposed(candidates, **asked):
    return propose(candidates, **{"limits": LIMITS, "neighbours": NEIGHBOURS, "seconds": 20, **asked})


@settings(max_examples=40, deadline=None, derandomize=True)
@given(some, pairs)
def test_every_group_keeps_every_condition_and_nobody_is_lost(candidates, apart):
    wishes = Wishes(apart=apart)
    found = proposed(candidates, wishes=wishes)
    keys = [key for group in found.groups for key in group.keys]
    assert len(keys) == len(set(keys)) and set(keys) | set(found.left_over) == {each.key for each in candidates}
    assert all(holds(group, LIMITS, wishes) for group in found.groups)
    assert all(found.left_over.values())
    assert found.covered <= found.bound


@settings(max_examples=40, deadline=None, derandomize=True)
@given(some)
def test_no_grouping_covers_more_than_the_proven_optimum(candidates):
    found = proposed(candidates)
    assert found.is_optimal and found.covered == found.bound == most_by_trying_everything(candidates)
    assert found.covered >= sum(
        len(group.organizations) for group in greedy(candidates, limits=LIMITS, neighbours=NEIGHBOURS)
    )


def most_by_trying_everything(candidates) -> int:
    feasible = []
    for size in range(2, LIMITS.most_organizations + 1):
        for group in combinations(candidates, size):
            cells = set.intersection(*(set(cells_of(each.trade, each.region, NEIGHBOURS)) for each in group))
            if any(holds(Group(group, cell), LIMITS, Wishes()) for cell in cells):
                feasible.append(frozenset(each.key for each in group))

    def most(free: frozenset[int]) -> int:
        if not free:
            return 0
        first = min(free)
        best = most(free - {first})
        for group in feasible:
            if first in group and group <= free:
                best = max(best, len(group) + most(free - group))
        return best

    return most(frozenset(each.key for each in candidates))


def test_the_same_question_gives_the_same_answer():
    candidates = [Candidate(n, 1 + n % 2, "教育" if n % 3 else "体育", f"34010{n % 4}", n % 2 == 0) for n in range(30)]
    one, other = proposed(candidates), proposed(reversed(candidates))
    assert one.groups == other.groups and one.left_over == other.left_over


def test_those_pinned_together_stay_together_and_those_forbidden_apart():
    candidates = [Candidate(n, 1, "教育", "340102") for n in range(6)]
    wishes = Wishes(together=(frozenset({0, 5}),), apart=frozenset({frozenset({1, 2})}))
    found = proposed(candidates, wishes=wishes)
    assert found.covered == 6 and found.is_optimal
    together = next(group for group in found.groups if 0 in group.keys)
    assert 5 in together.keys
    assert not any({1, 2} <= group.keys for group in found.groups)


def test_one_who_must_not_meet_another_costs_no_more_than_that_one():
    """The only near group loses one of the two, not the group; where another has room, nobody is lost."""
    law = [Candidate(n, 1, "法律", "340102") for n in range(4)]
    wishes = Wishes(apart=frozenset({frozenset({0, 1})}))
    found = proposed(law, wishes=wishes)
    assert (found.covered, found.bound, found.is_optimal) == (3, 4, False) and len(found.left_over) == 1
    found = proposed([*law, *(Candidate(n, 1, "教育", "340102") for n in range(10, 13))], wishes=wishes)
    assert found.is_optimal and found.covered == 7 and not any({0, 1} <= group.keys for group in found.groups)


def test_who_is_left_out_is_told_why():
    candidates = [
        Candidate(1, 1, "教育", "340102"), Candidate(2, 2, "教育", "340102"), Candidate(3, 1, "体育", "340104"),
        Candidate(4, 1, "", ""), Candidate(5, 1, "教育", "340102"),
        Candidate(6, 2, "卫生", "340111", secretary=False), Candidate(7, 2, "卫生", "340111", secretary=False),
    ]  # fmt: skip
    found = proposed(candidates, wishes=Wishes(left_out=frozenset({5})))
    assert [group.keys for group in found.groups] == [{1, 2}]
    assert found.left_over[3] == "行业相近、地域相邻的范围内没有别的单位可以联合"
    assert "没有行业" in found.left_over[4]
    assert found.left_over[5] == "按要求不参加编组"
    assert found.left_over[6] == "行业相近、地域相邻的单位中没有合乎条件的书记人选"


def test_an_existing_branch_is_joined_only_where_that_covers_more():
    host = Host(key=9, organizations=3, trades=frozenset({"体育"}), regions=frozenset({"340102"}))
    alone, three = Candidate(1, 1, "体育", "340102"), [Candidate(n, 1, "体育", "340102") for n in (1, 2, 3)]
    [group] = proposed([alone], hosts=[host]).groups
    assert group.host == host and group.keys == {1}
    [group] = proposed(three, hosts=[host]).groups
    assert group.host is None and group.keys == {1, 2, 3}


@pytest.mark.parametrize(("limit", "branches"), [(5, 2), (7, 1)])
def test_a_higher_limit_lets_more_organisations_share_one_branch(limit, branches):
    candidates = [Candidate(n, 1, "教育", "340102") for n in range(7)]
    found = proposed(candidates, limits=Limits(most_organizations=limit))
    assert (found.covered, len(found.groups)) == (7, branches)


def test_without_the_wish_for_closeness_getting_in_the_way_near_ones_come_first():
    """Two groups of one trade in one district each, rather than mixed."""
    candidates = [Candidate(n, 2, "教育", "340102" if n < 2 else "340104") for n in range(4)]
    assert [group.keys for group in proposed(candidates).groups] == [{0, 1}, {2, 3}]
