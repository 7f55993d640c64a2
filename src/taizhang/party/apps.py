from django.apps import AppConfig


class PartyConfig(AppConfig):
    name = "taizhang.party"
    label = "party"
    verbose_name = "党组织台账"
    default_auto_field = "django.db.models.BigAutoField"
