"""Policy documents, their clauses with the days on which they are in force, and the dated parameters they set."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q


class Confidence(models.TextChoices):
    """How sure we are of the wording or figure: part of the record, shown beside it."""

    SEEN = "V", "见于全国性规定文本"
    LOCAL = "V-loc", "见于地方规定"
    GENERAL = "G", "一般知识，待核"
    REPORT = "S", "仅见于年度报告"


class Severity(models.TextChoices):
    BLOCK = "block", "不予办理"
    WARN = "warn", "提醒"
    INFO = "info", "提示"


class Document(models.Model):
    """A policy document: 党章, a regulation, an opinion, a local notice."""

    key = models.SlugField("标识", max_length=80, unique=True)
    title = models.TextField("名称")
    number = models.TextField("文号", blank=True, default="")
    alias = models.TextField("别称", blank=True, default="")
    issuer = models.TextField("制定机关", blank=True, default="")
    issued_on = models.DateField("印发日期", null=True, blank=True)
    note = models.TextField("说明", blank=True, default="")

    class Meta:
        verbose_name = "政策文件"

    def __str__(self):
        return f"《{self.title}》" if self.title else self.number


class Clause(models.Model):
    """What one clause demands, in our own words, on the days on which it is in force."""

    key = models.SlugField("标识", max_length=80, unique=True)
    document = models.ForeignKey(Document, models.PROTECT, related_name="clauses")
    label = models.TextField("条款")
    gist = models.TextField("要旨")
    in_force = DateRangeField("有效期间")
    confidence = models.CharField("把握程度", max_length=5, choices=Confidence)
    rule = models.CharField("规则编号", max_length=20, blank=True, default="")

    class Meta:
        verbose_name = "条款"
        constraints = [
            models.CheckConstraint(name="statutes_clause_in_force", condition=Q(in_force__isempty=False)),
        ]

    def __str__(self):
        return f"{self.document}{self.label}"


class ParameterQuerySet(models.QuerySet):
    def in_force(self, day, *, jurisdiction="national"):
        """The parameters of that day; a local one stands before the national one of the same name."""
        return self.filter(in_force__contains=day, jurisdiction__in={"national", jurisdiction})


class Parameter(models.Model):
    """A threshold that policy sets and changes: one value per name, jurisdiction and day, with its clause."""

    name = models.SlugField("名称", max_length=80)
    label = models.TextField("含义")
    value = models.JSONField("值")
    measure = models.CharField("计量", max_length=20, blank=True, default="")
    jurisdiction = models.CharField("适用范围", max_length=40, default="national")
    in_force = DateRangeField("有效期间")
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="parameters")
    severity = models.CharField("效力", max_length=5, choices=Severity)
    waivable = models.BooleanField("原则上", default=False)
    note = models.TextField("说明", blank=True, default="")

    objects = ParameterQuerySet.as_manager()

    class Meta:
        verbose_name = "参数"
        constraints = [
            ExclusionConstraint(
                name="statutes_parameter_one_per_day",
                expressions=[
                    ("name", RangeOperators.EQUAL),
                    ("jurisdiction", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="statutes_parameter_in_force", condition=Q(in_force__isempty=False)),
        ]
        triggers = [pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete)]

    def __str__(self):
        return f"{self.label}：{self.value}{self.measure}"
