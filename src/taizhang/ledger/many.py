"""Posting and restating many facts at once: the same promises as `ledger.actions`, in one statement each."""

from typing import Any

from django.db import IntegrityError, connection
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from taizhang.cases.models import Step
from taizhang.kit.refusals import Refused
from taizhang.ledger.actions import the_database_refuses
from taizhang.ledger.models import Fact


def post_many(model: type[Fact], rows: str, *, step: Step, **parameters) -> int:
    """Every row of the query is a fact from `since` on, up to and without `until`.

    `rows` is SQL that yields the columns since, until, and the model's own by their column names.
    """
    names = ", ".join(own_columns(model))
    return _write(
        model,
        f"""INSERT INTO {model._meta.db_table} (period, recorded, step_id, {names})
        SELECT daterange(since, until), tstzrange(%(moment)s, NULL), %(step)s, {names} FROM ({rows}) AS r""",
        step,
        parameters,
    )


def restate_many(model: type[Fact], rows: str, *, step: Step, **parameters) -> int:
    """From `since` on each row is true, up to the end of the statement that held on that day, or the next one's beginning.

    `rows` yields since and the model's own columns. A statement that held is closed, and its part before `since`
    stated again; with none, the new one reaches to the next there is.

    What held is looked up row by row, by the key's index: joined as sets, a register that nobody has analysed yet (just
    filled, in the same minute) is taken for a handful of rows and gone through once for each.
    """
    table, own = model._meta.db_table, own_columns(model)
    keys = [field.column for name in model.KEY for field in model._meta.concrete_fields if field.name == name]
    same = " AND ".join(f"f.{key} = r.{key}" for key in keys)
    names, of_f, of_r = ", ".join(own), ", ".join(f"f.{name}" for name in own), ", ".join(f"r.{name}" for name in own)
    parameters = {**parameters, "moment": step.recorded_at, "step": step.pk}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.restating")
        cursor.execute(
            f"""CREATE TEMPORARY TABLE restating ON COMMIT DROP AS
            SELECT {of_r}, r.since, f.id AS held, lower(f.period) AS held_since,
                CASE WHEN f.id IS NOT NULL THEN upper(f.period) ELSE (
                    SELECT min(lower(later.period)) FROM {table} later
                    WHERE {same.replace("f.", "later.")} AND upper_inf(later.recorded) AND lower(later.period) > r.since
                ) END AS until
            FROM ({rows}) AS r
            LEFT JOIN LATERAL (
                SELECT f.id, f.period FROM {table} f
                WHERE {same} AND upper_inf(f.recorded) AND f.period @> r.since OFFSET 0
            ) f ON true""",
            parameters,
        )
        cursor.execute("ANALYZE restating")
    _write(
        model,
        f"""UPDATE {table} f SET recorded = tstzrange(lower(f.recorded), %(moment)s), closing_step_id = %(step)s
        FROM restating r WHERE f.id = r.held""",
        step,
        {},
    )
    _write(
        model,
        f"""INSERT INTO {table} (period, recorded, step_id, {names})
        SELECT daterange(lower(f.period), r.since), tstzrange(%(moment)s, NULL), %(step)s, {of_f}
        FROM restating r JOIN {table} f ON f.id = r.held WHERE r.held_since < r.since""",
        step,
        {},
    )
    return post_many(model, "SELECT * FROM restating", step=step)


def own_columns(model: type[Fact]) -> list[str]:
    """The key and what the fact says: all but when, when known, and by whom."""
    ours = {"id", "period", "recorded", "step", "closing_step"}
    return [str(field.column) for field in model._meta.concrete_fields if field.name not in ours]


def _write(model: type[Fact], sql: str, step: Step, parameters: dict) -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, {**parameters, "moment": step.recorded_at, "step": step.pk})
            return cursor.rowcount
    except IntegrityError as error:
        raise Refused([the_database_refuses(model, error)]) from error


def insert_all(model: type[Fact], facts: list[dict[str, Any]], *, step: Step) -> None:
    """Facts that Python made: each has since, perhaps until, and the model's own fields."""
    made = [
        model(
            period=DateRange(fact.pop("since"), fact.pop("until", None)),
            recorded=DateTimeTZRange(step.recorded_at, None),
            step=step,
            **fact,
        )
        for fact in facts
    ]
    try:
        model._default_manager.bulk_create(made, batch_size=2_000)
    except IntegrityError as error:
        raise Refused([the_database_refuses(model, error)]) from error
