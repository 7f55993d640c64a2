"""The menu, and what every page knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from taizhang.accounts.models import ADMINISTERS, SEES_PEOPLE, SEES_RECORDS, Role, User
from taizhang.cases.models import Office

RECORDS = tuple(SEES_RECORDS)
PEOPLE = tuple(SEES_PEOPLE)
INTAKE = (Role.CLERK, Role.REVIEWER, Role.UNIT_CLERK, Role.OPERATOR)
ACCOUNTS = tuple(ADMINISTERS)
MINUTES = (Role.CLERK, Role.REVIEWER, Role.LEADER, Role.UNIT_CLERK)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu, for whoever holds one of the roles (for everybody, if none is named)."""

    title: str
    page: str
    icon: str
    roles: tuple[str, ...] = ()
    count: str = ""  # the page that tells how many wait there


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    icon: str
    address: str
    current: bool
    count: str = ""


MENU = (
    Entry("工作台", "desk:home", icon="home"),
    Entry("提醒", "notices:list", icon="bell", count="notices:bell"),
    Entry("社会组织", "orgs:list", icon="building-community", roles=RECORDS),
    Entry("党组织", "party:list", icon="flag", roles=RECORDS),
    Entry("党员", "members:list", icon="users", roles=PEOPLE),
    Entry("指导员", "instructors:list", icon="user-star", roles=RECORDS),
    Entry("填报", "declarations:list", icon="list", roles=RECORDS),
    Entry("组建审批", "formation:list", icon="file-check", roles=RECORDS),
    Entry("会议", "meetings:list", icon="gavel", roles=MINUTES),
    Entry("统计", "stats:home", icon="chart-bar", roles=RECORDS),
    Entry("看板", "stats:dashboard", icon="clipboard-list", roles=RECORDS),
    Entry("报告", "reports:home", icon="clipboard-list", roles=RECORDS),
    Entry("事项", "cases:list", icon="list-check", roles=RECORDS),
    Entry("文书", "papers:list", icon="file-text", roles=RECORDS),
    Entry("导入", "imports:list", icon="file-import", roles=INTAKE),
    Entry("依据", "statutes:list", icon="book"),
    Entry("账户", "accounts:list", icon="user-cog", roles=ACCOUNTS),
    Entry("邮件", "notices:letters", icon="mail", roles=(Role.SYSTEM_ADMIN,)),
    Entry("审计", "audit:list", icon="shield-lock", roles=(Role.AUDIT_ADMIN,)),
    Entry("调阅审批", "audit:openings", icon="key", roles=(Role.SECURITY_ADMIN,)),
    Entry("谁有什么角色", "accounts:holders", icon="user-cog", roles=(Role.AUDIT_ADMIN,)),
)
USER_MENU = (
    Entry("我的账户", "accounts:me", icon="user"),
    Entry("导出和批量", "accounts:errands", icon="download"),
    Entry("隐私说明", "members:privacy", icon="book"),
    Entry("修改密码", "account_change_password", icon="key"),
    Entry("两步验证", "mfa_index", icon="shield-lock"),
)
# Pages of the desk that people look for in a register.
LIVES_UNDER = {"desk:organization": "orgs:list", "desk:unit": "orgs:list"}
SIGN_OUT = "account_logout"
FIND = "desk:search"


def context(request: HttpRequest) -> dict[str, object]:
    known: dict[str, object] = {"demonstration": is_demonstration()}
    user = getattr(request, "user", None)
    if user and user.is_authenticated:
        known |= {
            "menu": list(lines(MENU, user, request)),
            "user_menu": list(lines(USER_MENU, user, request)),
            "sign_out_address": address_of(SIGN_OUT),
            "find_address": address_of(FIND),
        }
    return known


@cache
def is_demonstration() -> bool:
    """What the database was created as; it never changes, so one look is enough."""
    return Office.objects.filter(demonstration=True).exists()


def lines(entries: tuple[Entry, ...], user: User, request: HttpRequest) -> Iterator[Line]:
    here = request.resolver_match
    named = here is not None and any(here.view_name == entry.page for entry in entries)
    seen: set[str] = set()  # of a slice with several lines the first stands for its other pages
    for entry in entries:
        address = address_of(entry.page)
        if address and (not entry.roles or user.holds(entry.roles)):
            slice_name = entry.page.partition(":")[0]
            own_page = here is not None and any(here.view_name == each.page for each in USER_MENU)
            inside = here is not None and slice_name in here.namespaces and not own_page and entry not in USER_MENU
            inside = inside and not named and slice_name not in seen
            seen.add(slice_name)
            current = inside or (here is not None and here.view_name == entry.page)
            if here is not None and here.view_name in LIVES_UNDER:
                current = entry.page == LIVES_UNDER[here.view_name]
            yield Line(entry.title, entry.icon, address, current, address_of(entry.count) if entry.count else "")


@cache
def address_of(page: str) -> str:
    """Empty as long as the slice with that page does not exist; tests/test_menu.py holds that all do."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""
