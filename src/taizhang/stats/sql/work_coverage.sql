-- name: 党的工作覆盖
-- theme: coverage
-- place: 2
-- measure: 家
-- rate: 覆盖率
-- definition: 当日处于正常状态的社会组织中，有任一党组织覆盖（正式、功能型、临时、流动）或有党建指导员派驻的家数与全部家数之比。
-- source: report-2017-instructors 没有条件建立党组织的，由派驻的党建指导员实现工作覆盖；不计入组织覆盖
-- record: organisation
-- bases: entered=已录入的社会组织; registered=已登记的社会组织
-- variants: any=有任一党组织或派驻指导员; instructor=没有党组织、仅由指导员覆盖
-- dimensions: unit kind region trade level mode form
-- facts: orgs.Particulars orgs.Entry orgs.Supervision party.Coverage party.Absence party.PartyParticulars instructors.Posting
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
    coalesce(c.form, CASE WHEN i.posted > 0 THEN 'instructor' ELSE '' END) AS form,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL) AS in_base,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL) AND CASE WHEN %(variant)s = 'instructor'
        THEN c.organization_id IS NULL AND i.posted > 0
        ELSE c.organization_id IS NOT NULL OR i.posted > 0 END AS counted,
    CASE
        WHEN p.status <> 'normal' THEN 'status:' || p.status
        WHEN %(base)s = 'entered' AND e.organization_id IS NULL THEN 'not-entered'
        WHEN c.organization_id IS NOT NULL THEN 'covered:' || (
            SELECT pp.name FROM party_partyparticulars pp
            WHERE pp.party_organization_id = c.party_organization_id
              AND pp.period @> %(day)s::date AND pp.recorded @> %(known_at)s::timestamptz
        )
        WHEN i.posted > 0 THEN 'instructors:' || i.posted
        ELSE coalesce((
            SELECT 'absence:' || a.reason FROM party_absence a
            WHERE a.organization_id = p.organization_id
              AND a.period @> %(day)s::date AND a.recorded @> %(known_at)s::timestamptz
        ), 'not-covered')
    END AS reason
FROM stats_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
LEFT JOIN orgs_entry e
    ON e.organization_id = p.organization_id
    AND e.period @> %(day)s::date AND e.recorded @> %(known_at)s::timestamptz
LEFT JOIN (
    SELECT DISTINCT ON (organization_id) organization_id, party_organization_id, form
    FROM party_coverage
    WHERE period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
    ORDER BY organization_id, nature <> 'formal', nature
) c ON c.organization_id = p.organization_id
LEFT JOIN (
    SELECT organization_id, count(*) AS posted
    FROM instructors_posting
    WHERE period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
    GROUP BY organization_id
) i ON i.organization_id = p.organization_id
