"""Taking in the list of units: few rows, judged one by one."""

from collections.abc import Callable

from taizhang.accounts.actions import place_unit
from taizhang.accounts.models import Unit, UnitKind
from taizhang.accounts.scope import Scope
from taizhang.cases.models import Step
from taizhang.imports.comparing import Rows
from taizhang.imports.values import ERROR, WARNING, split_values
from taizhang.kit.text import fold
from taizhang.ledger import actions as ledger
from taizhang.ledger import undoing
from taizhang.orgs.models import UnitAlias, UnitName
from taizhang.orgs.naming import committee_above, find_units

KINDS = (UnitKind.SUPERVISING, UnitKind.BUREAU, UnitKind.STREET)
EVERYWHERE = Scope(("",))


def examine(rows: Rows) -> None:
    rows.find(
        "name",
        "twice-in-file",
        ERROR,
        "与第 %s 行是同一个单位。",
        "请只保留一行。",
        say=("d.row",),
        join="JOIN (SELECT name_key, min(number) AS number, min(row) AS row FROM staged GROUP BY 1) d USING (name_key)",
        where="s.number > d.number",
    )
    rows.find(
        "code",
        "code-twice-in-file",
        ERROR,
        "与第 %s 行的单位代码相同。",
        "请核对代码。",
        say=("d.row",),
        join="JOIN (SELECT code, min(number) AS number, min(row) AS row FROM staged GROUP BY 1) d USING (code)",
        where="s.number > d.number",
    )
    rows.find(
        "code",
        "code-taken",
        ERROR,
        "单位代码已经用于“%s”。",
        "请核对代码。",
        say=("u.name",),
        join="JOIN accounts_unit u ON u.code = s.code",
        where="u.name <> s.name",
    )
    rows.find(
        "since", "in-future", ERROR, "日期晚于 %s。", "请核对日期。", say=("%(on)s::date",), where="s.since > %(on)s"
    )
    every = rows.every()
    found = find_units([row["name_key"] for row in every if row["name_key"]], kinds=KINDS, within=EVERYWHERE)
    aliases = {fold(alias.name): alias.unit_id for alias in UnitAlias.objects.all()}
    codes = dict(Unit.objects.filter(kind__in=KINDS).values_list("pk", "code"))
    decided = []
    for row in every:
        named = found.get(row["name_key"])
        if named is None or named.unit_id is None:
            continue
        new = [name for name in split_values(row["aliases"] or "") if aliases.get(fold(name)) != named.unit_id]
        changed = bool(new) or bool(row["code"] and row["code"] != codes[named.unit_id])
        decided.append((row["number"], "changed" if changed else "unchanged", named.unit_id))
    rows.settle(decided)
    rows.find(
        "name",
        "known-otherwise",
        WARNING,
        "台账中它叫“%s”。",
        "按台账现名处理；名称有变动时请办理单位更名。",
        say=("u.name",),
        join="JOIN accounts_unit u ON u.id = s.target",
        where="u.name <> s.name",
    )


def enter(rows: Rows, take_step: Callable[[], Step]) -> None:
    """New units stand below the committee, which alone keeps them: registrars and streets too."""
    committee = committee_above(rows.unit)
    step = take_step()
    for row in rows.coming_in():
        kind = row["kind"] or UnitKind.SUPERVISING
        if row["target"] is None:
            unit = place_unit(kind, row["name"], parent=committee, code=row["code"] or "")
            ledger.post(UnitName, step=step, since=row["since"] or rows.on, unit=unit, name=unit.name)
        else:
            unit = Unit.objects.get(pk=row["target"])
            if row["code"]:
                unit.code = row["code"]
                unit.save(update_fields=["code"])
        for name in split_values(row["aliases"] or ""):
            UnitAlias.objects.get_or_create(name=name, defaults={"unit": unit})


def undone(step: Step, undoing_step: Step) -> None:
    units = undoing.introduced_units(step)
    Unit.objects.filter(pk__in=units).update(closed_on=undoing_step.on, code="")
