"""The office and its accounts, at the server's own console: found, add, reset, close, roles.

`taizhang user found --committee NAME --name PERSON` founds an empty office and prints the three administrators' passwords once.
"""

import argparse
import json
import sys

REFUSED = 1
# The three who watch each other; none can be another, none holds a role of the office.
ADMINISTRATORS = {
    "system_admin": ("admin", "系统管理员"),
    "security_admin": ("anquan", "安全管理员"),
    "audit_admin": ("shenji", "审计管理员"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    found = verbs.add_parser("found", help="found the office: its committee and its three administrators")
    found.add_argument("--committee", required=True, help="the committee's name")
    for role, (username, name) in ADMINISTRATORS.items():
        prefix = "" if role == "system_admin" else role.removesuffix("admin").replace("_", "-")
        found.add_argument(f"--{prefix}username", dest=f"{role}_username", default=username)
        found.add_argument(f"--{prefix}name", dest=f"{role}_name", default=name, help="the administrator's own name")
    add = verbs.add_parser("add", help="open an account with one role")
    add.add_argument("username")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True)
    add.add_argument("--unit", default="", help="number, code or name of the unit; the committee if not said")
    add.add_argument("--email", default="")
    for verb, text in (
        ("reset", "a new random password, shown once, to be changed at the next sign-in"),
        ("reset-second-step", "forget the six digits, of an administrator too; set up anew at the next sign-in"),
        ("close", "end the account and all its roles"),
        ("roles", "which roles the account holds, and held"),
    ):
        verbs.add_parser(verb, help=text).add_argument("username")


def run(options: argparse.Namespace) -> int:
    from taizhang.accounts.models import User
    from taizhang.kit.refusals import Refused

    try:
        told = VERBS[options.verb](options)
    except User.DoesNotExist:
        return tell(options, {"obstacles": [{"code": "unknown", "reason": "没有这个登录名"}]}, REFUSED)
    except Refused as refusal:
        obstacles = [{"code": o.code, "reason": o.reason, "remedy": o.remedy} for o in refusal.obstacles]
        return tell(options, {"obstacles": obstacles}, REFUSED)
    return tell(options, told, 0)


def found(options: argparse.Namespace) -> dict:
    from taizhang.accounts import actions

    asked = {role: (getattr(options, f"{role}_username"), getattr(options, f"{role}_name")) for role in ADMINISTRATORS}
    committee, opened = actions.found(name=options.committee, administrators=asked, by=None)
    accounts = [
        {"role": role, "username": user.username, "password": password} for role, (user, password) in opened.items()
    ]
    return {"unit": committee.name, "accounts": accounts}


def add(options: argparse.Namespace) -> dict:
    from taizhang.accounts import actions
    from taizhang.accounts.models import Role
    from taizhang.kit.refusals import refuse

    if options.role not in Role.values:
        refuse("unknown-role", f"没有角色“{options.role}”", remedy=f"用其中之一：{'、'.join(Role.values)}")
    user, password = actions.open_at_console(
        the_unit(options.unit),
        username=options.username,
        name=options.name,
        role=options.role,
        email=options.email,
        by=None,
    )
    return {"username": user.username, "role": options.role, "password": password}


def reset(options: argparse.Namespace) -> dict:
    from taizhang.accounts import actions

    user = the_user(options)
    return {"username": user.username, "password": actions.reset_at_console(user, by=None)}


def reset_second_step(options: argparse.Namespace) -> dict:
    from taizhang.accounts import actions

    return {"username": actions.reset_second_step(the_user(options), by=None).username, "second_step": None}


def close(options: argparse.Namespace) -> dict:
    from taizhang.accounts import actions

    user = actions.close_account(the_user(options), by=the_administrator())
    return {"username": user.username, "closed": True}


def roles(options: argparse.Namespace) -> dict:
    held = the_user(options).grants.select_related("unit").order_by("given_at")
    return {
        "username": options.username,
        "roles": [
            {
                "role": grant.role,
                "unit": grant.unit.name,
                "since": grant.given_at.isoformat(),
                "until": grant.ended_at.isoformat() if grant.ended_at else None,
            }
            for grant in held
        ],
    }


VERBS = {
    "found": found,
    "add": add,
    "reset": reset,
    "reset-second-step": reset_second_step,
    "close": close,
    "roles": roles,
}


def the_user(options: argparse.Namespace):
    from taizhang.accounts.models import User

    return User.objects.get(username__iexact=options.username)


def the_administrator():
    """Whoever sits at the console acts for the system administrator who has been it longest."""
    from taizhang.accounts.models import Grant, Role
    from taizhang.kit.refusals import refuse

    held = Grant.objects.filter(role=Role.SYSTEM_ADMIN, ended_at=None, user__is_active=True).order_by("pk").first()
    if held is not None:
        return held.user
    refuse("no-administrator", "还没有系统管理员", remedy="先运行 taizhang user found")


def the_unit(text: str):
    from taizhang.accounts.models import Unit, UnitKind
    from taizhang.kit.refusals import refuse

    units = Unit.objects.filter(kind=UnitKind.COMMITTEE)
    if text:
        units = Unit.objects.filter(code=text) if not text.isdigit() else Unit.objects.filter(pk=int(text))
        units = units if units.exists() else Unit.objects.filter(name=text)
    if len(found := list(units[:2])) != 1:
        refuse("unknown-unit", f"没有找到唯一的单位“{text}”", remedy="写单位的编号、代码或全称")
    return found[0]


def tell(options: argparse.Namespace, told: dict, code: int) -> int:
    out = sys.stderr if code and not options.json else sys.stdout
    if options.json:
        print(json.dumps(told, ensure_ascii=False), file=out)
        return code
    for obstacle in told.get("obstacles", ()):
        print(f"{obstacle['reason']}。{obstacle.get('remedy', '')}", file=out)
    for held in told.get("roles", ()):
        print(f"{held['role']}\t{held['unit']}\t{held['since'][:10]} 至 {(held['until'] or '今')[:10]}", file=out)
    for opened in told.get("accounts", ()):
        print(f"{opened['role']}\t登录名 {opened['username']}，密码 {opened['password']}（只显示这一次）", file=out)
    if "password" in told:
        print(f"登录名 {told['username']}，密码 {told['password']}（只显示这一次，登录后须修改）", file=out)
    elif "second_step" in told:
        print(f"账号 {told['username']} 的两步验证已重置", file=out)
    elif told.get("closed"):
        print(f"账号 {told['username']} 已停用", file=out)
    return code
