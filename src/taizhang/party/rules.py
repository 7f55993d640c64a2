"""Who may keep the register of Party organisations, and why one may not be established, changed or ended."""

from collections.abc import Iterable, Iterator
from datetime import date

from taizhang.accounts.models import Role, User
from taizhang.kit.refusals import Obstacle
from taizhang.orgs.models import Organization, Particulars, Status
from taizhang.party.models import JOINT_FORMS, Coverage, Form, PartyOrganization, PartyParticulars

KEEPERS = frozenset({Role.CLERK, Role.UNIT_CLERK})
WHO: dict[str, frozenset[str]] = {
    "establish": KEEPERS,
    "change": KEEPERS,
    "cover": KEEPERS,
    "uncover": KEEPERS,
    "dissolve": KEEPERS,
    "state_absence": KEEPERS | {Role.OPERATOR},
    "correct": frozenset({Role.CLERK}),
}


def abilities(user: User, party_organization: PartyOrganization) -> frozenset[str]:
    return frozenset(verb for verb, roles in WHO.items() if user.holds(roles, party_organization.unit))


def obstacles_to_establishing(*, name: str, form: str, organizations: list[Organization]) -> Iterator[Obstacle]:
    if not name.strip():
        yield Obstacle("name-missing", "没有填写党组织名称", remedy="填写批复中的全称", where="name")
    if not organizations:
        yield Obstacle("covers-nothing", "没有选择所覆盖的社会组织", remedy="至少选择一家", where="organizations")
    if form == Form.SINGLE and len(organizations) > 1:
        yield Obstacle(
            "single-covers-one",
            f"单独组建的党组织只覆盖一家社会组织，现选了{len(organizations)}家",
            remedy="改选“联合组建”，或只留一家",
            where="form",
        )


def obstacles_to_covering(
    organization: Organization, particulars: Particulars | None, covered: Iterable[Coverage], on: date
) -> Iterator[Obstacle]:
    """An organisation that is active that day and not yet covered by one of the same nature."""
    if particulars is None or particulars.status != Status.NORMAL:
        yield Obstacle(
            "not-active-then",
            f"{organization}在{on}不是正常状态的社会组织",
            remedy="核对日期和所选社会组织",
            where="organizations",
        )
    for coverage in covered:
        yield Obstacle(
            "already-covered",
            f"{organization}自{coverage.since}起已由{coverage.party_organization}覆盖",
            remedy="先终止原覆盖，或改选其他社会组织",
            where="organizations",
        )


def obstacles_to_joining(form: str) -> Iterator[Obstacle]:
    if form not in JOINT_FORMS:
        yield Obstacle(
            "single-covers-one", "单独组建的党组织不能再覆盖其他社会组织", remedy="改为联合组建或依托组建", where="form"
        )


def obstacles_to_ending(particulars: PartyParticulars | None, on: date) -> Iterator[Obstacle]:
    if particulars is None:
        yield Obstacle("not-existing-then", f"{on}该党组织尚未成立或已撤销", remedy="核对日期", where="on")
