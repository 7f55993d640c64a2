-- name: 联合党支部只计一次
-- table: 党组织与覆盖两表之间
-- relation: 单独组建的覆盖1家；联合组建的覆盖2家以上，支部只计1个
-- source: branch-regulation-5 联合组建的支部由两家以上共同组成
-- record: party
SELECT
    po.id AS record, p.name AS label,
    CASE
        WHEN c.singles > 0 AND c.covered > 1 THEN '记为单独组建，却覆盖' || c.covered || '家；组建形式可能应为联合'
        WHEN c.joint > 0 AND c.covered = 1 AND c.ended > 0 THEN '记为联合组建，其余' || c.ended || '家的覆盖已终止，只剩1家；可能应改为单独组建'
        ELSE '记为联合组建，却只覆盖1家；其余单位可能漏记'
    END AS cause
FROM party_partyparticulars p
JOIN party_partyorganization po ON po.id = p.party_organization_id
JOIN accounts_unit u ON u.id = po.unit_id AND u.path LIKE ANY (%(scope)s::text[])
JOIN (
    SELECT party_organization_id,
           count(DISTINCT organization_id) FILTER (WHERE held) AS covered,
           count(*) FILTER (WHERE held AND form = 'single') AS singles,
           count(*) FILTER (WHERE held AND form IN ('joint_trade', 'joint_region')) AS joint,
           count(DISTINCT organization_id) FILTER (WHERE NOT held AND upper(period) <= %(day)s::date) AS ended
    FROM (SELECT *, period @> %(day)s::date AS held FROM party_coverage WHERE recorded @> %(known_at)s::timestamptz) t
    GROUP BY party_organization_id
) c ON c.party_organization_id = po.id
WHERE p.nature = 'formal' AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
  AND (c.singles > 0 AND c.covered > 1 OR c.joint > 0 AND c.covered = 1)
