"""django-import-export in its tuned bulk mode: one plain table, the same checks, every lookup cached."""

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
            app_label = "bench"

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


def load(plain, path: Path) -> int:
    """Rows that went in. The faulty ones are collected with all that is wrong with them, as our own import does."""
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
            batch_size = 1_000
            skip_diff = True
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
    return result.totals["new"]
