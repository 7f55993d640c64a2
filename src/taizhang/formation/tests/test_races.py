"""Several at once (RELIABILITY T14): exactly one effect and exactly one acknowledged success, nobody sees a deadlock."""

import os
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from django.db import connection

from taizhang.formation import actions as formation
from taizhang.formation.models import Application, State
from taizhang.formation.tests.asking import AGAINST, JULY, UNANIMOUS, accepted, drafted, members_of
from taizhang.kit.refusals import Refused
from taizhang.meetings.models import AgendaItem, Outcome
from taizhang.meetings.tests.sitting import AUGUST, committee_of, convened
from taizhang.party.models import Coverage
from tests.office import set_role

NIGHTLY = bool(os.environ.get("TAIZHANG_NIGHTLY"))
ROUNDS, CLIENTS = (10_000, 8) if NIGHTLY else (500, 3)
DECIDED = (1_000, 500) if NIGHTLY else (6, 4)  # rounds that need an application each
pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def as_its_own_session():
    try:
        set_role("taizhang_app")
        yield
    finally:
        connection.close()


class Crowd:
    """So many sessions that stay open; each round all of them act at the same moment."""

    def __init__(self, clients: int):
        self.start, self.done = threading.Barrier(clients + 1), threading.Barrier(clients + 1)
        self.act: Callable[[int], object] | None = None
        self.said: list[str] = []
        self.people = [threading.Thread(target=self.live, args=[number]) for number in range(clients)]
        for person in self.people:
            person.start()

    def live(self, number: int) -> None:
        with as_its_own_session():
            while True:
                self.start.wait()
                if self.act is None:
                    return
                try:
                    self.act(number)
                    self.said.append("done")
                except Refused as refusal:
                    self.said.append(refusal.obstacles[0].code)
                except Exception as error:  # asserted on: a deadlock would be one
                    self.said.append(repr(error))
                self.done.wait()

    def at_once(self, act: Callable[[int], object]) -> Counter:
        self.act, self.said = act, []
        self.start.wait()
        self.done.wait()
        return Counter(self.said)

    def go_home(self) -> None:
        self.act = None
        self.start.wait()
        for person in self.people:
            person.join()


@contextmanager
def crowd(clients: int):
    people = Crowd(clients)
    try:
        yield people
    finally:
        people.go_home()


REFUSALS = {"not-in-that-state", "on-an-agenda", "already-resolved", "entered-already"}


def test_an_item_is_put_on_one_agenda_and_taken_off_once(transactional_world):
    """Round by round the same application is scheduled by all at once, at two sittings, and deferred by all at once."""
    world = transactional_world
    body = committee_of(world)
    application = accepted(world, world.organization("甲协会"))
    sittings = [convened(body, by=world.clerk), convened(body, by=world.clerk)]
    wrong = []
    with crowd(CLIENTS) as people:
        for number in range(ROUNDS // 4):
            put = people.at_once(
                lambda who: formation.schedule(application, sitting=sittings[who % 2], on=AUGUST, by=world.clerk)
            )
            items = list(AgendaItem.objects.filter(outcome=""))
            if put["done"] != 1 or len(items) != 1 or not set(put) <= REFUSALS | {"done"}:
                wrong.append((number, put))
            said = {"by": world.clerk, "outcome": Outcome.DEFERRED, "note": "再议"}
            off = people.at_once(lambda who, item=items[0], said=said: formation.defer(application, item=item, **said))
            if (
                off["done"] != 1
                or AgendaItem.objects.filter(outcome="").exists()
                or not set(off) <= REFUSALS | {"done"}
            ):
                wrong.append((number, off))
    assert wrong == []
    assert AgendaItem.objects.count() == ROUNDS // 4


def test_submitted_accepted_and_sent_back_once_however_many_click(transactional_world):
    """The same form is sent by all at once, again and again: each time one step, and it keeps its one number."""
    world = transactional_world
    application = drafted(world, world.organization("甲协会"))
    said = {"on": JULY, "by": world.clerk, "note": "补正"}
    wrong = []
    with crowd(CLIENTS) as people:
        for number in range(ROUNDS // 6):
            for verb in (formation.submit, formation.accept, formation.send_back):
                told = people.at_once(lambda who, verb=verb: verb(application, **said))
                if told != Counter({"done": 1, "not-in-that-state": CLIENTS - 1}):
                    wrong.append((number, told))
    assert wrong == []
    steps = Counter(application.case.steps.values_list("verb", flat=True))
    assert {steps[f"formation:{verb}"] for verb in ("submit", "accept", "send_back")} == {ROUNDS // 6}
    application.refresh_from_db()
    assert application.number == "2017-0001"


def test_six_people_decide_at_once_differently_and_one_decision_stands(transactional_world):
    world = transactional_world
    sitting = convened(committee_of(world), by=world.clerk)
    wrong = []
    with crowd(6) as people:
        for number in range(DECIDED[0]):
            organization = world.organization(f"第{number}协会")
            application = accepted(world, organization)
            item = formation.schedule(application, sitting=sitting, on=AUGUST, by=world.clerk)
            by = {"item": item, "by": world.clerk}

            def decide(who, application=application, by=by):
                if who % 3 == 0:
                    return formation.approve(application, **by, **UNANIMOUS)
                if who % 3 == 1:
                    return formation.refuse_application(application, **by, **AGAINST)
                return formation.defer(application, **by, note="再议")

            said = people.at_once(decide)
            application.refresh_from_db()
            covered = Coverage.objects.current().filter(organization=organization).count()
            if (
                said["done"] != 1
                or covered != (application.state == State.APPROVED)
                or not set(said) <= REFUSALS | {"done"}
            ):
                wrong.append((number, said, application.state, covered))
    assert wrong == []


def test_two_applications_for_one_organisation_are_not_both_approved(transactional_world):
    """Two sittings, two clerks, one organisation: the second finds it covered."""
    world = transactional_world
    body = committee_of(world)
    with crowd(2) as people:
        for number in range(DECIDED[1]):
            organization = world.organization(f"第{number}协会")
            people_of_it = members_of(world, organization)
            sittings = [convened(body, by=world.clerk), convened(body, by=world.clerk)]
            both = [accepted(world, organization, people_of_it) for _ in range(2)]
            items = [
                formation.schedule(each, sitting=sitting, on=AUGUST, by=world.clerk)
                for each, sitting in zip(both, sittings, strict=True)
            ]
            said = people.at_once(
                lambda who, both=both, items=items: formation.approve(
                    both[who], item=items[who], by=world.clerk, **UNANIMOUS
                )
            )
            assert said == Counter({"done": 1, "already-covered": 1})
            assert Coverage.objects.current().filter(organization=organization).count() == 1


def test_submitted_by_all_at_once_it_has_one_number_and_numbers_have_no_gap(transactional_world):
    world = transactional_world
    clients = 8
    applications = [drafted(world, world.organization(f"第{number}协会")) for number in range(clients)]
    with crowd(clients) as people:
        first = applications[0]
        assert people.at_once(lambda who: formation.submit(first, on=JULY, by=world.clerk))["done"] == 1
        rest = people.at_once(
            lambda who: formation.submit(applications[who], on=JULY, by=world.clerk) if who else first
        )
    assert rest == Counter({"done": clients})
    numbers = sorted(Application.objects.exclude(number="").values_list("number", flat=True))
    assert numbers == [f"2017-{number:04d}" for number in range(1, clients + 1)]
