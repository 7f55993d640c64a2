-- dimensions: level nature
SELECT way.way, p.level, p.nature, p.period
FROM party_partyparticulars p
JOIN party_partyorganization po ON po.id = p.party_organization_id
JOIN accounts_unit u ON u.id = po.unit_id AND u.path LIKE ANY (%(scope)s::text[])
CROSS JOIN (VALUES ('base'), ('counted')) way (way)
WHERE p.recorded @> %(known_at)s::timestamptz
  AND (way.way = 'base' OR %(variant)s = 'all' OR p.nature = 'formal')
