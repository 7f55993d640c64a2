-- name: 派驻后新建的党组织
-- theme: instructors
-- place: 3
-- measure: 个
-- span: period
-- definition: 期内开始派驻指导员的社会组织中，派驻以后才开始、所问之日仍覆盖其中至少一家的正式党组织个数；一个党组织覆盖其中几家，只计一个。
-- source: report-2017-instructors 按党组织计数；按社会组织计数见另一指标
-- record: party
-- variants: new=派驻以后开始覆盖的正式党组织
-- dimensions: unit level form covered
-- facts: orgs.Particulars party.PartyParticulars party.Affiliation party.Coverage instructors.Posting
-- beside: instructed_newly_covered=一个联合党支部可以覆盖其中几家，所以党组织个数可以少于覆盖的家数，两个数都对
SELECT
    p.party_organization_id AS record,
    p.name AS label,
    p.unit_id AS unit,
    p.level,
    c.form,
    CASE WHEN c.covered > 5 THEN '6+' ELSE c.covered::text END AS covered,
    true AS in_base,
    true AS counted,
    'covers-instructed:' || c.covered || ',' || c.names AS reason
FROM stats_party_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
JOIN (
    SELECT t.party_organization_id, min(t.form) AS form,
           count(DISTINCT t.organization_id) AS covered, string_agg(DISTINCT n.name, '、') FILTER (
            WHERE nu.path LIKE ANY (%(scope)s::text[])) AS names
    FROM party_coverage t
    JOIN (
        SELECT organization_id, min(lower(period)) AS posted_on
        FROM instructors_posting
        WHERE recorded @> %(known_at)s::timestamptz AND lower(period) BETWEEN %(since)s::date AND %(day)s::date
        GROUP BY organization_id
    ) i ON i.organization_id = t.organization_id AND lower(t.period) > i.posted_on
    JOIN orgs_organization no ON no.id = t.organization_id
    JOIN accounts_unit nu ON nu.id = no.unit_id
    LEFT JOIN orgs_particulars n ON n.organization_id = t.organization_id
        AND n.period @> %(day)s::date AND n.recorded @> %(known_at)s::timestamptz
    WHERE t.nature = 'formal' AND t.period @> %(day)s::date AND t.recorded @> %(known_at)s::timestamptz
    GROUP BY t.party_organization_id
) c ON c.party_organization_id = p.party_organization_id
