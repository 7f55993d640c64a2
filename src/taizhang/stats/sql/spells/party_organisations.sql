-- dimensions: level nature
SELECT CASE WHEN %(variant)s = 'all' OR p.nature = 'formal' THEN 'both' ELSE 'base' END AS way, p.level, p.nature, p.period
FROM party_partyparticulars p
WHERE p.recorded @> %(known_at)s::timestamptz
  AND (%(whole)s OR p.party_organization_id IN (
      SELECT po.id FROM party_partyorganization po JOIN accounts_unit u ON u.id = po.unit_id
      WHERE u.path LIKE ANY (%(scope)s::text[])
  ))
