-- dimensions: unit kind region trade level mode standing_of
SELECT CASE WHEN %(variant)s = 'all' OR p.status = 'normal' THEN 'both' ELSE 'base' END AS way, s.unit_id AS unit, p.kind, p.region, p.trade, p.level, p.mode, p.status AS standing_of,
       CASE WHEN %(organised)s = 'now' THEN p.period ELSE coalesce(p.period * s.period, p.period) END AS period
FROM orgs_particulars p
LEFT JOIN orgs_supervision s
        ON %(by)s = 'unit' AND s.organization_id = p.organization_id
        AND CASE WHEN %(organised)s = 'now' THEN upper_inf(s.period) AND upper_inf(s.recorded)
            ELSE s.period && p.period AND s.recorded @> %(known_at)s::timestamptz END
WHERE p.recorded @> %(known_at)s::timestamptz
  AND (%(whole)s OR p.organization_id IN (
          SELECT o.id FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id
          WHERE u.path LIKE ANY (%(scope)s::text[])
      ))
