-- figure: party_organisations formal
-- source: opinion-2015-forms 党组织存在的起止
-- in: founded=新成立; became=转为正式
-- out: dissolved=撤销; ceased=不再是正式
SELECT record, day, line, way FROM (
    SELECT h.party_organization_id AS record, lower(h.period) AS day, 1 AS way,
           CASE WHEN h.before IS NULL THEN 'founded' ELSE 'became' END AS line
    FROM (
        SELECT p.*, lag(p.nature) OVER w AS before, lag(upper(p.period)) OVER w AS before_until
        FROM party_partyparticulars p WHERE p.recorded @> %(known_at)s::timestamptz
        WINDOW w AS (PARTITION BY p.party_organization_id ORDER BY lower(p.period))
    ) h
    WHERE h.nature = 'formal' AND (h.before IS DISTINCT FROM 'formal' OR h.before_until < lower(h.period))
    UNION ALL
    SELECT h.party_organization_id, upper(h.period), -1, CASE WHEN h.after IS NULL THEN 'dissolved' ELSE 'ceased' END
    FROM (
        SELECT p.*, lead(p.nature) OVER w AS after, lead(lower(p.period)) OVER w AS after_since
        FROM party_partyparticulars p WHERE p.recorded @> %(known_at)s::timestamptz
        WINDOW w AS (PARTITION BY p.party_organization_id ORDER BY lower(p.period))
    ) h
    WHERE h.nature = 'formal' AND NOT upper_inf(h.period)
      AND (h.after IS DISTINCT FROM 'formal' OR h.after_since > upper(h.period))
) moves
WHERE day BETWEEN %(since)s::date AND %(day)s::date
  AND record IN (
      SELECT po.id FROM party_partyorganization po JOIN accounts_unit u ON u.id = po.unit_id
      WHERE u.path LIKE ANY (%(scope)s::text[])
  )
