"""Every list there is, found in the URL configuration: few statements, however many rows, whichever way it is sorted."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from taizhang.accounts.models import User
from tests import furnished as cast
from tests.doors import doors

pytestmark = pytest.mark.django_db
NOTED = 'UPDATE "accounts_signin"'  # once a minute, that somebody is still there
STATEMENTS = 6  # session, user, grants, kept filters, rows with their count; one more for what a filter names


def lists(client) -> list[tuple[str, object]]:
    """(address, what the page lists) of every page that `kit.lists` drew."""
    found = []
    for door in doors():
        if door.takes_numbers:
            continue
        for address in door.addresses():
            answer = client.get(address)
            listed = answer.context.get("list") if getattr(answer, "context", None) else None
            if answer.status_code == 200 and hasattr(listed, "page"):
                found.append((address, listed))
    return found


def statements(client, address: str) -> int:
    """Of a page asked for the second time: the first after signing in keeps the books of the session, and so does one a minute."""
    client.get(address)
    asked = asked_of_the_database(client, address)
    if any(each.startswith(NOTED) for each in asked):
        asked = asked_of_the_database(client, address)
    return len(asked)


def asked_of_the_database(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [each["sql"] for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def visitors(world) -> list[User]:
    return [world.clerk, world.education_clerk, world.administrator]


def test_every_list_takes_few_statements_and_no_more_with_more_rows(furnished):
    before, seen = {}, set()
    for user in visitors(furnished):
        client = Client()
        client.force_login(user)
        for address, listed in lists(client):
            seen.add(address)
            before[user, address] = statements(client, address)
            sorts = {column.sort for column in listed.table.columns if column.sort}
            for sort in [*sorts, *(f"-{each}" for each in sorts)]:
                missing = 1  # where values end on a page, the rows without one are asked for by themselves
                assert statements(client, f"{address}?sort={sort}") <= STATEMENTS + missing, (address, sort)
    assert {"/orgs/", "/party/", "/members/", "/cases/", "/imports/", "/instructors/", "/statutes/"} <= seen
    cast.kept_by(cast.hide, furnished, "瑱")
    wrong = {}
    for (user, address), number in before.items():
        client = Client()
        client.force_login(user)
        now = statements(client, address)
        if now > STATEMENTS or now > number:
            wrong[user.username, address] = (number, now)
    assert wrong == {}
    print(f"\n{len(before)} lists, at most {max(before.values())} statements")


def test_what_a_filter_names_is_looked_up_once(furnished):
    client = Client()
    client.force_login(furnished.clerk)
    for address in (
        f"/orgs/?responsible={furnished.education.pk}&kind=association&q=协",
        f"/party/?superior={furnished.committee.pk}&q=zb",
        "/members/?standing=full&held=ours&q=z",
        f"/cases/?unit={furnished.education.pk}&state=open",
    ):
        assert statements(client, address) <= STATEMENTS, address
