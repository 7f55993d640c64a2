"""A database of its own for a measurement, migrated like any other, gone afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def fresh(name: str) -> Iterator[None]:
    """Sets Django up as the owner; TAIZHANG_BENCH_KEEP=1 leaves the database for a look."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = f"bench_{name}"
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        if os.environ.get("TAIZHANG_BENCH_KEEP"):
            connection.close()
        else:
            connection.creation.destroy_test_db(before, verbosity=0)
