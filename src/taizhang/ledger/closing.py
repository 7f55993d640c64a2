"""A fact changes once: it is closed. What PostgreSQL lets an UPDATE of facts do, looked at for all of them at once."""

import pgtrigger

CLOSES = ("recorded", "closing_step_id")


class OnlyClosed(pgtrigger.Trigger):
    """A changed fact was open, is closed by a step of this very transaction at its moment, and says all else as before.

    After the statement and before anything else sees its rows: a refusal undoes it. A workbook that restates 100,000 facts closes as
    many, and a look at each by itself was a third of that.

    Asked by EXECUTE and counted, as in `OpenApartFromEnded`.
    """

    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Update
    referencing = pgtrigger.Referencing(old="before", new="changed")
    declare = [("amiss", "bigint")]

    def get_func(self, model):
        columns = [f'"{field.column}"' for field in model._meta.concrete_fields if field.column not in CLOSES]
        ours, theirs = (", ".join(f"{row}.{column}" for column in columns) for row in ("f", "b"))
        return f"""
        EXECUTE $ask$
            SELECT count(*) FROM changed f LEFT JOIN before b ON b.id = f.id
            LEFT JOIN cases_step s ON s.id = f.closing_step_id AND s.transaction = pg_current_xact_id()::text::bigint
            WHERE b.id IS NULL OR s.id IS NULL OR NOT upper_inf(b.recorded) OR isempty(f.recorded)
               OR f.recorded IS DISTINCT FROM tstzrange(lower(b.recorded), s.recorded_at)
               OR ROW({ours}) IS DISTINCT FROM ROW({theirs})
        $ask$ INTO amiss;
        IF amiss > 0 THEN
            RAISE EXCEPTION 'append-only: a fact of % is only ever closed, by a step of the same transaction', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
        """
