from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KitConfig(AppConfig):
    name = "taizhang.kit"
    label = "kit"
    verbose_name = "工具"

    def ready(self) -> None:
        from taizhang.kit import roles

        post_migrate.connect(roles.after_migrate, dispatch_uid="kit.roles")
