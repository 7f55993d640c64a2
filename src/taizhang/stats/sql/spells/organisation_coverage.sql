-- dimensions: unit kind region trade level mode
WITH stated AS MATERIALIZED (
    SELECT p.organization_id, s.unit_id AS unit, p.kind, p.region, p.trade, p.level, p.mode,
           CASE WHEN %(organised)s = 'now' OR s.period IS NULL THEN coalesce(p.period * e.period, p.period)
               ELSE coalesce(p.period * e.period, p.period) * s.period END AS period
    FROM orgs_particulars p
    LEFT JOIN orgs_entry e ON %(base)s <> 'registered' AND e.organization_id = p.organization_id AND e.period && p.period
        AND e.recorded @> %(known_at)s::timestamptz
    LEFT JOIN orgs_supervision s
        ON %(by)s = 'unit' AND s.organization_id = p.organization_id
        AND CASE WHEN %(organised)s = 'now' THEN upper_inf(s.period) AND upper_inf(s.recorded)
            ELSE s.period && p.period AND s.recorded @> %(known_at)s::timestamptz END
    WHERE p.status = 'normal' AND p.recorded @> %(known_at)s::timestamptz
      AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL)
      AND (%(whole)s OR p.organization_id IN (
          SELECT o.id FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id
          WHERE u.path LIKE ANY (%(scope)s::text[])
      ))
), covering AS (
    SELECT organization_id, period FROM party_coverage
    WHERE %(variant)s = 'formal' AND nature = 'formal' AND recorded @> %(known_at)s::timestamptz
    UNION ALL
    SELECT organization_id, unnest(range_agg(period)) FROM party_coverage
    WHERE %(variant)s = 'wider' AND nature IN ('formal', 'functional', 'temporary')
      AND recorded @> %(known_at)s::timestamptz
    GROUP BY organization_id
)
SELECT 'base' AS way, unit, kind, region, trade, level, mode, period FROM stated
UNION ALL
SELECT 'counted', t.unit, t.kind, t.region, t.trade, t.level, t.mode, t.period * c.period
FROM stated t JOIN covering c ON c.organization_id = t.organization_id AND c.period && t.period
