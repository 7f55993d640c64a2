"""What the figures share: which organisations and Party organisations there are on a day, as known at a moment, over a scope."""

from django.db import migrations

# LANGUAGE sql and STABLE, without a setting of their own, so that PostgreSQL unfolds them into the figure that asks: what it does not use
# is not read. Over a whole tree no row is left out, and nothing is read for the scope.
RESPONSIBLE = """
CREATE FUNCTION stats_responsible(day date, known_at timestamptz, organised text)
RETURNS TABLE (party_organization_id bigint, unit_id bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT a.party_organization_id, coalesce(above.unit_id, a.superior_id)
    FROM party_affiliation a
    LEFT JOIN LATERAL (
        SELECT higher.superior_id AS unit_id
        FROM party_partyorganization po
        JOIN party_affiliation higher ON higher.party_organization_id = po.id
            AND CASE WHEN organised = 'now'
                THEN upper_inf(higher.period) AND upper_inf(higher.recorded)
                ELSE higher.period @> day AND higher.recorded @> known_at END
        WHERE po.unit_id = a.superior_id
        OFFSET 0  -- once for each superior, of whom there are few, not for each Party organisation
    ) above ON true
    WHERE CASE WHEN organised = 'now'
        THEN upper_inf(a.period) AND upper_inf(a.recorded)
        ELSE a.period @> day AND a.recorded @> known_at END
$$;
COMMENT ON FUNCTION stats_responsible(date, timestamptz, text) IS
    'The unit responsible for each Party organisation: its superior, or, where that is a Party organisation itself, the superior of that one';
"""
PARTY_ORGANISATIONS = """
CREATE FUNCTION stats_party_organisations(
    day date, known_at timestamptz, organised text, whole boolean, scope text[]
)
RETURNS TABLE (party_organization_id bigint, name text, unit_id bigint, level varchar, nature varchar)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.party_organization_id, p.name, r.unit_id, p.level, p.nature
    FROM party_partyparticulars p
    LEFT JOIN stats_responsible(day, known_at, organised) r ON r.party_organization_id = p.party_organization_id
    WHERE p.period @> day AND p.recorded @> known_at
      AND (whole OR p.party_organization_id IN (
          SELECT po.id FROM party_partyorganization po JOIN accounts_unit u ON u.id = po.unit_id
          WHERE u.path LIKE ANY (scope)
      ))
$$;
COMMENT ON FUNCTION stats_party_organisations(date, timestamptz, text, boolean, text[]) IS
    'Every Party organisation of the scope that exists on the day, with the unit responsible for it';
"""
ORGANISATIONS = """
CREATE FUNCTION stats_organisations(
    day date, known_at timestamptz, organised text, whole boolean, scope text[]
)
RETURNS TABLE (
    organization_id bigint, name text, code varchar, registered_on date, unit_id bigint,
    kind varchar, region varchar, trade text, level varchar, mode varchar, status varchar
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.organization_id, p.name, coalesce(o.code, ''), o.registered_on, s.unit_id,
           p.kind, p.region, p.trade, p.level, p.mode, p.status
    FROM orgs_particulars p
    LEFT JOIN orgs_organization o ON o.id = p.organization_id
    LEFT JOIN orgs_supervision s ON s.organization_id = p.organization_id
        AND CASE WHEN organised = 'now'
            THEN upper_inf(s.period) AND upper_inf(s.recorded)
            ELSE s.period @> day AND s.recorded @> known_at END
    WHERE p.period @> day AND p.recorded @> known_at
      AND (whole OR p.organization_id IN (
          SELECT mine.id FROM orgs_organization mine JOIN accounts_unit u ON u.id = mine.unit_id
          WHERE u.path LIKE ANY (scope)
      ))
$$;
COMMENT ON FUNCTION stats_organisations(date, timestamptz, text, boolean, text[]) IS
    'Every organisation of the scope that is registered on the day, with the unit responsible for it';
"""
DOWN = (
    "DROP FUNCTION stats_organisations(date, timestamptz, text, boolean, text[])",
    "DROP FUNCTION stats_party_organisations(date, timestamptz, text, boolean, text[])",
    "DROP FUNCTION stats_responsible(date, timestamptz, text)",
)


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0003_targets_and_looks"),
        ("orgs", "0007_registered_on"),
        ("party", "0002_read_in_order"),
    ]
    operations = [
        migrations.RunSQL([RESPONSIBLE, PARTY_ORGANISATIONS, ORGANISATIONS], list(DOWN)),
    ]
