from django.db import migrations, models

# How many are of each combination: one of two rare conditions that never meet is looked up, not walked for.
KINDS = "CREATE STATISTICS orgs_particulars_kinds (mcv) ON kind, mode, level, status FROM orgs_particulars"


class Migration(migrations.Migration):
    dependencies = [("orgs", "0010_found_to_be_two")]
    operations = [
        migrations.AddIndex(
            model_name="particulars",
            index=models.Index(
                condition=models.Q(("recorded__upper_inf", True)),
                fields=["kind", "mode", "level", "status", "organization"],
                name="orgs_particulars_by_kind",
            ),
        ),
        migrations.RunSQL(KINDS, "DROP STATISTICS orgs_particulars_kinds"),
    ]
