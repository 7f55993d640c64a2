-- name: 没有党组织的社会组织
-- theme: coverage
-- place: 6
-- measure: 家
-- definition: 当日处于正常状态、没有正式党组织覆盖的社会组织家数，按未建原因分；没有写明原因的另列。
-- source: opinion-2015-forms 未建原因是台账必填项，由经办人在录入后写明
-- record: organisation
-- bases: entered=已录入的社会组织; registered=已登记的社会组织
-- variants: all=没有正式党组织的; stated=其中写明了原因的; unstated=其中没有写明原因的
-- dimensions: absence unit kind region trade level mode
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
    CASE WHEN c.organization_id IS NOT NULL THEN 'covered' ELSE coalesce(absent.reason, '') END AS absence,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL) AS in_base,
    p.status = 'normal' AND (%(base)s = 'registered' OR e.organization_id IS NOT NULL) AND c.organization_id IS NULL
        AND CASE %(variant)s WHEN 'stated' THEN absent.reason IS NOT NULL
            WHEN 'unstated' THEN absent.reason IS NULL ELSE true END AS counted,
    CASE
        WHEN p.status <> 'normal' THEN 'status:' || p.status
        WHEN %(base)s = 'entered' AND e.organization_id IS NULL THEN 'not-entered'
        WHEN c.organization_id IS NOT NULL THEN 'covered:' || (
            SELECT pp.name FROM party_partyparticulars pp
            WHERE pp.party_organization_id = c.party_organization_id
              AND pp.period @> %(day)s::date AND pp.recorded @> %(known_at)s::timestamptz
        )
        ELSE coalesce('absence:' || absent.reason, 'not-covered')
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
LEFT JOIN party_absence absent
    ON absent.organization_id = p.organization_id
    AND absent.period @> %(day)s::date AND absent.recorded @> %(known_at)s::timestamptz
