"""A round for 35,000 organisations handed out, and the pre-filled declaration of one with 500 people opened."""

import re
import statistics
from datetime import date, timedelta
from time import perf_counter

from bench.databases import fresh

PROVINCE, PEOPLE, OPENINGS = 35_000, 500, 9
DAY = date(2018, 6, 30)

ENGAGED = """
    WITH made AS (
        INSERT INTO members_person (name, pinyin, initials, sex, education)
        SELECT '员工' || g, '', '', 'unknown', 'unknown' FROM generate_series(1, %(people)s) g RETURNING id
    )
    INSERT INTO members_engagement (period, recorded, step_id, person_id, organization_id, employment, title, is_management)
    SELECT daterange('2018-01-01', NULL), tstzrange(%(moment)s, NULL), %(step)s, id, %(organization)s, 'full_time', '', false
    FROM made
"""
HELD = """
    INSERT INTO members_membership (period, recorded, step_id, person_id, outside_id, standing)
    SELECT period, recorded, step_id, person_id, %(outside)s, 'full' FROM members_engagement WHERE step_id = %(step)s
"""


def run() -> list[dict]:
    with fresh("declarations"):
        from bench.province import fill

        clerk, _ = fill(PROVINCE)
        return [*handed_out(clerk), *opened(clerk)]


def handed_out(clerk) -> list[dict]:
    from taizhang.accounts.models import Unit, UnitKind
    from taizhang.declarations import actions
    from taizhang.declarations.models import Opening

    committee = Unit.objects.get(kind=UnitKind.COMMITTEE)
    asked = {"title": "年报", "cut_off_on": DAY, "due_on": DAY + timedelta(60), "on": DAY}
    began = perf_counter()
    found = actions.open_round(committee, by=clerk, **asked)
    while found.opening != Opening.OPEN:
        found = actions.hand_out(found, by=clerk)
    took = perf_counter() - began
    assert found.made == found.wanted == found.declarations.count()
    name = f"a round handed out to {found.made:,} organisations"
    return [{"name": name, "value": took, "measure": "s", "at_most": 10}]


def opened(clerk) -> list[dict]:
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from taizhang.accounts.acting import action
    from taizhang.cases import actions as cases
    from taizhang.declarations.models import Declaration
    from taizhang.members.models import OutsidePartyOrganization
    from tests.proof import prove

    declaration = Declaration.objects.select_related("organization__unit").order_by("-pk")[0]

    @action("bench.engage")
    def engage(*, by):
        unit = declaration.organization.unit
        step = cases.do_at_once("bench:engage", "从业", unit=unit, by=by, on=DAY, about_people=True)
        named = {"people": PEOPLE, "moment": step.recorded_at, "step": step.pk}
        named["organization"] = declaration.organization_id
        named["outside"] = OutsidePartyOrganization.objects.create(name="原单位支部").pk
        with connection.cursor() as cursor:
            cursor.execute(ENGAGED, named)
            cursor.execute(HELD, named)

    with transaction.atomic():
        engage(by=clerk)
    client = Client(HTTP_HOST="localhost")
    client.force_login(clerk)
    prove(client)
    address, taken = f"/declarations/{declaration.pk}/", []
    for _ in range(OPENINGS + 1):
        began = perf_counter()
        page = client.get(address)
        taken.append(1000 * (perf_counter() - began))
    assert page.status_code == 200 and len(re.findall("员工", page.content.decode())) >= PEOPLE
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    name = f"a declaration of an organisation with {PEOPLE} people opened"
    note = f"{len(queries)} queries"
    return [{"name": name, "value": statistics.median(taken[1:]), "measure": "ms", "at_most": 300, "note": note}]
