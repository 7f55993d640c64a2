import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_handed_out_codes")]

    operations = [
        migrations.AddField(
            model_name="errand",
            name="rows",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None),
        ),
        migrations.AddField(
            model_name="errandrefusal",
            name="number",
            field=models.BigIntegerField(null=True),
        ),
    ]
