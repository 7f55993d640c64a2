"""A fact without an end against those with one: the half of "one fact per key and day" that no index can hold."""

import pgtrigger
from django.apps import apps


class OpenApartFromEnded(pgtrigger.Trigger):
    """No added fact overlaps a current one of its key that has the other kind of period.

    A trigger sees committed rows only, and is nevertheless no race: `entered_now` lets in only facts of a step of their own
    transaction, a step is inserted under the ledger's lock, which is held to commit, and each query below sees what was
    committed when it began. That is so at READ COMMITTED, so there is no writing of facts at any other level. An UPDATE
    only ever narrows `recorded`, so it makes no overlap.

    Asked by EXECUTE and counted: planned for as many rows as were added, and to the end instead of to the first.
    """

    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="added")
    declare = [("overlapping", "bigint")]

    def get_func(self, model):
        table = model._meta.db_table
        columns = [model._meta.get_field(name).column for name in key_of(model)]
        same = " AND ".join(f"c.{column} = f.{column}" for column in columns)
        return f"""
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'facts are entered at READ COMMITTED, where the ledger sees who wrote before'
                USING ERRCODE = 'invalid_transaction_state';
        END IF;
        EXECUTE $ask$
            SELECT (SELECT count(*) FROM added f JOIN {table} c ON {same} AND c.period && f.period
                    WHERE upper_inf(f.period) AND upper_inf(c.recorded) AND NOT upper_inf(c.period))
                 + (SELECT count(*) FROM added f JOIN {table} c ON {same} AND c.period && f.period
                    WHERE NOT upper_inf(f.period) AND upper_inf(c.recorded) AND upper_inf(c.period))
        $ask$ INTO overlapping;
        IF overlapping > 0 THEN
            RAISE EXCEPTION 'a fact of {table} overlaps another of the same key'
                USING ERRCODE = 'exclusion_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = '{table}_one_per_day';
        END IF;
        RETURN NULL;
        """


def key_of(model) -> tuple[str, ...]:
    """A migration's model has no KEY but the constraint; one that is just being made has not even that yet."""
    one_open = [each for each in model._meta.constraints if each.name == f"{model._meta.db_table}_one_open"]
    return tuple(one_open[0].fields) if one_open else apps.get_model(model._meta.label).KEY
