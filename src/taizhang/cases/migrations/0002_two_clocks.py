"""The two clocks and the ledger's lock; see docs/decisions on time."""

from django.conf import settings
from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION ledger_lock() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 20171229::bigint $$;

CREATE FUNCTION ledger_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT CASE
        WHEN current_setting('taizhang.now', true) <> '' AND (SELECT demonstration FROM cases_office)
        THEN current_setting('taizhang.now', true)::timestamptz
        ELSE clock_timestamp()
    END
$$;
"""


def say_what_it_is(apps, schema_editor):
    """A database is born a demonstration or an office's, and stays what it was born as."""
    apps.get_model("cases", "Office").objects.create(pk=1, demonstration=settings.DEMONSTRATION)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_cases_and_steps")]
    operations = [
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION ledger_now(); DROP FUNCTION ledger_lock();"),
        migrations.RunPython(say_what_it_is, migrations.RunPython.noop),
    ]
