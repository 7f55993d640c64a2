-- figure: members held
-- source: membership-counted-once 组织关系的起止；年内转正不增减
-- in: admitted=发展党员; transferred_in=转入
-- out: transferred_out=转出; ended=出党、去世及其他
WITH placed AS (
    SELECT m.person_id, m.period, m.standing, u.id IS NOT NULL AS here
    FROM members_membership m
    LEFT JOIN party_partyorganization po ON po.id = m.party_organization_id
    LEFT JOIN accounts_unit u ON u.id = po.unit_id AND u.path LIKE ANY (%(scope)s::text[])
    WHERE m.recorded @> %(known_at)s::timestamptz
), held AS (
    SELECT p.*, lag(p.standing) OVER w AS before, lag(p.here) OVER w AS here_before,
           lag(upper(p.period)) OVER w AS before_until, lead(p.here) OVER w AS here_after,
           lead(lower(p.period)) OVER w AS after_since
    FROM placed p
    WINDOW w AS (PARTITION BY p.person_id ORDER BY lower(p.period))
)
SELECT record, day, line, way FROM (
    SELECT h.person_id AS record, lower(h.period) AS day, 1 AS way,
           CASE WHEN h.before IS NULL AND h.standing = 'probationary' THEN 'admitted' ELSE 'transferred_in' END AS line
    FROM held h
    WHERE h.here AND NOT (coalesce(h.here_before, false) AND h.before_until = lower(h.period))
    UNION ALL
    SELECT h.person_id, upper(h.period), -1,
           CASE WHEN h.after_since = upper(h.period) THEN 'transferred_out' ELSE 'ended' END
    FROM held h
    WHERE h.here AND NOT upper_inf(h.period) AND NOT (coalesce(h.here_after, false) AND h.after_since = upper(h.period))
) moves
WHERE day BETWEEN %(since)s::date AND %(day)s::date
