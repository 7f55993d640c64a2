from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "taizhang.ledger"
    label = "ledger"
    verbose_name = "台账"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from taizhang.ledger import marking

        post_migrate.connect(marking.after_migrate, sender=self, dispatch_uid="ledger.marks")
