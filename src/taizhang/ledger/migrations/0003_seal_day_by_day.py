"""A day that is over is sealed without reading the days after it: the same seals, in time that grows with the marks and not with days × marks."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_seal_next(at_most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO', 'YMD' SET bytea_output = 'hex' AS $$
DECLARE
    before record;
    batch record;
    after bigint;
    today date;
    later bigint;
    number bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(ledger_lock() + 1) THEN
        RETURN 0;
    END IF;
    SELECT id, day, last_mark, digest INTO before FROM ledger_seal ORDER BY id DESC LIMIT 1;
    after := coalesce(before.last_mark, 0);
    SELECT greatest(before.day, (m.at AT TIME ZONE 'Asia/Shanghai')::date) INTO today
    FROM ledger_mark m WHERE m.id > after ORDER BY m.id LIMIT 1;
    IF today IS NULL THEN
        RETURN 0;
    END IF;
    -- the first mark of a later day; read no further than that
    SELECT w.id INTO later
    FROM (SELECT m.id, m.at FROM ledger_mark m WHERE m.id > after ORDER BY m.id LIMIT at_most) w
    WHERE (w.at AT TIME ZONE 'Asia/Shanghai')::date > today ORDER BY w.id LIMIT 1;
    SELECT count(*) AS marks, max((w.m).id) AS last_mark,
        string_agg(sha256(convert_to(ledger_leaf(w.m), 'UTF8')), '' ORDER BY (w.m).id) AS leaves,
        coalesce(sum(cardinality((w.m).ids)) FILTER (WHERE (w.m).way = 'done'), 0) AS steps,
        coalesce(sum(cardinality((w.m).ids)) FILTER (WHERE (w.m).way = 'entered'), 0) AS facts
    INTO batch
    FROM (
        SELECT m FROM ledger_mark m WHERE m.id > after AND m.id < coalesce(later, 9223372036854775807)
        ORDER BY m.id LIMIT at_most
    ) w;
    number := coalesce(before.id, 0) + 1;
    INSERT INTO ledger_seal (id, day, last_mark, steps, facts, leaves, digest, sealed_at)
    VALUES (number, today, batch.last_mark, batch.steps, batch.facts, batch.leaves,
        ledger_chained(coalesce(before.digest, ''), number, batch.last_mark, today, batch.leaves), clock_timestamp());
    RETURN batch.marks;
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION ledger_seal_next(at_most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
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
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_sealing")]
    operations = [migrations.RunSQL(FUNCTION, BEFORE)]
