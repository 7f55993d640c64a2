"""The cast: 经办 of the committee, a clerk of a supervising unit, an operator, a secretary, and 外单位, who must see nothing.

Everything is made by the verbs, on days of 2017, so tests speak of days and people rather than of rows.
"""

from dataclasses import dataclass
from datetime import date

from taizhang.accounts.actions import found, grant, open_account
from taizhang.accounts.models import Role, Unit, UnitKind, User
from taizhang.orgs.actions import create_unit, register
from taizhang.orgs.codes import check_character, inner_check_character
from taizhang.orgs.models import Kind, Level, Mode, Organization
from taizhang.party.actions import establish
from taizhang.party.models import Form, Nature, PartyLevel, PartyOrganization

FIRST_DAY = date(2017, 1, 1)
PREFIX = {Kind.ASSOCIATION: "51", Kind.SERVICE: "52", Kind.FOUNDATION: "53"}


@dataclass
class World:
    committee: Unit
    administrator: User  # 系统管理员, opens accounts
    security: User  # 安全管理员, gives roles; the second person where a protected value of the audit is opened
    auditor: User  # 审计管理员, reads the audit and nothing else
    clerk: User  # 经办, of the committee
    leader: User  # 领导, reads
    education: Unit  # a supervising unit
    education_clerk: User  # its 单位经办
    sports: Unit  # another supervising unit
    outsider: User  # 外单位: clerk of sports, where nothing is

    def account(self, unit: Unit, role: str, *, username: str = "", name: str = "") -> User:
        """Somebody new who can sign in and holds the role over the unit."""
        username = username or f"{role}-{unit.pk}"
        return let_in(
            unit, username, name or Role(role).label, role, administrator=self.administrator, security=self.security
        )

    def organization(self, name: str = "甲协会", *, under: Unit | None = None, number: int | None = None, **stated):
        """Registered on FIRST_DAY and entered the same day, unless said otherwise."""
        under = under or self.committee
        kind = stated.pop("kind", Kind.ASSOCIATION)
        mode = Mode.DIRECT if under.kind == UnitKind.COMMITTEE else Mode.DUAL
        stated = {
            "mode": mode,
            "level": Level.PROVINCE,
            "registered_on": FIRST_DAY,
            "entered_on": FIRST_DAY,
            "on": stated.get("registered_on", FIRST_DAY),
            "by": self.clerk,
            **stated,
        }
        number = number if number is not None else Organization.objects.count() + 1
        return register(name=name, code=code(kind, number), kind=kind, responsible=under, **stated)

    def branch(
        self, *organizations: Organization, on: date = FIRST_DAY, name: str = "", form: str = "", **stated
    ) -> PartyOrganization:
        """A formal branch that covers them from that day on: a single one of one, a joint one of several."""
        form = form or (Form.SINGLE if len(organizations) == 1 else Form.JOINT_TRADE)
        return establish(
            name=name or f"中共{organizations[0].unit.name}{'联合' if len(organizations) > 1 else ''}支部",
            organizations=list(organizations),
            form=form,
            on=on,
            **{
                "level": PartyLevel.BRANCH,
                "nature": Nature.FORMAL,
                "superior": self.committee,
                "by": self.clerk,
                **stated,
            },
        )


def code(kind: str, number: int) -> str:
    """A unified social credit code that checks, of nobody."""
    inner = f"MJ9{number:05d}"
    first = f"{PREFIX[kind]}340000{inner}{inner_check_character(inner)}"
    return first + check_character(first)


def at_work(user: User) -> User:
    """With the given password changed, read anew."""
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    return User.objects.get(pk=user.pk)


def let_in(unit: Unit, username: str, name: str, role: str, *, administrator: User, security: User) -> User:
    """It takes two: one opens the account, the other gives the role."""
    user, _ = open_account(username=username, name=name, by=administrator)
    grant(user, unit=unit, role=role, by=security)
    return at_work(user)


def build() -> World:
    committee, administrators = found(
        name="某省社会组织综合党委",
        administrators={
            Role.SYSTEM_ADMIN: ("admin", "系统管理员"),
            Role.SECURITY_ADMIN: ("anquan", "安全管理员"),
            Role.AUDIT_ADMIN: ("shenji", "审计管理员"),
        },
        by=None,
    )
    administrator, security, auditor = (at_work(user) for user, _ in administrators.values())

    def account(unit: Unit, username: str, name: str, role: str) -> User:
        return let_in(unit, username, name, role, administrator=administrator, security=security)

    clerk = account(committee, "jingban", "经办", Role.CLERK)
    leader = account(committee, "lingdao", "领导", Role.LEADER)
    units = {
        name: create_unit(name=name, kind=UnitKind.SUPERVISING, parent=committee, on=FIRST_DAY, by=clerk)
        for name in ("省教育厅", "省体育局")
    }
    return World(
        committee=committee,
        administrator=administrator,
        security=security,
        auditor=auditor,
        clerk=clerk,
        leader=leader,
        education=units["省教育厅"],
        education_clerk=account(units["省教育厅"], "jiaoyu", "教育厅经办", Role.UNIT_CLERK),
        sports=units["省体育局"],
        outsider=account(units["省体育局"], "waidanwei", "外单位", Role.UNIT_CLERK),
    )
