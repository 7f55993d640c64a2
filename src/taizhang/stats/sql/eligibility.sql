-- name: 组建条件
-- theme: coverage
-- place: 4
-- measure: 家
-- definition: 当日处于正常状态的社会组织，按有无正式党组织和正式党员人数分为：已有党组织、可单独组建、应建未建而须先转入组织关系、可联合组建、选派指导员。计入的是当日即可单独组建的家数。
-- source: party-constitution-29 正式党员达到规定人数的基层单位应当成立党的基层组织；计哪些人员、是否计承诺转入的，按所选计法
-- record: organisation
-- bases: entered=已录入的社会组织; registered=已登记的社会组织
-- variants: full_time=只计专职从业、组织关系在本系统的正式党员; full_time_promised=专职从业的正式党员，承诺转入组织关系的也计; extended=负责人和兼职的也计，组织关系须在本系统; extended_promised=负责人和兼职的也计，承诺转入组织关系的也计
-- dimensions: outcome unit kind region trade level mode
-- parameter: full-members-to-form = 3
-- facts: orgs.Particulars orgs.Entry orgs.Supervision party.Coverage members.Engagement members.Membership party.PartyParticulars
SELECT
    p.organization_id AS record,
    p.name AS label,
    p.code,
    outcome.key AS outcome,
    p.unit_id AS unit,
    p.kind,
    p.region,
    p.trade,
    p.level,
    p.mode,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL) AS in_base,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL)
        AND outcome.key = 'alone' AS counted,
    CASE
        WHEN p.status <> 'normal' THEN 'status:' || p.status
        WHEN %(base)s = 'entered' AND e.organization_id IS NULL THEN 'not-entered'
        WHEN c.organization_id IS NOT NULL THEN 'covered:' || (
            SELECT pp.name FROM party_partyparticulars pp
            WHERE pp.party_organization_id = c.party_organization_id
              AND pp.period @> %(day)s::date AND pp.recorded @> %(known_at)s::timestamptz
        )
        ELSE 'forming:' || counts.ready || ',' || (counts.wherever - counts.ready) || ',' || coalesce(m.probationary, 0)
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
CROSS JOIN LATERAL (
    SELECT
        coalesce(CASE WHEN %(variant)s IN ('extended', 'extended_promised')
            THEN m.extended_full ELSE m.full_time_full END, 0) AS wherever,
        coalesce(CASE %(variant)s
            WHEN 'full_time' THEN m.full_time_full - m.full_time_outside
            WHEN 'full_time_promised' THEN m.full_time_full
            WHEN 'extended' THEN m.extended_full - m.extended_outside
            ELSE m.extended_full END, 0) AS ready
) counts
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN c.organization_id IS NOT NULL THEN 'covered'
        WHEN counts.ready >= %(parameter)s THEN 'alone'
        WHEN counts.wherever >= %(parameter)s THEN 'transfer'
        WHEN counts.wherever > 0 THEN 'joint'
        ELSE 'instructor'
    END AS key
) outcome
