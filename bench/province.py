"""A made-up province of any size with ten years of history, written set-wise: for measurements, never for people to read.

Every organisation has been registered since 2008; most are entered; a third are covered; one in ten was renamed, handed over, struck off,
uncovered or corrected, each in a step of its own, so that the tables hold what a used ledger holds.
"""

from datetime import date

from django.db import connection, transaction

from bench import decade
from taizhang.accounts.actions import found, open_at_console
from taizhang.accounts.models import Role, Unit, UnitKind, User
from taizhang.cases import actions as cases
from taizhang.orgs.actions import create_unit

UNITS = 60
FIRST_DAY = date(2008, 1, 1)

UNIT_ROWS = """
    WITH numbered AS (
        SELECT nextval(pg_get_serial_sequence('accounts_unit', 'id')) AS id, g,
               (%(parents)s::bigint[])[1 + (g::bigint * 7919) %% cardinality(%(parents)s::bigint[])] AS parent
        FROM generate_series(1, %(size)s) g
    )
    INSERT INTO accounts_unit (id, kind, name, code, parent_id, path)
    SELECT n.id, %(kind)s, %(prefix)s || n.g, '', n.parent, p.path || n.id || '.'
    FROM numbered n JOIN accounts_unit p ON p.id = n.parent
"""
# Each in a step of its own: (what is said, statements)
ACTS = (
    ("register", [
        """INSERT INTO orgs_organization (unit_id, code, search)
           SELECT id, NULL, name FROM accounts_unit WHERE kind = 'organization'""",
        """INSERT INTO orgs_particulars
               (period, recorded, step_id, organization_id, name, kind, region, trade, level, mode, status)
           SELECT daterange('2008-01-01'::date + o.id::int %% 3200, NULL), {recorded}, {step}, o.id, u.name,
                  (ARRAY['association', 'service', 'foundation'])[1 + o.id %% 3], '340' || 100 + o.id %% 16,
                  '行业' || o.id %% 20, 'province', CASE WHEN p.kind = 'committee' THEN 'direct' ELSE 'dual' END, 'normal'
           FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id JOIN accounts_unit p ON p.id = u.parent_id""",
        """INSERT INTO orgs_supervision (period, recorded, step_id, organization_id, unit_id)
           SELECT f.period, {recorded}, {step}, f.organization_id, u.parent_id
           FROM orgs_particulars f JOIN orgs_organization o ON o.id = f.organization_id
           JOIN accounts_unit u ON u.id = o.unit_id""",
        """INSERT INTO orgs_entry (period, recorded, step_id, organization_id)
           SELECT daterange(lower(f.period) + 30, NULL), {recorded}, {step}, f.organization_id
           FROM orgs_particulars f WHERE f.organization_id %% 10 > 0""",
    ]),
    ("cover", [
        """INSERT INTO party_partyorganization (unit_id) SELECT id FROM accounts_unit WHERE kind = 'party'""",
        """INSERT INTO party_partyparticulars
               (period, recorded, step_id, party_organization_id, name, level, nature, approved_by, approval)
           SELECT daterange('2009-01-01'::date + po.id::int %% 3000, NULL), {recorded}, {step}, po.id, u.name, 'branch',
                  CASE WHEN po.id %% 10 = 0 THEN 'functional' ELSE 'formal' END, '', ''
           FROM party_partyorganization po JOIN accounts_unit u ON u.id = po.unit_id""",
        """INSERT INTO party_affiliation (period, recorded, step_id, party_organization_id, superior_id)
           SELECT pp.period, {recorded}, {step}, po.id, u.parent_id
           FROM party_partyparticulars pp JOIN party_partyorganization po ON po.id = pp.party_organization_id
           JOIN accounts_unit u ON u.id = po.unit_id""",
        """INSERT INTO party_coverage (period, recorded, step_id, organization_id, nature, party_organization_id, form)
           SELECT daterange(greatest(lower(pp.period), lower(f.period)), NULL), {recorded}, {step}, f.organization_id,
                  pp.nature, pp.party_organization_id, 'single'
           FROM (SELECT *, row_number() OVER (ORDER BY organization_id) AS place FROM orgs_particulars) f
           JOIN (SELECT *, row_number() OVER (ORDER BY party_organization_id) AS place FROM party_partyparticulars) pp
             ON pp.place * 3 = f.place""",
    ]),
    ("rename", [
        """WITH closed AS (
               UPDATE orgs_particulars SET recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step}
               WHERE organization_id %% 10 < 3 RETURNING *
           ), cut AS (SELECT *, lower(period) + 400 AS day FROM closed)
           INSERT INTO orgs_particulars
               (period, recorded, step_id, organization_id, name, kind, region, trade, level, mode, status)
           SELECT daterange(lower(period), day), {recorded}, {step}, organization_id, name, kind, region, trade, level,
                  mode, status FROM cut
           UNION ALL
           SELECT daterange(day, NULL), {recorded}, {step}, organization_id, name || '（新）', kind, region, trade, level,
                  mode, CASE WHEN organization_id %% 10 = 1 THEN 'cancelled' ELSE status END FROM cut""",
    ]),
    ("hand over", [
        """WITH closed AS (
               UPDATE orgs_supervision SET recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step}
               WHERE organization_id %% 12 = 5 RETURNING *
           ), cut AS (SELECT *, lower(period) + 900 AS day FROM closed)
           INSERT INTO orgs_supervision (period, recorded, step_id, organization_id, unit_id)
           SELECT daterange(lower(period), day), {recorded}, {step}, organization_id, unit_id FROM cut
           UNION ALL
           SELECT daterange(day, NULL), {recorded}, {step}, organization_id, %(committee)s FROM cut""",
    ]),
    ("uncover", [
        """WITH closed AS (
               UPDATE party_coverage SET recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step}
               WHERE organization_id %% 11 = 4 RETURNING *
           )
           INSERT INTO party_coverage (period, recorded, step_id, organization_id, nature, party_organization_id, form)
           SELECT daterange(lower(period), lower(period) + 800), {recorded}, {step}, organization_id, nature,
                  party_organization_id, form FROM closed""",
    ]),
    ("correct", [
        """WITH closed AS (
               UPDATE party_coverage SET recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step}
               WHERE organization_id %% 13 = 6 AND upper_inf(recorded) RETURNING *
           )
           INSERT INTO party_coverage (period, recorded, step_id, organization_id, nature, party_organization_id, form)
           SELECT daterange(lower(period) + 60, NULL), {recorded}, {step}, organization_id, nature,
                  party_organization_id, form FROM closed""",
    ]),
)  # fmt: skip


