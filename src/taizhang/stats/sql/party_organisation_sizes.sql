-- name: 党组织规模
-- theme: party
-- place: 2
-- measure: 个
-- definition: 当日存在的正式党组织，按在其中有组织关系的党员人数（含预备党员）分组；计入的是正式党员达到规定人数的。
-- source: branch-regulation-4 支部一般不超过50人；正式党员规定人数按当日有效的参数
-- record: party
-- variants: enough=正式党员达到规定人数的; short=不足规定人数的; none=没有党员的
-- dimensions: heads unit level form
-- parameter: full-members-to-form = 3
-- facts: party.PartyParticulars party.Affiliation party.Coverage members.Membership
SELECT
    p.party_organization_id AS record,
    p.name AS label,
    p.unit_id AS unit,
    p.level,
    coalesce((
        SELECT min(t.form) FROM party_coverage t
        WHERE t.party_organization_id = p.party_organization_id
          AND t.period @> %(day)s::date AND t.recorded @> %(known_at)s::timestamptz
    ), '') AS form,
    CASE
        WHEN coalesce(m.held, 0) = 0 THEN '0'
        WHEN m.held < 3 THEN '1-2'
        WHEN m.held < 7 THEN '3-6'
        WHEN m.held < 50 THEN '7-49'
        WHEN m.held < 100 THEN '50-99'
        ELSE '100+'
    END AS heads,
    true AS in_base,
    CASE %(variant)s WHEN 'none' THEN coalesce(m.held, 0) = 0
        WHEN 'short' THEN coalesce(m.full_members, 0) < %(parameter)s
        ELSE coalesce(m.full_members, 0) >= %(parameter)s END AS counted,
    'holds:' || coalesce(m.full_members, 0) || ',' || coalesce(m.held - m.full_members, 0) AS reason
FROM stats_party_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
LEFT JOIN (
    SELECT party_organization_id, count(*) AS held, count(*) FILTER (WHERE standing = 'full') AS full_members
    FROM members_membership
    WHERE party_organization_id IS NOT NULL
      AND period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
    GROUP BY party_organization_id
) m ON m.party_organization_id = p.party_organization_id
WHERE p.nature = 'formal'
