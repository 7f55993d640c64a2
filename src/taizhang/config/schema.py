"""Whether the database has the tables, and the statutes, this release expects."""

import os
import subprocess
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError, ProgrammingError


def pending() -> list[str]:
    """The migrations of this release that the database has not seen."""
    try:
        executor = MigrationExecutor(connection)
    except (OperationalError, ProgrammingError) as error:
        if "does not exist" in str(error) or "permission denied" in str(error):
            return ["all"]
        raise
    waiting = [
        f"{migration.app_label}.{migration.name}"
        for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    if not waiting and statutes_differ():
        return ["statutes/data"]
    return waiting


def statutes_differ() -> bool:
    """The documents and dated parameters belong to the release as the tables do (docs/decisions on statutes)."""
    from taizhang.statutes.actions import differs

    return differs()


def make_current() -> None:
    """The embedded database and a demonstration's are migrated at once; of a real one its administrator decides when."""
    waiting = pending()
    if not waiting:
        return
    mine = settings.DATABASES["default"].get("EMBEDDED_HOME") or (settings.DEMONSTRATION and not is_an_office_s_own())
    if not mine:
        raise ImproperlyConfigured(
            f"The database lacks {len(waiting)} migrations ({waiting[0]} …): run `taizhang migrate` first."
        )
    connection.close()
    migrate_as_owner()


def is_an_office_s_own() -> bool:
    """It has been made, and not as a demonstration."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('cases_office') IS NOT NULL")
        if cursor.fetchone() == (False,):
            return False
        cursor.execute("SELECT NOT demonstration FROM cases_office")
        return cursor.fetchone() == (True,)


def migrate_as_owner() -> None:
    """In a process of its own: this one may already speak to the database in the application's role."""
    environment = {**os.environ, "TAIZHANG_AS_OWNER": "1"}
    subprocess.run([sys.executable, "-m", "taizhang.config.cli", "migrate", "--quiet"], env=environment, check=True)


def analyse_as_owner() -> None:
    """After a bulk load the planner knows the tables at once, not when the next autovacuum comes by."""
    environment = {**os.environ, "TAIZHANG_AS_OWNER": "1"}
    statement = "from django.db import connection; connection.cursor().execute('VACUUM ANALYZE')"
    subprocess.run([sys.executable, "-m", "django", "shell", "-v", "0", "-c", statement], env=environment, check=False)
