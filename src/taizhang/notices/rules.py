"""Who may remind others, and when that is refused."""

from collections.abc import Iterator

from taizhang.accounts.models import Role, User
from taizhang.kit.refusals import Obstacle
from taizhang.notices.models import Reminding

REMINDERS = frozenset({Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK, Role.UNIT_REVIEWER})
WHO: dict[str, frozenset[str]] = {
    "remind": REMINDERS,
    "send_again": frozenset({Role.SYSTEM_ADMIN}),
    "mail_codes": frozenset({Role.UNIT_ADMIN}),
}
LONGEST = 200


def abilities(user: User, thing: object = None) -> frozenset[str]:
    return frozenset({verb for verb, roles in WHO.items() if user.holds(roles)})


def obstacles_to_reminding(*, late: int, words: str, before: Reminding | None) -> Iterator[Obstacle]:
    if not late:
        yield Obstacle("nobody-late", "这个范围内没有逾期的事项", remedy="换一个单位或类别再看")
    if len(words) > LONGEST:
        yield Obstacle("too-long", f"催办的话最多{LONGEST}字", remedy="写得短些", where="words")
    if before is not None:
        yield Obstacle(
            "reminded-today",
            f"今天已由{before.by}催办过这个范围（{before.people}人）",
            remedy="同一范围一天催办一次；明天仍未办的再催",
        )
