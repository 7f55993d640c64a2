"""What PostgreSQL itself promises of facts, steps, the audit and every history, whatever a programme tries.

The tables are found, not named: a new fact or history is tried without being mentioned here, and must be filled below.
"""

from contextlib import nullcontext

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey, Model, UniqueConstraint
from pghistory.models import Event

from taizhang.accounts.models import AuditRecord
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.ledger.models import Fact
from taizhang.orgs import actions as orgs
from tests import furnished
from tests.world import FIRST_DAY

NO_PRIVILEGE, RESTRICTED, INTEGRITY, EXCLUDED, TWICE = "42501", "23001", "23000", "23P01", "23505"
POINTLESS = "23503"
ANOTHER_LEVEL = "25000"
APPENDED = {RESTRICTED, "P0001"}  # our own triggers, and those of the library that keeps histories
EARLIER = "daterange('1901-01-01', '1901-02-01')"


def ours(base: type) -> list:
    found = [model for model in apps.get_models() if issubclass(model, base) and not model._meta.abstract]
    return sorted(found, key=lambda model: model._meta.db_table)


FACTS = ours(Fact)
HISTORIES = [model for model in ours(Event) if not model._meta.proxy and model._meta.managed]
WRITTEN_ONCE = [*FACTS, Step, AuditRecord]
KEPT = [*WRITTEN_ONCE, *HISTORIES]


@pytest.fixture
def filled(world):
    return fill(world)


def fill(world):
    """Something in every table that is kept."""
    for _ in furnished.hide(world, "璟"):
        pass
    bureau = orgs.create_unit(name="省民政厅", kind="bureau", parent=None, on=FIRST_DAY, by=world.clerk)
    world.organization("乙协会", registrar=bureau)
    return world


