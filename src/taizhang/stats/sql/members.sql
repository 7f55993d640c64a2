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
WITH held AS NOT MATERIALIZED (
    SELECT person_id, party_organization_id, outside_id, standing,
           party_organization_id IS NOT NULL AND (%(whole)s OR party_organization_id IN (
               SELECT po.id FROM party_partyorganization po JOIN accounts_unit u ON u.id = po.unit_id
               WHERE u.path LIKE ANY (%(scope)s::text[])
           )) AS is_here
    FROM members_membership
    WHERE period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
), engaged AS NOT MATERIALIZED (
    SELECT person_id, organization_id, CASE WHEN employment = 'full_time' THEN organization_id END AS full_time
    FROM members_engagement
    WHERE period @> %(day)s::date AND recorded @> %(known_at)s::timestamptz
      AND (%(whole)s OR organization_id IN (
          SELECT o.id FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id
          WHERE u.path LIKE ANY (%(scope)s::text[])
      ))
)
SELECT
    m.person_id AS record,
    CASE
        WHEN m.person_id IN (
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
    m.unit,
    m.standing,
    m.place,
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
        WHEN 'working' THEN m.organization_id IS NOT NULL
        WHEN 'full' THEN m.place = 'here' AND m.standing = 'full'
        ELSE m.place = 'here'
    END AS counted,
    coalesce(
        'works-at:' || (
            SELECT p.name FROM orgs_particulars p
            WHERE p.organization_id = m.organization_id
              AND p.period @> %(day)s::date AND p.recorded @> %(known_at)s::timestamptz
        ),
        'works-nowhere'
    ) AS reason
FROM (
    -- each once, where they work full-time before anywhere else
    SELECT held.person_id, held.standing, 'here' AS place, responsible.unit_id AS unit, works.organization_id
    FROM held
    LEFT JOIN stats_responsible(%(day)s::date, %(known_at)s::timestamptz, %(organised)s) responsible
        ON responsible.party_organization_id = held.party_organization_id
    LEFT JOIN (
        SELECT person_id, coalesce(min(full_time), min(organization_id)) AS organization_id FROM engaged GROUP BY person_id
    ) works ON works.person_id = held.person_id
    WHERE held.is_here
    UNION ALL
    SELECT away.person_id, away.standing, away.place, s.unit_id, away.organization_id
    FROM (
        SELECT person_id, held.standing, CASE WHEN held.outside_id IS NULL THEN 'elsewhere' ELSE 'outside' END AS place,
               coalesce(min(engaged.full_time), min(engaged.organization_id)) AS organization_id
        FROM held JOIN engaged USING (person_id)
        WHERE NOT held.is_here
        GROUP BY person_id, held.standing, held.outside_id
    ) away
    LEFT JOIN orgs_supervision s
        ON s.organization_id = away.organization_id
        AND CASE WHEN %(organised)s = 'now'
            THEN upper_inf(s.period) AND upper_inf(s.recorded)
            ELSE s.period @> %(day)s::date AND s.recorded @> %(known_at)s::timestamptz END
) m
LEFT JOIN members_person person ON person.id = m.person_id
