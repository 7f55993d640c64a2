"""Names of units in pinyin: of one as it is named, of all that are not spelled yet, set by set."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from taizhang.accounts.kept import UnitSpelling
from taizhang.accounts.models import Unit, UnitKind
from taizhang.kit import searching
from taizhang.kit.pinyin import spelled

IN_ONE_STATEMENT = 5_000
NOT_SPELLED = """SELECT u.id, u.name FROM accounts_unit u LEFT JOIN accounts_unitspelling s ON s.unit_id = u.id
    WHERE u.id > %s AND s.name IS DISTINCT FROM u.name ORDER BY u.id LIMIT %s"""
KEEP = """INSERT INTO accounts_unitspelling (unit_id, name, pinyin, initials)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])
    ON CONFLICT (unit_id) DO UPDATE SET name = excluded.name, pinyin = excluded.pinyin,
        initials = CASE WHEN position(excluded.initials IN accounts_unitspelling.initials) > 0
            THEN accounts_unitspelling.initials ELSE excluded.initials || ' ' || accounts_unitspelling.initials END"""


def spell(unit: Unit, former: Iterable[str] = ()) -> None:
    """The unit is found by the initials of its name, and of its former names where they are given."""
    keep([(unit.pk, unit.name)], former)


def spell_missing() -> int:
    """Every unit that is called otherwise than it was spelled is spelled; its former initials go on finding it."""
    done, last = 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NOT_SPELLED, [last, IN_ONE_STATEMENT])
            rows = cursor.fetchall()
        if not rows:
            return done
        keep(rows)
        done, last = done + len(rows), rows[-1][0]


def named(units: QuerySet, words: str) -> QuerySet:
    """All of the words, in any order, in the name or its pinyin. Organisations are found by their register instead,
    which knows their former names and codes."""
    for word in searching.words_of(words):
        every = Unit.objects.exclude(kind=UnitKind.ORGANIZATION).order_by().values("pk")
        parts = [searching.holding(every, "", "name", word)]
        if searching.is_typed(word):
            parts.append(searching.sounding(UnitSpelling.objects.order_by().values("unit"), word))
        units = units.filter(pk__in=searching.union(parts))
    return units


def keep(rows: list[tuple[int, str]], former: Iterable[str] = ()) -> None:
    sounds = [spelled(name) for _, name in rows]
    before = "".join(f" {spelled(name).initials}" for name in former)
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            [
                [number for number, _ in rows],
                [name for _, name in rows],
                [each.full for each in sounds],
                [each.initials + before for each in sounds],
            ],
        )
