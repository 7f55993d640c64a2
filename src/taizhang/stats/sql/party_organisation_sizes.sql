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
    po.id AS record,
    p.name AS label,
    coalesce(higher.superior_id, a.superior_id) AS unit,
    p.level,
    coalesce((
        SELECT min(t.form) FROM party_coverage t
        WHERE t.party_organization_id = po.id
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
FROM party_partyparticulars p
JOIN party_partyorganization po ON po.id = p.party_organization_id
JOIN accounts_unit u ON u.id = po.unit_id AND u.path LIKE ANY (%(scope)s::text[])
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
LEFT JOIN (
    SELECT party_organization_id, count(*) AS held, count(*) FILTER (WHERE standing = 'full') AS full_members
    FROM members_membership
    WHERE party_organization_id IS NOT NULL
      AND period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
    GROUP BY party_organization_id
) m ON m.party_organization_id = po.id
WHERE p.nature = 'formal' AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
