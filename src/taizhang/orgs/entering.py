"""Entering the rows that `intake` found good: new organisations with their first facts, and what differs of known ones."""

from collections.abc import Callable

from django.db import connection

from taizhang.accounts.actions import next_unit_number
from taizhang.accounts.models import Role, Unit, UnitKind
from taizhang.cases import actions as cases
from taizhang.cases.models import Case, Step
from taizhang.imports.comparing import Rows
from taizhang.kit.jobs import later
from taizhang.ledger import undoing
from taizhang.ledger.many import post_many, restate_many
from taizhang.orgs.actions import label
from taizhang.orgs.matching import PARTICULARS_CHANGED, REGISTRAR_CHANGED, RENAMED, WORKFORCE, WORKFORCE_CHANGED
from taizhang.orgs.models import Entry, Organization, Particulars, Registrar, Supervision, UnitName, Workforce
from taizhang.orgs.naming import committee_above

KIND_OF_CODE = "CASE left(s.code, 2) WHEN '51' THEN 'association' WHEN '52' THEN 'service' WHEN '53' THEN 'foundation' ELSE 'unknown' END"
REGION = "coalesce(s.region, CASE WHEN length(s.code) = 18 THEN substr(s.code, 3, 6) END, '')"
LEVEL_OF_REGION = f"""CASE WHEN {REGION} = '' THEN 'unknown' WHEN {REGION} = '100000' THEN 'national'
    WHEN {REGION} LIKE '__0000' THEN 'province' WHEN {REGION} LIKE '____00' THEN 'city' ELSE 'county' END"""
SEARCH_PENDING = (
    "128MB"  # what the search index puts off: all of 100,000 organisations. Autovacuum works it in a minute later
)
HEADS, FLAGS = WORKFORCE[:5], WORKFORCE[5:]


def enter(rows: Rows, take_step: Callable[[], Step]) -> None:
    """Units and organisations first, then the step, then the facts: other writers wait as short as can be."""
    created = create_units(rows)
    place_organizations(rows)
    later("accounts.spell", user=rows.by.pk)
    step = take_step()
    post_many(
        UnitName,
        "SELECT %(on)s::date AS since, NULL::date AS until, id AS unit_id, name FROM accounts_unit WHERE id = ANY (%(units)s)",
        step=step,
        on=rows.on,
        units=created,
    )
    post_first_facts(rows, step)
    restate_what_differs(rows, step)
    hand_to_the_reviewer(rows, step)


def create_units(rows: Rows) -> list[int]:
    """Units that the good rows name and nobody knew, without users, below the committee."""
    committee = committee_above(rows.unit)
    created = []
    for column, kind in (("responsible", UnitKind.SUPERVISING), ("registrar", UnitKind.BUREAU)):
        unknown = rows.ask(
            f"""SELECT n.key, min(s.{column}) FROM staged s JOIN {column}s n ON n.key = s.{column}_key
            WHERE s.outcome IN ('new', 'changed') AND n.unit_id IS NULL GROUP BY n.key ORDER BY n.key"""
        )
        for key, name in unknown:
            number = next_unit_number()
            path = f"{committee.path}{number}."
            Unit.objects.bulk_create([Unit(pk=number, kind=kind, name=name, parent=committee, path=path)])
            rows.run(f"UPDATE {column}s SET unit_id = %(unit)s WHERE key = %(key)s", unit=number, key=key)
            created.append(number)
    return created


