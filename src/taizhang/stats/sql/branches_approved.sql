-- name: 批准成立的党组织
-- theme: procedures
-- place: 3
-- measure: 个
-- span: period
-- definition: 期内经申请批准成立的党组织个数，以会议决定（或有审批权的机关批复）之日为准；以后撤销或纠正的，批准仍计入当期。
-- source: branch-regulation-7 以“表决”或“存入批复”这一办理记录为准
-- record: party
-- variants: approved=期内批准成立; standing=其中所问之日仍存在
-- dimensions: unit level form covered
-- facts: orgs.Particulars party.PartyParticulars party.Affiliation party.Coverage
-- steps: meetings:resolve formation:file_approval
-- beside: organisations_newly_covered=一个联合党支部覆盖几家，所以支部数可以少于新覆盖的家数
SELECT
    po.id AS record,
    coalesce(p.name, f.name) AS label,
    responsible.unit_id AS unit,
    coalesce(p.level, f.level) AS level,
    f.form,
    CASE WHEN coalesce(c.covered, 0) > 5 THEN '6+' ELSE coalesce(c.covered, 0)::text END AS covered,
    true AS in_base,
    %(variant)s = 'approved' OR p.party_organization_id IS NOT NULL AS counted,
    'approved:' || decided.decided_on || ',' || coalesce(c.names, '') AS reason,
    decided.decided_step AS step
FROM stats_applications(%(since)s::date, %(day)s::date, %(known_at)s::timestamptz) decided
JOIN formation_application f ON f.id = decided.application_id
JOIN party_partyorganization po ON po.id = f.established_id
LEFT JOIN party_partyparticulars p
    ON p.party_organization_id = po.id
    AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
LEFT JOIN stats_responsible(%(day)s::date, %(known_at)s::timestamptz, %(organised)s) responsible
    ON responsible.party_organization_id = po.id
LEFT JOIN LATERAL (
    SELECT count(DISTINCT t.organization_id) AS covered, string_agg(DISTINCT n.name, '、') FILTER (
            WHERE nu.path LIKE ANY (%(scope)s::text[])) AS names
    FROM party_coverage t
    JOIN orgs_organization no ON no.id = t.organization_id
    JOIN accounts_unit nu ON nu.id = no.unit_id
    LEFT JOIN orgs_particulars n ON n.organization_id = t.organization_id
        AND n.period @> %(day)s::date AND n.recorded @> %(known_at)s::timestamptz
    WHERE t.party_organization_id = po.id
      AND t.period @> %(day)s::date AND t.recorded @> %(known_at)s::timestamptz
) c ON true
WHERE decided.outcome = 'approved' AND decided.decided_on BETWEEN %(since)s::date AND %(day)s::date
  AND (%(whole)s OR po.unit_id IN (SELECT u.id FROM accounts_unit u WHERE u.path LIKE ANY (%(scope)s::text[])))
