"""What became of the applications of a period: found by the days of their steps, not by reading every application there ever was."""

import importlib

from django.db import migrations

BEFORE = importlib.import_module("taizhang.stats.migrations.0002_applications_as_known").APPLICATIONS
GONE = "DROP FUNCTION stats_applications(timestamptz)"

APPLICATIONS = """
CREATE FUNCTION stats_applications(since date, day date, known_at timestamptz)
RETURNS TABLE (
    application_id bigint, submitted_on date, submitted_step bigint, decided_on date, decided_step bigint, outcome text
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT a.id, submitted."on", submitted.id, decided."on", decided.id,
           CASE decided.verb
               WHEN 'formation:file_approval' THEN 'approved'
               WHEN 'formation:file_refusal' THEN 'refused'
               ELSE decided.details ->> 'outcome' END
    FROM (
        SELECT DISTINCT s.case_id FROM cases_step s
        WHERE s.verb IN ('formation:submit', 'formation:file_approval', 'formation:file_refusal', 'meetings:resolve')
          AND s."on" BETWEEN since AND day
    ) touched
    JOIN formation_application a ON a.case_id = touched.case_id
    CROSS JOIN LATERAL (
        SELECT s."on", s.id FROM cases_step s
        WHERE s.case_id = touched.case_id AND s.verb = 'formation:submit' AND s.recorded_at <= known_at
        ORDER BY s.recorded_at, s.id LIMIT 1
    ) submitted
    LEFT JOIN LATERAL (
        SELECT s."on", s.id, s.verb, s.details FROM cases_step s
        WHERE s.case_id = touched.case_id AND s.recorded_at <= known_at
          AND (s.verb IN ('formation:file_approval', 'formation:file_refusal')
               OR s.verb = 'meetings:resolve' AND s.details ->> 'outcome' IN ('approved', 'refused'))
        ORDER BY s.recorded_at, s.id LIMIT 1
    ) decided ON true
$$;
COMMENT ON FUNCTION stats_applications(date, date, timestamptz) IS
    'Every application with a submission or a decision in the period: its first submission and the first decision on it, each with its step, whenever they were';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0004_registers_of_a_day"),
        ("cases", "0007_found_by_verb_and_day"),
    ]

    operations = [
        migrations.RunSQL([GONE, APPLICATIONS], ["DROP FUNCTION stats_applications(date, date, timestamptz)", BEFORE]),
    ]
