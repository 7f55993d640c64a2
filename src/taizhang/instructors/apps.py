from django.apps import AppConfig


class InstructorsConfig(AppConfig):
    name = "taizhang.instructors"
    label = "instructors"
    verbose_name = "指导员台账"
    default_auto_field = "django.db.models.BigAutoField"
