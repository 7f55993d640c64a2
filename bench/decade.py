"""What ten years leave behind of people and of the office's work, written set-wise like the province itself (bench/province.py).

People are admitted, become full members, move, change their job; Party organisations are renamed and handed over; every branch has had its
terms of office; applications were decided at sittings and answered by papers; three years' declarations were asked for and accepted.
"""

# Statements on facts: each list is a step of its own, with {step}, {recorded}, {moment} and %(committee)s, %(clerk)s, %(people)s.
PEOPLE_ACTS = (
    ("confirm", [
        """WITH closed AS (
               UPDATE members_membership SET recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step}
               WHERE person_id %% 5 < 3 AND standing = 'full' RETURNING *
           ), cut AS (SELECT *, lower(period) + 365 AS day FROM closed)
           INSERT INTO members_membership
               (period, recorded, step_id, person_id, party_organization_id, outside_id, standing)
           SELECT daterange(lower(period), day), {recorded}, {step}, person_id, party_organization_id, outside_id,
                  'probationary' FROM cut
           UNION ALL
           SELECT daterange(day, NULL), {recorded}, {step}, person_id, party_organization_id, outside_id, 'full' FROM cut""",
    ]),
    ("move", [
        """WITH closed AS (
               UPDATE members_membership SET recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step}
               WHERE person_id %% 7 = 2 AND party_organization_id IS NOT NULL
                 AND upper_inf(period) AND upper_inf(recorded) RETURNING *
           ), cut AS (
               SELECT *, lower(period) + 500 AS day, (SELECT max(id) FROM party_partyorganization) AS last FROM closed
           )
           INSERT INTO members_membership (period, recorded, step_id, person_id, party_organization_id, standing)
           SELECT daterange(lower(period), day), {recorded}, {step}, person_id, party_organization_id, standing FROM cut
           UNION ALL
           SELECT daterange(day, NULL), {recorded}, {step}, person_id,
                  party_organization_id + CASE WHEN party_organization_id < last THEN 1 ELSE -1 END, standing FROM cut""",
        """WITH closed AS (
               UPDATE members_engagement SET recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step}
               WHERE person_id %% 6 = 1 RETURNING *
           ), cut AS (
               SELECT *, lower(period) + 700 AS day, (SELECT max(id) FROM orgs_organization) AS last FROM closed
           )
           INSERT INTO members_engagement
               (period, recorded, step_id, person_id, organization_id, employment, title, is_management)
           SELECT daterange(lower(period), day), {recorded}, {step}, person_id, organization_id, employment, '', false FROM cut
           UNION ALL
           SELECT daterange(day, NULL), {recorded}, {step}, person_id,
                  organization_id + CASE WHEN organization_id < last THEN 1 ELSE -1 END, employment, '', false FROM cut""",
    ]),
    ("rename and hand over branches", [
        """WITH closed AS (
               UPDATE party_partyparticulars SET recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step}
               WHERE party_organization_id %% 4 = 1 RETURNING *
           ), cut AS (SELECT *, lower(period) + 600 AS day FROM closed)
           INSERT INTO party_partyparticulars
               (period, recorded, step_id, party_organization_id, name, level, nature, approved_by, approval)
           SELECT daterange(lower(period), day), {recorded}, {step}, party_organization_id, name, level, nature, '', '' FROM cut
           UNION ALL
           SELECT daterange(day, NULL), {recorded}, {step}, party_organization_id, name || '（新）',
                  CASE WHEN party_organization_id %% 20 = 1 THEN 'general_branch' ELSE level END, nature, '', '' FROM cut""",
        """WITH closed AS (
               UPDATE party_affiliation SET recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step}
               WHERE party_organization_id %% 6 = 5 RETURNING *
           ), cut AS (SELECT *, lower(period) + 900 AS day FROM closed)
           INSERT INTO party_affiliation (period, recorded, step_id, party_organization_id, superior_id)
           SELECT daterange(lower(period), day), {recorded}, {step}, party_organization_id, superior_id FROM cut
           UNION ALL
           SELECT daterange(day, NULL), {recorded}, {step}, party_organization_id, %(committee)s FROM cut""",
    ]),
    ("serve terms of three years", [
        """INSERT INTO members_post
               (period, recorded, step_id, party_organization_id, position, seat, person_id, term_ends_on)
           SELECT daterange(t.day, lead(t.day) OVER (PARTITION BY t.id, t.position ORDER BY t.day)), {recorded}, {step},
                  t.id, t.position, 1, t.people[1 + (t.place + t.term) %% cardinality(t.people)], t.day + 1095
           FROM (
               SELECT b.id, b.people, p.position, p.place, n.term, b.began + 1095 * n.term AS day
               FROM (
                   SELECT pp.party_organization_id AS id, pp.began, array_agg(m.person_id ORDER BY m.person_id) AS people
                   FROM (SELECT party_organization_id, min(lower(period)) AS began FROM party_partyparticulars GROUP BY 1) pp
                   JOIN members_membership m ON m.party_organization_id = pp.party_organization_id AND upper_inf(m.period)
                       AND upper_inf(m.recorded)
                   WHERE pp.party_organization_id %% 8 > 0 GROUP BY 1, 2
               ) b
               CROSS JOIN (VALUES ('secretary', 0), ('deputy', 1), ('organisation', 2)) p (position, place)
               CROSS JOIN generate_series(0, 3) n (term)
               WHERE b.began + 1095 * n.term < '2018-06-30' AND (n.term < 2 OR b.id %% 9 > 0)
           ) t""",
    ]),
)  # fmt: skip


