from django.apps import AppConfig


class FormationConfig(AppConfig):
    name = "taizhang.formation"
    label = "formation"
    verbose_name = "组建审批"
    default_auto_field = "django.db.models.BigAutoField"
