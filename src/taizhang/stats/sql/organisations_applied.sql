-- name: 申请组建党组织的社会组织
-- theme: procedures
-- place: 1
-- measure: 家
-- span: period
-- definition: 期内提交了组建党组织申请（单独、联合、街道联建、编入联合会联合党支部、分出另建）的社会组织家数，联合申请的每一家都计；一家几次申请只计一次，以期内第一次提交为准。结果按所问之日。
-- source: report-2017-refusal 以“提交”这一办理记录为准，退回补正后再提交的按第一次
-- record: organisation
-- variants: applied=期内提交过申请; approved=其中申请获得批准; pending=其中尚无决定; refused=其中都未获批准
-- dimensions: unit kind region trade level mode decision
-- facts: orgs.Particulars orgs.Supervision
-- steps: formation:submit formation:file_approval formation:file_refusal meetings:resolve
SELECT
    p.organization_id AS record,
    p.name AS label,
    p.code,
    p.unit_id AS unit,
    p.kind,
    p.region,
    p.trade,
    p.level,
    p.mode,
    t.decision,
    true AS in_base,
    %(variant)s = 'applied' OR t.decision = %(variant)s AS counted,
    'applied:' || t.submitted_on || ',' || t.decision AS reason,
    t.step
FROM stats_organisations(
    %(day)s::date, %(known_at)s::timestamptz, %(organised)s, %(whole)s, %(scope)s::text[]
) p
JOIN (
    SELECT
        taking.organization_id,
        min(a.submitted_on) AS submitted_on,
        (array_agg(a.submitted_step ORDER BY a.submitted_on, a.submitted_step))[1] AS step,
        CASE
            WHEN bool_or(a.outcome = 'approved' AND a.decided_on <= %(day)s::date) THEN 'approved'
            WHEN bool_or(a.decided_on IS NULL OR a.decided_on > %(day)s::date) THEN 'pending'
            ELSE 'refused'
        END AS decision
    FROM stats_applications(%(since)s::date, %(day)s::date, %(known_at)s::timestamptz) a
    JOIN formation_application f ON f.id = a.application_id
        AND f.kind IN ('single', 'joint', 'street', 'pooled', 'spin_off')
    JOIN formation_participant taking ON taking.application_id = a.application_id AND NOT taking.is_dropped
    WHERE a.submitted_on BETWEEN %(since)s::date AND %(day)s::date
    GROUP BY taking.organization_id
) t ON t.organization_id = p.organization_id
