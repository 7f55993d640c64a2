-- name: 登记在册的社会组织
-- theme: organisations
-- place: 2
-- measure: 家
-- definition: 当日台账上有登记事项的社会组织家数；默认只计状态正常的，“全部”含注销、撤销等各种状态。
-- source: statuses 状态以登记事项为准
-- record: organisation
-- variants: normal=状态正常的; all=各种状态的
-- dimensions: unit kind region trade level mode standing_of
-- facts: orgs.Particulars orgs.Supervision
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
    true AS in_base,
    %(variant)s = 'all' OR p.status = 'normal' AS counted,
    CASE WHEN p.status = 'normal' THEN 'registered:' || coalesce(
        p.registered_on::text, ''
    ) ELSE 'status:' || p.status END AS reason
FROM stats_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