def refusal_of(statement: str) -> tuple[str, str]:
    """The SQLSTATE and the constraint by which the database refuses it; empty if it does not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return error.__cause__.sqlstate, error.__cause__.diag.constraint_name or ""
    return "", ""


def not_refused(statement: str, tables, by: set[str]) -> list[str]:
    """The tables on which the statement is not refused for one of these reasons."""
    states = {table: refusal_of(statement.format(table=table, **columns_of(table)))[0] for table in tables}
    return [f"{table} ({state or 'done'})" for table, state in states.items() if state not in by]


def columns_of(table: str) -> dict[str, str]:
    model = next((each for each in KEPT if each._meta.db_table == table), None)
    if model is None:
        return {}
    return {"column": next(each.column for each in model._meta.concrete_fields if not each.primary_key)}


def tables(models) -> list[str]:
    return [model._meta.db_table for model in models]


def test_there_is_something_to_try_in_every_table_that_is_kept(filled):
    assert len(FACTS) >= 14 and len(HISTORIES) >= 4
    unused = {model._meta.db_table for model in HISTORIES if not model.pgh_tracked_model.objects.exists()}
    unused |= {each._meta.db_table for each in HISTORIES if {told.label for told in each.pgh_trackers} == {"replaced"}}
    assert [model._meta.db_table for model in WRITTEN_ONCE if not model._base_manager.exists()] == []
    assert [
        table for table in tables(m for m in HISTORIES if not m._base_manager.exists()) if table not in unused
    ] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "TRUNCATE {table} CASCADE",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE TRIGGER USER",
        "DROP TABLE {table} CASCADE",
    ],
)
def test_the_application_may_neither_change_nor_remove_what_is_kept(filled, statement):
    assert not_refused(statement, tables(KEPT), by={NO_PRIVILEGE}) == []


def test_the_application_closes_a_fact_only_by_a_step_and_at_its_moment(filled):
    """These are the two columns it may write at all."""
    step = Step.objects.latest("recorded_at")
    statements = (
        "UPDATE {table} SET recorded = recorded",
        "UPDATE {table} SET recorded = tstzrange(lower(recorded), lower(recorded) + interval '1 day')",
        f"UPDATE {{table}} SET closing_step_id = {step.pk}",
        f"UPDATE {{table}} SET closing_step_id = {step.pk}, recorded = 'empty'",
        f"UPDATE {{table}} SET closing_step_id = {step.pk}, recorded = tstzrange(lower(recorded), now() + interval '1 y')",
    )
    assert [each for statement in statements for each in not_refused(statement, tables(FACTS), by={RESTRICTED})] == []


def test_the_owner_too_is_refused_as_long_as_the_triggers_stand(filled, owner):
    with owner():
        held = tables(model for model in KEPT if model._base_manager.exists())  # a row's trigger needs a row
        assert not_refused("UPDATE {table} SET {column} = {column}", held, by=APPENDED) == []
        assert not_refused("DELETE FROM {table}", held, by=APPENDED) == []


def test_the_owner_too_does_not_empty_a_table_that_is_written_once(transactional_world, owner):
    """Committed first: PostgreSQL does not truncate a table that this transaction has written to."""
    with owner():
        assert not_refused("TRUNCATE {table} CASCADE", tables(WRITTEN_ONCE), by=APPENDED) == []


def test_no_setting_of_a_session_switches_a_trigger_off(filled, owner):
    assert refusal_of("SET LOCAL session_replication_role = replica")[0] == NO_PRIVILEGE
    every = ",".join(trigger.get_pgid(model) for model in WRITTEN_ONCE for trigger in model._meta.triggers)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{every}}}"])
        assert not_refused("UPDATE {table} SET recorded = recorded", tables(FACTS), by={RESTRICTED}) == []
        with owner():
            assert not_refused("DELETE FROM {table}", tables(WRITTEN_ONCE), by=APPENDED) == []
    with pgtrigger.ignore():
        assert not_refused("UPDATE {table} SET recorded = recorded", tables(FACTS), by={RESTRICTED}) == []


def test_the_application_cannot_redefine_what_protects(filled):
    for statement in (
        "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean "
        "LANGUAGE sql AS 'SELECT true'",
        "CREATE OR REPLACE FUNCTION ledger_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE public.mine (id int)",
        "SET ROLE postgres",
    ):
        assert refusal_of(statement)[0] in {NO_PRIVILEGE, "22023"}, statement


# keys held by triggers instead of constraints

NOWHERE = 999_999_999_999
# gone when the batch is over; derived by triggers from statements whose own keys are held
UNHELD = ("imports_row", "imports_progress", "members_presence", "ledger_mark")
AFRESH = {  # what may not be said twice, in any case
    "accounts_unit": {"path": "path || '0.'", "name": "name || '甲'", "code": "''"},
    "orgs_organization": {"code": "NULL"},
}


def pointing() -> list:
    """Every key of ours without a constraint in the database, but for those to a step: `entered_now` and `only_closed` hold these."""
    fields = [field for model in ours(Model) for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    return [
        field
        for field in fields
        if not field.db_constraint
        and field.name not in ("step", "closing_step")
        and field.model._meta.db_table not in UNHELD
        and field.model.__module__.startswith("taizhang.")
        and not issubclass(field.model, Event)
    ]


def repeated(field, step: Step) -> str:
    """SQL that inserts the last row of a table once more, pointing at nothing."""
    model = field.model
    if issubclass(model, Fact):
        return another(model, step, period=EARLIER, **{field.column: str(NOWHERE)})
    columns = [each for each in model._meta.concrete_fields if not each.primary_key and not each.generated]
    afresh = {**AFRESH[model._meta.db_table], field.column: str(NOWHERE)}
    said = {each.column: f'"{each.column}"' for each in columns} | afresh
    names, table = ", ".join(f'"{name}"' for name in said), model._meta.db_table
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(said.values())} FROM {table} ORDER BY id DESC LIMIT 1"


def test_a_row_that_points_at_nothing_is_refused(filled, owner):
    assert len(pointing()) >= 9
    step = new_step(filled)
    for acting in (nullcontext, owner):
        with acting():
            found = {str(field): refusal_of(repeated(field, step)) for field in pointing()}
            assert found == {
                str(field): (POINTLESS, f"{field.model._meta.db_table}_{field.column}_held") for field in pointing()
            }


def test_many_rows_are_refused_for_one_that_points_at_nothing(filled):
    step = new_step(filled)
    for model in (field.model for field in pointing() if field.name == "organization"):
        both = another(
            model, step, period=EARLIER, organization_id=f"unnest(ARRAY[organization_id, {NOWHERE}::bigint])"
        )
        assert refusal_of(both) == (POINTLESS, f"{model._meta.db_table}_organization_id_held")
        assert refusal_of(another(model, step, period=EARLIER)) == ("", "")


def test_a_row_is_not_made_to_point_at_nothing(filled):
    changeable = [field for field in pointing() if not issubclass(field.model, Fact)]
    assert changeable
    for field in changeable:
        table = field.model._meta.db_table
        statement = f"UPDATE {table} SET {field.column} = {NOWHERE} WHERE id = (SELECT max(id) FROM {table})"
        assert refusal_of(statement) == (POINTLESS, f"{table}_{field.column}_held")


def test_what_is_pointed_at_stays_and_keeps_its_number_whoever_asks(filled, owner):
    targets = sorted({field.remote_field.model._meta.db_table for field in pointing()})
    assert not_refused("UPDATE {table} SET id = -id", targets, by={RESTRICTED}) == []
    with owner():
        assert not_refused("UPDATE {table} SET id = -id", targets, by={RESTRICTED}) == []
        assert not_refused("DELETE FROM {table}", targets, by={RESTRICTED}) == []


def test_what_is_pointed_at_is_not_emptied(transactional_world, owner):
    with owner():
        for table in sorted({field.remote_field.model._meta.db_table for field in pointing()}):
            assert refusal_of(f"TRUNCATE {table} CASCADE")[0] == RESTRICTED


# one statement for each key and day


def another(model, step: Step, *, period: str = "period", recorded: str = "", **columns: str) -> str:
    """SQL that states once more what the model's last fact states."""
    said = {each.column: f'"{each.column}"' for each in model._meta.concrete_fields if not each.primary_key}
    recorded = recorded or f"tstzrange('{step.recorded_at.isoformat()}', NULL)"
    said |= {"period": period, "recorded": recorded, "step_id": str(step.pk), "closing_step_id": "NULL", **columns}
    names, values = ", ".join(f'"{name}"' for name in said), ", ".join(said.values())
    table = model._meta.db_table
    last = f"SELECT max(id) FROM {table} WHERE upper_inf(recorded)"
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE id = ({last})"


