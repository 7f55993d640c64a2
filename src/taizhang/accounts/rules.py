"""Who may give which role, and why an account cannot be opened."""

import re
from collections.abc import Iterator
from datetime import date

from taizhang.accounts.models import ADMINISTERS, ADMINISTRATORS, Delegation, Grant, Role, Unit, User
from taizhang.kit.refusals import Obstacle

# Rights are given by the security administrator; a unit's administrator gives those of its own unit and below.
GIVES: dict[str, frozenset[str]] = {
    Role.SECURITY_ADMIN: frozenset(Role.values),
    Role.UNIT_ADMIN: frozenset(
        {Role.UNIT_CLERK, Role.UNIT_REVIEWER, Role.UNIT_ADMIN, Role.OPERATOR, Role.SECRETARY, Role.PARTY_CLERK}
    ),
}
GIVERS = frozenset(GIVES)
# Accounts are opened, closed and given new passwords by the system administrator, who gives no right: it takes two to let somebody in.
OPENERS = frozenset({Role.SYSTEM_ADMIN, Role.UNIT_ADMIN})
READERS = ADMINISTERS | {Role.AUDIT_ADMIN}  # of who holds what
WHO: dict[str, frozenset[str]] = {
    "open_account": OPENERS,
    "close_account": OPENERS,
    "reset_password": OPENERS,
    "issue_code": OPENERS,
    "hand_out": frozenset({Role.UNIT_ADMIN}),
    "reissue": frozenset({Role.UNIT_ADMIN}),
    "destroy_codes": frozenset({Role.UNIT_ADMIN}),
    "replace": frozenset({Role.UNIT_ADMIN}),
    "reset_second_step": frozenset({Role.SECURITY_ADMIN}),
    "grant": GIVERS,
    "end_grant": GIVERS,
    "delegate": GIVERS,
    "end_delegation": GIVERS,
}
USERNAME = re.compile(r"[\w.@+-]{2,60}")
NOT_LENT = frozenset({*ADMINISTRATORS, Role.UNIT_ADMIN})
LONGEST_ABSENCE = 183  # days; whoever is away longer has a successor, not a stand-in


def may_give(by: User, role: str, unit: Unit) -> bool:
    return any(role in GIVES.get(held.role, ()) and unit.path.startswith(held.unit.path) for held in by.active_grants)


def may_manage(by: User, user: User) -> bool:
    """Reset or close: the system administrator everybody of the office, a unit's administrator its own people.

    No administrator gets at another's account: theirs are reset at the server's console (`taizhang user`), or who held one
    administrator's password would soon hold all.
    """
    grants = user.active_grants
    if by.pk == user.pk or any(held.role in ADMINISTRATORS for held in grants) or not by.holds(OPENERS):
        return False
    if by.holds({Role.SYSTEM_ADMIN}):
        return True
    return bool(grants) and all(may_give(by, held.role, held.unit) for held in grants if held.user_id == user.pk)


def may_reset_second_step(by: User, user: User) -> bool:
    """Somebody of the office, by whoever gives roles; so it takes two to get into somebody's account."""
    administrator = any(held.role in ADMINISTRATORS for held in user.active_grants)
    return by.pk != user.pk and not administrator and by.holds(WHO["reset_second_step"])


def may_delegate(by: User, held: Grant) -> bool:
    """One's own role, or that of somebody whose roles one gives. The right to let people in is given, not lent."""
    if held.role in NOT_LENT:
        return False
    return held.user_id == by.pk or may_give(by, held.role, held.unit)


def may_end_delegation(by: User, delegation: Delegation) -> bool:
    return by.pk == delegation.to_id or may_delegate(by, delegation.grant)


def roles_to_give(by: User) -> list[str]:
    """In the order of the list of roles."""
    given = {role for held in by.active_grants for role in GIVES.get(held.role, ())}
    return [role for role in Role.values if role in given]


def abilities(by: User, user: User) -> frozenset[str]:
    """What this administrator may do with that account."""
    if not user.is_active or by.pk == user.pk:
        return frozenset()
    found = {"grant"} if by.holds(WHO["grant"]) else set()
    if may_manage(by, user):
        found |= {"reset_password", "close_account", "issue_code"}
        if by.holds(WHO["replace"]) and any(held.user_id == user.pk for held in user.active_grants):
            found.add("replace")
    if may_reset_second_step(by, user):
        found.add("reset_second_step")
    return frozenset(found)


def obstacles_to_granting(user: User, role: str, *, last_on: date | None, on: date) -> Iterator[Obstacle]:
    yield from obstacles_to_an_account_in_use(user.is_active)
    kinds = {held.role if held.role in ADMINISTRATORS else "" for held in user.active_grants}
    if kinds - {role if role in ADMINISTRATORS else ""}:
        yield Obstacle(
            "administrators-apart",
            "系统管理员、安全管理员、审计管理员互不兼任，也不兼任业务角色",
            remedy="先收回此人现有的角色，或授予另一个人",
            where="role",
        )
    if last_on is not None and last_on < on:
        yield Obstacle("ends-before", f"截止日期{last_on}已过", remedy="核对日期；不设期限的留空", where="last_on")


def obstacles_to_delegating(held: Grant, to: User, *, first_on: date, last_on: date, on: date) -> Iterator[Obstacle]:
    if held.role in NOT_LENT:
        yield Obstacle("not-delegated", f"{held.get_role_display()}不能代理", remedy="由安全管理员另行任命")
    if held.user_id == to.pk:
        yield Obstacle("oneself", "代理人就是本人", remedy="请选另一个人", where="to")
    if any(theirs.role in ADMINISTRATORS for theirs in to.active_grants):
        yield Obstacle("administrators-apart", "管理员不代理业务角色", remedy="请选另一个人", where="to")
    if last_on < first_on:
        yield Obstacle("days-turned", "截止日期早于开始日期", remedy="核对日期", where="last_on")
    elif last_on < on:
        yield Obstacle("ends-before", f"截止日期{last_on}已过", remedy="核对日期", where="last_on")
    elif (last_on - first_on).days > LONGEST_ABSENCE:
        yield Obstacle(
            "too-long",
            f"代理最长{LONGEST_ABSENCE}天",
            remedy="离岗更久的，请由管理员把角色授予接任的人",
            where="last_on",
        )


def obstacles_to_a_second_stand_in(other: Delegation | None) -> Iterator[Obstacle]:
    if other is not None:
        yield Obstacle(
            "stood-in-already",
            f"{other.first_on}至{other.last_on}已由{other.to}代理",
            remedy="先结束那一段代理，或错开日期",
            where="first_on",
        )


def stand_in_unknown() -> Obstacle:
    """The same for a name that nobody has and for somebody of another unit."""
    return Obstacle(
        "stand-in-unknown", "没有找到这个登录名", remedy="代理人须是本单位、上级或下级单位已有角色的人", where="to"
    )


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
