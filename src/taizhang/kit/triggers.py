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
