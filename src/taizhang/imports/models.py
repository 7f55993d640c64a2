"""A batch 导入批次: one file on its way into a register, its rows as read, and what was found in them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from taizhang.accounts.models import Unit, User
from taizhang.cases.models import Step


class State(models.TextChoices):
    RECEIVED = "received", "已上传"
    CHECKED = "checked", "已检查"
    APPLIED = "applied", "已入账"
    UNDONE = "undone", "已撤回"
    THROWN_AWAY = "thrown_away", "已放弃"


TRANSITIONS: dict[str, tuple[str, ...]] = {
    "check": (State.RECEIVED, State.CHECKED),
    "apply": (State.CHECKED,),
    "throw_away": (State.RECEIVED, State.CHECKED),
    "undo": (State.APPLIED,),
}


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of units in scope; batches about people only where one may see people's names, or made them."""
        return self.filter(
            (Q(by=user.pk) & user.scope.q("unit__path"))
            | (Q(about_people=False) & user.scope.q("unit__path"))
            | user.people_scope.q("unit__path")
        )


class Batch(models.Model):
    """`sheet` names the declaration that reads it ("orgs.workbook:organisations"), found at run time.

    Each of check, apply and undo is one transaction: a batch whose worker died is as it was before, and can be
    checked again or thrown away.
    """

    sheet = models.CharField("表", max_length=60)
    title = models.TextField("内容")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")
    on = models.DateField("日期")
    about_people = models.BooleanField(default=False)
    received_at = models.DateTimeField("上传时间", auto_now_add=True)
    state = models.CharField("状态", max_length=20, choices=State, default=State.RECEIVED)

    file_name = models.TextField("文件名")
    file_kind = models.CharField(max_length=10)
    file_size = models.BigIntegerField("大小")
    digest = models.CharField(max_length=64, db_index=True)
    look = models.JSONField(default=dict)  # what the guard saw
    headings = models.JSONField(default=list)  # [{sheet, first_row, last_row, titles, mapping: {column: name}}]
    notes = models.JSONField(default=list)  # about the file as a whole: [{code, severity, message, remedy}]

    rows = models.IntegerField("行数", default=0)
    good = models.IntegerField("可入账", default=0)
    unchanged = models.IntegerField("无变化", default=0)
    rejected = models.IntegerField("有错误", default=0)
    warnings = models.IntegerField("提醒", default=0)
    checked_version = models.DateTimeField(null=True)  # the ledger's version that the rows were compared with
    accepted = models.IntegerField("已入账", default=0)

    failure = models.JSONField(null=True)  # why the last attempt came to nothing: [{code, reason, remedy}]

    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+")
    undo_step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+")

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入批次"
        indexes = [models.Index(fields=["unit", "-id"], name="imports_batch_unit")]

    def __str__(self):
        return f"{self.title}：{self.file_name}"

    @property
    def nothing_changed(self) -> bool:
        return self.rows > 0 and self.unchanged == self.rows


class OfBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(batch__in=Batch.objects.visible_to(user))


class Upload(models.Model):
    """The file itself, kept in the database so that web and worker share it, and the annotated copy of it.

    Deleted when the batch is a day past its end; what was read from it stays in the ledger.
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    batch = models.OneToOneField(Batch, models.PROTECT, primary_key=True, related_name="upload")
    content = models.BinaryField()
    annotated = models.BinaryField(null=True)

    objects = OfBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "上传文件"

    def __str__(self):
        return f"file of {self.batch_id}"


class Progress(models.Model):
    """How far a worker has come with a batch, told from outside its transaction. Gone when the work is over."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    batch = models.OneToOneField(Batch, models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="+")
    work = models.CharField(max_length=20)
    done = models.IntegerField(default=0)
    begun_at = models.DateTimeField()
    told_at = models.DateTimeField()

    objects = OfBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "进度"

    def __str__(self):
        return f"{self.work} {self.done}"


class Row(models.Model):
    """One row as read: `values` in the order of the sheet's columns, then the folded forms of those that match.

    Unlogged: after a crash of the database the rows are gone and the batch is checked again.
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    batch = models.ForeignKey(Batch, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    number = models.IntegerField()
    sheet = models.SmallIntegerField()
    row = models.IntegerField("行")
    values = ArrayField(models.TextField(null=True))
    outcome = models.CharField(max_length=12, default="new", db_default="new")

    class Meta:
        verbose_name = "导入行"
        indexes = [models.Index(fields=["batch", "number"], name="imports_row_place")]

    def __str__(self):
        return f"{self.batch_id}:{self.number}"


class Outcome(models.TextChoices):
    """What becomes of a row. A held one repeats something outside the person's scope: to them it looks like new."""

    NEW = "new", "新增"
    CHANGED = "changed", "变更"
    UNCHANGED = "unchanged", "无变化"
    REJECTED = "rejected", "有错误"
    HELD = "held", "新增"


class Severity(models.TextChoices):
    ERROR = "error", "错误"
    WARNING = "warning", "提醒"
    NOTE = "note", "说明"


class Finding(models.Model):
    """Something about one cell, or about a row when `column` is empty. `compared` ones rest on the ledger."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    batch = models.ForeignKey(Batch, models.PROTECT, db_index=False, related_name="+")
    number = models.IntegerField()
    sheet = models.TextField("工作表", blank=True, default="")
    row = models.IntegerField("行")
    column = models.CharField(max_length=40, blank=True, default="")
    title = models.TextField("列", blank=True, default="")
    value = models.TextField("填写的内容", blank=True, default="")
    code = models.CharField(max_length=40)
    severity = models.CharField("级别", max_length=10, choices=Severity)
    message = models.TextField("问题")
    remedy = models.TextField("怎样改")
    compared = models.BooleanField(default=False)

    objects = OfBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "检查结果"
        indexes = [models.Index(fields=["batch", "severity", "number", "id"], name="imports_finding_place")]

    def __str__(self):
        return f"{self.row} {self.title} {self.message}"


class Mapping(models.Model):
    """Headings once matched to columns by a person: the same headings are matched so again."""

    sheet = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    mapping = models.JSONField()  # {column number: name}
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "列对应"
        constraints = [models.UniqueConstraint(fields=["sheet", "unit", "digest"], name="imports_mapping_once")]

    def __str__(self):
        return self.digest[:8]
