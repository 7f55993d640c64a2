"""What the application's role may do with each table; set anew after every migration, by the owner.

A model of ours is inserted into, read and updated, never deleted from, unless its class attribute PRIVILEGES says otherwise, as in
PRIVILEGES = ("SELECT", "INSERT", "UPDATE (recorded, closing_step_id)").
"""

from django.apps import AppConfig
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from pghistory.models import Event

from taizhang.kit.postgres import APPLICATION
from taizhang.kit.triggers import NOBODY_IGNORES

DEFAULT = ("SELECT", "INSERT", "UPDATE")
EVENT = ("SELECT", "INSERT")
WHOLE = ("SELECT", "INSERT", "UPDATE", "DELETE")
READ = ("SELECT",)

THIRD_PARTY = {
    "auth": READ,
    "contenttypes": ("SELECT", "INSERT"),
    "pghistory": DEFAULT,  # a context's label may grow while its transaction lasts
}
# Tables without a model
BARE_TABLES = {"kit_cache": WHOLE, "django_migrations": READ}


def after_migrate(sender: AppConfig, using: str, plan: object = None, **_: object) -> None:
    if plan is None:  # `flush` sends the same signal, without a plan, and changes no privilege
        return
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('public._pgtrigger_should_ignore(name)') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(NOBODY_IGNORES)
    grant_application(connections[using], sender)


def grant_application(connection: BaseDatabaseWrapper, config: AppConfig) -> None:
    """The application's role has exactly the privileges its tables declare; none if the role does not exist."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
        if not cursor.fetchone():
            return
        existing = set(connection.introspection.table_names(cursor))
    wanted = {**BARE_TABLES, **privileges_of(config)}
    statements = [f"GRANT USAGE ON SCHEMA public TO {APPLICATION}"]
    for table, privileges in sorted(wanted.items()):
        if table in existing:
            name = connection.ops.quote_name(table)
            statements.append(f"REVOKE ALL ON {name} FROM {APPLICATION}")
            statements.append(f"GRANT {', '.join(privileges)} ON {name} TO {APPLICATION}")
    statements.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION}")
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("; ".join(statements))


def privileges_of(config: AppConfig) -> dict[str, tuple[str, ...]]:
    """Table → privileges, for every table of one app."""
    found = {}
    for model in config.get_models(include_auto_created=True):
        if not model._meta.proxy:
            found[model._meta.db_table] = privileges_on(model)
    return found


def privileges_on(model: type[models.Model]) -> tuple[str, ...]:
    if declared := getattr(model, "PRIVILEGES", None):
        return tuple(declared)
    if issubclass(model, Event):
        return EVENT
    if model._meta.app_label in THIRD_PARTY:
        return THIRD_PARTY[model._meta.app_label]
    if model._meta.auto_created:  # the table between two many-to-many sides
        return WHOLE
    if model.__module__.startswith("taizhang."):
        return DEFAULT
    return WHOLE
