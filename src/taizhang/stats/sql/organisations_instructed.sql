-- name: 有指导员派驻的社会组织
-- theme: instructors
-- place: 2
-- measure: 家
-- span: period
-- definition: 期内开始派驻党建指导员的社会组织家数，一家只计一次；“在派”的为所问之日仍有指导员派驻的，不论何时开始。
-- source: report-2017-instructors 以派驻开始之日为准
-- record: organisation
-- variants: begun=期内开始派驻的; standing=所问之日在派的
-- dimensions: unit kind region trade level mode
-- facts: orgs.Particulars orgs.Supervision instructors.Posting
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
    true AS in_base,
    CASE WHEN %(variant)s = 'standing' THEN i.standing > 0 ELSE i.begun > 0 END AS counted,
    'posted:' || i.first || ',' || i.standing AS reason
FROM stats_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
JOIN (
    SELECT organization_id,
           count(DISTINCT instructor_id) FILTER (WHERE lower(period) >= %(since)s::date) AS begun,
           count(DISTINCT instructor_id) FILTER (WHERE period @> %(day)s::date) AS standing,
           max(lower(period)) AS first
    FROM instructors_posting
    WHERE recorded @> %(known_at)s::timestamptz AND lower(period) <= %(day)s::date
      AND (lower(period) >= %(since)s::date OR period @> %(day)s::date)
    GROUP BY organization_id
) i ON i.organization_id = p.organization_id
