-- name: 覆盖不超过基数
-- table: 覆盖与社会组织两表之间
-- relation: 由正式党组织覆盖的社会组织 ⊆ 当日状态正常、已录入的社会组织
-- source: report-2017-coverage 覆盖率的分子应在分母之中
-- record: organisation
SELECT
    p.organization_id AS record, p.name AS label,
    CASE WHEN p.status <> 'normal' THEN '已注销、撤销或吊销，覆盖没有随之终止' ELSE '还没有录入，却已有覆盖；可能漏了录入日期' END AS cause
FROM orgs_particulars p
JOIN orgs_organization o ON o.id = p.organization_id
JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s::text[])
JOIN party_coverage c ON c.organization_id = p.organization_id AND c.nature = 'formal'
    AND c.period @> %(day)s::date AND c.recorded @> %(known_at)s::timestamptz
LEFT JOIN orgs_entry e ON e.organization_id = p.organization_id
    AND e.period @> %(day)s::date AND e.recorded @> %(known_at)s::timestamptz
WHERE p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
  AND (p.status <> 'normal' OR e.organization_id IS NULL)
