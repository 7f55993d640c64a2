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
    po.id AS record,
    p.name AS label,
    coalesce(higher.superior_id, a.superior_id) AS unit,
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
FROM party_partyparticulars p
JOIN party_partyorganization po ON po.id = p.party_organization_id
JOIN accounts_unit u ON u.id = po.unit_id AND u.path LIKE ANY (%(scope)s::text[])
JOIN members_post t
    ON t.party_organization_id = po.id AND t.position = 'secretary'
    AND t.period @> %(day)s::date AND t.recorded @> %(known_at)s::timestamptz
LEFT JOIN party_affiliation a
    ON a.party_organization_id = po.id
    AND CASE WHEN %(organised)s = 'now'
        THEN upper_inf(a.period) AND upper_inf(a.recorded)
        ELSE a.period @> %(day)s::date AND a.recorded @> %(known_at)s::timestamptz END
LEFT JOIN party_partyorganization above ON above.unit_id = a.superior_id
LEFT JOIN party_affiliation higher
    ON higher.party_organization_id = above.id
    AND CASE WHEN %(organised)s = 'now'
        THEN upper_inf(higher.period) AND upper_inf(higher.recorded)
        ELSE higher.period @> %(day)s::date AND higher.recorded @> %(known_at)s::timestamptz END
WHERE p.nature = 'formal' AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
