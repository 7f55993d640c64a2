"""django-import-export in its tuned bulk mode: one plain table, the same checks, every look-up made once before the first row.

Two settings, each the fastest that does its job. Where every row is new nothing is compared (`skip_diff`), which saves a quarter of the
time; it could not tell an unchanged row then, and would write all of them again. Where rows are known an unchanged one must not be written,
as we do not write it; the library finds those by comparing each row with a copy of what was there, so it compares, and makes no HTML of it.
Its changes go through Django's `bulk_update` in batches of 100: 50 to 300 are alike, 1,000 are an eighth slower. Going round it (an upsert
by SQL of the resource's own) would be an importer of one's own, and is not measured.
"""

from pathlib import Path


def table():
    """The plain table, made here: twelve columns and an index on code, name and supervisor each."""
    from django.db import connection, models

    class Plain(models.Model):
        name = models.TextField(db_index=True)
        code = models.CharField(max_length=18, unique=True)
        kind = models.CharField(max_length=20)
        mode = models.CharField(max_length=20)
        supervisor = models.TextField(blank=True, db_index=True)
        registrar = models.TextField()
        founded = models.DateField(null=True)
        region = models.CharField(max_length=6)
        trade = models.TextField()
        level = models.CharField(max_length=20)
        staff = models.IntegerField(null=True)
        members = models.IntegerField(null=True)

        class Meta:
            app_label = "orgs"  # any that is installed: the library copies rows, and looks their model up for it
            db_table = "bench_plain"

    with connection.schema_editor() as editor:
        editor.create_model(Plain)
    return Plain


def drop(plain) -> None:
    from django.db import connection

    with connection.schema_editor() as editor:
        editor.delete_model(plain)


FIELDS = (
    "name", "code", "kind", "mode", "supervisor", "registrar", "founded", "region", "trade", "level", "staff", "members",
)  # fmt: skip
BATCH = 100  # rows of one bulk_update


def load(plain, path: Path, *, known: bool = False) -> dict[str, int]:
    """How many rows were new, updated, skipped, invalid. The faulty ones are collected with all that is wrong with them, as our own
    import does. `known`: rows of the file may be there, and the unchanged of them are left alone.
    """
    import tablib
    from django.core.exceptions import ValidationError
    from import_export import resources
    from import_export.instance_loaders import CachedInstanceLoader

    from bench.comparator_checks import Checks

    class Resource(resources.ModelResource):
        class Meta:
            model = plain
            fields = FIELDS
            import_id_fields = ("code",)
            instance_loader_class = CachedInstanceLoader
            use_bulk = True
            batch_size = BATCH if known else 1_000
            skip_diff = not known
            skip_html_diff = True
            skip_unchanged = True
            report_skipped = False

        def before_import(self, dataset, **options):
            self.checks = Checks(plain, dataset.dict)

        def before_import_row(self, row, row_number=None, **options):
            if wrong := self.checks.wrong_with(row, row_number):
                raise ValidationError(wrong)

    dataset = tablib.Dataset().load(path.read_bytes(), format="xlsx")
    dataset.headers = list(FIELDS)
    result = Resource().import_data(
        dataset, dry_run=False, raise_errors=False, use_transactions=True, rollback_on_validation_errors=False
    )
    assert not result.totals["error"]
    return dict(result.totals)
