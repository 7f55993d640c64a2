"""A sitting of 40 items: opened by its recorder while it is held, and one item put, voted and decided with all that follows."""

import statistics
from time import perf_counter

from bench.databases import fresh

ITEMS, OPENINGS, DECIDED = 40, 15, 20


def run() -> list[dict]:
    with fresh("sitting"):
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from taizhang.formation import actions as formation
        from taizhang.formation.tests.asking import UNANIMOUS, accepted
        from taizhang.meetings.tests.sitting import AUGUST, committee_of, convened
        from tests import world as cast

        world = cast.build()
        sitting = convened(committee_of(world), by=world.clerk)
        asked = [accepted(world, world.organization(f"第{number}协会")) for number in range(ITEMS)]
        items = [formation.schedule(each, sitting=sitting, on=AUGUST, by=world.clerk) for each in asked]
        client = Client(HTTP_HOST="localhost")
        client.force_login(world.clerk)
        address = f"/meetings/{sitting.pk}/"

        def opened() -> float:
            began = perf_counter()
            answer = client.get(address)
            took = (perf_counter() - began) * 1000
            assert answer.status_code == 200 and answer.content.decode().count("议决第") == ITEMS - decided
            return took

        decided = 0
        opened()
        waiting = statistics.median(opened() for _ in range(OPENINGS))
        took = []
        for application, item in zip(asked[:DECIDED], items, strict=False):
            began = perf_counter()
            formation.approve(application, item=item, by=world.clerk, **UNANIMOUS)
            took.append((perf_counter() - began) * 1000)
        decided = DECIDED
        half = statistics.median(opened() for _ in range(OPENINGS))
        with CaptureQueriesContext(
            connection,
        ) as asked_of_it:
            opened()
        return [
            {"name": f"a sitting of {ITEMS} items opened", "value": waiting, "measure": "ms", "at_most": 300},
            {
                "name": f"the same with {DECIDED} of them decided ({len(asked_of_it)} queries)",
                "value": half,
                "measure": "ms",
                "at_most": 300,
            },
            {
                "name": "an application approved, with what follows and its letter",
                "value": statistics.median(took),
                "measure": "ms",
            },
        ]
