"""Promises that PostgreSQL keeps for a table whose rows are written once."""

import pghistory
import pgtrigger


class NoTruncate(pgtrigger.Trigger):
    """TRUNCATE fires no row trigger, so append-only needs this one too."""

    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Truncate
    func = "RAISE EXCEPTION 'append-only: % cannot be truncated', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"


class NoChange(pgtrigger.Trigger):
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = "RAISE EXCEPTION 'append-only: % is written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"


class NoDelete(pgtrigger.Trigger):
    when = pgtrigger.Before
    operation = pgtrigger.Delete
    func = "RAISE EXCEPTION 'append-only: % is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"


class Stays(pgtrigger.Trigger):
    """What others point at: never deleted, and its number never changed. So whoever saw it may rely on it."""

    when = pgtrigger.Before
    operation = pgtrigger.Delete | pgtrigger.UpdateOf("id")
    func = """
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'others point at %: its rows stay, and keep their numbers', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
    """


def stays() -> list[pgtrigger.Trigger]:
    return [Stays(name="stays"), NoTruncate(name="no_truncate")]


class KeysHeld(pgtrigger.Trigger):
    """No added row points at one that does not exist: a foreign key, asked once a statement instead of once a row.

    For keys declared with `db_constraint=False` whose target bears `Stays`. A row that was seen then stands for good, so a
    look at the moment of the statement is as good as one at commit, and two writers at once are no race.

    Asked by EXECUTE and counted: planned for as many rows as were added, and to the end instead of to the first.
    """

    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="added")
    declare = [("missing", "bigint")]

    def __init__(self, *keys: str, name: str = "keys_held", **options):
        self.keys = keys
        super().__init__(name=name, **options)

    def get_func(self, model):
        return "".join(self.ask(model._meta.db_table, model._meta.get_field(key)) for key in self.keys) + "RETURN NULL;"

    def ask(self, table: str, key) -> str:
        target, number = key.remote_field.model._meta.db_table, key.target_field.column
        return f"""
        EXECUTE $ask$
            SELECT count(*) FROM added a LEFT JOIN {target} t ON t.{number} = a.{key.column}
            WHERE t.{number} IS NULL AND a.{key.column} IS NOT NULL
        $ask$ INTO missing;
        IF missing > 0 THEN
            RAISE EXCEPTION 'a row of {table} points at one of {target} that does not exist'
                USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = '{table}_{key.column}_held';
        END IF;
        """


def keys_held(*keys: str) -> list[pgtrigger.Trigger]:
    """For a table whose rows are changed too."""
    return [KeysHeld(*keys), KeysHeld(*keys, name="keys_held_still", operation=pgtrigger.Update)]


def append_only() -> list[pgtrigger.Trigger]:
    return [NoChange(name="no_change"), NoTruncate(name="no_truncate")]


def replaced() -> pghistory.UpdateEvent:
    """For `@pghistory.track(replaced(), append_only=True)`: history holds the row as it was before each change, and costs
    nothing when a row is made. For what is made in great numbers and changes rarely."""
    return pghistory.UpdateEvent("replaced", row=pghistory.Old)


NOBODY_IGNORES = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT false'
"""
# The library lets any session switch a trigger off by a setting. After each migration this takes that door away;
# whoever must (a restore, a repair) is the owner and disables the trigger in the open.
