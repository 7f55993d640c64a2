"""What people keep of lists: conditions under a name, and errands: a file of the rows, or one verb for each of them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q


class UnitSpelling(models.Model):
    """What a unit's names are on a keyboard: the full pinyin of what it is called, and the initials of all its names.

    Kept by `accounts.spelling`: by each verb that names a unit, set by set after an import. Lists are sorted by it, too.
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    unit = models.OneToOneField("accounts.Unit", models.PROTECT, primary_key=True, related_name="spelling")
    name = models.TextField()  # as it was spelled: where the unit is called otherwise now, it is spelled again
    pinyin = models.TextField("拼音", db_collation="C")
    initials = models.TextField("声母", db_collation="C")

    class Meta:
        verbose_name = "单位拼音"
        indexes = [
            models.Index(fields=["pinyin", "unit"], name="accounts_unitspelling_order"),
            GinIndex(OpClass("initials", "gin_trgm_ops"), name="accounts_unitspelling_initials"),
            models.Index(OpClass("initials", "text_pattern_ops"), name="accounts_unitspelling_begins"),
        ]

    def __str__(self):
        return self.pinyin


class SavedFilterQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those shared with a unit at or above one's own."""
        numbers = {int(number) for held in user.active_grants for number in held.unit.path.split(".") if number}
        return self.filter(Q(owner=user.pk) | Q(shared_with__in=numbers))

    def offered(self, user, page: str):
        """Those of one list, with whether each is what the person opens it with."""
        chosen = DefaultFilter.objects.filter(user=user.pk, saved=OuterRef("pk"))
        return self.visible_to(user).filter(page=page).annotate(is_default=Exists(chosen)).order_by("name", "pk")


class SavedFilter(models.Model):
    """常用筛选: the conditions and the order of a list, under a name; its owner's, or shared with the owner's unit."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    page = models.CharField("列表", max_length=80)
    name = models.CharField("名称", max_length=40)
    query = models.TextField("条件", blank=True)
    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="保存人")
    shared_with = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="共用单位"
    )
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = "常用筛选"
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="accounts_savedfilter_once"),
        ]
        indexes = [models.Index(fields=["page", "shared_with"], name="accounts_savedfilter_shared")]

    def __str__(self):
        return self.name


class DefaultFilter(models.Model):
    """What a person opens a list with."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    page = models.CharField(max_length=80)
    saved = models.ForeignKey(SavedFilter, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "默认筛选"
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="accounts_defaultfilter_once")]

    def __str__(self):
        return f"{self.page}: {self.saved_id}"


class ErrandState(models.TextChoices):
    ASKED = "asked", "待填写"
    WAITING = "waiting", "等待办理"
    WORKING = "working", "正在办理"
    DONE = "done", "已办完"
    BROKEN = "broken", "没有办成"


class ErrandQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(by=user.pk)


class Errand(models.Model):
    """批量办理: a file of a list's rows, or one verb for each of them, as one person asked for it.

    `chosen` are the numbers of the rows; null means all that the conditions find at the time. The file is sealed, gone
    after a day, and given out as long as its person sees every row of it.
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="办理人")
    page = models.CharField("列表", max_length=80)
    query = models.TextField("条件", blank=True)
    chosen = ArrayField(models.BigIntegerField(), null=True)
    verb = models.CharField("事项", max_length=60)
    title = models.TextField("名称")
    filled = models.TextField(blank=True, default="")  # what the form of a verb was filled with, as it was sent
    state = models.CharField("情况", max_length=10, choices=ErrandState, default=ErrandState.ASKED)
    total = models.IntegerField("共", default=0)
    done = models.IntegerField("已办", default=0)
    refused = models.IntegerField("未办", default=0)
    last = models.BigIntegerField(null=True)  # the row that was judged last: after a break the next one goes on
    failure = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField("办完时间", null=True)
    file = models.BinaryField(null=True)
    file_name = models.TextField(blank=True, default="")
    rows = ArrayField(models.BigIntegerField(), null=True)  # of which the file tells

    objects = ErrandQuerySet.as_manager()

    class Meta:
        verbose_name = "批量办理"
        indexes = [models.Index(fields=["by", "-id"], name="accounts_errand_by")]

    def __str__(self):
        return self.title

    @property
    def is_file(self) -> bool:
        return self.verb in ("xlsx", "csv")

    @property
    def is_under_way(self) -> bool:
        return self.state in (ErrandState.WAITING, ErrandState.WORKING)


class ErrandRefusalQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(errand__by=user.pk)


class ErrandRefusal(models.Model):
    """One row for which the verb was not done, and why."""

    PRIVILEGES = ("SELECT", "INSERT", "DELETE")

    errand = models.ForeignKey(Errand, models.CASCADE, related_name="refusals")
    row = models.TextField("对象")
    number = models.BigIntegerField(null=True)  # of the row, if the person saw it
    reason = models.TextField("原因")
    remedy = models.TextField("下步", blank=True, default="")

    objects = ErrandRefusalQuerySet.as_manager()

    class Meta:
        verbose_name = "批量办理中未办的"

    def __str__(self):
        return f"{self.row}：{self.reason}"
