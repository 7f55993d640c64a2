"""Who keeps the pool, and why an instructor cannot be posted."""

from collections.abc import Iterator
from datetime import date

from taizhang.accounts.models import Role, User
from taizhang.instructors.models import Instructor, Posting
from taizhang.kit.refusals import Obstacle
from taizhang.orgs.models import Particulars, Status

KEEPERS = frozenset({Role.CLERK})
WHO: dict[str, frozenset[str]] = {"enlist": KEEPERS, "post": KEEPERS, "end_posting": KEEPERS}


def abilities(user: User, instructor: Instructor) -> frozenset[str]:
    return frozenset(verb for verb, roles in WHO.items() if user.holds(roles, instructor.unit))


def obstacles_to_posting(
    particulars: Particulars | None, posted: list[Posting], load: int, cap: int | None, on: date
) -> Iterator[Obstacle]:
    if particulars is None or particulars.status != Status.NORMAL:
        yield Obstacle("not-active-then", f"{on}该社会组织不在正常状态", remedy="核对日期", where="organization")
    for posting in posted:
        yield Obstacle(
            "already-posted", f"自{posting.since}起已派驻该社会组织", remedy="无需再派", where="organization"
        )
    if cap is not None and load >= cap:
        yield Obstacle(
            "load",
            f"该指导员已派驻{load}家，一般不超过{cap}家",
            remedy="改派他人，或由领导决定",
            severity="warn",
            where="instructor",
        )
