"""What the office has said in public: a figure or a table as it stood, with the records behind it; it never changes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from taizhang.accounts.models import Unit, User
from taizhang.kit.triggers import append_only


class PublicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("unit__path"))


class Publication(models.Model):
    """发布: the answer to one question, frozen. `records` are numbers of records and no names; `known_at` is the moment of the
    ledger's version, so that the same question has the same answer for ever. Cells below five people are empty.
    """

    PRIVILEGES = ("SELECT", "INSERT")

    number = models.PositiveIntegerField("序号", unique=True)
    title = models.CharField("标题", max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    figure = models.CharField("指标", max_length=60)
    variant = models.CharField("计法", max_length=40)
    base_is = models.CharField("基数", max_length=40, blank=True, default="")
    dimension = models.CharField("分组", max_length=40, blank=True, default="")
    since = models.DateField("起", null=True)
    day = models.DateField("日期")
    known_at = models.DateTimeField("所知")
    definition = models.TextField("口径")
    source = models.TextField("来源")
    measure = models.CharField("单位", max_length=20)
    base = models.PositiveIntegerField(null=True)
    counted = models.PositiveIntegerField()
    groups = models.JSONField("分组数", default=list)
    records = ArrayField(models.BigIntegerField(), verbose_name="计入的记录")
    digest = models.CharField("校验值", max_length=64)
    chain = models.CharField("台账校验值", max_length=64, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发布人")
    at = models.DateTimeField("发布时间")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = "发布"
        ordering = ["-number"]
        triggers = append_only()

    def __str__(self):
        return f"发布第{self.number}号 {self.title}"
