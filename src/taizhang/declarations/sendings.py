"""A workbook of a round that came back: who sent it, what became of its rows, and the copy in which that is marked."""

from django.db import models

from taizhang.accounts.models import Unit, User
from taizhang.kit.triggers import NoDelete, NoTruncate


class Progress(models.TextChoices):
    WAITING = "waiting", "等待处理"
    DONE = "done", "已处理"
    REFUSED = "refused", "没有收下"


class SendingQuerySet(models.QuerySet):
    def told(self):
        """As pages tell it: without the files, whether there is a marked copy."""
        return self.defer("content", "annotated").annotate(is_marked=models.Q(annotated__isnull=False))

    def visible_to(self, user):
        """One's own, and those sent on behalf of a unit in scope."""
        return self.filter(user.scope.q("unit__path"))


class Sending(models.Model):
    """回传. The file and the marked copy are gone within a day; what was said of its rows stays."""

    round = models.ForeignKey("declarations.Round", models.PROTECT, related_name="sendings", verbose_name="填报任务")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="送回人")
    sent_at = models.DateTimeField("送回时间", auto_now_add=True)
    file_name = models.TextField("文件名")
    digest = models.CharField(max_length=64)
    look = models.JSONField(default=dict)  # what the guard saw
    progress = models.CharField("情况", max_length=20, choices=Progress, default=Progress.WAITING)
    wanted = models.PositiveIntegerField("要处理的行数", default=0)  # 0 until the file is read
    told_at = models.DateTimeField("最近一次动静", null=True)  # of the worker that goes through it
    rows = models.PositiveIntegerField("行数", default=0)  # gone through so far
    unchanged = models.PositiveIntegerField("无变化", default=0)
    changed = models.PositiveIntegerField("已写入", default=0)
    submitted = models.PositiveIntegerField("其中已提交", default=0)
    refused = models.PositiveIntegerField("没有写入", default=0)
    findings = models.JSONField(
        default=list
    )  # [{row, organization, column, title, value, severity, code, message, remedy}]
    failure = models.JSONField(default=list)  # why none of it was taken: [{code, reason, remedy}]
    content = models.BinaryField(null=True)
    annotated = models.BinaryField(null=True)

    objects = SendingQuerySet.as_manager()

    class Meta:
        verbose_name = "回传"
        indexes = [models.Index(fields=["round", "-id"], name="declarations_sending_round")]
        constraints = [
            models.CheckConstraint(
                name="declarations_sending_rows_add_up",
                condition=models.Q(rows=models.F("unchanged") + models.F("changed") + models.F("refused")),
            ),
            models.CheckConstraint(
                name="declarations_sending_submitted_were_changed",
                condition=models.Q(submitted__lte=models.F("changed")),
            ),
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return self.file_name

    @property
    def is_waiting(self) -> bool:
        return self.progress == Progress.WAITING

    @property
    def stage(self) -> str:
        """What the worker is at, in words."""
        if self.told_at is None:
            return "等待后台处理"
        if not self.wanted:
            return "正在读取工作簿"
        if self.rows < self.wanted:
            return f"正在逐行处理：{self.rows:,} / {self.wanted:,} 行"
        return "各行已处理完，正在标注工作簿"
