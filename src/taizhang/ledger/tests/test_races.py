"""Commit order is knowledge order: what was answered for a moment that has passed is answered again the same."""

import os
import random
import threading
import time
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from taizhang.accounts.acting import action
from taizhang.accounts.actions import place_unit
from taizhang.accounts.models import UnitKind
from taizhang.cases import actions as cases
from taizhang.kit.refusals import Refused
from taizhang.ledger import actions as ledger
from taizhang.ledger.asking import as_of
from taizhang.ledger.models import AsOf
from taizhang.orgs.models import UnitName
from tests.office import set_role

WRITERS = 8
ROUNDS = 10_000 if os.environ.get("TAIZHANG_NIGHTLY") else 200
FIRST = date(2017, 1, 1)


@action("ledger.race")
def rename(unit, chance: random.Random, *, by):
    """A writer of random length: some time before the moment is stamped, some between that and the commit."""
    time.sleep(chance.random() * 0.004)
    step = cases.do_at_once("ledger:race", "争", unit=unit, by=by, on=FIRST)
    since = FIRST + timedelta(days=chance.randrange(30))
    ledger.restate(UnitName, step=step, since=since, unit=unit, name=f"名称{chance.randrange(1000)}")
    time.sleep(chance.random() * 0.006)
    return step


@contextmanager
def as_its_own_session():
    try:
        set_role("taizhang_app")
        yield
    finally:
        connection.close()


def ask(day, known_at, settled=True):
    at = as_of(day, known_at) if settled else AsOf(day, known_at)
    return sorted(UnitName.objects.as_of(at).values_list("unit", "name", "step"))


@pytest.mark.django_db(transaction=True)
def test_eight_writers_never_change_an_answer_about_the_past(transactional_world):
    world, seed = transactional_world, random.randrange(2**32)
    print(f"seed {seed}")
    units = [place_unit(UnitKind.STREET, f"街道{n}", parent=world.committee) for n in range(WRITERS)]
    stop, failures, differences, changed = threading.Event(), [], 0, 0

    def write(number):
        chance = random.Random(seed + number)
        with as_its_own_session():
            while not stop.is_set():
                try:
                    rename(units[number], chance, by=world.clerk)
                except Exception as error:  # shown below: a writer that dies would make the race a walk
                    failures.append(error)
                    return

    writers = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    chance, latest = random.Random(seed), None
    try:
        for _ in range(ROUNDS):
            day = FIRST + timedelta(days=chance.randrange(40))
            known_at = timezone.now() - timedelta(milliseconds=chance.choice([0, 0, 1, 3, 10]))
            first = ask(day, known_at)
            time.sleep(chance.random() * 0.01)
            differences += first != ask(day, known_at)
            changed += first != latest
            latest = first
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert failures == []
    assert differences == 0, f"seed {seed}"
    assert changed > ROUNDS / 20, "the writers wrote nothing: this race proves nothing"


@pytest.mark.django_db(transaction=True)
def test_a_question_about_the_very_moment_waits_for_the_writer_at_work(transactional_world):
    world = transactional_world
    unit = place_unit(UnitKind.STREET, "街道", parent=world.committee)
    stamped, go_on = threading.Event(), threading.Event()

    @action("ledger.slow")
    def slow(*, by):
        step = cases.do_at_once("ledger:slow", "慢", unit=unit, by=by, on=FIRST)
        stamped.set()
        go_on.wait(5)
        ledger.post(UnitName, step=step, since=FIRST, unit=unit, name="迟到的名称")
        return step

    def write():
        with as_its_own_session():
            slow(by=world.clerk)

    writer = threading.Thread(target=write)
    writer.start()
    stamped.wait(5)
    known_at = timezone.now()
    assert [name for _, name, _ in ask(FIRST, known_at, settled=False)] == ["省教育厅", "省体育局"]
    threading.Timer(0.1, go_on.set).start()
    assert "迟到的名称" in [name for _, name, _ in ask(FIRST, known_at)]
    writer.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first, second", [(None, FIRST + timedelta(days=9)), (FIRST + timedelta(days=9), None)])
def test_of_two_writers_who_looked_before_either_wrote_one_is_refused(transactional_world, first, second):
    """A statement without an end against one with: no index holds these two apart, a trigger under the ledger's lock does."""
    world = transactional_world
    unit = place_unit(UnitKind.STREET, "街道", parent=world.committee)
    both_looked, said = threading.Barrier(2), {}

    @action("ledger.name")
    def name(until, *, by):
        assert not UnitName.objects.current().filter(unit=unit).exists()
        both_looked.wait(10)
        step = cases.do_at_once("ledger:name", "名", unit=unit, by=by, on=FIRST)
        time.sleep(0.05)
        fact = ledger.insert(UnitName, step=step, period=ledger.days(FIRST, until), unit=unit, name=f"至{until}")
        time.sleep(0.05)
        return fact

    def write(until):
        with as_its_own_session():
            try:
                name(until, by=world.clerk)
                said[until] = "entered"
            except Refused as refusal:
                said[until] = refusal.obstacles[0].code

    writers = [threading.Thread(target=write, args=[until]) for until in (first, second)]
    for writer in writers:
        writer.start()
        time.sleep(0.02)
    for writer in writers:
        writer.join()
    assert sorted(said.values()) == ["already-stated", "entered"]
    assert UnitName.objects.current().filter(unit=unit).count() == 1
