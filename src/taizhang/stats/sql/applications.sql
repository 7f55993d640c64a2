-- name: 组建申请
-- theme: procedures
-- place: 2
-- measure: 件
-- span: period
-- definition: 期内提交的组建、变更、撤销、换届等申请件数，以第一次提交之日为准；结果和用时算到所问之日。
-- source: report-2017-refusal 审批结果以议决或批复之日为准；用时为提交至决定的天数
-- record: application
-- variants: submitted=期内提交的; approved=其中已批准的; refused=其中不予批准的; pending=其中尚无决定的
-- dimensions: decision duration unit matter
-- facts: orgs.Particulars
-- steps: formation:submit formation:file_approval formation:file_refusal meetings:resolve
SELECT
    f.id AS record,
    CASE WHEN NOT k.about_people OR ku.path LIKE ANY (%(people)s::text[])
        THEN trim(f.number || ' ' || k.title) ELSE '' END AS label,
    f.responsible_unit_id AS unit,
    f.kind AS matter,
    result.decision,
    CASE
        WHEN result.decision = 'pending' THEN 'pending'
        WHEN a.decided_on - a.submitted_on <= 30 THEN '30'
        WHEN a.decided_on - a.submitted_on <= 60 THEN '60'
        ELSE '61+'
    END AS duration,
    true AS in_base,
    %(variant)s = 'submitted' OR result.decision = %(variant)s AS counted,
    'took:' || a.submitted_on || ',' || result.decision || ','
        || CASE WHEN result.decision = 'pending' THEN %(day)s::date - a.submitted_on
            ELSE a.decided_on - a.submitted_on END AS reason,
    CASE WHEN result.decision = 'pending' THEN a.submitted_step ELSE a.decided_step END AS step
FROM stats_applications(%(since)s::date, %(day)s::date, %(known_at)s::timestamptz) a
JOIN formation_application f ON f.id = a.application_id
LEFT JOIN cases_case k ON k.id = f.case_id
LEFT JOIN accounts_unit ku ON ku.id = k.unit_id
LEFT JOIN accounts_unit au ON au.id = f.approving_unit_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN a.decided_on IS NULL OR a.decided_on > %(day)s::date THEN 'pending' ELSE a.outcome END AS decision
) result
WHERE a.submitted_on BETWEEN %(since)s::date AND %(day)s::date
  AND (
      %(whole)s
      OR ku.path LIKE ANY (%(scope)s::text[])
      OR au.path LIKE ANY (%(scope)s::text[])
      OR EXISTS (
          SELECT FROM formation_participant taking
          JOIN orgs_organization o ON o.id = taking.organization_id
          JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s::text[])
          WHERE taking.application_id = f.id AND NOT taking.is_dropped
      )
  )