def new_step(world) -> Step:
    return cases.do_at_once("test:again", "再记一次", unit=world.committee, by=world.clerk, on=FIRST_DAY)


def test_every_kind_of_fact_has_its_two_constraints_over_its_key():
    for model in FACTS:
        (ended,) = [each for each in model._meta.constraints if isinstance(each, ExclusionConstraint)]
        (still,) = [each for each in model._meta.constraints if isinstance(each, UniqueConstraint)]
        assert (ended.name, still.name) == (f"{model._meta.db_table}_one_per_day", f"{model._meta.db_table}_one_open")
        assert [name for name, _ in ended.expressions] == [*model.KEY, "period"]
        assert still.fields == model.KEY and still.condition != ended.condition


def only_ended(step: Step) -> None:
    """Of every kind the last current fact is one of EARLIER, and of its key there is no other."""
    for model in FACTS:
        assert refusal_of(another(model, step, period=EARLIER)) == ("", "")
        moment = f"'{step.recorded_at.isoformat()}'"
        assert refusal_of(
            f"""UPDATE {model._meta.db_table} SET closing_step_id = {step.pk}, recorded = tstzrange(lower(recorded), {moment})
            WHERE upper_inf(recorded) AND lower(recorded) < {moment}"""
        ) == ("", "")


def refusals(step: Step, period: str) -> dict[str, tuple[str, str]]:
    return {model._meta.db_table: refusal_of(another(model, step, period=period)) for model in FACTS}


def per_day() -> dict[str, tuple[str, str]]:
    return {table: (EXCLUDED, f"{table}_one_per_day") for table in tables(FACTS)}


def test_a_second_statement_without_an_end_is_refused_by_its_constraint(filled):
    found = refusals(new_step(filled), "daterange(lower(period), NULL)")
    assert found == {table: (TWICE, f"{table}_one_open") for table in tables(FACTS)}


def test_a_statement_with_an_end_is_refused_beside_one_without(filled):
    step = new_step(filled)
    assert refusals(step, "daterange(lower(period), lower(period) + 1)") == per_day()
    assert refusals(step, "daterange(lower(period) - 1, lower(period) + 1)") == per_day()
    assert refusals(step, "daterange(lower(period) + 1, 'infinity')") == per_day()


def test_a_statement_with_an_end_is_refused_beside_another(filled):
    only_ended(step := new_step(filled))
    assert refusals(step, EARLIER) == per_day()
    assert refusals(step, "daterange('1901-01-31', '1901-03-01')") == per_day()


