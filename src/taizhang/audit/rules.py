"""Who reads the audit, who opens what it keeps closed, and why an opening may not be."""

from collections.abc import Iterator
from datetime import datetime

from taizhang.accounts.models import Role, User
from taizhang.audit.models import Opening
from taizhang.kit.refusals import Obstacle

WHO: dict[str, frozenset[str]] = {
    "read": frozenset({Role.AUDIT_ADMIN}),
    "ask": frozenset({Role.AUDIT_ADMIN}),
    "decide": frozenset({Role.SECURITY_ADMIN}),
    "openings": frozenset({Role.AUDIT_ADMIN, Role.SECURITY_ADMIN}),
}


def abilities(user: User, opening: Opening, *, at: datetime) -> frozenset[str]:
    found = set()
    if opening.decided_at is None and user.holds(WHO["decide"]) and user.pk != opening.asked_by_id:
        found.add("decide")
    if opening.asked_by_id == user.pk and user.holds(WHO["ask"]) and opening.is_open_at(at):
        found.add("open")
    return frozenset(found)


def obstacles_to_asking(*, purpose: str, protected: bool, waiting: bool) -> Iterator[Obstacle]:
    if not protected:
        yield Obstacle("nothing-protected", "这条记录没有受保护的内容", remedy="无需申请")
    if waiting:
        yield Obstacle("asked-already", "您已为这条记录提出申请", remedy="等候安全管理员审批")
    if not purpose.strip():
        yield Obstacle(
            "purpose-missing", "没有写明用途", remedy="写明为何要看，例如“核查2026年3月5日的误改”", where="purpose"
        )


def obstacles_to_deciding(opening: Opening, by: User) -> Iterator[Obstacle]:
    if opening.decided_at is not None:
        yield Obstacle("decided-already", "这项申请已经审批", remedy="需要再看的，请另行申请")
    if opening.asked_by_id == by.pk:
        yield Obstacle("second-person-needed", "不能审批自己的申请", remedy="请另一位安全管理员审批")


def obstacles_to_opening(opening: Opening, at: datetime) -> Iterator[Obstacle]:
    if opening.decided_at is None:
        yield Obstacle("not-decided", "申请还没有审批", remedy="等候安全管理员审批")
    elif not opening.granted:
        yield Obstacle("not-granted", "申请没有得到同意", remedy="看审批意见；理由变了的，另行申请")
    elif not opening.is_open_at(at):
        yield Obstacle("over", f"查看的时间已过（至{opening.ends_at:%Y-%m-%d %H:%M}）", remedy="仍需查看的，另行申请")


# 网络安全法 (2017) 21, now 23: network logs are kept for no less than six months.
LEAST_KEPT_DAYS = 183


def obstacles_to_pruning(keep_days: int) -> Iterator[Obstacle]:
    if keep_days < LEAST_KEPT_DAYS:
        yield Obstacle(
            "kept-too-short",
            f"审计至少保存{LEAST_KEPT_DAYS}天，所填{keep_days}天",
            remedy=f"网络日志留存不少于六个月；写{LEAST_KEPT_DAYS}或更多，或不写（永久保存）",
        )
