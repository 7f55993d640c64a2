"""Every step and fact is marked by a trigger as it is written. The triggers follow the tables: set anew after each migration.

A mark holds, of each row, sha256(salt + the row as text). A fact is marked once as it is entered and once more when it is closed,
so that both are told from the row as it stands: what was entered, by leaving out what a closing may change.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models, transaction

from taizhang.cases.models import Step
from taizhang.ledger.models import Fact

# The text of a row must not depend on who asks.
SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
CLOSING = {"recorded", "closing_step_id"}


def marked_models() -> Iterator[type[models.Model]]:
    yield Step
    yield from sorted((m for m in apps.get_models() if issubclass(m, Fact)), key=lambda model: model._meta.db_table)


def columns_of(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields if field.column not in CLOSING]


def names_people(model: type[models.Model], depth: int = 2) -> bool:
    """It points at a person, or at something that is one."""
    keys: list[Any] = [field.related_model for field in model._meta.concrete_fields if field.is_relation]
    if any(each._meta.label == "members.Person" for each in keys):
        return True
    return depth > 1 and any(names_people(each, depth - 1) for each in keys if each not in (Step, model))


def said(row: str, columns: list[str], *, facts: bool) -> str:
    """SQL: the text of a row as it was written."""
    moment = [f"lower({row}.recorded)"] if facts else []
    return f"ROW({', '.join([*(f'{row}.{quoted(each)}' for each in columns), *moment])})::text"


def said_closed(row: str) -> str:
    return f"ROW({row}.id, {row}.closing_step_id, upper({row}.recorded))::text"


def digest(salt: str, text: str) -> str:
    return f"sha256({salt} || convert_to({text}, 'UTF8'))"


def quoted(name: str) -> str:
    return f'"{name}"'


def after_migrate(sender: AppConfig, using: str, plan: object = None, **_: object) -> None:
    if plan is not None:  # `flush` sends the same signal, without a plan, and changes no table
        with transaction.atomic(using=using):
            mark_all(using)


def mark_all(using: str) -> None:
    """Every table of steps and facts is marked from now on, and what stood in a new one is marked as it stands."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    first_time = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(ledger_lock())")
        for model in marked_models():
            if model._meta.db_table in existing:
                pattern, known = pattern_of(cursor, model)
                set_triggers(cursor, model, pattern)
                if not known:
                    first_time.append((model, pattern))
        backfill(cursor, first_time)


def pattern_of(cursor, model: type[models.Model]) -> tuple[int, bool]:
    """The number of the table's pattern, and whether the table had one before."""
    table, columns = model._meta.db_table, columns_of(model)
    cursor.execute('SELECT id, columns FROM ledger_pattern WHERE "table" = %s', [table])
    known = cursor.fetchall()
    for number, others in known:
        if others == columns:
            return number, True
    cursor.execute(
        'INSERT INTO ledger_pattern ("table", columns, about_people) VALUES (%s, %s, %s) RETURNING id',
        [table, columns, names_people(model)],
    )
    return cursor.fetchone()[0], bool(known)


def set_triggers(cursor, model: type[models.Model], pattern: int) -> None:
    """As the owner's function, so that the application itself can write no mark."""
    table, facts = model._meta.db_table, issubclass(model, Fact)
    moment = "lower(f.recorded)" if facts else "f.recorded_at"
    step = "f.step_id" if facts else "f.id"
    entered = f"""
        INSERT INTO ledger_mark (pattern_id, way, step_id, at, salt, ids, digests)
        SELECT {pattern}, '{"entered" if facts else "done"}', {step}, {moment}, salt, array_agg(f.id ORDER BY f.id),
            array_agg({digest("salt", said("f", columns_of(model), facts=facts))} ORDER BY f.id)
        FROM written f GROUP BY {step}, {moment} ORDER BY {step};"""
    closed = f"""
        INSERT INTO ledger_mark (pattern_id, way, step_id, at, salt, ids, digests)
        SELECT {pattern}, 'closed', f.closing_step_id, upper(f.recorded), salt, array_agg(f.id ORDER BY f.id),
            array_agg({digest("salt", said_closed("f"))} ORDER BY f.id)
        FROM written f WHERE f.closing_step_id IS NOT NULL GROUP BY f.closing_step_id, upper(f.recorded);"""
    body = f"IF TG_OP = 'INSERT' THEN {entered} ELSE {closed} END IF;" if facts else entered
    settings = " ".join(f"SET {name} = '{value}'" for name, value in SETTINGS.items() if name != "datestyle")
    cursor.execute(
        f"""CREATE OR REPLACE FUNCTION ledger_mark_{table}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp SET datestyle = 'ISO', 'YMD' {settings} AS $mark$
        DECLARE salt bytea := uuid_send(gen_random_uuid());
        BEGIN {body} RETURN NULL; END $mark$"""
    )
    # by name it comes after the triggers that refuse, so that they are the ones who say why
    for event in ("INSERT", "UPDATE") if facts else ("INSERT",):
        name = f"witnessed_{event.lower()}"
        cursor.execute("SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s", [table, name])
        if not cursor.fetchone():
            cursor.execute(
                f"""CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING NEW TABLE AS written
                FOR EACH STATEMENT EXECUTE FUNCTION ledger_mark_{table}()"""
            )


def backfill(cursor, first_time: list[tuple[type[models.Model], int]]) -> None:
    """What was written before there were marks is marked as it stands now, in the order in which it was written."""
    parts = []
    for model, pattern in first_time:
        table, facts = model._meta.db_table, issubclass(model, Fact)
        step, moment = ("f.step_id", "lower(f.recorded)") if facts else ("f.id", "f.recorded_at")
        parts.append((table, pattern, "entered" if facts else "done", step, moment,
                      said("f", columns_of(model), facts=facts), "true"))  # fmt: skip
        if facts:
            parts.append((table, pattern, "closed", "f.closing_step_id", "upper(f.recorded)", said_closed("f"),
                          "f.closing_step_id IS NOT NULL"))  # fmt: skip
    if not parts:
        return
    as_ever(cursor)
    every = " UNION ALL ".join(
        f"""SELECT {pattern}, '{way}', {step}, {moment}, s.salt, array_agg(f.id ORDER BY f.id),
            array_agg({digest("s.salt", text)} ORDER BY f.id)
        FROM {table} f, salts s WHERE s.name = '{table}' AND {condition} GROUP BY {step}, {moment}, s.salt"""
        for table, pattern, way, step, moment, text, condition in parts
    )
    salts = ", ".join(f"('{table}', uuid_send(gen_random_uuid()))" for table in dict.fromkeys(p[0] for p in parts))
    cursor.execute(
        f"""WITH salts (name, salt) AS MATERIALIZED (VALUES {salts}),
        every (pattern, way, step, at, salt, ids, digests) AS ({every})
        INSERT INTO ledger_mark (pattern_id, way, step_id, at, salt, ids, digests)
        SELECT * FROM every ORDER BY at, step, way = 'closed', way = 'entered', pattern"""
    )


def as_ever(cursor) -> None:
    """For this transaction a row's text is the one that the triggers take."""
    for name, value in SETTINGS.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
