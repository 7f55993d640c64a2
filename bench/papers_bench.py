"""Letters set in type: a hundred through the worker, from the jobs being there to the last original; and one alone."""

import statistics
import threading
from datetime import date
from time import perf_counter

from bench.databases import fresh

LETTERS = 100
DAY = date(2017, 8, 28)


def run() -> list[dict]:
    with fresh("papers"):
        office = an_office()
        return [*through_the_worker(office), *alone(office)]


def an_office():
    from taizhang.papers.tests.office import office_of
    from tests import world

    return office_of(world.build())


def through_the_worker(office) -> list[dict]:
    """The jobs are deferred by issuing; one worker of its own does them, as `taizhang worker` would."""
    from procrastinate.contrib.django import app

    from taizhang.papers.models import Rendering

    facts = {
        "matter": "成立中共某省第{}协会支部委员会",
        "request": "关于成立党支部的请示",
        "body": "省社会组织综合党委会议",
        "decided_on": DAY,
        "decisions": ["党支部隶属省社会组织综合党委。", "党支部覆盖该协会1家社会组织。"],
        "next_steps": ["请于一个月内召开党员大会，选举产生党支部委员会，选举结果报我委批准。"],
    }
    begun = perf_counter()
    for number in range(LETTERS):
        office.issued(facts={**facts, "matter": facts["matter"].format(number + 1)})
    issuing = perf_counter() - begun

    seen: list[int] = []
    over = threading.Event()

    def watch() -> None:
        from django.db import connection

        while not over.wait(0.2):
            seen.append(Rendering.objects.count())
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun = perf_counter()
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        worker_app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False, concurrency=1)
    rendering = perf_counter() - begun
    over.set()
    watcher.join()
    assert Rendering.objects.count() == LETTERS
    steps = len(set(seen) - {0, LETTERS})
    return [
        {"name": f"{LETTERS} letters checked, signed and issued", "value": issuing, "measure": "s"},
        {
            "name": f"{LETTERS} letters rendered in the worker, seen at {steps} stages",
            "value": rendering,
            "measure": "s",
            "at_most": 60,
        },
    ]


def alone(office) -> list[dict]:
    from taizhang.papers import actions as papers
    from taizhang.papers import printing
    from taizhang.papers.content import issued_content
    from taizhang.papers.models import Paper

    paper = Paper.objects.order_by("pk").last()
    content = issued_content(paper)
    return [
        {"name": "one letter as PDF, warm", "value": median(lambda: printing.pdf(content)), "measure": "ms"},
        {
            "name": "its first page as a picture, warm",
            "value": median(lambda: printing.images(content)),
            "measure": "ms",
        },
        {
            "name": "rendered again and held against the original",
            "value": median(lambda: papers.render(paper, by=None)),
            "measure": "ms",
        },
    ]


def median(act, rounds: int = 15) -> float:
    spent = []
    for _ in range(rounds):
        begun = perf_counter()
        act()
        spent.append((perf_counter() - begun) * 1000)
    return statistics.median(spent)
