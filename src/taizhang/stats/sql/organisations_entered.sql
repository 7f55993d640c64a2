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
    p.code,
    p.unit_id AS unit,
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
FROM stats_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
LEFT JOIN orgs_entry e
    ON e.organization_id = p.organization_id
    AND e.period @> %(day)s::date AND e.recorded @> %(known_at)s::timestamptz
