"""A province, or a nation, of so many organisations, for measurements: set-based, ten years, one step for each year.

Every fact carries the moment of its year's step, as those of the verbs do; PostgreSQL's own guarantees hold all the same.
What is decided comes from a hash of the organisation's number, so the same number makes the same province.
"""

from datetime import date, datetime, time
from string import Template

from django.db import connection, transaction

from taizhang.accounts.acting import action
from taizhang.accounts.models import Unit, User
from taizhang.accounts.spelling import spell_missing as spell_units
from taizhang.cases import actions as cases
from taizhang.config.demonstration import accounts, names, office
from taizhang.config.demonstration.chronicle import Chronicle, Progress, set_clock
from taizhang.kit.clock import OFFICE
from taizhang.members.identity import spell_missing as spell_people

FIRST, LAST = 2008, 2017
ORGANISATIONS_OF_A_UNIT = 60
MEMBERS = 5  # of each covered organisation
WITH_PEOPLE = 60_000  # organisations beyond these have no people: coverage is what is measured there


def generate(count: int, progress: Progress) -> office.Office:
    """So many organisations over ten years, in one transaction."""
    with transaction.atomic():
        set_clock(datetime.combine(date(FIRST, 1, 2), time(9), OFFICE))
        made = office.open_office(Chronicle(), on=date(FIRST, 1, 2))
        decide(count)
        years = LAST - FIRST + 1
        for number, year in enumerate(range(FIRST, LAST + 1)):
            progress(number, years)
            set_clock(datetime.combine(date(year, 12, 29), time(17), OFFICE))
            live_year(made.committee, year=year, count=count, by=made.clerk)
        progress(years, years)
        spell_units()
        spell_people()
        accounts.write(made.accounts)
    return made


@action("demonstration.year")
def live_year(committee: Unit, *, year: int, count: int, by: User) -> None:
    """What happened in that year is on record, by one step at its end."""
    title = f"批量装入{year}年"
    step = cases.do_at_once("demonstration:year", title, unit=committee, by=by, on=date(year, 12, 29))
    moment = step.recorded_at
    with connection.cursor() as cursor:
        if year == FIRST:
            for statement in UNITS:
                cursor.execute(statement, {"committee": committee.pk, "step": step.pk, "moment": moment})
        for statement in YEAR:
            cursor.execute(statement, {"committee": committee.pk, "step": step.pk, "moment": moment, "year": year})


