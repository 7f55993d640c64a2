-- name: 党的组织覆盖
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
    o.id AS record,
    p.name AS label,
    coalesce(o.code, '') AS code,
    s.unit_id AS unit,
    p.kind,
    p.region,
    p.trade,
    p.level,
    p.mode,
    coalesce(c.form, '') AS form,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.id IS NOT NULL) AS in_base,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.id IS NOT NULL) AND c.id IS NOT NULL AS counted,
    CASE
        WHEN p.status <> 'normal' THEN 'status:' || p.status
        WHEN %(base)s = 'entered' AND e.id IS NULL THEN 'not-entered'
        WHEN c.id IS NOT NULL THEN 'covered:' || (
            SELECT pp.name FROM party_partyparticulars pp
            WHERE pp.party_organization_id = c.party_organization_id
              AND pp.period @> %(day)s::date AND pp.recorded @> %(known_at)s::timestamptz
        )
        ELSE coalesce((
            SELECT 'absence:' || a.reason FROM party_absence a
            WHERE a.organization_id = o.id
              AND a.period @> %(day)s::date AND a.recorded @> %(known_at)s::timestamptz
        ), 'not-covered')
    END AS reason
FROM orgs_particulars p
JOIN orgs_organization o ON o.id = p.organization_id
JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s::text[])
LEFT JOIN orgs_entry e
    ON e.organization_id = p.organization_id
    AND e.period @> %(day)s::date AND e.recorded @> %(known_at)s::timestamptz
LEFT JOIN orgs_supervision s
    ON s.organization_id = p.organization_id
    AND CASE WHEN %(organised)s = 'now'
        THEN upper_inf(s.period) AND upper_inf(s.recorded)
        ELSE s.period @> %(day)s::date AND s.recorded @> %(known_at)s::timestamptz END
LEFT JOIN (
    SELECT DISTINCT ON (organization_id) id, organization_id, party_organization_id, form
    FROM party_coverage
    WHERE period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
      AND (nature = 'formal' OR %(variant)s = 'wider' AND nature IN ('functional', 'temporary'))
    ORDER BY organization_id, nature <> 'formal', nature
) c ON c.organization_id = p.organization_id
WHERE p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
