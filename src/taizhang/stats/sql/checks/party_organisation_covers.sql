-- name: 有党组织就有覆盖
-- table: 党组织与覆盖两表之间
-- relation: 正式党组织（党总支、党支部）至少覆盖1家社会组织
-- source: opinion-2015-forms 党组织是为社会组织建立的
-- record: party
SELECT
    po.id AS record, p.name AS label,
    CASE WHEN ended.last IS NOT NULL THEN '原覆盖于' || ended.last || '终止，党组织没有随之撤销'
        ELSE '从未记过覆盖哪家，可能漏记' END AS cause
FROM party_partyparticulars p
JOIN party_partyorganization po ON po.id = p.party_organization_id
JOIN accounts_unit u ON u.id = po.unit_id AND u.path LIKE ANY (%(scope)s::text[])
LEFT JOIN LATERAL (
    SELECT max(upper(c.period)) AS last FROM party_coverage c
    WHERE c.party_organization_id = po.id AND c.recorded @> %(known_at)s::timestamptz
      AND upper(c.period) <= %(day)s::date
) ended ON true
WHERE p.nature = 'formal' AND p.level <> 'committee'
  AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
  AND NOT EXISTS (
      SELECT FROM party_coverage c WHERE c.party_organization_id = po.id
      AND c.period @> %(day)s::date AND c.recorded @> %(known_at)s::timestamptz
  )
