-- name: 配齐书记的党组织
-- theme: party
-- place: 3
-- measure: 个
-- rate: 配备率
-- definition: 当日存在的正式党组织中，有人担任党内职务的个数与全部个数之比；默认看书记。
-- source: branch-regulation-21 职务以台账上的任职记录为准
-- record: party
-- variants: secretary=有书记; deputy=有副书记; committee=有委员（组织、宣传、纪检或其他委员）
-- dimensions: unit level
-- facts: party.PartyParticulars party.Affiliation members.Post
SELECT
    p.party_organization_id AS record,
    p.name AS label,
    p.unit_id AS unit,
    p.level,
    true AS in_base,
    CASE %(variant)s WHEN 'secretary' THEN coalesce(t.secretaries, 0) > 0
        WHEN 'deputy' THEN coalesce(t.deputies, 0) > 0
        ELSE coalesce(t.others, 0) > 0 END AS counted,
    'posts:' || coalesce(t.secretaries, 0) || ',' || coalesce(t.deputies, 0) || ',' || coalesce(t.others, 0) AS reason
FROM stats_party_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
LEFT JOIN (
    SELECT party_organization_id,
           count(*) FILTER (WHERE position = 'secretary') AS secretaries,
           count(*) FILTER (WHERE position = 'deputy') AS deputies,
           count(*) FILTER (WHERE position NOT IN ('secretary', 'deputy')) AS others
    FROM members_post
    WHERE period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
    GROUP BY party_organization_id
) t ON t.party_organization_id = p.party_organization_id
WHERE p.nature = 'formal'
