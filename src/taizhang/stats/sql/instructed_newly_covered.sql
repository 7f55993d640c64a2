-- name: 派驻后由正式党组织覆盖的社会组织
-- theme: instructors
-- place: 4
-- measure: 家
-- span: period
-- definition: 期内开始派驻指导员的社会组织中，派驻以后才开始、所问之日仍由正式党组织覆盖的家数。
-- source: report-2017-instructors 按社会组织计数；按党组织计数见另一指标
-- record: organisation
-- variants: covered=派驻以后开始由正式党组织覆盖
-- dimensions: unit kind region trade level mode form
-- facts: orgs.Particulars orgs.Supervision instructors.Posting party.Coverage party.PartyParticulars
-- beside: instructed_new_party_organisations=一个联合党支部可以覆盖其中几家，所以覆盖的家数可以多于党组织个数，两个数都对
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
    coalesce(c.form, '') AS form,
    true AS in_base,
    c.organization_id IS NOT NULL AS counted,
    CASE WHEN c.organization_id IS NULL THEN 'posted-only:' || i.posted_on
        ELSE 'covered-since:' || lower(c.period) || ',' || coalesce((
            SELECT pp.name FROM party_partyparticulars pp
            WHERE pp.party_organization_id = c.party_organization_id
              AND pp.period @> %(day)s::date AND pp.recorded @> %(known_at)s::timestamptz
        ), '') END AS reason
FROM stats_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
JOIN (
    SELECT organization_id, min(lower(period)) AS posted_on
    FROM instructors_posting
    WHERE recorded @> %(known_at)s::timestamptz AND lower(period) BETWEEN %(since)s::date AND %(day)s::date
    GROUP BY organization_id
) i ON i.organization_id = p.organization_id
LEFT JOIN party_coverage c
    ON c.organization_id = p.organization_id AND c.nature = 'formal'
    AND c.period @> %(day)s::date AND c.recorded @> %(known_at)s::timestamptz
    AND lower(c.period) > i.posted_on
