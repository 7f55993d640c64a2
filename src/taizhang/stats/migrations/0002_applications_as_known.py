"""What became of each application, as known at a moment: by its steps, which never change, not by its state, which does."""

from django.db import migrations

APPLICATIONS = """
CREATE FUNCTION stats_applications(known_at timestamptz)
RETURNS TABLE (
    application_id bigint, submitted_on date, submitted_step bigint, decided_on date, decided_step bigint, outcome text
)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 AS $$
    SELECT a.id, submitted."on", submitted.id, decided."on", decided.id,
           CASE decided.verb
               WHEN 'formation:file_approval' THEN 'approved'
               WHEN 'formation:file_refusal' THEN 'refused'
               ELSE decided.details ->> 'outcome' END
    FROM formation_application a
    CROSS JOIN LATERAL (
        SELECT s."on", s.id FROM cases_step s
        WHERE s.case_id = a.case_id AND s.verb = 'formation:submit' AND s.recorded_at <= known_at
        ORDER BY s.recorded_at, s.id LIMIT 1
    ) submitted
    LEFT JOIN LATERAL (
        SELECT s."on", s.id, s.verb, s.details FROM cases_step s
        WHERE s.case_id = a.case_id AND s.recorded_at <= known_at
          AND (s.verb IN ('formation:file_approval', 'formation:file_refusal')
               OR s.verb = 'meetings:resolve' AND s.details ->> 'outcome' IN ('approved', 'refused'))
        ORDER BY s.recorded_at, s.id LIMIT 1
    ) decided ON true
$$;
COMMENT ON FUNCTION stats_applications(timestamptz) IS
    'Every application that had been submitted: its first submission and the first decision on it, each with its step';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0001_scenarios"),
        ("formation", "0001_applications"),
        ("meetings", "0001_bodies_and_sittings"),
    ]

    operations = [migrations.RunSQL(APPLICATIONS, "DROP FUNCTION stats_applications(timestamptz)")]
