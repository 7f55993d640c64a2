-- name: 党组织
-- theme: party
-- place: 1
-- measure: 个
-- definition: 当日存在的党组织个数（自批准成立之日起，至撤销之日前）。责任单位为其上级党组织所在单位；上级本身是党组织的，取再上一级。
-- source: opinion-2015-forms 党组织台账；性质分正式、临时、功能型、流动
-- record: party
-- variants: formal=正式党组织; all=全部性质
-- dimensions: unit level nature form
-- facts: party.PartyParticulars party.Affiliation party.Coverage
SELECT
    p.party_organization_id AS record,
    p.name AS label,
    p.unit_id AS unit,
    p.level,
    p.nature,
    coalesce(c.form, '') AS form,
    true AS in_base,
    %(variant)s = 'all' OR p.nature = 'formal' AS counted,
    'covers:' || coalesce(c.covered, 0) AS reason
FROM stats_party_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
LEFT JOIN (
    SELECT party_organization_id, min(form) AS form, count(DISTINCT organization_id) AS covered
    FROM party_coverage
    WHERE period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
    GROUP BY party_organization_id
) c ON c.party_organization_id = p.party_organization_id