def place_organizations(rows: Rows) -> None:
    """`entering`: the new rows with the numbers they got, everything absent filled in by what is known of it."""
    rows.run("DROP TABLE IF EXISTS pg_temp.entering")
    rows.run(
        f"""CREATE TEMPORARY TABLE entering ON COMMIT DROP AS
        SELECT s.number, s.target IS NULL AS is_new, s.name, s.name_key, s.code,
            coalesce(s.target, nextval(%(organizations)s::regclass)) AS organization_id,
            coalesce(o.unit_id, nextval(%(units)s::regclass)) AS unit_id,
            coalesce(s.kind, {KIND_OF_CODE}) AS kind, {REGION} AS region, coalesce(s.trade, '') AS trade,
            coalesce(s.level, {LEVEL_OF_REGION}) AS level, coalesce(s.mode, 'unknown') AS mode,
            coalesce(s.status, 'normal') AS status, s.struck_off_on,
            coalesce(s.registered_on, %(on)s::date) AS since, coalesce(s.entered_on, %(on)s::date) AS entered_on,
            coalesce(n.unit_id, CASE WHEN s.mode IN ('direct', 'decoupled') THEN %(committee)s ELSE %(rest)s END) AS responsible_id,
            g.unit_id AS registrar_id, {", ".join(f"s.{name}" for name in WORKFORCE)}
        FROM staged s
        LEFT JOIN orgs_organization o ON o.id = s.target
        LEFT JOIN responsibles n ON n.key = s.responsible_key
        LEFT JOIN registrars g ON g.key = s.registrar_key
        WHERE s.outcome = 'new' ORDER BY s.number""",
        committee=committee_above(rows.unit).pk,
        rest=rows.responsible_for_the_rest.pk,  # type: ignore[attr-defined]
        organizations=sequence_of("orgs_organization"),
        units=sequence_of("accounts_unit"),
    )
    rows.run("ANALYZE entering")
    rows.run(f"SET LOCAL gin_pending_list_limit = '{SEARCH_PENDING}'")
    rows.run(
        """INSERT INTO accounts_unit (id, kind, name, code, parent_id, path)
        SELECT n.unit_id, 'organization', n.name, '', p.id, p.path || n.unit_id || '.'
        FROM entering n JOIN accounts_unit p ON p.id = n.responsible_id WHERE n.is_new"""
    )
    rows.run(
        """INSERT INTO orgs_organization (id, unit_id, code, search, registered_on)
        SELECT organization_id, unit_id, code, concat_ws(' ', name_key, code), since FROM entering WHERE is_new"""
    )
    rows.run(  # on record from an import that was undone
        """UPDATE accounts_unit u SET name = n.name, closed_on = NULL, parent_id = p.id, path = p.path || u.id || '.'
        FROM entering n JOIN accounts_unit p ON p.id = n.responsible_id WHERE u.id = n.unit_id AND NOT n.is_new"""
    )
    rows.run(
        """UPDATE orgs_organization o SET registered_on = n.since
        FROM entering n WHERE o.id = n.organization_id AND NOT n.is_new"""
    )


