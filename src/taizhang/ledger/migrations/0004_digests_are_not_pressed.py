from django.db import migrations


class Migration(migrations.Migration):
    """A digest cannot be pressed, and PostgreSQL would try each time: a fifth of the marking of 100,000 rows."""

    dependencies = [("ledger", "0003_seal_day_by_day")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE ledger_mark ALTER COLUMN digests SET STORAGE EXTERNAL",
            "ALTER TABLE ledger_mark ALTER COLUMN digests SET STORAGE EXTENDED",
        )
    ]
