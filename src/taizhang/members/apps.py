from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "taizhang.members"
    label = "members"
    verbose_name = "党员台账"
    default_auto_field = "django.db.models.BigAutoField"
