-- name: 书记两卡一致
-- table: 党组织与党员两表之间
-- relation: 党组织的现任书记 = 该党组织在册的党员
-- source: branch-regulation-23 书记由本党组织的正式党员担任
-- record: party
SELECT
    po.id AS record, p.name AS label,
    CASE
        WHEN m.id IS NULL AND later.since IS NOT NULL THEN '书记的组织关系自' || later.since || '起才有记录，晚于任职'
        WHEN m.id IS NULL THEN '书记没有组织关系记录，可能漏记，或已转出而未离任'
        WHEN m.party_organization_id IS NULL THEN '书记的组织关系在外单位，尚未转入'
        WHEN m.standing <> 'full' THEN '书记还是预备党员'
        ELSE '书记的组织关系在另一党组织，可能已转出而未离任'
    END AS cause
FROM party_partyparticulars p
JOIN party_partyorganization po ON po.id = p.party_organization_id
JOIN accounts_unit u ON u.id = po.unit_id AND u.path LIKE ANY (%(scope)s::text[])
JOIN members_post t ON t.party_organization_id = po.id AND t.position = 'secretary'
    AND t.period @> %(day)s::date AND t.recorded @> %(known_at)s::timestamptz
LEFT JOIN members_membership m ON m.person_id = t.person_id
    AND m.period @> %(day)s::date AND m.recorded @> %(known_at)s::timestamptz
LEFT JOIN LATERAL (
    SELECT min(lower(f.period)) AS since FROM members_membership f
    WHERE f.person_id = t.person_id AND lower(f.period) > %(day)s::date AND f.recorded @> %(known_at)s::timestamptz
) later ON true
WHERE p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
  AND (m.party_organization_id IS DISTINCT FROM po.id OR m.standing <> 'full')
