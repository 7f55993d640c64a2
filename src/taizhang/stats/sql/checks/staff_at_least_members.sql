-- name: 从业人员不少于党员
-- table: 从业人员申报表内
-- relation: 专职人员 + 兼职人员 ≥ 党员 + 入党申请人
-- source: staff-and-members 党员和申请人都在从业人员之中
-- record: organisation
SELECT
    p.organization_id AS record, p.name AS label,
    '申报专职' || w.full_time || '名、兼职' || w.part_time || '名，少于党员' || w.party_members || '名加申请人'
        || w.applicants || '名；可能党员数含离退休或外单位的，或从业人员数是旧的' AS cause
FROM orgs_particulars p
JOIN orgs_organization o ON o.id = p.organization_id
JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s::text[])
JOIN orgs_workforce w ON w.organization_id = p.organization_id
    AND w.period @> %(day)s::date AND w.recorded @> %(known_at)s::timestamptz
WHERE p.status = 'normal' AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
  AND w.full_time + w.part_time < w.party_members + w.applicants
