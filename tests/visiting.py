"""Somebody signed in, who visits every door with the rows it is about."""

from itertools import product

from django.db import transaction
from django.test import Client

from taizhang.accounts.models import User
from tests.doors import Door, told
from tests.furnished import NOBODYS_NUMBER, Kept
from tests.proof import prove

EVERYWHERE = {"desk", "stats", "api", ""}  # fronts speak of the rows of any slice
ASKED_FOR = ("accounts.unit", "orgs.organization", "party.partyorganization", "members.person")
EXPORTS = ("?format=xlsx", "?format=csv")
SIGNING_OUT = {"account_logout"}


class Visitor:
    """Somebody signed in; again, if a door has ended the session."""

    def __init__(self, user: User):
        self.user, self.client = user, Client()
        self.sign_in()

    def sign_in(self):
        self.client.force_login(self.user)
        prove(self.client)

    def visit(self, address: str, method: str = "get", data=None):
        if not self.client.cookies["sessionid"].value:
            self.sign_in()
        return getattr(self.client, method)(address, data or {})


# (models, wording): whose numbers stand in the door's places, beside which words.
Subject = tuple[tuple[str, ...], tuple[str, ...]]
subjects_of_doors: dict[str, list[Subject]] = {}  # what a door is about does not change from test to test


def subjects(door: Door, world) -> list[Subject]:
    """What the door is about: models whose numbers it answers to somebody who sees everything, with the words that fit."""
    if door.name not in subjects_of_doors:
        slices = slices_of(world.hidden) if door.slice in EVERYWHERE else {door.slice}
        labels = [label for label in world.hidden.rows if label.split(".")[0] in slices and world.hidden.some(label)]
        if door.is_operation:  # a slice's operations stand beneath the nouns they are about
            labels = [*dict.fromkeys([*labels, *(each for each in ASKED_FOR if world.hidden.some(each))])]
        visit = Visitor(world.administrator if door.slice == "accounts" else world.clerk).visit
        if door.is_operation and does_something(visit, door):
            labels = []
        subjects_of_doors[door.name] = [
            (chosen, wording)
            for chosen in product(labels, repeat=len(door.numbers))
            for wording in door.wordings()
            if finds(visit, door.address([world.hidden.some(label)[0] for label in chosen], wording))
        ]
    return subjects_of_doors[door.name]


def does_something(visit, door: Door) -> bool:
    """An operation that is not read looks for no row before its body fits: tests/test_operations.py sends one that does."""
    return all(visit(each).status_code == 405 for each in door.addresses(*[NOBODYS_NUMBER] * len(door.numbers)))


def finds(visit, address: str) -> bool:
    """Tried in a transaction that is given up: some doors act."""
    with transaction.atomic():
        status = visit(address).status_code
        if status == 405:
            status = visit(address, "post").status_code
        transaction.set_rollback(True)
    return status not in (403, 404, 405)


def own_addresses(door: Door, world):
    """The door's addresses with one's own numbers of what it is about."""
    if not door.takes_numbers:
        yield from door.addresses()
        return
    for chosen, wording in subjects(door, world):
        for numbers in product(*(world.own.some(label)[:2] for label in chosen)):
            yield door.address(numbers, wording)


def answers(visit, door: Door, world):
    """(address, answer) of every page, and of the files that a list offers."""
    for address in own_addresses(door, world):
        page = visit(address)
        yield address, page
        if page.status_code == 200 and "format=xlsx" in told(page):
            for form in EXPORTS:
                yield address + form, visit(address + form)


def slices_of(kept: Kept) -> set[str]:
    return {label.partition(".")[0] for label in kept.rows}