# Who works where, whose relations are held where, who is posted; what followed from it is in bench/decade.py.
PLACING = (
    ("engage", [
        """INSERT INTO members_person (name, sex, born_on, education)
           SELECT '人' || g, (ARRAY['male', 'female'])[1 + g %% 2], '1950-01-01'::date + g %% 18000,
                  (ARRAY['university', 'college', 'secondary', 'unknown'])[1 + g %% 4]
           FROM generate_series(1, %(people)s) g""",
        "ANALYZE members_person, orgs_organization, party_partyorganization",  # or each is compared with each
        """INSERT INTO members_engagement
               (period, recorded, step_id, person_id, organization_id, employment, title, is_management)
           SELECT daterange('2010-01-01'::date + n.place::int %% 2600, NULL), {recorded}, {step}, n.id, o.id,
                  (ARRAY['full_time', 'full_time', 'part_time', 'officer'])[1 + n.place %% 4], '', false
           FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM members_person) n
           JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS many FROM orgs_organization) o
             ON o.place = 1 + (n.place * 7) %% o.many""",
        """INSERT INTO members_outsidepartyorganization (name, kind, region) VALUES ('某街道党工委', 'street', '')""",
        """INSERT INTO members_membership
               (period, recorded, step_id, person_id, party_organization_id, outside_id, standing)
           SELECT daterange('2010-06-01'::date + n.place::int %% 2600, NULL), {recorded}, {step}, n.id,
                  CASE WHEN n.place %% 5 > 0 THEN po.id END,
                  CASE WHEN n.place %% 5 = 0 THEN (SELECT min(id) FROM members_outsidepartyorganization) END,
                  CASE WHEN n.place %% 20 = 3 THEN 'probationary' ELSE 'full' END
           FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM members_person) n
           JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS many
                 FROM party_partyorganization) po ON po.place = 1 + n.place %% po.many""",
    ]),
    ("post", [
        """INSERT INTO instructors_instructor (person_id, unit_id, enlisted_on)
           SELECT id, %(committee)s, '2014-01-01' FROM members_person ORDER BY id LIMIT %(people)s / 100""",
        """INSERT INTO instructors_posting (period, recorded, step_id, instructor_id, organization_id)
           SELECT daterange('2014-01-01'::date + o.id::int %% 1500, NULL), {recorded}, {step}, i.id, o.id
           FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM orgs_organization WHERE id %% 10 = 3) o
           JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS many
                 FROM instructors_instructor) i ON i.place = 1 + o.place %% i.many""",
        """INSERT INTO party_absence (period, recorded, step_id, organization_id, reason, remark)
           SELECT daterange(lower(f.period) + 60, NULL), {recorded}, {step}, f.organization_id, 'too_few', ''
           FROM orgs_particulars f WHERE upper_inf(f.recorded) AND upper_inf(f.period) AND f.organization_id %% 3 = 2""",
        """INSERT INTO orgs_workforce (period, recorded, step_id, organization_id, full_time, part_time, leaders,
               party_members, applicants, has_union, has_youth_league, has_womens_federation)
           SELECT f.period, {recorded}, {step}, f.organization_id, 5, 2, 1, f.organization_id %% 4, 1, false, false, false
           FROM orgs_particulars f WHERE upper_inf(f.recorded) AND upper_inf(f.period)""",
    ]),
)  # fmt: skip


