"""How marks are sealed into a chain: a function of the owner's, so that the application can seal and can write no seal."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION ledger_leaf(m ledger_mark) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT concat_ws('|', m.id, m.pattern_id, m.way, m.step_id, (extract(epoch FROM m.at) * 1000000)::bigint,
        array_to_string(m.ids, ','), array_to_string(m.digests, ','))
$$;

-- The next batch of marks of one day is sealed; how many there were, 0 if none waits or somebody else is sealing.
CREATE FUNCTION ledger_seal_next(at_most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO', 'YMD' SET bytea_output = 'hex' AS $$
DECLARE
    before ledger_seal%ROWTYPE;
    batch record;
    number bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(ledger_lock() + 1) THEN
        RETURN 0;
    END IF;
    SELECT * INTO before FROM ledger_seal ORDER BY id DESC LIMIT 1;
    WITH waiting AS (
        SELECT m.id, (m.at AT TIME ZONE 'Asia/Shanghai')::date AS day
        FROM ledger_mark m WHERE m.id > coalesce(before.last_mark, 0) ORDER BY m.id LIMIT at_most
    ), first AS (
        SELECT greatest(before.day, day) AS day FROM waiting ORDER BY id LIMIT 1
    ), later AS (
        SELECT coalesce(min(w.id), 9223372036854775807) AS mark FROM waiting w, first WHERE w.day > first.day
    )
    SELECT first.day, count(*) AS marks, max(m.id) AS last_mark,
        string_agg(sha256(convert_to(ledger_leaf(m), 'UTF8')), '' ORDER BY m.id) AS leaves,
        coalesce(sum(cardinality(m.ids)) FILTER (WHERE m.way = 'done'), 0) AS steps,
        coalesce(sum(cardinality(m.ids)) FILTER (WHERE m.way = 'entered'), 0) AS facts
    INTO batch
    FROM first, later, waiting JOIN ledger_mark m ON m.id = waiting.id
    WHERE waiting.id < later.mark
    GROUP BY first.day;
    IF batch.marks IS NULL THEN
        RETURN 0;
    END IF;
    number := coalesce(before.id, 0) + 1;
    INSERT INTO ledger_seal (id, day, last_mark, steps, facts, leaves, digest, sealed_at)
    VALUES (number, batch.day, batch.last_mark, batch.steps, batch.facts, batch.leaves,
        ledger_chained(coalesce(before.digest, ''), number, batch.last_mark, batch.day, batch.leaves), clock_timestamp());
    RETURN batch.marks;
END $$;

CREATE FUNCTION ledger_chained(before bytea, number bigint, last_mark bigint, day date, leaves bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(before || convert_to(number || '|' || last_mark || '|' || to_char(day, 'YYYY-MM-DD') || '|', 'UTF8')
        || sha256(leaves))
$$;
"""
GONE = """
DROP FUNCTION ledger_seal_next(integer);
DROP FUNCTION ledger_chained(bytea, bigint, bigint, date, bytea);
DROP FUNCTION ledger_leaf(ledger_mark);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_marks_and_seals"), ("cases", "0002_two_clocks")]
    operations = [migrations.RunSQL(FUNCTIONS, GONE)]
