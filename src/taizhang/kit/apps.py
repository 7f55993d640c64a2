from django.apps import AppConfig
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models.signals import post_migrate


class KitConfig(AppConfig):
    name = "taizhang.kit"
    label = "kit"
    verbose_name = "工具"

    def ready(self) -> None:
        from taizhang.kit import roles

        # Django's own Chinese text speaks of an empty value
        ProhibitNullCharactersValidator.message = "含有不可见的控制字符（NUL），请删去后重新填写"
        post_migrate.connect(roles.after_migrate, dispatch_uid="kit.roles")
