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


class Jurisdiction(models.TextChoices):
    """Where a figure applies. The office is a province's: the national ones and its own are in force for it."""

    NATIONAL = "national", "全国"
    PROVINCE = "province", "本省"
    CENTRAL_ORGANS = "central-organs", "中央和国家机关"
    ANQING = "anqing", "安庆市"
    BENGBU = "bengbu", "蚌埠市"
    CHAOHU = "chaohu", "巢湖市"
    CHIZHOU = "chizhou", "池州市"
    HUAINING = "huaining", "怀宁县"
    HENAN = "henan", "河南省"
    JIANGSU = "jiangsu", "江苏省"
    ELSEWHERE = "elsewhere", "外地"


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The rules are everybody's who works here."""
        return self.all() if user.is_authenticated else self.none()

    def saying(self, words: str):
        found = self
        for word in words.split():
            found = found.filter(
                Q(title__icontains=word)
                | Q(number__icontains=word)
                | Q(alias__icontains=word)
                | Q(issuer__icontains=word)
            )
        return found


class Document(models.Model):
    """A policy document: 党章, a regulation, an opinion, a local notice."""

    PRIVILEGES = ("SELECT",)

    key = models.SlugField("标识", max_length=80, unique=True)
    title = models.TextField("名称")
    number = models.TextField("文号", blank=True, default="")
    alias = models.TextField("别称", blank=True, default="")
    issuer = models.TextField("制定机关", blank=True, default="")
    issued_on = models.DateField("印发日期", null=True, blank=True)
    jurisdiction = models.CharField("适用范围", max_length=40, choices=Jurisdiction, default=Jurisdiction.NATIONAL)
    note = models.TextField("说明", blank=True, default="")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "政策文件"

    def __str__(self):
        return f"《{self.title}》" if self.title else self.number


class ClauseQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.all() if user.is_authenticated else self.none()

    def versions_of(self, clause):
        """The same rule in every text, itself included; nothing where it stands alone."""
        versions = self.filter(rule=clause.rule).exclude(rule="")
        return versions.order_by("in_force", "key") if versions.count() > 1 else self.none()

    def in_force(self, day):
        return self.filter(in_force__contains=day)

    def saying(self, words: str):
        """All of the words, in any order, in the text, the document, the rule number or a parameter."""
        found = self
        for word in words.split():
            parameters = Parameter.objects.filter(Q(label__icontains=word) | Q(name__icontains=word))
            found = found.filter(
                Q(gist__icontains=word)
                | Q(label__icontains=word)
                | Q(rule__icontains=word)
                | Q(key__icontains=word)
                | Q(document__title__icontains=word)
                | Q(document__number__icontains=word)
                | Q(document__alias__icontains=word)
                | Q(pk__in=parameters.values("clause"))
            )
        return found


class Clause(models.Model):
    """What one clause demands, in our own words, on the days on which it is in force.

    Clauses of one `rule` are its versions: the same demand in an earlier, a later or a local text.
    """

    PRIVILEGES = ("SELECT",)

    key = models.SlugField("标识", max_length=80, unique=True)
    document = models.ForeignKey(Document, models.PROTECT, related_name="clauses")
    label = models.TextField("条款")
    gist = models.TextField("要旨")
    in_force = DateRangeField("有效期间")
    confidence = models.CharField("把握程度", max_length=5, choices=Confidence)
    rule = models.CharField("规则编号", max_length=20, blank=True, default="")
    source = models.TextField("所见出处", blank=True, default="")

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = "条款"
        ordering = ["rule", "in_force", "key"]
        constraints = [
            models.CheckConstraint(name="statutes_clause_in_force", condition=Q(in_force__isempty=False)),
        ]

    def __str__(self):
        return f"{self.document}{self.label}"


class ParameterQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.all() if user.is_authenticated else self.none()

    def saying(self, words: str):
        found = self
        for word in words.split():
            found = found.filter(
                Q(label__icontains=word)
                | Q(name__icontains=word)
                | Q(clause__gist__icontains=word)
                | Q(clause__document__title__icontains=word)
            )
        return found

    def applying_here(self):
        return self.filter(jurisdiction__in={Jurisdiction.NATIONAL, Jurisdiction.PROVINCE})

    def in_force(self, day, *, jurisdiction=Jurisdiction.PROVINCE):
        """The national ones of that day and those of the jurisdiction."""
        return self.filter(in_force__contains=day, jurisdiction__in={Jurisdiction.NATIONAL, jurisdiction})


class Parameter(models.Model):
    """A threshold that policy sets and changes: one value per name, jurisdiction and day, with its clause."""

    PRIVILEGES = ("SELECT",)

    name = models.SlugField("名称", max_length=80)
    label = models.TextField("含义")
    value = models.JSONField("值")
    measure = models.CharField("计量", max_length=20, blank=True, default="")
    jurisdiction = models.CharField("适用范围", max_length=40, choices=Jurisdiction, default=Jurisdiction.NATIONAL)
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
