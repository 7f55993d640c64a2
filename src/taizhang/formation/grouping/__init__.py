"""Joint branches proposed: which organisations that cannot form alone might form one together (RULES ORG-04).

`propose` maximises, in this order, the organisations covered, the existing joint branches left as they are, how close the
organisations of a group are, and the fewness of branches; it says how much better an answer could be at most.
"""

from taizhang.formation.grouping.greedy import greedy
from taizhang.formation.grouping.nouns import (
    Candidate,
    Group,
    Host,
    Limits,
    Neighbours,
    Proposal,
    Wishes,
)
from taizhang.formation.grouping.proposing import propose

__all__ = ["Candidate", "Group", "Host", "Limits", "Neighbours", "Proposal", "Wishes", "greedy", "propose"]
