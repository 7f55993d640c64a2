"""Who may give which role, and why an account cannot be opened."""

import re
from collections.abc import Iterator

from taizhang.accounts.models import ADMINISTERS, Role, Unit, User
from taizhang.kit.refusals import Obstacle

# A system administrator gives every role; a unit's administrator only those of its own unit and below.
GIVES: dict[str, frozenset[str]] = {
    Role.SYSTEM_ADMIN: frozenset(Role.values),
    Role.UNIT_ADMIN: frozenset({Role.UNIT_CLERK, Role.UNIT_ADMIN, Role.OPERATOR, Role.SECRETARY}),
}
GIVERS = ADMINISTERS
USERNAME = re.compile(r"[\w.@+-]{2,60}")


def may_give(by: User, role: str, unit: Unit) -> bool:
    return any(role in GIVES.get(held.role, ()) and unit.path.startswith(held.unit.path) for held in by.active_grants)


def may_manage(by: User, user: User) -> bool:
    """Reset or close: somebody all of whose roles one could have given."""
    grants = user.active_grants
    if by.pk == user.pk:
        return False
    if not grants:
        return by.holds({Role.SYSTEM_ADMIN})
    return all(may_give(by, held.role, held.unit) for held in grants)


def roles_to_give(by: User) -> list[str]:
    """In the order of the list of roles."""
    given = {role for held in by.active_grants for role in GIVES.get(held.role, ())}
    return [role for role in Role.values if role in given]


def abilities(by: User, user: User) -> frozenset[str]:
    """What this administrator may do with that account."""
    found = {"grant"} if user.is_active and by.pk != user.pk and by.holds(GIVERS) else set()
    if user.is_active and may_manage(by, user):
        found |= {"reset_password", "close_account"}
    return frozenset(found)


def obstacles_to_founding(exists: bool) -> Iterator[Obstacle]:
    if exists:
        yield Obstacle("already-founded", "系统已经初始化", remedy="请由系统管理员登录后开设账号")


def obstacles_to_an_account_in_use(is_active: bool) -> Iterator[Obstacle]:
    if not is_active:
        yield Obstacle("account-closed", "账号已停用", remedy="为本人另开一个账号")


def obstacles_to_account(username: str, *, taken: bool) -> Iterator[Obstacle]:
    if not USERNAME.fullmatch(username):
        yield Obstacle(
            "bad-username",
            f"登录名“{username}”不合要求",
            remedy="用2至60个字母、汉字、数字或 . @ + - _",
            where="username",
        )
    if taken:
        yield Obstacle("username-taken", f"登录名“{username}”已被使用", remedy="请换一个登录名", where="username")
