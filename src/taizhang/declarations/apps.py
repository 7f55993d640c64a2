from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "taizhang.declarations"
    label = "declarations"
    verbose_name = "填报"
    default_auto_field = "django.db.models.BigAutoField"
