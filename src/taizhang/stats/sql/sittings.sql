-- name: 会议
-- theme: office
-- place: 1
-- measure: 次
-- span: period
-- definition: 期内召开并已结束的会议次数，以开会之日为准；取消的不计。
-- source: collective-decision-vote 以“结束会议”这一办理记录为准
-- record: sitting
-- variants: closed=已结束; forming=其中议决过组建申请
-- dimensions: unit body
-- facts: orgs.Particulars
-- steps: meetings:close
SELECT
    g.id AS record,
    b.name || to_char(g.held_on, 'YYYY"年"FMMM"月"FMDD"日"') || '会议' AS label,
    b.unit_id AS unit,
    b.name AS body,
    true AS in_base,
    %(variant)s = 'closed' OR i.forming > 0 AS counted,
    'held:' || g.held_on || ',' || i.items || ',' || i.forming AS reason,
    closed.id AS step
FROM meetings_sitting g
JOIN meetings_body b ON b.id = g.body_id
JOIN accounts_unit u ON u.id = b.unit_id AND u.path LIKE ANY (%(scope)s::text[])
CROSS JOIN LATERAL (
    SELECT s.id FROM cases_step s
    WHERE s.case_id = g.case_id AND s.verb = 'meetings:close' AND s.recorded_at <= %(known_at)s::timestamptz
    ORDER BY s.recorded_at, s.id LIMIT 1
) closed
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE t.outcome IN ('approved', 'refused')) AS items,
           count(f.id) FILTER (WHERE t.outcome IN ('approved', 'refused')) AS forming
    FROM meetings_agendaitem t LEFT JOIN formation_application f ON f.case_id = t.case_id
    WHERE t.sitting_id = g.id
) i
WHERE g.held_on BETWEEN %(since)s::date AND %(day)s::date
