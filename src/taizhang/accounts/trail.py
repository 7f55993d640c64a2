"""The trail 审计: one row for whatever was done or refused."""

from typing import Any

from django.db import models
from django.db.models import Q, Subquery

from taizhang.accounts.roles import Role
from taizhang.kit.triggers import append_only


class AuditKind(models.TextChoices):
    CHANGE = "change", "变更"
    PERMISSION = "permission", "账户与权限"
    REFUSAL = "refusal", "拒绝"
    SIGN_IN = "sign_in", "登录"
    SIGN_IN_FAILED = "sign_in_failed", "登录失败"
    SIGN_OUT = "sign_out", "退出"
    IMPORT = "import", "导入"
    EXPORT = "export", "导出"
    REVEAL = "reveal", "查看敏感信息"
    JOB = "job", "后台任务"


class AuditQuerySet(models.QuerySet):
    DISORDER = 1_000  # numbers are given out before rows are written: their order and that of moments differ a little

    def visible_to(self, user):
        return self if user.holds({Role.AUDIT_ADMIN}) else self.none()

    def done_by(self, who: str):
        """By login name or by name; also what was tried with a login name that nobody has."""
        people: Any = self.model._meta.get_field("user").related_model
        users = people.objects.filter(Q(username__iexact=who) | Q(name=who))
        return self.filter(Q(user__in=list(users.values_list("pk", flat=True))) | Q(user=None, username=who))

    def since(self, moment):
        first = AuditRecord.objects.filter(at__gte=moment).order_by("at").values("pk")[:1]
        return self.filter(at__gte=moment, pk__gte=Subquery(first) - self.DISORDER)

    def before(self, moment):
        last = AuditRecord.objects.filter(at__lt=moment).order_by("-at").values("pk")[:1]
        return self.filter(at__lt=moment, pk__lte=Subquery(last) + self.DISORDER)


class AuditRecord(models.Model):
    """Who did, or was refused, what: from where, when, to which thing, in which matter. Written once, by `acting.record()` only.

    `act` is the number that the steps of the act and the history of the rows it changed bear too: before and after are
    there. No value of a person is in it, only the names of fields.
    """

    PRIVILEGES = ("SELECT", "INSERT")

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    kind = models.CharField("类别", max_length=20, choices=AuditKind)
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="用户"
    )
    username = models.TextField("登录名", blank=True, default="")
    verb = models.TextField("动作", blank=True, default="")
    object = models.TextField("对象", blank=True, default="")
    case = models.BigIntegerField("事项号", null=True)
    address = models.GenericIPAddressField("地址", null=True)
    request = models.TextField("请求号", blank=True, default="")
    act = models.UUIDField("办理编号", null=True)
    token = models.ForeignKey(
        "accounts.Token", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="访问令牌"
    )
    details = models.JSONField("详情", default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "审计记录"
        triggers = append_only()
        indexes = [
            models.Index(fields=["kind", "id"], name="accounts_audit_kind"),
            models.Index(fields=["verb", "id"], name="accounts_audit_verb"),
            models.Index(fields=["user", "id"], name="accounts_audit_user"),
            models.Index(fields=["username", "id"], condition=Q(user=None), name="accounts_audit_nobody"),
            models.Index(fields=["address", "id"], name="accounts_audit_address"),
            models.Index(fields=["object", "id"], condition=~Q(object=""), name="accounts_audit_object"),
            models.Index(fields=["case", "id"], condition=~Q(case=None), name="accounts_audit_case"),
            models.Index(fields=["request", "id"], condition=~Q(request=""), name="accounts_audit_request"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()} {self.verb}"
