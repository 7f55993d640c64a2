"""The office of the demonstration: committee, bureau, supervising units with their changes of name, and who signs in."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial

from taizhang.accounts.actions import change_password, found, grant, open_account
from taizhang.accounts.models import Role, Unit, UnitKind, User
from taizhang.config.demonstration import names
from taizhang.config.demonstration.chronicle import Chronicle
from taizhang.orgs.actions import create_unit, rename_unit
from taizhang.orgs.models import UnitAlias

OPENED = date(2012, 1, 4)  # the first day of the ledger: nothing is known before
STREETS = ("子城区槐荫街道", "丑桥区望楼街道", "寅园区南亭街道")
UNITS_WITH_CLERKS = {
    "教育厅": "jiaoyu",
    "科学技术厅": "keji",
    "民政厅": "minzheng",
    "体育局": "tiyu",
    "卫生厅": "weisheng",
}

# (day, present name, new name, document): the reforms of departments of 2013 and 2018, as they go through a register
RENAMINGS = (
    (date(2013, 11, 20), "卫生厅", "卫生和计划生育委员会", "某政发〔2013〕41号"),
    (date(2013, 11, 20), "广播电影电视局", "新闻出版广电局", "某政发〔2013〕41号"),
    (date(2014, 5, 8), "质量技术监督局", "质量监督局", "某政发〔2014〕12号"),
    (date(2018, 11, 5), "卫生和计划生育委员会", "卫生健康委员会", "某发〔2018〕30号"),
    (date(2018, 11, 5), "环境保护厅", "生态环境厅", "某发〔2018〕30号"),
    (date(2018, 11, 5), "国土资源厅", "自然资源厅", "某发〔2018〕30号"),
    (date(2018, 11, 5), "农业委员会", "农业农村厅", "某发〔2018〕30号"),
    (date(2018, 11, 5), "文化厅", "文化和旅游厅", "某发〔2018〕30号"),
)
# (day, what is dissolved, who takes over its organisations, document)
MERGERS = (
    (date(2013, 12, 2), "新闻出版局", "广播电影电视局", "某政发〔2013〕41号"),
    (date(2018, 11, 12), "旅游局", "文化厅", "某发〔2018〕30号"),
)


ADMINISTRATORS = {
    Role.SYSTEM_ADMIN: ("guanli", "系统管理员"),
    Role.SECURITY_ADMIN: ("anquan", "安全管理员"),
    Role.AUDIT_ADMIN: ("shenji", "审计管理员"),
}


@dataclass
class Account:
    username: str
    title: str
    user: User
    password: str


@dataclass
class Office:
    """`units` are called by their first names, whatever they are called later."""

    committee: Unit
    administrator: User
    security: User
    clerk: User
    bureau: Unit
    reviewer: User
    leader: User
    units: dict[str, Unit] = field(default_factory=dict)
    clerks: dict[int, User] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)

    def keeper(self, unit: Unit) -> User:
        """Whoever keeps the records of that unit: its own clerk, where it has one."""
        return self.clerks.get(unit.pk, self.clerk)

    def account(self, unit: Unit, username: str, name: str, role: str) -> User:
        """Somebody who can sign in at once: in a demonstration the printed password need not be changed first."""
        user, password = open_account(username=username, name=name, by=self.administrator)
        grant(user, unit=unit, role=role, by=self.security)
        change_password(user, password=password, by=user)
        self.accounts.append(Account(username, f"{unit.name} · {Role(role).label}", user, password))
        return User.objects.get(pk=user.pk)


def open_office(chronicle: Chronicle, *, on: date = OPENED) -> Office:
    """On the first day there is an office, and everybody who will work in it; names of units change on their days."""
    committee, opened = found(name=names.COMMITTEE, administrators=ADMINISTRATORS, by=None)
    administrator, security = opened[Role.SYSTEM_ADMIN][0], opened[Role.SECURITY_ADMIN][0]
    office = Office(
        committee,
        administrator,
        security,
        clerk=administrator,
        bureau=committee,
        reviewer=administrator,
        leader=administrator,
    )
    for role, (user, password) in opened.items():
        change_password(user, password=password, by=user)
        office.accounts.append(Account(user.username, f"{committee.name} · {Role(role).label}", user, password))
    office.clerk = office.account(committee, "jingban", "综合党委经办人", Role.CLERK)
    office.reviewer = office.account(committee, "shenhe", "综合党委审核人", Role.REVIEWER)
    office.leader = office.account(committee, "lingdao", "综合党委领导", Role.LEADER)
    clerk = office.clerk

    office.bureau = create_unit(name=names.BUREAU, kind=UnitKind.BUREAU, parent=committee, on=on, by=clerk)
    for street in STREETS:
        create_unit(name=street, kind=UnitKind.STREET, parent=committee, on=on, by=clerk)
    for short in names.SUPERVISING:
        name = names.PROVINCE + short
        unit = create_unit(name=name, kind=UnitKind.SUPERVISING, parent=committee, on=on, by=clerk)
        UnitAlias.objects.create(unit=unit, name=f"省{short}")
        office.units[short] = unit
        if username := UNITS_WITH_CLERKS.get(short):
            office.clerks[unit.pk] = office.account(unit, username, f"{short}经办人", Role.UNIT_CLERK)
    grant(office.clerks[office.units["教育厅"].pk], unit=office.units["教育厅"], role=Role.UNIT_ADMIN, by=security)

    for renaming in RENAMINGS:
        chronicle.on(renaming[0], partial(rename_department, *renaming, by=clerk))
    return office


def rename_department(day: date, before: str, after: str, document: str, *, by: User) -> None:
    unit = Unit.objects.get(name=names.PROVINCE + before, kind=UnitKind.SUPERVISING)
    rename_unit(unit, name=names.PROVINCE + after, on=day, by=by, document=document)
