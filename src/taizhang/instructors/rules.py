"""Who keeps the pool, and why an instructor cannot be posted."""

from collections.abc import Iterator
from datetime import date

from taizhang.accounts.models import Role, User
from taizhang.instructors.models import Instructor, Posting
from taizhang.kit.refusals import Obstacle
from taizhang.orgs.models import Particulars, Status
from taizhang.statutes.rules import Criteria

KEEPERS = frozenset({Role.CLERK})
WHO: dict[str, frozenset[str]] = {
    "enlist": KEEPERS,
    "recruit": KEEPERS,
    "post": KEEPERS,
    "end_posting": KEEPERS,
    "correct": KEEPERS,
    "withdraw": KEEPERS,
}


def abilities(user: User, instructor: Instructor) -> frozenset[str]:
    return frozenset(verb for verb, roles in WHO.items() if user.holds(roles, instructor.unit))


def obstacles_to_enlisting(enlisted: Instructor | None) -> Iterator[Obstacle]:
    if enlisted is not None:
        yield Obstacle(
            "already-enlisted",
            f"{enlisted}已于{enlisted.enlisted_on}入库",
            remedy="直接办理派驻",
            where="person",
        )


def obstacles_to_posting(
    instructor: Instructor,
    particulars: Particulars | None,
    posted: list[Posting],
    load: int,
    criteria: Criteria,
    on: date,
) -> Iterator[Obstacle]:
    """`load`: how many organisations the instructor is posted to that day. The cap of ADV-01 warns, never blocks."""
    if on < instructor.enlisted_on:
        yield Obstacle(
            "not-enlisted-then", f"{instructor}于{instructor.enlisted_on}才入库", remedy="核对日期", where="on"
        )
    if particulars is None or particulars.status != Status.NORMAL:
        yield Obstacle("not-active-then", f"{on}该社会组织不在正常状态", remedy="核对日期", where="organization")
    for posting in posted:
        yield Obstacle(
            "already-posted", f"自{posting.since}起已派驻该社会组织", remedy="无需再派", where="organization"
        )
    cap = criteria.get("instructor-load")
    if cap is not None and load >= cap:
        yield Obstacle(
            "load",
            f"该指导员已派驻{load}家，一般不超过{cap}家",
            remedy="改派他人，或由领导决定",
            basis=criteria.clause("instructor-load"),
            severity="warn",
            where="instructor",
        )
