"""A worker that is killed while it enters a batch: exactly before or exactly after, never between."""

import os
import random
import signal
import time
from datetime import date
from functools import partial

import pytest
from django.db import connection, connections

from taizhang.cases.models import Step
from taizhang.imports import actions as imports
from taizhang.imports.models import Batch, State
from taizhang.imports.tests import files
from taizhang.orgs.models import Entry, Organization, Particulars, Supervision
from tests.world import code

ROUNDS = 25 if os.environ.get("TAIZHANG_NIGHTLY") else 3
HEADING = ["社会组织名称", "统一社会信用代码", "成立日期"]
ROWS = 400


def state_of_the_ledger():
    return {model.__name__: model.objects.count() for model in (Organization, Particulars, Supervision, Entry, Step)}


def killed_while(work, after: float) -> None:
    """In a process of its own, killed without warning."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def settled() -> None:
    """The server has noticed that its client is gone, and has rolled back what that client had begun."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)


def test_a_killed_worker_leaves_nothing_half_done(transactional_world, tmp_path):
    world, chance = transactional_world, random.Random(1)
    lines = [[f"云岭省第{n}研究会", code("association", n), "2003-05-16"] for n in range(ROWS)]
    path = files.honest(tmp_path / "a.xlsx", [HEADING, *lines])
    batch = imports.receive(
        path,
        name="a.xlsx",
        sheet="orgs.workbook:organisations",
        unit=world.committee,
        on=date(2017, 6, 30),
        by=world.clerk,
    )
    imports.check(batch, by=world.clerk)
    before = state_of_the_ledger()
    for _ in range(ROUNDS):
        killed_while(partial(imports.apply, batch, by=world.clerk), after=chance.uniform(0.05, 0.8))
        settled()
        batch = Batch.objects.get(pk=batch.pk)
        if batch.state == State.APPLIED:
            break
        assert (batch.state, state_of_the_ledger()) == (State.CHECKED, before)
        killed_while(partial(imports.check, batch, by=world.clerk), after=chance.uniform(0.05, 0.5))
        settled()
        batch = Batch.objects.get(pk=batch.pk)
        assert batch.state == State.CHECKED
    else:
        imports.check(batch, by=world.clerk)
        imports.apply(batch, by=world.clerk)
    after = state_of_the_ledger()
    assert after["Organization"] == after["Particulars"] == after["Entry"] == ROWS
    assert after["Step"] == before["Step"] + 1


@pytest.fixture(autouse=True)
def _fresh_connections():
    yield
    connections.close_all()