def test_a_statement_without_an_end_is_refused_beside_one_with(filled):
    only_ended(step := new_step(filled))
    assert refusals(step, "daterange('1901-01-31', NULL)") == per_day()
    assert refusals(step, "daterange('1900-01-01', NULL)") == per_day()


def test_statements_of_one_insertion_are_held_against_each_other(filled):
    only_ended(step := new_step(filled))
    both = "unnest(ARRAY[daterange('1902-01-01', '1902-03-01'), daterange('1902-{}-01', NULL)])"
    assert refusals(step, both.format("02")) == per_day()
    assert set(refusals(step, both.format("03")).values()) == {("", "")}


def test_days_that_only_touch_are_taken(filled):
    only_ended(step := new_step(filled))
    assert set(refusals(step, "daterange('1901-02-01', NULL)").values()) == {("", "")}
    assert set(refusals(step, "daterange('1900-01-01', '1901-01-01')").values()) == {("", "")}


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_no_fact_is_entered_where_the_ledger_cannot_see_who_wrote_before(transactional_world, level):
    fill(transactional_world)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        step = new_step(transactional_world)
        assert {state for state, _ in refusals(step, EARLIER).values()} == {ANOTHER_LEVEL}


def test_a_statement_for_other_days_is_taken(filled):
    """So the refusals here are for the reason that is given."""
    step = new_step(filled)
    assert {
        table: state
        for model in FACTS
        if (state := refusal_of(another(model, step, period=EARLIER))[0])
        for table in [model]
    } == {}


@pytest.mark.parametrize("period", ["'empty'::daterange", "daterange(NULL, '2031-01-01')"])
def test_a_statement_without_days_or_without_a_beginning_is_refused(filled, period):
    step = new_step(filled)
    found = {model._meta.db_table: refusal_of(another(model, step, period=period)) for model in FACTS}
    assert {table: constraint for table, (_, constraint) in found.items()} in (
        {table: f"{table}_period_begins" for table in found},
        {table: f"{table}_one_per_day" for table in found},
    )


@pytest.mark.parametrize(
    "recorded",
    [
        "tstzrange(now() - interval '1 year', NULL)",
        "tstzrange(now() + interval '1 year', NULL)",
        "tstzrange(NULL, NULL)",
    ],
)
def test_a_fact_with_a_moment_of_its_own_is_refused(filled, recorded):
    step = new_step(filled)
    found = {model: refusal_of(another(model, step, period=EARLIER, recorded=recorded))[0] for model in FACTS}
    assert [model for model, state in found.items() if state != INTEGRITY] == []


def test_a_fact_that_is_born_closed_is_refused(filled):
    step = new_step(filled)
    found = {
        model: refusal_of(another(model, step, period=EARLIER, closing_step_id=str(step.pk)))[0] for model in FACTS
    }
    assert [model for model, state in found.items() if state != INTEGRITY] == []


def test_a_fact_cannot_be_entered_or_closed_by_a_step_of_an_earlier_transaction(transactional_world):
    fill(transactional_world)
    step = Step.objects.latest("recorded_at")
    entered = {model: refusal_of(another(model, step, period=EARLIER))[0] for model in FACTS}
    assert [model for model, state in entered.items() if state != INTEGRITY] == []
    closing = (
        f"UPDATE {{table}} SET closing_step_id = {step.pk}, "
        f"recorded = tstzrange(lower(recorded), '{step.recorded_at.isoformat()}') WHERE upper_inf(recorded)"
    )
    assert not_refused(closing, tables(FACTS), by={RESTRICTED}) == []


def test_a_steps_moment_is_the_databases_not_the_programmes(filled):
    before = Step.objects.latest("recorded_at").recorded_at
    step = Step.objects.latest("recorded_at")
    columns = [each.column for each in Step._meta.concrete_fields if not each.primary_key]
    values = [
        "'1999-01-01'" if name == "recorded_at" else "1" if name == "transaction" else f'"{name}"' for name in columns
    ]
    quoted = ", ".join(f'"{name}"' for name in columns)
    assert refusal_of(
        f"INSERT INTO cases_step ({quoted}) SELECT {', '.join(values)} FROM cases_step WHERE id = {step.pk}"
    ) == ("", "")
    claimed = Step.objects.latest("pk")
    assert claimed.recorded_at >= before and claimed.transaction == step.transaction