# The office's own acts, as rows and steps that carry the days and moments of ten years; PostgreSQL's triggers, which would stamp them
# with this moment, are left out while they are written.
OFFICE = (
    """CREATE TEMP TABLE asked ON COMMIT DROP AS
       SELECT nextval(pg_get_serial_sequence('cases_case', 'id')) AS case_id,
              nextval(pg_get_serial_sequence('formation_application', 'id')) AS id, n.term, po.id AS party, po.unit_id,
              u.name, pp.began + 1095 * n.term - 40 AS day, (po.id + n.term) %% 9 > 0 OR n.term = 0 AS granted
       FROM party_partyorganization po JOIN accounts_unit u ON u.id = po.unit_id
       JOIN (SELECT party_organization_id, min(lower(period)) AS began FROM party_partyparticulars GROUP BY 1) pp
         ON pp.party_organization_id = po.id
       CROSS JOIN generate_series(0, 3) n (term) WHERE pp.began + 1095 * n.term < '2018-06-30'""",
    """INSERT INTO cases_case (id, kind, title, unit_id, about_people, subject, turn_role, opened_by_id, opened_at)
       SELECT case_id, 'formation:application', name, unit_id, false, '', '', %(clerk)s, day FROM asked""",
    """INSERT INTO formation_application (id, case_id, number, kind, state, approving_unit_id, responsible_unit_id, name, level,
           nature, form, grounds, decision, reasons, next_step, letter, submitted_on, decided_on, established_id,
           party_organization_id)
       SELECT id, case_id, 'S' || id, CASE WHEN term = 0 THEN 'single' ELSE 'reelection' END,
              CASE WHEN granted THEN 'approved' ELSE 'refused' END, %(committee)s, %(committee)s, name, 'branch', 'formal',
              'single', '', '', CASE WHEN granted THEN '' ELSE '材料不实' END, CASE WHEN granted THEN '' ELSE '补正' END, '',
              day, day + 35, CASE WHEN term = 0 THEN party END, CASE WHEN term > 0 THEN party END FROM asked""",
    """INSERT INTO formation_participant (application_id, organization_id, is_lead, consent, is_dropped)
       SELECT a.id, min(c.organization_id), true, '', false FROM asked a
       JOIN party_coverage c ON c.party_organization_id = a.party WHERE a.term = 0 GROUP BY a.id""",
    """INSERT INTO cases_step (case_id, verb, by_id, "on", document, note, details, recorded_at, transaction)
       SELECT a.case_id, v.verb, %(clerk)s, a.day + v.later, '', '',
              CASE WHEN v.later = 35 THEN jsonb_build_object('outcome', CASE WHEN a.granted THEN 'approved' ELSE 'refused' END)
                  ELSE '{{}}' END, a.day + v.later + interval '9 hours' + a.id * interval '1 millisecond', 1
       FROM asked a CROSS JOIN (VALUES ('formation:submit', 0), ('formation:accept', 3), ('meetings:resolve', 35),
           ('formation:reply', 38)) v (verb, later)""",
    """INSERT INTO meetings_body (unit_id, name) SELECT id, '党委会' FROM accounts_unit WHERE kind IN ('committee', 'supervising')""",
    """CREATE TEMP TABLE met ON COMMIT DROP AS
       SELECT nextval(pg_get_serial_sequence('cases_case', 'id')) AS case_id,
              nextval(pg_get_serial_sequence('meetings_sitting', 'id')) AS id, b.id AS body, b.unit_id, g.place,
              '2008-07-01'::date + (g.place * 3650 / n.many)::int AS day
       FROM (SELECT count(*) / 4 AS many FROM asked) n CROSS JOIN generate_series(0, n.many - 1) g (place)
       JOIN (SELECT *, row_number() OVER (ORDER BY id) AS number, count(*) OVER () AS all_of_them FROM meetings_body) b
         ON b.number = 1 + g.place %% b.all_of_them""",
    """INSERT INTO cases_case (id, kind, title, unit_id, about_people, subject, turn_role, opened_by_id, opened_at)
       SELECT case_id, 'meetings:sitting', '党委会', unit_id, false, '', '', %(clerk)s, day FROM met""",
    """INSERT INTO meetings_sitting (id, held_on, place, chair, recorder, also_present, state, body_id, case_id)
       SELECT id, day, '', '', '', '', 'closed', body, case_id FROM met""",
    """INSERT INTO meetings_agendaitem (position, purpose, report, is_personnel, outcome, entitled, present, in_favour, against,
           abstained, ballots, stands_aside, written_views, note, next_step, case_id, sitting_id)
       SELECT 1 + (a.place - 1) / n.many, 'formation', '', false, CASE WHEN a.granted THEN 'approved' ELSE 'refused' END, 7, 7, 7,
              0, 0, '[]', '[]', '', '材料不实', '补正', a.case_id, met.id
       FROM (SELECT *, row_number() OVER (ORDER BY day, id) AS place FROM asked) a
       CROSS JOIN (SELECT count(*) AS many FROM met) n JOIN met ON met.place = (a.place - 1) %% n.many""",
    """INSERT INTO cases_step (case_id, verb, by_id, "on", document, note, details, recorded_at, transaction)
       SELECT case_id, v.verb, %(clerk)s, day, '', '', '{{}}', day + v.later + id * interval '1 millisecond', 1
       FROM met CROSS JOIN (VALUES ('meetings:open', interval '9 hours'), ('meetings:close', interval '11 hours')) v (verb, later)""",
    """INSERT INTO papers_paper (kind, about_people, state, title, addressees, copies, body, enclosures, facts, wording, drafted_on,
           dated_on, issued_on, code, year, sequence, number, sent_back, failure, agency_id, case_id, checked_by_id,
           drafted_by_id, issued_by_id, issuer_id, signed_by_id)
       SELECT 'reply', false, 'issued', name, '{{}}', '{{}}', '', '{{}}', '{{}}', '', day + 36, day + 38, day + 38, '党', 2018, id,
              '党〔2018〕' || id || '号', '', '', %(committee)s, case_id, %(clerk)s, %(clerk)s, %(clerk)s, %(committee)s, %(clerk)s
       FROM asked""",
    """INSERT INTO cases_step (case_id, verb, by_id, "on", document, note, details, recorded_at, transaction)
       SELECT case_id, 'papers:issue', %(clerk)s, day + 38, '', '', '{{}}', day + 38 + interval '15 hours' + id * interval '1 millisecond',
              1 FROM asked""",
    """CREATE TEMP TABLE declared ON COMMIT DROP AS
       SELECT nextval(pg_get_serial_sequence('cases_case', 'id')) AS case_id,
              nextval(pg_get_serial_sequence('cases_step', 'id')) AS step_id, o.id AS organization_id, o.unit_id,
              make_date(y.year, 3, 1) AS day, CASE WHEN o.id %% 10 = 0 THEN 'with_committee' ELSE 'accepted' END AS state
       FROM orgs_organization o CROSS JOIN generate_series(2016, 2018) y (year)""",
    """INSERT INTO cases_case (id, kind, title, unit_id, about_people, subject, turn_role, opened_by_id, opened_at)
       SELECT case_id, 'declarations:declaration', '年报', unit_id, false, '', '', %(clerk)s, day FROM declared
       UNION ALL
       SELECT nextval(pg_get_serial_sequence('cases_case', 'id')), 'declarations:round', '年报', %(committee)s, false, '', '', %(clerk)s,
              make_date(y.year, 3, 1) FROM generate_series(2016, 2018) y (year)""",
    """INSERT INTO declarations_round (title, cut_off_on, due_on, opened_on, opening, wanted, made, by_id, case_id, unit_id)
       SELECT '年报', opened_at::date, opened_at::date + 60, opened_at::date, 'open', 1, 1, %(clerk)s, id, %(committee)s
       FROM cases_case WHERE kind = 'declarations:round'""",
    """INSERT INTO cases_step (id, case_id, verb, by_id, "on", document, note, details, recorded_at, transaction)
       SELECT CASE WHEN v.later = 20 THEN d.step_id ELSE nextval(pg_get_serial_sequence('cases_step', 'id')) END, d.case_id, v.verb,
              %(clerk)s, d.day + v.later, '', '', jsonb_build_object('state', v.state),
              d.day + v.later + interval '9 hours' + d.step_id * interval '1 millisecond', 1
       FROM declared d CROSS JOIN (VALUES ('declarations:submit', 'with_unit', 5), ('declarations:pass_on', 'with_committee', 12),
           ('declarations:accept', 'accepted', 20)) v (verb, state, later)
       WHERE v.state <> 'accepted' OR d.state = 'accepted'""",
    """INSERT INTO declarations_declaration (state, cut_off_on, version, submitted_on, is_late, late_reason, returned_why,
           asked_though_known, accepted_step_id, case_id, organization_id, round_id)
       SELECT d.state, d.day, 1, d.day + 5, false, '', '', 0, CASE WHEN d.state = 'accepted' THEN d.step_id END, d.case_id,
              d.organization_id, r.id
       FROM declared d JOIN declarations_round r ON r.opened_on = d.day""",
)  # fmt: skip