def fill(size: int, *, people: int = 0) -> tuple[User, list]:
    """`size` organisations under a committee and its units, and so many people in them. Returns its clerk and the moment of
    each act."""
    committee, _ = found(name="综合党委", administrators={Role.SYSTEM_ADMIN: ("admin", "管理员")}, by=None)
    clerk, _ = open_at_console(committee, username="clerk", name="经办", role=Role.CLERK, by=None)
    User.objects.filter(pk=clerk.pk).update(must_change_password=False)
    clerk = User.objects.get(pk=clerk.pk)
    units = [
        create_unit(name=f"省直单位{number}", kind=UnitKind.SUPERVISING, parent=committee, on=FIRST_DAY, by=clerk)
        for number in range(1, UNITS)
    ]
    parents = [committee.pk, *(unit.pk for unit in units)]
    with connection.cursor() as cursor:
        for kind, prefix, share in ((UnitKind.ORGANIZATION, "协会", 1), (UnitKind.PARTY, "支部", 3)):
            cursor.execute(UNIT_ROWS, {"kind": kind, "prefix": prefix, "size": size // share, "parents": parents})
    acts = [*ACTS, *((*PLACING, *decade.PEOPLE_ACTS) if people else ())]
    moments = [act(name, statements, committee, clerk, people) for name, statements in acts]
    if people:
        work_at_the_office(committee, clerk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return clerk, moments


@transaction.atomic
def act(name: str, statements: list[str], committee: Unit, clerk: User, people: int):
    step = cases.do_at_once(f"bench:{name}", name, unit=committee, by=clerk, on=FIRST_DAY)
    named = {
        "step": step.pk,
        "moment": f"'{step.recorded_at.isoformat()}'::timestamptz",
        "recorded": f"tstzrange('{step.recorded_at.isoformat()}', NULL)",
    }
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**named), {"committee": committee.pk, "clerk": clerk.pk, "people": people})
    return step.recorded_at


@transaction.atomic
def work_at_the_office(committee: Unit, clerk: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in decade.OFFICE:
            cursor.execute(statement.format(), {"committee": committee.pk, "clerk": clerk.pk})
