"""What every test stands on: the cast, the application's own narrow role, and a ledger that can be emptied by its owner."""

from contextlib import contextmanager

import pytest
from django.core.management.commands import flush
from django.db import connection

from taizhang.accounts import attempts
from taizhang.statutes.actions import load as load_statutes
from tests import furnished as furnishing
from tests import world as cast

KEPT = frozenset({"cases_office", "ledger_pattern", "django_migrations", "django_content_type", "kit_cache"})


@pytest.fixture(autouse=True)
def as_the_application(request):
    """Tests write with the rights the web and the worker have, so that a missing or too wide grant shows."""
    marked = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        request.getfixturevalue("transactional_db")
    elif "db" in request.fixturenames or marked:
        request.getfixturevalue("db")
    else:
        yield
        return
    set_role("taizhang_app")
    yield
    if not connection.needs_rollback:
        set_role("none")


@pytest.fixture(autouse=True)
def nobody_is_locked_out():
    """What a process remembers of wrong passwords is of the test before."""
    attempts.forget()


@pytest.fixture(autouse=True, scope="session")
def emptied_by_the_owner():
    """A transactional test is cleaned up by TRUNCATE, which the ledger refuses to everybody but its owner at work."""
    truncate = flush.sql_flush

    def sql_flush(style, connection, **options):
        quoted = connection.ops.quote_name
        tables = connection.introspection.django_table_names(only_existing=True)
        tables = [table for table in tables if table not in KEPT and not table.startswith("statutes_")]
        return [
            *(f"ALTER TABLE {quoted(table)} DISABLE TRIGGER USER" for table in tables),
            f"TRUNCATE {', '.join(map(quoted, tables))} RESTART IDENTITY",
            *(f"ALTER TABLE {quoted(table)} ENABLE TRIGGER USER" for table in tables),
        ]

    flush.sql_flush = sql_flush
    yield
    flush.sql_flush = truncate


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The statutes are in the database before the first test, as after `taizhang migrate`."""
    with django_db_blocker.unblock():
        load_statutes()


@pytest.fixture
def world(db) -> cast.World:
    return cast.build()


@pytest.fixture
def furnished(db, owner) -> cast.World:
    """Something in every register: `own` of 外单位, `hidden` of others; numbers of different tables never meet."""
    with owner():
        furnishing.number_rows_apart()
    world = cast.build()
    world.own = furnishing.kept_by(furnishing.keep_own, world)
    world.hidden = furnishing.kept_by(furnishing.hide, world, "璟")
    return world


@pytest.fixture
def transactional_world(transactional_db) -> cast.World:
    return cast.build()


def set_role(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")


@pytest.fixture
def owner():
    """A moment of the owner's rights: `with owner(): …`."""

    @contextmanager
    def acting():
        set_role("none")
        try:
            yield
        finally:
            set_role("taizhang_app")

    return acting
