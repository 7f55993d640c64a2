from django.apps import AppConfig


class StatutesConfig(AppConfig):
    name = "taizhang.statutes"
    label = "statutes"
    verbose_name = "依据"
    default_auto_field = "django.db.models.BigAutoField"
