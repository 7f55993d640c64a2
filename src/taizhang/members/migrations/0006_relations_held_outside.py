"""The facts of eligibility tell how many relations are held outside: such a member counts once transferred."""

import importlib

from django.db import migrations

BEFORE = importlib.import_module("taizhang.members.migrations.0002_eligibility").ELIGIBILITY
GONE = "DROP FUNCTION members_eligibility(date, timestamptz, bigint[])"

# LANGUAGE sql and STABLE, without a setting of its own, so that PostgreSQL unfolds it into the question that calls it.
ELIGIBILITY = """
CREATE FUNCTION members_eligibility(day date, known_at timestamptz, organizations bigint[] DEFAULT NULL)
RETURNS TABLE (
    organization_id bigint, full_time_full bigint, full_time_outside bigint, extended_full bigint,
    extended_outside bigint, held_here bigint, probationary bigint
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT
        e.organization_id,
        count(*) FILTER (WHERE m.standing = 'full' AND e.employment = 'full_time'),
        count(*) FILTER (WHERE m.standing = 'full' AND e.employment = 'full_time' AND m.outside_id IS NOT NULL),
        count(*) FILTER (WHERE m.standing = 'full'),
        count(*) FILTER (WHERE m.standing = 'full' AND m.outside_id IS NOT NULL),
        count(*) FILTER (WHERE m.standing = 'full' AND EXISTS (
            SELECT 1 FROM party_coverage c
            WHERE c.organization_id = e.organization_id
              AND c.period @> $1 AND c.recorded @> $2
              AND (
                  c.party_organization_id = m.party_organization_id
                  OR EXISTS (
                      SELECT 1
                      FROM party_affiliation a
                      JOIN party_partyorganization above ON above.unit_id = a.superior_id
                      WHERE a.party_organization_id = m.party_organization_id
                        AND a.period @> $1 AND a.recorded @> $2
                        AND above.id = c.party_organization_id
                  )
              )
        )),
        count(*) FILTER (WHERE m.standing = 'probationary')
    FROM members_engagement e
    JOIN members_membership m ON m.person_id = e.person_id AND m.period @> $1 AND m.recorded @> $2
    WHERE e.period @> $1 AND e.recorded @> $2 AND ($3 IS NULL OR e.organization_id = ANY ($3))
    GROUP BY e.organization_id
$$;
COMMENT ON FUNCTION members_eligibility(date, timestamptz, bigint[]) IS
    'Per organisation, on a day as known at a moment (infinity: now): full members among its full-time people, and of these the ones whose relations are outside; the same among all its people, officers and part-time ones too; of those, held in a Party organisation that covers it or directly below one that does; and probationary ones';
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0005_open_facts_by_a_tree")]
    operations = [
        migrations.RunSQL([GONE, ELIGIBILITY], [GONE, BEFORE]),
    ]
