"""Which unit a workbook means: by its name, by another way it is written, by what it was called."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from taizhang.accounts.models import Unit, UnitKind
from taizhang.accounts.scope import Scope
from taizhang.kit.text import fold
from taizhang.orgs.models import UnitAlias, UnitName

RESPONSIBLE = (UnitKind.COMMITTEE, UnitKind.SUPERVISING)
LIKENESS = 0.85


@dataclass(frozen=True)
class Named:
    key: str
    unit_id: int | None
    name: str  # as the ledger has it
    how: str  # "name", "alias", "former" or ""
    inside: bool  # within where the person may write
    near: str  # a name much like it, if it is not known


def find_units(keys: Iterable[str], *, kinds: tuple[str, ...], within: Scope) -> dict[str, Named]:
    """Folded name → the unit that is meant. Names of offices are no secret; writing is another matter."""
    units = {unit.pk: unit for unit in Unit.objects.filter(kind__in=kinds, closed_on=None)}
    known = {fold(unit.name): (unit, "name") for unit in units.values()}
    for alias in UnitAlias.objects.filter(unit__in=units):
        known.setdefault(fold(alias.name), (units[alias.unit_id], "alias"))
    for former in UnitName.objects.current().filter(unit__in=units):
        known.setdefault(fold(former.name), (units[former.unit_id], "former"))
    found = {}
    for key in keys:
        unit, how = known.get(key, (None, ""))
        if unit is not None:
            found[key] = Named(key, unit.pk, unit.name, how, within.covers(unit.path), "")
        else:
            near = difflib.get_close_matches(key, known, n=1, cutoff=LIKENESS)
            found[key] = Named(key, None, "", "", False, known[near[0]][0].name if near else "")
    return found


def keep_names(table: str, found: dict[str, Named]) -> None:
    """As a temporary table, to be joined with the staged rows."""
    named = list(found.values())
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(
            f"""CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS
            SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::boolean[], %s::text[])
            AS n (key, unit_id, name, how, inside, near)""",
            [
                [each.key for each in named],
                [each.unit_id for each in named],
                [each.name for each in named],
                [each.how for each in named],
                [each.inside for each in named],
                [each.near for each in named],
            ],
        )


def committee_above(unit: Unit) -> Unit:
    """The nearest committee at or above a unit: responsible for what nobody else is responsible for."""
    above = [int(number) for number in unit.path.split(".") if number]
    committees = Unit.objects.filter(pk__in=above, kind=UnitKind.COMMITTEE)
    return max(committees, key=lambda committee: len(committee.path))
