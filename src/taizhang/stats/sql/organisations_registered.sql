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
    coalesce((SELECT o.code FROM orgs_organization o WHERE o.id = p.organization_id), '') AS code,
    s.unit_id AS unit,
    p.kind,
    p.region,
    p.trade,
    p.level,
    p.mode,
    p.status AS standing_of,
    true AS in_base,
    %(variant)s = 'all' OR p.status = 'normal' AS counted,
    CASE WHEN p.status = 'normal' THEN 'registered:' || coalesce(
        (SELECT o.registered_on FROM orgs_organization o WHERE o.id = p.organization_id)::text, ''
    ) ELSE 'status:' || p.status END AS reason
FROM orgs_particulars p
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
