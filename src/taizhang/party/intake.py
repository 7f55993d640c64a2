"""Taking in Party organisations with what they cover, and reasons for having none: rows judged one by one."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from taizhang.accounts.actions import place_unit
from taizhang.accounts.models import Unit, UnitKind
from taizhang.cases.models import Step
from taizhang.imports.comparing import Rows
from taizhang.imports.values import ERROR, WARNING
from taizhang.kit.jobs import later
from taizhang.kit.text import fold
from taizhang.ledger import undoing
from taizhang.ledger.actions import end, restate, withdraw
from taizhang.ledger.many import insert_all
from taizhang.orgs.finding import Known, Organizations
from taizhang.orgs.models import Organization
from taizhang.orgs.naming import RESPONSIBLE, committee_above, find_units
from taizhang.party.models import Absence, Affiliation, Coverage, Form, PartyOrganization, PartyParticulars

ENDINGS = (
    ("总支部", "general_branch"),
    ("总支", "general_branch"),
    ("支部", "branch"),
    ("委员会", "committee"),
    ("党委", "committee"),
)


@dataclass
class Judged:
    """A row and what it comes to."""

    row: dict[str, Any]
    organization: Known | None = None
    party: int | None = None  # the Party organisation that the ledger has
    level: str = ""
    level_unread: bool = False  # the cell says something else, and was told so
    nature: str = "formal"
    form: str = ""
    superior: int | None = None
    established_on: date | None = None
    covered_on: date | None = None
    outcome: str = "new"
    found: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def say(self, column: str, code: str, message: str, remedy: str, severity: str = ERROR) -> None:
        self.found.append((column, code, severity, message, remedy))


def examine(rows: Rows) -> None:
    judged = judge(rows)
    rows.report([(each.row["number"], *said) for each in judged for said in each.found])
    rows.settle([(each.row["number"], each.outcome, each.party) for each in judged])


def judge(rows: Rows) -> list[Judged]:
    unread = rows.numbers_with_error("level")
    every = [Judged(row, level_unread=row["number"] in unread) for row in rows.every()]
    organizations = Organizations(rows)
    known = known_party_organizations(rows)
    superiors = find_units(
        {each.row["superior_key"] for each in every if each.row["superior_key"]}, kinds=RESPONSIBLE, within=rows.scope
    )
    together = defaultdict(list)
    for each in every:
        if each.row["name_key"]:
            together[each.row["name_key"]].append(each)
    coverages = defaultdict(list)
    for fact in Coverage.objects.current().filter(organization__in=organizations.by_id):
        coverages[fact.organization_id].append(fact)
    absences = {
        fact.organization_id: fact for fact in Absence.objects.still().filter(organization__in=organizations.by_id)
    }
    first_rows: dict[tuple, int] = {}
    for each in every:
        find_organization(each, organizations, known)
        if each.row["name_key"]:
            judge_party(each, rows, known, superiors, together[each.row["name_key"]])
            judge_coverage(each, coverages)
        else:
            judge_absence(each, rows, coverages, absences)
        key = (each.organization.id if each.organization else None, each.nature if each.row["name_key"] else "")
        if each.organization and first_rows.setdefault(key, each.row["row"]) != each.row["row"]:
            each.say(
                "organization", "twice-in-file", f"与第 {first_rows[key]} 行说的是同一家社会组织。", "请只保留一行。"
            )
    return every


def known_party_organizations(rows: Rows) -> dict[str, PartyParticulars]:
    facts = PartyParticulars.objects.still().filter(rows.scope.q("party_organization__unit__path"))
    return {fold(fact.name): fact for fact in facts}


def find_organization(each: Judged, organizations: Organizations, known: dict[str, PartyParticulars]) -> None:
    row = each.row
    if not row["organization_code"] and not row["organization_key"] and row["name_key"] in known:
        each.outcome = "unchanged"  # as a list of Party organisations has it, which names no organisation
        return
    if not row["organization_code"] and not row["organization_key"]:
        each.say("organization", "required", "没有填写社会组织的名称或信用代码。", "请至少填一项。")
        return
    each.organization, why = organizations.find(row["organization_code"], row["organization_key"])
    if each.organization is None:
        column = "organization_code" if row["organization_code"] else "organization"
        each.say(column, "organization-unknown", why, "请先导入或登记这家社会组织，或核对填写的内容。")


def judge_party(each: Judged, rows: Rows, known: dict, superiors: dict, together: list[Judged]) -> None:
    row = each.row
    existing = known.get(row["name_key"])
    each.party = existing.party_organization_id if existing else None
    each.level = row["level"] or (existing.level if existing else level_of(row["name_key"]))
    each.nature = row["nature"] or (existing.nature if existing else "formal")
    if not each.level and not each.level_unread:
        each.say("level", "level-missing", "没有填写层级，名称也看不出来。", "请填党委、党总支或党支部。")
    if existing and (each.level, each.nature) != (existing.level, existing.nature):
        each.say("level", "known-otherwise", "层级或性质与台账不同。", "变更请在党组织页办理；填写有误时请照台账填写。")
    if row["reason"]:
        each.say("reason", "reason-and-party", "既填了党组织，又填了未建原因。", "请清空其中一项。")
    each.form = row["form"] or (Form.SINGLE if len(together) == 1 and existing is None else "")
    if len(together) > 1 and row["form"] == Form.SINGLE:
        each.say(
            "form",
            "single-covers-one",
            f"单独组建只覆盖一家，文件中它有 {len(together)} 行。",
            "请改为联合组建或依托组建。",
        )
    if not each.form and existing is None:
        each.say(
            "form",
            "form-missing",
            "覆盖几家社会组织，没有填写组建形式。",
            "请填联合组建（行业）、联合组建（区域）或依托组建。",
        )
    each.superior = superior_of(each, rows, superiors)
    each.established_on = row["established_on"] or (existing.since if existing else None)
    if each.established_on is None:
        each.established_on = rows.on
        each.say(
            "established_on",
            "day-absent",
            f"没有成立日期，从办理日期 {rows.on} 起算。",
            "知道批准日期的请补上。",
            WARNING,
        )
    each.covered_on = row["covered_on"] or each.established_on
    for column, day in (("established_on", each.established_on), ("covered_on", row["covered_on"])):
        if day and day > rows.on:
            each.say(column, "in-future", f"日期晚于办理日期 {rows.on}。", "请核对日期。")
    if each.covered_on < each.established_on:
        each.say(
            "covered_on", "reversed-range", f"覆盖起始日期早于成立日期 {each.established_on}。", "请核对两个日期。"
        )
    first = together[0]
    if (
        first is not each
        and first.level
        and (first.level, first.nature, first.established_on) != (each.level, each.nature, each.established_on)
    ):
        each.say(
            "name",
            "differs-in-file",
            f"与第 {first.row['row']} 行是同一个党组织，层级、性质或成立日期却不同。",
            "请填成一样的。",
        )


def superior_of(each: Judged, rows: Rows, superiors: dict) -> int | None:
    key = each.row["superior_key"]
    if not key:
        return (rows.unit if rows.unit.kind in RESPONSIBLE else committee_above(rows.unit)).pk
    named = superiors[key]
    if named.unit_id is None:
        near = f"，与“{named.near}”相近" if named.near else ""
        each.say("superior", "unit-unknown", f"台账中没有这个单位{near}。", "请填综合党委或业务主管单位的全称。")
    elif not named.inside:
        each.say("superior", "outside-scope", f"“{named.name}”不在您的办理范围内。", "请核对上级单位。")
    return named.unit_id


def level_of(name_key: str) -> str:
    return next((level for ending, level in ENDINGS if name_key.endswith(ending)), "")


def judge_coverage(each: Judged, coverages: dict[int, list[Coverage]]) -> None:
    organization = each.organization
    if organization is None or each.covered_on is None:
        return
    if organization.status != "normal" or (organization.since and each.covered_on < organization.since):
        each.say(
            "covered_on",
            "not-active-then",
            f"{organization.name}在{each.covered_on}不是正常状态的社会组织。",
            "请核对日期和社会组织。",
        )
    for fact in coverages[organization.id]:
        if fact.nature != each.nature or (fact.until and fact.until <= each.covered_on):
            continue
        if each.party is not None and fact.party_organization_id == each.party:
            each.outcome = "unchanged"
        else:
            each.say(
                "organization",
                "already-covered",
                f"自 {fact.since} 起已由“{fact.party_organization}”覆盖。",
                "请先终止原覆盖，或核对党组织名称。",
            )
    if each.party is not None and each.outcome == "new":
        each.outcome = "changed"
        if not each.form:
            each.say(
                "form",
                "form-missing",
                "增加覆盖的社会组织，没有填写组建形式。",
                "请填联合组建（行业）、联合组建（区域）或依托组建。",
            )


def judge_absence(each: Judged, rows: Rows, coverages: dict, absences: dict) -> None:
    if not each.row["reason"]:
        each.say("name", "required", "党组织名称和未建原因都没有填写。", "请填其中一项。")
        return
    if each.organization is None:
        return
    formal = [
        fact
        for fact in coverages[each.organization.id]
        if fact.nature == "formal" and (fact.until is None or fact.until > rows.on)
    ]
    if formal:
        each.say(
            "reason",
            "already-covered",
            f"台账中它自 {formal[0].since} 起已由“{formal[0].party_organization}”覆盖。",
            "请清空未建原因，或先终止覆盖。",
        )
    held = absences.get(each.organization.id)
    if held and held.reason == each.row["reason"] and held.remark == (each.row["remark"] or ""):
        each.outcome = "unchanged"


def enter(rows: Rows, take_step: Callable[[], Step]) -> None:
    outcomes = dict(rows.ask("SELECT number, outcome FROM staged"))
    good = [each for each in judge(rows) if outcomes[each.row["number"]] in ("new", "changed")]
    established = place_party_organizations(good)
    later("accounts.spell", user=rows.by.pk)
    step = take_step()
    firsts = list(established.values())
    insert_all(
        PartyParticulars,
        [
            {
                "since": each.established_on,
                "party_organization_id": each.party,
                "name": each.row["name"],
                "level": each.level,
                "nature": each.nature,
                "approved_by": each.row["approved_by"] or "",
                "approval": each.row["approval"] or "",
            }
            for each in firsts
        ],
        step=step,
    )
    insert_all(
        Affiliation,
        [
            {"since": each.established_on, "party_organization_id": each.party, "superior_id": each.superior}
            for each in firsts
        ],
        step=step,
    )
    covering = [each for each in good if each.row["name_key"]]
    insert_all(
        Coverage,
        [
            {
                "since": each.covered_on,
                "organization_id": each.organization.id,  # type: ignore[union-attr]
                "nature": each.nature,
                "party_organization_id": each.party,
                "form": each.form,
            }
            for each in covering
        ],
        step=step,
    )
    end_absences({each.organization.id: each.covered_on for each in covering}, step)  # type: ignore[union-attr]
    for each in good:
        if not each.row["name_key"]:
            restate(
                Absence,
                step=step,
                since=rows.on,
                organization=Organization(pk=each.organization.id),  # type: ignore[union-attr]
                reason=each.row["reason"],
                remark=each.row["remark"] or "",
            )


def place_party_organizations(good: list[Judged]) -> dict[str, Judged]:
    """The new ones, each by the first row that names it; all rows of one share it."""
    established: dict[str, Judged] = {}
    for each in good:
        key = each.row["name_key"]
        if not key or each.outcome != "new":
            continue
        if key not in established:
            single = each.organization if each.form == Form.SINGLE else None
            parent = Unit.objects.get(pk=single.unit_id if single else each.superior or 0)
            unit = place_unit(UnitKind.PARTY, each.row["name"], parent=parent)
            each.party = PartyOrganization.objects.create(unit=unit).pk
            established[key] = each
        else:
            each.party = established[key].party
    return established


def end_absences(covered: dict[int, Any], step: Step) -> None:
    for absence in Absence.objects.still().filter(organization__in=covered):
        since = covered[absence.organization_id]
        if absence.since < since:
            end(absence, on=since, step=step)
        else:
            withdraw(absence, step=step)


def undone(step: Step, undoing_step: Step) -> None:
    units = undoing.introduced_units(step)
    Unit.objects.filter(pk__in=units).update(closed_on=undoing_step.on)
