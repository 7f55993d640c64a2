-- name: 支部正式党员够数
-- table: 党组织与党员两表之间
-- relation: 正式党支部的正式党员 ≥ 规定人数
-- source: party-constitution-29 正式党员达到规定人数的应当成立党的基层组织
-- record: party
-- parameter: full-members-to-form = 3
SELECT
    po.id AS record, p.name AS label,
    '正式党员' || coalesce(m.full_members, 0) || '名，少于' || %(parameter)s || '名；' || CASE
        WHEN coalesce(m.left_on, '-infinity') > lower(p.period) THEN '最近一名于' || m.left_on || '转出，可能需要补员、联合或撤销'
        ELSE '成立以来就不够，党员可能没有录全' END AS cause
FROM party_partyparticulars p
JOIN party_partyorganization po ON po.id = p.party_organization_id
JOIN accounts_unit u ON u.id = po.unit_id AND u.path LIKE ANY (%(scope)s::text[])
LEFT JOIN (
    SELECT party_organization_id,
           count(*) FILTER (WHERE standing = 'full' AND period @> %(day)s::date) AS full_members,
           max(upper(period)) FILTER (WHERE upper(period) <= %(day)s::date) AS left_on
    FROM members_membership
    WHERE party_organization_id IS NOT NULL AND recorded @> %(known_at)s::timestamptz
    GROUP BY party_organization_id
) m ON m.party_organization_id = po.id
WHERE p.nature = 'formal' AND p.level = 'branch' AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
  AND coalesce(m.full_members, 0) < %(parameter)s
