-- name: 应建未建
-- theme: coverage
-- place: 3
-- measure: 家
-- definition: 当日处于正常状态、没有正式党组织覆盖，而正式党员已达到规定人数的社会组织家数。党员按从业单位计，组织关系在何处不论；预备党员不计。
-- source: party-constitution-29 正式党员达到规定人数的基层单位应当成立党的基层组织；人数按当日有效的参数
-- record: organisation
-- bases: entered=已录入的社会组织; registered=已登记的社会组织
-- variants: full_time=只计专职从业的正式党员; extended=兼职人员和负责人中的正式党员也计
-- dimensions: unit kind region trade level mode
-- parameter: full-members-to-form = 3
-- facts: orgs.Particulars orgs.Entry orgs.Supervision party.Coverage members.Engagement members.Membership party.PartyParticulars
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
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL) AS in_base,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL)
        AND c.organization_id IS NULL
        AND coalesce(CASE WHEN %(variant)s = 'extended' THEN m.extended_full ELSE m.full_time_full END, 0)
            >= %(parameter)s AS counted,
    CASE
        WHEN p.status <> 'normal' THEN 'status:' || p.status
        WHEN %(base)s = 'entered' AND e.organization_id IS NULL THEN 'not-entered'
        WHEN c.organization_id IS NOT NULL THEN 'covered:' || (
            SELECT pp.name FROM party_partyparticulars pp
            WHERE pp.party_organization_id = c.party_organization_id
              AND pp.period @> %(day)s::date AND pp.recorded @> %(known_at)s::timestamptz
        )
        ELSE 'full-members:'
            || coalesce(CASE WHEN %(variant)s = 'extended' THEN m.extended_full ELSE m.full_time_full END, 0)
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
LEFT JOIN members_eligibility(%(day)s::date, %(known_at)s::timestamptz) m ON m.organization_id = p.organization_id