def sequence_of(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        return cursor.fetchone()[0]


def post_first_facts(rows: Rows, step: Step) -> None:
    post_many(
        Particulars,
        """SELECT since, struck_off_on AS until, organization_id, name, kind, region, trade, level, mode,
            'normal' AS status FROM entering
        UNION ALL
        SELECT struck_off_on, NULL, organization_id, name, kind, region, trade, level, mode, status FROM entering
        WHERE status <> 'normal'""",
        step=step,
    )
    post_many(
        Supervision,
        "SELECT since, NULL::date AS until, organization_id, responsible_id AS unit_id FROM entering",
        step=step,
    )
    post_many(
        Registrar,
        """SELECT since, NULL::date AS until, organization_id, registrar_id AS unit_id FROM entering
        WHERE registrar_id IS NOT NULL""",
        step=step,
    )
    post_many(Entry, "SELECT entered_on AS since, NULL::date AS until, organization_id FROM entering", step=step)
    heads = ", ".join(f"coalesce({name}, 0) AS {name}" for name in HEADS)
    flags = ", ".join(f"coalesce({name}, false) AS {name}" for name in FLAGS)
    post_many(
        Workforce,
        f"""SELECT greatest(%(on)s::date, since) AS since, NULL::date AS until, organization_id, {heads}, {flags}
        FROM entering WHERE num_nonnulls({", ".join(WORKFORCE)}) > 0""",
        step=step,
        on=rows.on,
    )


def restate_what_differs(rows: Rows, step: Step) -> None:
    changed = "FROM staged s JOIN compared c ON c.number = s.number WHERE s.outcome = 'changed'"
    if not rows.ask(f"SELECT count(*) {changed}")[0][0]:
        return
    rows.run("DROP TABLE IF EXISTS pg_temp.renaming")
    rows.run(
        f"""CREATE TEMPORARY TABLE renaming ON COMMIT DROP AS
        SELECT c.organization_id, c.unit_id, s.name, s.name_key {changed} AND {RENAMED}"""
    )
    restate_many(
        Particulars,
        f"""SELECT %(on)s::date AS since, c.organization_id,
            coalesce(r.name, c.name) AS name,
            coalesce(s.kind, c.kind) AS kind, coalesce(s.region, c.region) AS region, coalesce(s.trade, c.trade) AS trade,
            coalesce(s.level, c.level) AS level, coalesce(s.mode, c.mode) AS mode, c.status
        FROM staged s JOIN compared c ON c.number = s.number LEFT JOIN renaming r ON r.organization_id = c.organization_id
        WHERE s.outcome = 'changed' AND {PARTICULARS_CHANGED}""",
        step=step,
        on=rows.on,
    )
    restate_many(
        Registrar,
        f"""SELECT %(on)s::date AS since, c.organization_id, n.unit_id
        FROM staged s JOIN compared c ON c.number = s.number JOIN registrars n ON n.key = s.registrar_key
        WHERE s.outcome = 'changed' AND {REGISTRAR_CHANGED}""",
        step=step,
        on=rows.on,
    )
    heads = ", ".join(f"coalesce(s.{name}, c.{name}, 0) AS {name}" for name in HEADS)
    flags = ", ".join(f"coalesce(s.{name}, c.{name}, false) AS {name}" for name in FLAGS)
    restate_many(
        Workforce,
        f"SELECT %(on)s::date AS since, c.organization_id, {heads}, {flags} {changed} AND ({WORKFORCE_CHANGED})",
        step=step,
        on=rows.on,
    )
    post_many(
        Entry,
        f"""SELECT coalesce(s.entered_on, %(on)s::date) AS since, NULL::date AS until, c.organization_id
        {changed} AND c.entry IS NULL""",
        step=step,
        on=rows.on,
    )
    rows.run(
        """UPDATE orgs_organization o SET code = s.code, search = o.search || ' ' || s.code
        FROM staged s JOIN compared c ON c.number = s.number
        WHERE s.outcome = 'changed' AND o.id = c.organization_id AND c.code IS NULL AND s.code IS NOT NULL"""
    )
    rows.run("UPDATE accounts_unit u SET name = r.name FROM renaming r WHERE u.id = r.unit_id")
    rows.run(
        """UPDATE orgs_organization o SET search = r.name_key || ' ' || o.search
        FROM renaming r WHERE o.id = r.organization_id"""
    )


def hand_to_the_reviewer(rows: Rows, step: Step) -> None:
    """A row that repeats an organisation outside the person's scope: the committee decides, the person is told nothing."""
    committee = committee_above(rows.unit)
    held = rows.ask("SELECT row, name, code, target FROM staged WHERE outcome = 'held' ORDER BY number")
    for row, name, code, target in held:
        title = f"导入的“{name}”与台账中其他单位名下的社会组织重复"
        if Case.objects.open().filter(kind="orgs:claim", title=title).exists():
            continue
        case = cases.open_case("orgs:claim", title, unit=committee, by=rows.by)
        case.turn_unit, case.turn_role = committee, Role.REVIEWER
        case.save(update_fields=["turn_unit", "turn_role"])
        details = {"batch": rows.batch.pk, "row": row, "code": code, "organization": target, "from": rows.unit.name}
        cases.do(case, "orgs:claim", by=rows.by, on=rows.on, details=details)


def undone(step: Step, undoing_step: Step) -> None:
    """What the import brought in is out of the tree; what it renamed bears its name of before."""
    units = undoing.introduced_units(step)
    Unit.objects.filter(pk__in=units).update(closed_on=undoing_step.on)
    restored = Particulars.objects.filter(step=undoing_step).values("organization")
    for organization in Organization.objects.filter(pk__in=restored):
        label(organization)
