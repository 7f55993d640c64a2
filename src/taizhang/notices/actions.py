"""What is due is found, told to whoever it concerns, and those who are late are reminded. Nothing is told twice."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection

from taizhang.accounts.acting import action, require, tell_audit
from taizhang.accounts.models import Unit, User
from taizhang.kit.refusals import refuse_if
from taizhang.notices import rules
from taizhang.notices.models import Due, Notice, Reminding, Wish
from taizhang.notices.sources import Matter, sources

IN_ONE_STATEMENT = 2_000
KEEP = """
INSERT INTO notices_due AS d (kind, about, title, unit_id, about_people, roles, due_on, days_before, clause, found_at)
SELECT %(kind)s, m.about, m.title, m.unit, m.about_people, string_to_array(m.roles, ','), m.due_on,
       string_to_array(m.days, ',')::smallint[], m.clause, %(at)s
FROM unnest(%(about)s::text[], %(title)s::text[], %(unit)s::bigint[], %(people)s::boolean[], %(roles)s::text[],
            %(due_on)s::date[], %(days)s::text[], %(clause)s::text[])
     AS m (about, title, unit, about_people, roles, due_on, days, clause)
ON CONFLICT (kind, about, due_on) DO UPDATE
SET title = excluded.title, unit_id = excluded.unit_id, about_people = excluded.about_people, roles = excluded.roles,
    days_before = excluded.days_before, clause = excluded.clause, settled_at = NULL
WHERE (d.title, d.unit_id, d.about_people, d.roles, d.days_before, d.clause, d.settled_at) IS DISTINCT FROM
      (excluded.title, excluded.unit_id, excluded.about_people, excluded.roles, excluded.days_before, excluded.clause, NULL)
