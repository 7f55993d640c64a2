-- name: 未建原因与覆盖不并存
-- table: 覆盖与未建原因两表之间
-- relation: 有正式党组织覆盖的，没有未建原因
-- source: opinion-2015-forms 未建原因只填没有党组织的
-- record: organisation
SELECT
    p.organization_id AS record, p.name AS label,
    CASE WHEN lower(a.period) >= lower(c.period) THEN '覆盖自' || lower(c.period) || '起，之后又填了未建原因'
        ELSE '自' || lower(c.period) || '起已覆盖，未建原因没有终止' END AS cause
FROM orgs_particulars p
JOIN orgs_organization o ON o.id = p.organization_id
JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s::text[])
JOIN party_coverage c ON c.organization_id = p.organization_id AND c.nature = 'formal'
    AND c.period @> %(day)s::date AND c.recorded @> %(known_at)s::timestamptz
JOIN party_absence a ON a.organization_id = p.organization_id
    AND a.period @> %(day)s::date AND a.recorded @> %(known_at)s::timestamptz
WHERE p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
