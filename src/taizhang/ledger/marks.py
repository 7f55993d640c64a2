"""What makes the ledger tamper-evident: marks of what was written, sealed into a chain. docs/decisions/0118-evidence.md"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from taizhang.kit.triggers import append_only


class Pattern(models.Model):
    """存证样式: which columns of a table are read, in which order, for a mark. A table that gains a column gains a pattern;
    what was marked before is read by the old one.
    """

    PRIVILEGES = ("SELECT",)

    table = models.TextField("表")
    columns = ArrayField(models.TextField(), verbose_name="各列")
    about_people = models.BooleanField("关于人员")

    class Meta:
        verbose_name = "存证样式"
        constraints = [models.UniqueConstraint(fields=["table", "columns"], name="ledger_pattern_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.table}({', '.join(self.columns)})"


class Mark(models.Model):
    """印记: the digests of the rows that one statement wrote, taken by a trigger in the same transaction (ledger.marking).

    Steps are written under the ledger's lock, so marks are numbered in the order in which they are committed: whoever sees
    one sees all before it. `way`: a step was done, facts were entered, facts were closed.
    """

    PRIVILEGES = ("SELECT",)

    pattern = models.ForeignKey(Pattern, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    way = models.CharField("写法", max_length=7, choices={"done": "办理", "entered": "入账", "closed": "销账"})
    step_id = models.BigIntegerField("办理记录")
    at = models.DateTimeField("入账时间")
    salt = models.BinaryField()
    ids = ArrayField(models.BigIntegerField())
    digests = ArrayField(models.BinaryField())

    class Meta:
        verbose_name = "印记"
        indexes = [models.Index(fields=["pattern", "way"], name="ledger_mark_of_table")]
        triggers = append_only()

    def __str__(self):
        return f"印记 {self.pk}"


class SealQuerySet(models.QuerySet):
    def of_days(self):
        """The last of each day, newest first: its digest is the digest of the day."""
        return self.order_by("-day", "-id").distinct("day")


class Seal(models.Model):
    """封存: a batch of marks, and the digest of it and of all before it. Numbered without a gap, of one day each."""

    PRIVILEGES = ("SELECT",)

    id = models.BigIntegerField("序号", primary_key=True)
    day = models.DateField("日期", db_index=True)
    last_mark = models.BigIntegerField("至印记")
    steps = models.BigIntegerField("办理记录")
    facts = models.BigIntegerField("台账记录")
    leaves = models.BinaryField()
    digest = models.BinaryField("校验值")
    sealed_at = models.DateTimeField("封存时间")

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = "封存"
        triggers = append_only()

    def __str__(self):
        return f"封存 {self.pk}"
