-- name: 党员
-- theme: members
-- place: 1
-- measure: 名
-- definition: 当日在册的党员：组织关系在所属党组织的，以及在社会组织从业而组织关系在外单位的。一人只计一次。
-- source: membership-counted-once 党员台账；人数人人可见，姓名只显示给有权查看的人
-- record: person
-- variants: held=组织关系在所属党组织（含预备党员）; full=其中正式党员; working=在社会组织从业的党员，组织关系在何处不论
-- dimensions: unit standing place age sex education
-- facts: members.Membership members.Engagement party.Affiliation orgs.Supervision
SELECT
    person.id AS record,
    CASE
        WHEN person.id IN (
            -- as Person.visible_to: who has gone elsewhere since is counted where they were, and not named
            SELECT here.person_id FROM members_presence here
            JOIN accounts_unit hereabouts ON hereabouts.id = here.unit_id AND hereabouts.path LIKE ANY (%(people)s::text[])
            WHERE coalesce(here.until, 'infinity') > (now() AT TIME ZONE 'Asia/Shanghai')::date
               OR NOT EXISTS (
                   SELECT FROM members_presence other WHERE other.person_id = here.person_id
                   AND coalesce(other.until, 'infinity') > (now() AT TIME ZONE 'Asia/Shanghai')::date
               )
        ) THEN person.name
        ELSE ''
    END AS label,
    CASE WHEN hu.id IS NOT NULL THEN coalesce(higher.superior_id, a.superior_id) ELSE s.unit_id END AS unit,
    m.standing,
    CASE WHEN hu.id IS NOT NULL THEN 'here' WHEN m.outside_id IS NOT NULL THEN 'outside' ELSE 'elsewhere' END AS place,
    CASE
        WHEN person.born_on IS NULL THEN ''
        WHEN age(%(day)s::date, person.born_on) < interval '36 years' THEN '35-'
        WHEN age(%(day)s::date, person.born_on) < interval '46 years' THEN '36-45'
        WHEN age(%(day)s::date, person.born_on) < interval '56 years' THEN '46-55'
        WHEN age(%(day)s::date, person.born_on) < interval '61 years' THEN '56-60'
        ELSE '61+'
    END AS age,
    person.sex,
    person.education,
    true AS in_base,
    CASE %(variant)s
        WHEN 'working' THEN w.organization_id IS NOT NULL
        WHEN 'full' THEN hu.id IS NOT NULL AND m.standing = 'full'
        ELSE hu.id IS NOT NULL
    END AS counted,
    coalesce(
        'works-at:' || (
            SELECT p.name FROM orgs_particulars p
            WHERE p.organization_id = w.organization_id
              AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
        ),
        'works-nowhere'
    ) AS reason
FROM members_membership m
JOIN members_person person ON person.id = m.person_id
LEFT JOIN party_partyorganization po ON po.id = m.party_organization_id
LEFT JOIN accounts_unit hu ON hu.id = po.unit_id AND hu.path LIKE ANY (%(scope)s::text[])
LEFT JOIN (
    SELECT DISTINCT ON (e.person_id) e.person_id, e.organization_id, wu.path
    FROM members_engagement e
    JOIN orgs_organization o ON o.id = e.organization_id
    JOIN accounts_unit wu ON wu.id = o.unit_id AND wu.path LIKE ANY (%(scope)s::text[])
    WHERE e.period @> %(day)s::date AND e.recorded @> %(known_at)s::timestamptz
    ORDER BY e.person_id, e.employment <> 'full_time', e.organization_id
) w ON w.person_id = m.person_id
LEFT JOIN party_affiliation a
    ON a.party_organization_id = po.id
    AND CASE WHEN %(organised)s = 'now'
        THEN upper_inf(a.period) AND upper_inf(a.recorded)
        ELSE a.period @> %(day)s::date AND a.recorded @> %(known_at)s::timestamptz END
LEFT JOIN party_partyorganization above ON above.unit_id = a.superior_id
LEFT JOIN party_affiliation higher
    ON higher.party_organization_id = above.id
    AND CASE WHEN %(organised)s = 'now'
        THEN upper_inf(higher.period) AND upper_inf(higher.recorded)
        ELSE higher.period @> %(day)s::date AND higher.recorded @> %(known_at)s::timestamptz END
LEFT JOIN orgs_supervision s
    ON s.organization_id = w.organization_id
    AND CASE WHEN %(organised)s = 'now'
        THEN upper_inf(s.period) AND upper_inf(s.recorded)
        ELSE s.period @> %(day)s::date AND s.recorded @> %(known_at)s::timestamptz END
WHERE m.period @> %(day)s::date AND m.recorded @> %(known_at)s::timestamptz
  AND (hu.id IS NOT NULL OR w.organization_id IS NOT NULL)
