-- name: 印发的文书
-- theme: office
-- place: 2
-- measure: 件
-- span: period
-- definition: 期内编号印发的文书件数，以印发之日为准；以后作废的，仍计入印发当期。
-- source: acts-count-on-their-day 以“印发”这一办理记录为准
-- record: paper
-- variants: issued=印发的
-- dimensions: paper_kind unit
-- facts: orgs.Particulars
-- steps: papers:issue
SELECT
    d.id AS record,
    trim(d.number || ' ' || d.title) AS label,
    d.issuer_id AS unit,
    d.kind AS paper_kind,
    true AS in_base,
    true AS counted,
    'issued:' || issued."on" AS reason,
    issued.id AS step
FROM papers_paper d
JOIN cases_case k ON k.id = d.case_id
JOIN accounts_unit ku ON ku.id = k.unit_id
JOIN accounts_unit iu ON iu.id = d.issuer_id
CROSS JOIN LATERAL (
    SELECT s.id, s."on" FROM cases_step s
    WHERE s.case_id = d.case_id AND s.verb = 'papers:issue' AND s.recorded_at <= %(known_at)s::timestamptz
      AND s."on" = d.issued_on
    ORDER BY s.recorded_at, s.id LIMIT 1
) issued
WHERE d.state IN ('issued', 'void') AND d.issued_on BETWEEN %(since)s::date AND %(day)s::date
  AND (
      -- as Paper.visible_to
      NOT d.about_people AND iu.path LIKE ANY (%(scope)s::text[]) OR iu.path LIKE ANY (%(people)s::text[])
      OR NOT k.about_people AND ku.path LIKE ANY (%(scope)s::text[]) OR ku.path LIKE ANY (%(people)s::text[])
  )
