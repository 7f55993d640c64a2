"""Whether an organisation may form a Party organisation: one of a province's, and all of them at once, as a figure and as a list.

The organisations that nobody covers have no to five people each: full-time or not, full members or on probation, held here or outside.
"""

import statistics
from collections.abc import Callable
from datetime import date
from time import perf_counter

from bench.databases import fresh

PROVINCE = 35_000
ROUNDS = 5
ASKED_ONE_BY_ONE = 60
ONE_MILLISECONDS, ALL_SECONDS = 20, 5
DAYS = (date(2017, 12, 29), date(2016, 6, 30), date(2015, 3, 31), date(2017, 11, 3), date(2014, 12, 31))

PEOPLE = (
    """CREATE TEMP TABLE planned ON COMMIT DROP AS
    SELECT nextval(pg_get_serial_sequence('members_person', 'id')) AS person, o.id AS organization, m
    FROM orgs_organization o, generate_series(1, o.id % 6) m
    WHERE NOT EXISTS (SELECT 1 FROM party_coverage c WHERE c.organization_id = o.id)""",
    """INSERT INTO members_person (id, name, sex, born_on, education)
    SELECT person, '党员' || person, 'unknown', NULL, 'unknown' FROM planned""",
    """INSERT INTO members_outsidepartyorganization (name, kind, region)
    SELECT '街道第' || g || '社区党支部', 'street', '' FROM generate_series(1, 200) g""",
    """INSERT INTO members_engagement (period, recorded, step_id, person_id, organization_id, employment, title, is_management)
    SELECT daterange('2013-01-01', NULL), tstzrange(%(moment)s, NULL), %(step)s, person, organization,
        (ARRAY['full_time', 'full_time', 'part_time'])[1 + person % 3], '', m = 1 FROM planned""",
    """INSERT INTO members_membership (period, recorded, step_id, person_id, party_organization_id, outside_id, standing)
    SELECT daterange('2013-01-01', NULL), tstzrange(%(moment)s, NULL), %(step)s, person,
        CASE WHEN person % 2 = 0 THEN (SELECT min(id) FROM party_partyorganization) END,
        CASE WHEN person % 2 = 1 THEN (SELECT min(id) FROM members_outsidepartyorganization) + person % 200 END,
        (ARRAY['full', 'full', 'full', 'probationary'])[1 + person % 4] FROM planned""",
)


def run() -> list[dict]:
    with fresh("eligibility"):
        return asked(furnished())


def furnished():
    """A province whose uncovered organisations have people too. Returns its clerk."""
    from django.db import connection, transaction

    from taizhang.accounts.models import User
    from taizhang.cases import actions as cases
    from taizhang.config.demonstration.scale import generate

    made = generate(PROVINCE, lambda *_: None)
    with transaction.atomic(), connection.cursor() as cursor:
        step = cases.do_at_once("bench:people", "people", unit=made.committee, by=made.clerk, on=DAYS[0])
        for statement in PEOPLE:
            cursor.execute(statement.replace("% ", "%% "), {"step": step.pk, "moment": step.recorded_at})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return User.objects.get(pk=made.clerk.pk)


def asked(clerk) -> list[dict]:
    from taizhang.ledger.models import AsOf
    from taizhang.members import eligibility
    from taizhang.members.models import Engagement, Membership
    from taizhang.orgs.models import Organization
    from taizhang.stats import figures
    from taizhang.statutes.rules import criteria

    some = list(Organization.objects.order_by("pk")[:: PROVINCE // ASKED_ONE_BY_ONE])

    def one(number: int):
        day = DAYS[number % len(DAYS)]
        return eligibility.judge_one(some[number % len(some)], AsOf(day), criteria(day))

    def question(number: int, variant: str = "full_time"):
        return figures.ask("eligibility", AsOf(DAYS[number % len(DAYS)]), clerk.scope, variant=variant)

    def by_rule(number: int):
        day = DAYS[number % len(DAYS)]
        rule = criteria(day)
        return [eligibility.judge(facts, rule) for facts in eligibility.of(AsOf(day)).values()]

    def whole_list(number: int):
        return figures.records(question(number), shown="base")

    spent = [timed(lambda number=number: one(number)) * 1000 for number in range(-3, len(some))][3:]
    held = f"{Engagement.objects.count():,} engagements, {Membership.objects.count():,} memberships"
    return [
        {
            "name": f"one of {PROVINCE:,} ({held}), median",
            "value": statistics.median(spent),
            "measure": "ms",
            "at_most": ONE_MILLISECONDS,
        },
        {
            "name": "… 95th percentile",
            "value": sorted(spent)[int(len(spent) * 0.95)],
            "measure": "ms",
            "at_most": ONE_MILLISECONDS,
        },
        all_of("as a figure by outcome, not cached", lambda n: figures.count(question(n), "outcome")),
        all_of(
            "counting promised transfers and officers",
            lambda n: figures.count(question(n, "extended_promised"), "outcome"),
        ),
        all_of("as a list, every row with its reason", whole_list),
        all_of("judged one by one from one question", by_rule),
    ]


def all_of(name: str, act: Callable) -> dict:
    value = statistics.median([timed(lambda number=number: act(number)) for number in range(-1, ROUNDS)][1:])
    return {"name": f"{PROVINCE:,} {name}", "value": value, "measure": "s", "at_most": ALL_SECONDS}


def timed(act: Callable) -> float:
    begun = perf_counter()
    act()
    return perf_counter() - begun