"""
# Of those who hold one of the roles above the unit, the nearest; and who stands in for them today.
NEAREST = """
WITH chosen AS ({dues}),
held AS (
    SELECT c.id AS due_id, g.user_id, g.id AS grant_id, rank() OVER (PARTITION BY c.id ORDER BY length(u.path) DESC) AS place
    FROM chosen c
    JOIN accounts_unit w ON w.id = c.unit_id
    JOIN accounts_grant g ON g.unit_id = ANY (string_to_array(rtrim(w.path, '.'), '.')::bigint[])
         AND g.role = ANY (c.roles) AND g.ended_at IS NULL AND (g.last_on IS NULL OR g.last_on >= %(on)s)
    JOIN accounts_unit u ON u.id = g.unit_id
    JOIN accounts_user p ON p.id = g.user_id AND p.is_active
),
told AS (
    SELECT due_id, user_id FROM held WHERE place = 1
    UNION
    SELECT h.due_id, e.to_id FROM held h
    JOIN accounts_delegation e ON e.grant_id = h.grant_id AND e.ended_at IS NULL AND %(on)s BETWEEN e.first_on AND e.last_on
    JOIN accounts_user p ON p.id = e.to_id AND p.is_active
    WHERE h.place = 1
)
INSERT INTO notices_notice (due_id, user_id, stage, reminding_id, told_at)
SELECT t.due_id, t.user_id, c.stage, %(reminding)s, %(at)s FROM told t JOIN chosen c ON c.id = t.due_id
ON CONFLICT (due_id, user_id, stage) DO NOTHING
RETURNING user_id, due_id
"""
# The stage that was reached last: somebody who joins late is told once, not of everything that was missed.
STANDING = """
SELECT d.id, d.unit_id, d.roles, s.reached::text AS stage FROM notices_due d
CROSS JOIN LATERAL (SELECT min(each) AS reached FROM unnest(d.days_before) each WHERE d.due_on - each <= %(on)s) s
WHERE d.settled_at IS NULL AND s.reached IS NOT NULL
"""
CHOSEN = """
SELECT d.id, d.unit_id, d.roles, 'reminded-' || %(reminding)s::bigint AS stage FROM notices_due d
WHERE d.id = ANY (%(dues)s) AND d.settled_at IS NULL
"""


@action("notices.sweep")
def sweep(*, on: date, at: datetime, by: User | None) -> int:
    """What every source finds is on the list, what it finds no more is settled, and whoever it concerns is told."""
    with connection.cursor() as cursor:  # two workers at once would only do the same twice
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('notices.sweep'))")
    counted = {kind: keep(kind, source.find(on), at=at) for kind, source in sources().items()}
    Due.objects.standing().exclude(kind__in=counted).update(settled_at=at)
    told = tell(STANDING, on=on, at=at)
    tell_audit(told=len(told), **{kind.replace(".", "_"): number for kind, number in counted.items()})
    return len(told)


def keep(kind: str, matters: Iterable[Matter], *, at: datetime) -> int:
    matters, found = iter(matters), set()
    while part := list(islice(matters, IN_ONE_STATEMENT)):
        part = list(
            {(each.about, each.due_on): each for each in part if (each.about, each.due_on) not in found}.values()
        )
        found |= {(each.about, each.due_on) for each in part}
        columns: dict[str, Any] = {
            "about": [each.about for each in part],
            "title": [each.title for each in part],
            "unit": [each.unit for each in part],
            "people": [each.about_people for each in part],
            "roles": [",".join(each.roles) for each in part],
            "due_on": [each.due_on for each in part],
            "days": [",".join(map(str, each.days_before)) for each in part],
            "clause": [each.clause for each in part],
        }
        with connection.cursor() as cursor:
            cursor.execute(KEEP, {"kind": kind, "at": at, **columns})
    gone = [
        pk
        for pk, about, due_on in Due.objects.standing().filter(kind=kind).values_list("pk", "about", "due_on")
        if (about, due_on) not in found
    ]
    Due.objects.filter(pk__in=gone).update(settled_at=at)
    return len(found)


def tell(which: str, *, on: date, at: datetime, reminding: int | None = None, **asked) -> list[tuple]:
    """(user, due) of each notice that is new."""
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"on": on, "at": at, "reminding": reminding, **asked}
        cursor.execute(NEAREST.format(dues=which), given)
        return cursor.fetchall()


@action("notices.remind")
def remind(unit: Unit, *, kind: str, words: str, on: date, at: datetime, by: User) -> Reminding:
    """Everybody below the unit whose matters are late is reminded, on screen and with the next delivery by mail."""
    require(by, rules.WHO["remind"], unit)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    late = late_below(unit, kind=kind, on=on, by=by)
    before = Reminding.objects.filter(unit=unit, kind=kind, at__date=on).order_by("-pk").first()
    refuse_if(rules.obstacles_to_reminding(late=late.count(), words=words, before=before))
    made = Reminding(unit=unit, kind=kind, words=words.strip(), by=by, at=at, matters=0, people=0)
    numbers = list(late.values_list("pk", flat=True))
    people, matters = nearest_count(numbers, on=on)
    made.matters, made.people = matters, people
    made.save()
    tell(CHOSEN, on=on, at=at, reminding=made.pk, dues=numbers)
    tell_audit(matters=matters, people=people)
    return made


def late_below(unit: Unit, *, kind: str, on: date, by: User):
    late = Due.objects.visible_to(by).late(on).filter(unit__path__startswith=unit.path)
    return late.filter(kind=kind) if kind else late


def nearest_count(numbers: list[int], *, on: date) -> tuple[int, int]:
    """How many people will be told, of how many matters."""
    counting = NEAREST.partition("INSERT INTO")[0] + "SELECT count(DISTINCT user_id), count(DISTINCT due_id) FROM told"
    with connection.cursor() as cursor:
        cursor.execute(counting.format(dues=CHOSEN), {"on": on, "dues": numbers, "reminding": None})
        return cursor.fetchone()


@action("notices.see")
def see(notices, *, at: datetime, by: User) -> int:
    """Read: they are counted no more, and no letter brings them."""
    return Notice.objects.filter(user=by, seen_at=None, pk__in=notices.values("pk")).update(seen_at=at)


@action("notices.choose")
def choose(*, by_mail: bool, hour: int, by: User) -> Wish:
    """The daily letter comes at this hour, or not at all."""
    wish, _ = Wish.objects.update_or_create(user=by, defaults={"by_mail": by_mail, "hour": hour})
    return wish
