"""Who may keep the register of Party organisations, and why one may not be established, changed or ended."""

from collections.abc import Iterable, Iterator
from datetime import date

from taizhang.accounts.models import Role, Unit, User
from taizhang.kit.refusals import Obstacle
from taizhang.kit.text import obstacles_in_name
from taizhang.ledger.models import Fact
from taizhang.orgs.models import Organization, Particulars, Status
from taizhang.party.models import (
    JOINT_FORMS,
    Absence,
    Coverage,
    Form,
    Nature,
    PartyLevel,
    PartyOrganization,
    PartyParticulars,
    Reason,
)
from taizhang.statutes.rules import Criteria

KEEPERS = frozenset({Role.CLERK, Role.UNIT_CLERK})
WHO: dict[str, frozenset[str]] = {
    "establish": KEEPERS,
    "change": KEEPERS,
    "cover": KEEPERS,
    "uncover": KEEPERS,
    "dissolve": KEEPERS,
    "state_absence": KEEPERS | {Role.OPERATOR, Role.PARTY_CLERK},
    "correct": frozenset({Role.CLERK}),
    "withdraw": frozenset({Role.CLERK}),
}
WHILE_IT_EXISTS = frozenset({"change", "cover", "uncover", "dissolve"})


def abilities(user: User, party_organization: PartyOrganization) -> frozenset[str]:
    """What this person may do with this Party organisation; of one that was dissolved only the record is mended."""
    held = frozenset(verb for verb, roles in WHO.items() if user.holds(roles, party_organization.unit))
    exists = PartyParticulars.objects.still().filter(party_organization=party_organization).exists()
    return held if exists else held - WHILE_IT_EXISTS


def may_state_absence(user: User, organization: Organization) -> bool:
    return user.holds(WHO["state_absence"], organization.unit)


def obstacles_to_establishing(
    *, name: str, level: str, nature: str, form: str, organizations: list[Organization]
) -> Iterator[Obstacle]:
    if not name.strip():
        yield name_missing()
    yield from obstacles_in_name(name)
    yield from obstacles_to_words(level=level, nature=nature, form=form)
    if not organizations:
        yield Obstacle("covers-nothing", "没有选择所覆盖的社会组织", remedy="至少选择一家", where="organizations")
    if form == Form.SINGLE and len(organizations) > 1:
        yield Obstacle(
            "single-covers-one",
            f"单独组建的党组织只覆盖一家社会组织，现选了{len(organizations)}家",
            remedy="改选“联合组建”，或只留一家",
            where="form",
        )


def obstacles_to_words(**said: str) -> Iterator[Obstacle]:
    """Values that are none of the office's words: a programme's mistake or a forged form, said kindly all the same."""
    words = {"level": PartyLevel, "nature": Nature, "form": Form, "reason": Reason}
    for field, value in said.items():
        if field in words and value not in words[field].values:
            yield Obstacle(f"{field}-unknown", f"没有“{value}”这一项", remedy="从列出的选项中选择", where=field)


def name_missing() -> Obstacle:
    return Obstacle("name-missing", "没有填写党组织名称", remedy="填写批复中的全称", where="name")


def obstacles_to_covering(
    organization: Organization, particulars: Particulars | None, covered: Iterable[Coverage], on: date, where: str
) -> Iterator[Obstacle]:
    """An organisation that is active that day and not yet covered by one of the same nature."""
    if particulars is None or particulars.status != Status.NORMAL:
        yield Obstacle(
            "not-active-then",
            f"{organization}在{on}不是正常状态的社会组织",
            remedy="核对日期和所选社会组织",
            where=where,
        )
    for coverage in covered:
        yield Obstacle(
            "already-covered",
            f"{organization}自{coverage.since}起已由{coverage.party_organization}覆盖",
            remedy="先终止原覆盖，或改选其他社会组织",
            where=where,
        )


def obstacles_to_joining(form: str) -> Iterator[Obstacle]:
    if form not in JOINT_FORMS:
        yield Obstacle(
            "single-covers-one", "单独组建的党组织不能再覆盖其他社会组织", remedy="改为联合组建或依托组建", where="form"
        )


def obstacles_to_ending(particulars: PartyParticulars | None, on: date) -> Iterator[Obstacle]:
    if particulars is None:
        yield Obstacle("not-existing-then", f"{on}该党组织尚未成立或已撤销", remedy="核对日期", where="on")


