-- name: 新覆盖的社会组织
-- theme: coverage
-- place: 5
-- measure: 家
-- span: period
-- definition: 期内开始由正式党组织覆盖、所问之日仍被覆盖的社会组织家数。默认只计期内审批成立（或编入）的；“全部”还计期内开始覆盖而不经申请审批的。
-- source: opinion-2015-forms 以批准决定之日为覆盖开始之日
-- record: organisation
-- variants: approved=由期内批准的申请带来; all=期内开始覆盖的全部
-- dimensions: unit kind region trade level mode form
-- facts: orgs.Particulars orgs.Supervision party.Coverage
-- steps: meetings:resolve formation:file_approval
-- beside: branches_approved=一个联合党支部覆盖几家，所以家数可以多于支部数
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
    c.form,
    true AS in_base,
    %(variant)s = 'all' OR decided.step IS NOT NULL AS counted,
    'covered-since:' || lower(c.period) || ',' || coalesce((
        SELECT pp.name FROM party_partyparticulars pp
        WHERE pp.party_organization_id = c.party_organization_id
          AND pp.period @> %(day)s::date AND pp.recorded @> %(known_at)s::timestamptz
    ), '') AS reason,
    coalesce(decided.step, c.step_id) AS step
FROM stats_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
JOIN party_coverage c
    ON c.organization_id = p.organization_id AND c.nature = 'formal'
    AND c.period @> %(day)s::date AND c.recorded @> %(known_at)s::timestamptz
    AND lower(c.period) >= %(since)s::date
LEFT JOIN (
    SELECT DISTINCT ON (taking.organization_id, brought.party_organization_id)
        taking.organization_id, brought.party_organization_id, a.decided_step AS step
    FROM stats_applications(%(since)s::date, %(day)s::date, %(known_at)s::timestamptz) a
    JOIN formation_application f ON f.id = a.application_id
    JOIN formation_participant taking ON taking.application_id = f.id AND NOT taking.is_dropped
    CROSS JOIN LATERAL (
        VALUES (f.established_id), (CASE WHEN f.kind = 'pooled' THEN f.party_organization_id END)
    ) brought (party_organization_id)
    WHERE a.outcome = 'approved' AND a.decided_on BETWEEN %(since)s::date AND %(day)s::date
      AND brought.party_organization_id IS NOT NULL
    ORDER BY taking.organization_id, brought.party_organization_id, a.decided_on
) decided
    ON decided.organization_id = p.organization_id AND decided.party_organization_id = c.party_organization_id
