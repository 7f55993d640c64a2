-- name: 派驻的党建指导员
-- theme: instructors
-- place: 1
-- measure: 名
-- span: period
-- definition: 期内开始派驻到社会组织的党建指导员人数，一人派驻几家只计一次；“在派”的为所问之日仍在派的，不论何时开始。
-- source: report-2017-instructors 人数按可见范围内的派驻；姓名只显示给有权查看的人
-- record: instructor
-- variants: begun=期内开始派驻的; standing=所问之日在派的
-- dimensions: unit load
-- facts: orgs.Particulars instructors.Posting
SELECT
    n.id AS record,
    CASE
        WHEN u.path LIKE ANY (%(people)s::text[]) OR EXISTS (
            -- as Instructor.visible_to
            SELECT FROM instructors_posting t
            JOIN orgs_organization o ON o.id = t.organization_id
            JOIN accounts_unit w ON w.id = o.unit_id AND w.path LIKE ANY (%(people)s::text[])
            WHERE t.instructor_id = n.id AND upper_inf(t.recorded)
              AND (upper_inf(t.period) OR upper(t.period) > (now() AT TIME ZONE 'Asia/Shanghai')::date)
        ) THEN person.name
        ELSE ''
    END AS label,
    n.unit_id AS unit,
    CASE WHEN i.load > 5 THEN '6+' ELSE i.load::text END AS load,
    true AS in_base,
    CASE WHEN %(variant)s = 'standing' THEN i.standing > 0 ELSE i.begun > 0 END AS counted,
    'posted-to:' || i.load AS reason
FROM instructors_instructor n
JOIN members_person person ON person.id = n.person_id
JOIN accounts_unit u ON u.id = n.unit_id
JOIN (
    SELECT t.instructor_id,
           count(DISTINCT t.organization_id) FILTER (WHERE lower(t.period) >= %(since)s::date) AS begun,
           count(DISTINCT t.organization_id) FILTER (WHERE t.period @> %(day)s::date) AS standing,
           count(DISTINCT t.organization_id) FILTER (WHERE CASE WHEN %(variant)s = 'standing'
               THEN t.period @> %(day)s::date ELSE lower(t.period) >= %(since)s::date END) AS load
    FROM instructors_posting t
    WHERE t.recorded @> %(known_at)s::timestamptz AND lower(t.period) <= %(day)s::date
      AND (lower(t.period) >= %(since)s::date OR t.period @> %(day)s::date)
      AND (%(whole)s OR t.organization_id IN (
          SELECT o.id FROM orgs_organization o JOIN accounts_unit w ON w.id = o.unit_id
          WHERE w.path LIKE ANY (%(scope)s::text[])
      ))
    GROUP BY t.instructor_id
) i ON i.instructor_id = n.id
