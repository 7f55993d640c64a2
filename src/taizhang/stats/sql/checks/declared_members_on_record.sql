-- name: 申报党员数与台账相等
-- table: 从业人员申报与党员两表之间
-- relation: 申报的党员 = 台账上在该组织从业的党员（组织关系在本组织 + 在外单位 + 在其他党组织）
-- source: membership-counted-once 各处组织关系之和应等于从业党员数
-- record: organisation
SELECT
    p.organization_id AS record, p.name AS label,
    '申报' || w.party_members || '名，台账' || coalesce(m.working, 0) || '名（本系统' || coalesce(m.here, 0) || '，外单位'
        || coalesce(m.working - m.here, 0) || '）；'
        || CASE WHEN coalesce(m.working, 0) < w.party_members THEN '可能有' || (w.party_members - coalesce(m.working, 0))
            || '名党员没有录入或没有写明从业单位' ELSE '可能申报后有人入职，或申报数是旧的' END AS cause
FROM orgs_particulars p
JOIN orgs_organization o ON o.id = p.organization_id
JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s::text[])
JOIN orgs_workforce w ON w.organization_id = p.organization_id
    AND w.period @> %(day)s::date AND w.recorded @> %(known_at)s::timestamptz
LEFT JOIN (
    SELECT e.organization_id, count(*) AS working, count(f.party_organization_id) AS here
    FROM members_engagement e
    JOIN members_membership f ON f.person_id = e.person_id
        AND f.period @> %(day)s::date AND f.recorded @> %(known_at)s::timestamptz
    WHERE e.period @> %(day)s::date AND e.recorded @> %(known_at)s::timestamptz
    GROUP BY e.organization_id
) m ON m.organization_id = p.organization_id
WHERE p.status = 'normal' AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
  AND w.party_members <> coalesce(m.working, 0)
