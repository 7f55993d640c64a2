-- name: 党的组织覆盖
-- theme: coverage
-- place: 1
-- measure: 家
-- rate: 覆盖率
-- definition: 当日处于正常状态的社会组织中，有党组织覆盖的家数与全部家数之比。基数默认为当日已录入的社会组织，也可取当日已登记的。
-- source: opinion-2015-forms 组建形式按中办发〔2015〕51号；2017年工作报告所说31%未写明分母，本系统以已录入家数为基数，是我们的设定
-- record: organisation
-- bases: entered=已录入的社会组织; registered=已登记的社会组织
-- variants: formal=由正式党组织覆盖（单独、联合、依托）; wider=含功能型、临时党组织
-- dimensions: unit kind region trade level mode form
-- facts: orgs.Particulars orgs.Entry orgs.Supervision party.Coverage party.Absence party.PartyParticulars
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
    coalesce(c.form, f.form, '') AS form,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL) AS in_base,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL)
        AND coalesce(c.organization_id, f.organization_id) IS NOT NULL AS counted,
    CASE
        WHEN p.status <> 'normal' THEN 'status:' || p.status
        WHEN %(base)s = 'entered' AND e.organization_id IS NULL THEN 'not-entered'
        WHEN coalesce(c.organization_id, f.organization_id) IS NOT NULL THEN 'covered:' || (
            SELECT pp.name FROM party_partyparticulars pp
            WHERE pp.party_organization_id
                = coalesce(c.party_organization_id, f.party_organization_id)
              AND pp.period @> %(day)s::date AND pp.recorded @> %(known_at)s::timestamptz
        )
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
LEFT JOIN party_coverage c
    ON c.organization_id = p.organization_id AND c.nature = 'formal'
    AND c.period @> %(day)s::date AND c.recorded @> %(known_at)s::timestamptz
LEFT JOIN (
    SELECT DISTINCT ON (organization_id) organization_id, party_organization_id, form
    FROM party_coverage
    WHERE %(variant)s = 'wider' AND nature IN ('functional', 'temporary')
      AND period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
    ORDER BY organization_id, nature
) f ON f.organization_id = p.organization_id
