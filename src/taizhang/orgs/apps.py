from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "taizhang.orgs"
    label = "orgs"
    verbose_name = "社会组织台账"
    default_auto_field = "django.db.models.BigAutoField"
