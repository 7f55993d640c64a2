-- name: 党员各处合计相符
-- table: 从业人员申报与年报人数明细两表之间
-- relation: 组织关系在本组织、业务主管单位、挂靠单位、属地、原单位、其他各处之和 = 申报的党员
-- source: membership-counted-once 一名党员的组织关系只在一处
-- record: organisation
SELECT
    p.organization_id AS record, p.name AS label,
    '各处合计' || b.held || '名，申报党员' || w.party_members || '名；' || CASE
        WHEN lower(w.period) > b.since THEN '申报数自' || lower(w.period) || '起改过，明细可能没有跟着改'
        WHEN b.held < w.party_members THEN '可能有' || (w.party_members - b.held) || '名没有写明组织关系在何处'
        ELSE '可能有人计了两处，或组织关系已转出而没有减去' END AS cause
FROM orgs_particulars p
JOIN orgs_organization o ON o.id = p.organization_id
JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s::text[])
JOIN orgs_workforce w ON w.organization_id = p.organization_id
    AND w.period @> %(day)s::date AND w.recorded @> %(known_at)s::timestamptz
JOIN (
    SELECT organization_id, lower(period) AS since,
           held_here + held_supervisor + held_affiliated + held_locality + held_employer + held_other AS held
    FROM orgs_breakdown
    WHERE period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
) b ON b.organization_id = p.organization_id
WHERE p.status = 'normal' AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
  AND b.held <> w.party_members
