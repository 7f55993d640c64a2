-- name: 录入台账的社会组织
-- theme: organisations
-- place: 1
-- measure: 家
-- definition: 当日处于正常状态、已录入台账的社会组织家数；基数为当日处于正常状态的全部社会组织。
-- source: report-2017-coverage 2017年工作报告载有录入家数
-- record: organisation
-- variants: entered=已录入; not_entered=尚未录入
-- dimensions: unit kind region trade level mode standing_of
-- facts: orgs.Particulars orgs.Entry orgs.Supervision
SELECT
    p.organization_id AS record,
    p.name AS label,
    coalesce((SELECT o.code FROM orgs_organization o WHERE o.id = p.organization_id), '') AS code,
    s.unit_id AS unit,
    p.kind,
    p.region,
    p.trade,
    p.level,
    p.mode,
    p.status AS standing_of,
    p.status = 'normal' AS in_base,
    p.status = 'normal' AND (e.organization_id IS NOT NULL) = (%(variant)s = 'entered') AS counted,
    CASE
        WHEN p.status <> 'normal' THEN 'status:' || p.status
        WHEN e.organization_id IS NULL THEN 'not-entered'
        ELSE 'entered:' || lower(e.period)
    END AS reason
FROM orgs_particulars p
LEFT JOIN orgs_entry e
    ON e.organization_id = p.organization_id
    AND e.period @> %(day)s::date AND e.recorded @> %(known_at)s::timestamptz
LEFT JOIN orgs_supervision s
    ON s.organization_id = p.organization_id
    AND CASE WHEN %(organised)s = 'now'
        THEN upper_inf(s.period) AND upper_inf(s.recorded)
        ELSE s.period @> %(day)s::date AND s.recorded @> %(known_at)s::timestamptz END
WHERE p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
  AND (%(whole)s OR p.organization_id IN (
      SELECT o.id FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id
      WHERE u.path LIKE ANY (%(scope)s::text[])
  ))