def obstacles_to_changing(
    party_organization: PartyOrganization, changed: dict[str, str], superior: Unit | None
) -> Iterator[Obstacle]:
    """`changed` and `superior` are what would really be different."""
    if not changed and superior is None:
        yield Obstacle("nothing-changed", "所填与台账现有记载相同", remedy="无需办理；只改有变化的项目")
    if "nature" in changed:
        yield Obstacle(
            "nature-decides-coverage",
            "性质不能变更：它决定所覆盖的社会组织如何计入统计",
            remedy="转为正式党组织的，撤销后另行成立；当初录错的，用“更正”",
            where="nature",
        )
    yield from obstacles_to_words(**changed)
    if "name" in changed:
        if not changed["name"].strip():
            yield name_missing()
        yield from obstacles_in_name(changed["name"])
    if superior is not None and superior.is_within(party_organization.unit):
        yield Obstacle(
            "superior-below-itself",
            f"{superior}是该党组织本身或其下级",
            remedy="另选上级党组织所在单位",
            where="superior",
        )


def obstacles_to_stating_absence(
    particulars: Particulars | None, covered: Iterable[Coverage], reason: str, remark: str, on: date
) -> Iterator[Obstacle]:
    if particulars is None or particulars.status != Status.NORMAL:
        yield Obstacle("not-active-then", f"{on}该社会组织不在正常状态", remedy="核对日期", where="on")
    for coverage in covered:
        yield Obstacle(
            "covered",
            f"该社会组织自{coverage.since}起已由{coverage.party_organization}覆盖",
            remedy="无需说明未建原因；覆盖有误的，请先更正覆盖记录",
            where="on",
        )
    yield from obstacles_to_words(reason=reason)
    if reason == Reason.OTHER and not remark.strip():
        yield Obstacle("remark-missing", "选“其他”时应写明原因", remedy="填写说明", where="remark")


def obstacles_to_correcting(
    fact: Fact, changed: dict, existence: tuple[date, date | None] | None, earliest_later: Fact | None
) -> Iterator[Obstacle]:
    """`existence`: the days of its Party organisation, where there is one. `earliest_later`: what began after the fact
    did and would begin too early, were the fact to begin on the corrected day."""
    if not changed:
        yield Obstacle("nothing-changed", "所填与台账现有记载相同", remedy="只改有误的项目")
    yield from obstacles_to_words(**{name: value for name, value in changed.items() if isinstance(value, str)})
    if "name" in changed:
        if not changed["name"].strip():
            yield name_missing()
        yield from obstacles_in_name(changed["name"])
    since, until = changed.get("since", fact.since), changed.get("until", fact.until)
    if isinstance(fact, PartyParticulars):
        if earliest_later is not None and since > earliest_later.since:
            yield Obstacle(
                "begins-before-it-exists",
                f"{earliest_later._meta.verbose_name}自{earliest_later.since}起，早于更正后的成立日期",
                remedy="先更正该条记录的开始日期",
                where="since",
            )
    elif existence is not None and not isinstance(fact, Absence):
        first, end = existence
        if since < first or (end is not None and (until is None or until > end)):
            days = f"{first}成立" + (f"、{end}撤销" if end else "")
            yield Obstacle("outside-existence", f"该党组织{days}，所填期间超出", remedy="核对起止日期", where="since")


def obstacles_to_withdrawing(fact: Fact) -> Iterator[Obstacle]:
    if not isinstance(fact, Coverage | Absence):
        yield Obstacle(
            "not-alone",
            f"{fact._meta.verbose_name}不能单独撤回",
            remedy="内容有误的用“更正”；整个党组织录错的，用“撤回成立登记”",
        )


def warnings_of_size(form: str, organizations: int, criteria: Criteria) -> Iterator[Obstacle]:
    """ORG-04: 「一般不超过」 warns, never blocks, and only since the regulation that says so."""
    cap = criteria.get("joint-branch-max-organizations")
    if form in JOINT_FORMS and cap is not None and organizations > cap:
        yield Obstacle(
            "joint-too-many",
            f"联合组建的党组织将覆盖{organizations}家社会组织，一般不超过{cap}家",
            remedy="分成几个联合党支部，或在说明中写明理由",
            basis=criteria.clause("joint-branch-max-organizations"),
            severity=criteria.severity("joint-branch-max-organizations"),
            waivable=criteria.is_waivable("joint-branch-max-organizations"),
            where="organizations",
        )
