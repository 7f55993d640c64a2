-- figure: organisations_registered normal
-- source: statuses 登记事项的起止
-- in: registered=新登记; restored=恢复正常
-- out: cancelled=注销; revoked=撤销登记; licence_revoked=吊销证书; withdrawn=其他
SELECT record, day, line, way FROM (
    SELECT h.organization_id AS record, lower(h.period) AS day, 1 AS way,
           CASE WHEN h.before IS NULL THEN 'registered' ELSE 'restored' END AS line
    FROM (
        SELECT p.*, lag(p.status) OVER w AS before, lag(upper(p.period)) OVER w AS before_until
        FROM orgs_particulars p
        WHERE p.recorded @> %(known_at)s::timestamptz
        WINDOW w AS (PARTITION BY p.organization_id ORDER BY lower(p.period))
    ) h
    WHERE h.status = 'normal' AND (h.before IS DISTINCT FROM 'normal' OR h.before_until < lower(h.period))
    UNION ALL
    SELECT h.organization_id, upper(h.period), -1, coalesce(h.after, 'withdrawn')
    FROM (
        SELECT p.*, lead(p.status) OVER w AS after, lead(lower(p.period)) OVER w AS after_since
        FROM orgs_particulars p
        WHERE p.recorded @> %(known_at)s::timestamptz
        WINDOW w AS (PARTITION BY p.organization_id ORDER BY lower(p.period))
    ) h
    WHERE h.status = 'normal' AND NOT upper_inf(h.period)
      AND (h.after IS DISTINCT FROM 'normal' OR h.after_since > upper(h.period))
) moves
WHERE day BETWEEN %(since)s::date AND %(day)s::date
  AND record IN (
      SELECT o.id FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id
      WHERE u.path LIKE ANY (%(scope)s::text[])
  )
