-- name: 填报
-- theme: office
-- place: 3
-- measure: 份
-- span: period
-- definition: 期内下发（或由社会组织自行提出更正）的填报份数，按所问之日所处的状态分；状态以当日为止的办理记录为准。
-- source: acts-count-on-their-day 以下发之日计入当期
-- record: declaration
-- variants: asked=应填报的; submitted=其中已提交的（待审核或已接受）; accepted=其中已接受的; returned=其中退回未再提交的; untouched=其中未开始的
-- dimensions: stage unit kind late
-- facts: orgs.Particulars orgs.Supervision
-- steps: declarations:submit declarations:submit_to_committee declarations:pass_on declarations:send_back declarations:accept
SELECT
    d.id AS record,
    coalesce(r.title, '更正') || '：' || coalesce(p.name, u.name) AS label,
    s.unit_id AS unit,
    coalesce(p.kind, '') AS kind,
    stood.stage,
    CASE WHEN d.is_late THEN 'late' ELSE '' END AS late,
    true AS in_base,
    CASE %(variant)s
        WHEN 'submitted' THEN stood.stage IN ('with_unit', 'with_committee', 'accepted')
        WHEN 'accepted' THEN stood.stage = 'accepted'
        WHEN 'returned' THEN stood.stage = 'returned'
        WHEN 'untouched' THEN stood.stage = 'not_begun'
        ELSE true END AS counted,
    'stage:' || stood.stage AS reason,
    stood.step
FROM declarations_declaration d
JOIN cases_case k
    ON k.id = d.case_id AND k.opened_at <= %(known_at)s::timestamptz
    AND k.opened_at >= %(since)s::date::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND k.opened_at < (%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
LEFT JOIN declarations_round r ON r.id = d.round_id
LEFT JOIN orgs_organization o ON o.id = d.organization_id
LEFT JOIN accounts_unit u ON u.id = o.unit_id
LEFT JOIN orgs_particulars p
    ON p.organization_id = d.organization_id
    AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
LEFT JOIN orgs_supervision s
    ON s.organization_id = d.organization_id
    AND CASE WHEN %(organised)s = 'now'
        THEN upper_inf(s.period) AND upper_inf(s.recorded)
        ELSE s.period @> %(day)s::date AND s.recorded @> %(known_at)s::timestamptz END
CROSS JOIN LATERAL (
    -- not joined: a question that does not tell the states apart reads none of their steps
    SELECT coalesce(last.told ->> 'stage', 'not_begun') AS stage, (last.told ->> 'step')::bigint AS step
    FROM (
        SELECT (
            SELECT jsonb_build_object('stage', t.details -> 'state', 'step', t.id) FROM cases_step t
            WHERE t.case_id = d.case_id AND t.details ? 'state' AND t."on" <= %(day)s::date
              AND t.recorded_at <= %(known_at)s::timestamptz
            ORDER BY t.recorded_at DESC, t.id DESC LIMIT 1
        ) AS told
    ) last
) stood
WHERE %(whole)s OR d.organization_id IN (
    SELECT mine.id FROM orgs_organization mine JOIN accounts_unit mu ON mu.id = mine.unit_id
    WHERE mu.path LIKE ANY (%(scope)s::text[])
)
