"""The cast: 经办 of the committee, a clerk of a supervising unit, an operator, a secretary, and 外单位, who must see nothing.

Everything is made by the verbs, on days of 2017, so tests speak of days and people rather than of rows.
"""

from dataclasses import dataclass
from datetime import date

from taizhang.accounts.actions import found, open_account
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
    administrator: User  # 系统管理员
    clerk: User  # 经办, of the committee
    leader: User  # 领导, reads
    education: Unit  # a supervising unit
    education_clerk: User  # its 单位经办
    sports: Unit  # another supervising unit
    outsider: User  # 外单位: clerk of sports, where nothing is
    auditor: User  # 审计管理员, reads the audit and nothing else
    security: User  # 安全管理员, the second person where a protected value of the audit is opened

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


def build() -> World:
    committee, administrator, _ = found(
        name="某省社会组织综合党委", username="admin", administrator="系统管理员", by=None
    )

    User.objects.filter(pk=administrator.pk).update(must_change_password=False)
    administrator = User.objects.get(pk=administrator.pk)

    def account(unit: Unit, username: str, name: str, role: str) -> User:
        user, _ = open_account(unit, username=username, name=name, role=role, by=administrator)
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
        return User.objects.get(pk=user.pk)

    clerk = account(committee, "jingban", "经办", Role.CLERK)
    leader = account(committee, "lingdao", "领导", Role.LEADER)
    units = {
        name: create_unit(name=name, kind=UnitKind.SUPERVISING, parent=committee, on=FIRST_DAY, by=clerk)
        for name in ("省教育厅", "省体育局")
    }
    return World(
        committee=committee,
        administrator=administrator,
        clerk=clerk,
        leader=leader,
        education=units["省教育厅"],
        education_clerk=account(units["省教育厅"], "jiaoyu", "教育厅经办", Role.UNIT_CLERK),
        sports=units["省体育局"],
        outsider=account(units["省体育局"], "waidanwei", "外单位", Role.UNIT_CLERK),
        auditor=account(committee, "shenji", "审计", Role.AUDIT_ADMIN),
        security=account(committee, "anquan", "安全", Role.SECURITY_ADMIN),
    )
