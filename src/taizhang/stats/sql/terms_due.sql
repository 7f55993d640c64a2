-- name: 任期届满
-- theme: party
-- place: 4
-- measure: 个
-- definition: 当日存在的正式党组织中，现任书记任期将在六个月内届满的个数；“已届满”的为任期已过而仍任职的。
-- source: branch-regulation-renewal 届满前六个月提醒换届；届满日以任职记录为准，没有写届满日的不计
-- record: party
-- variants: soon=六个月内届满; over=已届满未换届
-- dimensions: unit level due
-- facts: party.PartyParticulars party.Affiliation members.Post
SELECT
    p.party_organization_id AS record,
    p.name AS label,
    p.unit_id AS unit,
    p.level,
    CASE
        WHEN t.term_ends_on IS NULL THEN 'unknown'
        WHEN t.term_ends_on <= %(day)s::date THEN 'over'
        WHEN t.term_ends_on <= %(day)s::date + interval '6 months' THEN 'soon'
        ELSE 'later'
    END AS due,
    true AS in_base,
    coalesce(CASE WHEN %(variant)s = 'over' THEN t.term_ends_on <= %(day)s::date
        ELSE t.term_ends_on > %(day)s::date AND t.term_ends_on <= %(day)s::date + interval '6 months' END, false) AS counted,
    'term:' || coalesce(t.term_ends_on::text, '') AS reason
FROM stats_party_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
JOIN members_post t
    ON t.party_organization_id = p.party_organization_id AND t.position = 'secretary'
    AND t.period @> %(day)s::date AND t.recorded @> %(known_at)s::timestamptz
WHERE p.nature = 'formal'