def decide(count: int) -> None:
    """Each organisation's number, and with it everything that will be true of it."""
    units = max(60, count // ORGANISATIONS_OF_A_UNIT)
    with connection.cursor() as cursor:
        cursor.execute(PLANNED_UNITS, {"units": units, "regions": [*names.REGIONS]})
        cursor.execute(
            PLANNED,
            {
                "count": count,
                "units": units,
                "trades": [trade.name for trade in names.TRADES],
                "surnames": [*names.SURNAMES],
                "given": [*names.GIVEN],
                "first": FIRST,
                "last": LAST,
            },
        )
        for statement in PLANNED_PARTS:
            cursor.execute(statement, {"members": MEMBERS, "with_people": WITH_PEOPLE})


# chance(n, salt, m): a number below m that depends on n and the salt alone
CHANCE = "((hashint8({n} * 64 + {salt})::bigint & 2147483647) %% {m})::int"


def chance(salt: int, m: int, n: str = "g") -> str:
    return CHANCE.format(n=n, salt=salt, m=m)


PLANNED_UNITS = """
CREATE TEMP TABLE planned_unit ON COMMIT DROP AS
SELECT u, nextval(pg_get_serial_sequence('accounts_unit', 'id')) AS id,
    (%(regions)s::text[])[1 + u %% cardinality(%(regions)s::text[])] AS region
FROM generate_series(0, %(units)s - 1) u
"""
PLANNED = f"""
CREATE TEMP TABLE planned ON COMMIT DROP AS
SELECT g,
    nextval(pg_get_serial_sequence('accounts_unit', 'id')) AS unit,
    nextval(pg_get_serial_sequence('orgs_organization', 'id')) AS organization,
    g / {ORGANISATIONS_OF_A_UNIT} %% %(units)s AS responsible,
    '某省' || (%(surnames)s::text[])[1 + {chance(1, 36)}] || (%(given)s::text[])[1 + {chance(2, 30)}]
        || t.trade || g || CASE WHEN {chance(3, 4)} = 0 THEN '服务中心' ELSE '协会' END AS name,
    CASE WHEN {chance(3, 4)} = 0 THEN 'service' WHEN {chance(4, 20)} = 0 THEN 'foundation' ELSE 'association' END AS kind,
    t.trade,
    CASE WHEN {chance(5, 100)} < 3 THEN 'province' WHEN {chance(5, 100)} < 30 THEN 'city' ELSE 'county' END AS level,
    CASE WHEN {chance(6, 100)} < 60 THEN %(first)s ELSE %(first)s + 1 + {chance(7, 9)} END AS year,
    CASE WHEN {chance(8, 100)} < 15 THEN %(first)s WHEN {chance(8, 100)} < 45 THEN %(first)s + 1 + {chance(9, 9)} END AS covered
FROM generate_series(0, %(count)s - 1) g,
    LATERAL (SELECT (%(trades)s::text[])[1 + {chance(10, 1000)} %% cardinality(%(trades)s::text[])] AS trade) t
ORDER BY g
"""
PLANNED_PARTS = (
    "UPDATE planned SET covered = year WHERE covered < year",
    # Of three neighbours those covered in the same year share one branch.
    """CREATE TEMP TABLE planned_cover ON COMMIT DROP AS
    SELECT g, covered, organization, min(g) OVER trio AS lead, count(*) OVER trio > 1 AS joint
    FROM planned WHERE covered IS NOT NULL WINDOW trio AS (PARTITION BY g / 3, covered, responsible)""",
    """CREATE TEMP TABLE planned_party ON COMMIT DROP AS
    SELECT g, covered, joint, nextval(pg_get_serial_sequence('accounts_unit', 'id')) AS unit,
        nextval(pg_get_serial_sequence('party_partyorganization', 'id')) AS party
    FROM planned_cover WHERE g = lead ORDER BY g""",
    "CREATE INDEX ON planned (year)",
    "CREATE INDEX ON planned (g)",
    "CREATE INDEX ON planned_party (g)",
    "CREATE INDEX ON planned (covered)",
    *(f"ANALYZE {table}" for table in ("planned", "planned_unit", "planned_cover", "planned_party")),
    """CREATE TEMP TABLE planned_person ON COMMIT DROP AS
    SELECT c.g, c.covered, c.organization, b.party, m, nextval(pg_get_serial_sequence('members_person', 'id')) AS person
    FROM planned_cover c JOIN planned_party b ON b.g = c.lead, generate_series(1, %(members)s) m
    WHERE c.g < %(with_people)s""",
    "CREATE INDEX ON planned_person (covered)",
    "ANALYZE planned_person",
)

UNITS = (
    """INSERT INTO accounts_unit (id, kind, name, code, parent_id, path)
    SELECT u.id, 'supervising', '某省第' || u.u || '业务主管单位', '', c.id, c.path || u.id || '.'
    FROM planned_unit u, accounts_unit c WHERE c.id = %(committee)s""",
    """INSERT INTO orgs_unitname (period, recorded, step_id, unit_id, name)
    SELECT daterange('2000-01-01', NULL), tstzrange(%(moment)s, NULL), %(step)s, n.id, n.name
    FROM accounts_unit n JOIN planned_unit u ON u.id = n.id""",
)

FACT = Template("""INSERT INTO $table (period, recorded, step_id, $fields)
    SELECT daterange($since, $until), tstzrange(%(moment)s, NULL), %(step)s, $values FROM $source""")


def fact(table: str, fields: str, values: str, source: str, since: str, until: str = "NULL") -> str:
    return FACT.substitute(table=table, fields=fields, values=values, source=source, since=since, until=until)


def day_of(year: str, salt: int, n: str = "g") -> str:
    """Some day from January to November of that year."""
    return f"make_date({year}, 1, 1) + {chance(salt, 330, n)}"


NEW = "planned p JOIN planned_unit u ON u.u = p.responsible WHERE p.year = %(year)s"
REGISTERED_ON = (
    f"CASE WHEN p.year = {FIRST} THEN make_date(1990 + {chance(11, 18)}, 6, 1) ELSE {day_of('p.year', 12)} END"
)
COVERED = (
    "planned_party b JOIN planned p USING (g) JOIN planned_unit u ON u.u = p.responsible WHERE b.covered = %(year)s"
)
COVERED_ON = "make_date(%(year)s, 11, 30)"
FOLLOWERS = "planned_cover c JOIN planned_party b ON b.g = c.lead WHERE c.covered = %(year)s"

# Every year some statements are replaced: closed, and stated again up to the day and from the day on.
CLOSE = """UPDATE {table} SET recorded = tstzrange(lower(recorded), %(moment)s), closing_step_id = %(step)s
    WHERE upper_inf(recorded) AND upper_inf(period) AND lower(recorded) < %(moment)s AND {which}"""
CLOSED = "closing_step_id = %(step)s"
CHANGE_DAY = "make_date(%(year)s, 12, 1)"
PARTICULARS = "organization_id, name, kind, region, trade, level, mode, status"
YEAR = (
    """INSERT INTO accounts_unit (id, kind, name, code, parent_id, path)
    SELECT p.unit, 'organization', p.name, '', u.id, n.path || p.unit || '.'
    FROM planned p JOIN planned_unit u ON u.u = p.responsible JOIN accounts_unit n ON n.id = u.id
    WHERE p.year = %(year)s""",
    f"""INSERT INTO orgs_organization (id, unit_id, code, search, registered_on)
    SELECT p.organization, p.unit, NULL, upper(p.name), {REGISTERED_ON} FROM planned p WHERE p.year = %(year)s""",
    fact(
        "orgs_particulars",
        PARTICULARS,
        "p.organization, p.name, p.kind, u.region, p.trade, p.level, 'dual', 'normal'",
        NEW,
        REGISTERED_ON,
    ),
    fact("orgs_supervision", "organization_id, unit_id", "p.organization, u.id", NEW, REGISTERED_ON),
    fact(
        "orgs_entry",
        "organization_id",
        "p.organization",
        f"{NEW} AND {chance(13, 100)} < 90",
        "make_date(p.year, 12, 1)",
    ),
    # 3 % of the particulars change each year
    CLOSE.format(table="orgs_particulars", which=chance(14, 100, "(organization_id + %(year)s)") + " < 3"),
    fact("orgs_particulars", PARTICULARS, PARTICULARS, f"orgs_particulars WHERE {CLOSED}", "lower(period)", CHANGE_DAY),
    fact(
        "orgs_particulars",
        PARTICULARS,
        PARTICULARS.replace(" name,", " name || '联合会',"),
        f"orgs_particulars WHERE {CLOSED}",
        CHANGE_DAY,
    ),
    # 1 % are handed to the next unit; those without a Party organisation, so that only one node moves
    CLOSE.format(
        table="orgs_supervision",
        which=chance(15, 100, "(organization_id + %(year)s)")
        + " < 1 AND organization_id IN (SELECT organization FROM planned WHERE covered IS NULL)",
    ),
    fact(
        "orgs_supervision",
        "organization_id, unit_id",
        "organization_id, unit_id",
        f"orgs_supervision WHERE {CLOSED}",
        "lower(period)",
        CHANGE_DAY,
    ),
    fact(
        "orgs_supervision",
        "organization_id, unit_id",
        "s.organization_id, n.id",
        """orgs_supervision s JOIN planned_unit o ON o.id = s.unit_id
            JOIN planned_unit n ON n.u = (o.u + 1) %% (SELECT count(*) FROM planned_unit) WHERE s."""
        + CLOSED,
        CHANGE_DAY,
    ),
    """UPDATE accounts_unit n SET parent_id = s.unit_id, path = r.path || n.id || '.'
    FROM orgs_supervision s JOIN orgs_organization o ON o.id = s.organization_id JOIN accounts_unit r ON r.id = s.unit_id
    WHERE n.id = o.unit_id AND s.step_id = %(step)s AND upper_inf(s.period) AND n.parent_id <> s.unit_id""",
    # Party organisations, and what they cover
    """INSERT INTO accounts_unit (id, kind, name, code, parent_id, path)
    SELECT b.unit, 'party', '中共' || p.name || '支部', '', n.id, n.path || b.unit || '.'
    FROM planned_party b JOIN planned p USING (g) JOIN planned_unit u ON u.u = p.responsible
        JOIN accounts_unit n ON n.id = CASE WHEN b.joint THEN u.id ELSE p.unit END
    WHERE b.covered = %(year)s""",
    "INSERT INTO party_partyorganization (id, unit_id) SELECT party, unit FROM planned_party WHERE covered = %(year)s",
    fact(
        "party_partyparticulars",
        "party_organization_id, name, level, nature, approved_by, approval",
        "b.party, '中共' || p.name || '支部', 'branch', 'formal', '', ''",
        COVERED,
        COVERED_ON,
    ),
    fact("party_affiliation", "party_organization_id, superior_id", "b.party, u.id", COVERED, COVERED_ON),
    fact(
        "party_coverage",
        "organization_id, nature, party_organization_id, form",
        "c.organization, 'formal', b.party, CASE WHEN b.joint THEN 'joint_trade' ELSE 'single' END",
        FOLLOWERS,
        COVERED_ON,
    ),
    # 1 % of the coverages end each year
    CLOSE.format(table="party_coverage", which=chance(16, 100, "(organization_id + %(year)s)") + " < 1"),
    fact(
        "party_coverage",
        "organization_id, nature, party_organization_id, form",
        "organization_id, nature, party_organization_id, form",
        f"party_coverage WHERE {CLOSED}",
        "lower(period)",
        CHANGE_DAY,
    ),
    # People
    """INSERT INTO members_person (id, name, sex, born_on, education)
    SELECT q.person, substr(p.name, 3, 1) || '演' || substr(p.name, 4, 1), 'unknown', NULL, 'unknown'
    FROM planned_person q JOIN planned p USING (g) WHERE q.covered = %(year)s""",
    fact(
        "members_engagement",
        "person_id, organization_id, employment, title, is_management",
        "q.person, q.organization, CASE WHEN q.m < 4 THEN 'full_time' ELSE 'part_time' END, '', false",
        "planned_person q WHERE q.covered = %(year)s",
        "make_date(%(year)s, 1, 1)",
    ),
    fact(
        "members_membership",
        "person_id, party_organization_id, standing",
        "q.person, q.party, CASE WHEN q.m = 5 THEN 'probationary' ELSE 'full' END",
        "planned_person q WHERE q.covered = %(year)s",
        COVERED_ON,
    ),
)
