"""What the office keeps of its questions. The figures themselves keep nothing: they are asked anew."""

from django.db import models
from django.db.models import Q

from taizhang.accounts.models import Unit, User
from taizhang.kit.triggers import append_only
from taizhang.members.eligibility import WhoCounts


class ScenarioQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those of the units one sees."""
        return self.filter(Q(by=user.pk) | user.scope.q("unit__path"))


class Scenario(models.Model):
    """设想: other criteria of forming a Party organisation, under a name. Nothing in the ledger follows from it."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="保存人")
    name = models.CharField("名称", max_length=40)
    day = models.DateField("哪一天起", null=True, blank=True)  # none: the day on which it is looked at
    who = models.CharField("计哪些人员", max_length=20, choices=WhoCounts)
    promised = models.BooleanField("承诺转入的也计", default=False)
    wanted = models.PositiveSmallIntegerField("所需正式党员")
    most_organizations = models.PositiveSmallIntegerField("联合党支部单位上限")
    made_at = models.DateTimeField("保存时间", auto_now_add=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = "设想"
        constraints = [models.UniqueConstraint(fields=["by", "name"], name="stats_scenario_once")]

    def __str__(self):
        return self.name


class TargetQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the units one sees, and of those one stands under: what is asked of them is asked of oneself."""
        above = Q(pk__in=())
        for path in user.scope.paths:
            places = path.strip(".").split(".")
            above |= Q(unit__path__in=[".".join(places[: number + 1]) + "." for number in range(len(places))])
        return self.filter(user.scope.q("unit__path") | above)

    def standing(self):
        """The latest word for each unit, figure and way of counting, unless it says that there is no target any more."""
        later: models.QuerySet = TargetQuerySet(Target).filter(
            unit=models.OuterRef("unit"),
            figure=models.OuterRef("figure"),
            variant=models.OuterRef("variant"),
            pk__gt=models.OuterRef("pk"),
        )
        return self.filter(~models.Exists(later), goal__isnull=False)


class Target(models.Model):
    """目标: what a figure of a unit should have reached by a day. A new one takes the place of the one before; no `goal`: none."""

    PRIVILEGES = ("SELECT", "INSERT")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    figure = models.CharField("指标", max_length=60)
    variant = models.CharField("计法", max_length=40)
    begins_on = models.DateField("从哪天起")
    due_on = models.DateField("到哪天")
    goal = models.DecimalField("目标值", max_digits=9, decimal_places=2, null=True)
    document = models.TextField("依据文件", blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="设定人")
    made_at = models.DateTimeField("设定时间", auto_now_add=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "目标"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="stats_target_has_time", condition=Q(due_on__gt=models.F("begins_on"))),
            models.CheckConstraint(name="stats_target_is_not_negative", condition=Q(goal=None) | Q(goal__gte=0)),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.figure} {self.goal}"


class LookQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(by=user.pk)


class Look(models.Model):
    """Somebody has seen the dashboard: what changes from now on is new to them."""

    PRIVILEGES = ("SELECT", "INSERT")

    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="看过的人")
    at = models.DateTimeField("看到哪一刻")  # the ledger's version then

    objects = LookQuerySet.as_manager()

    class Meta:
        verbose_name = "看过"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["by", "-id"], name="stats_look_last")]
        triggers = append_only()

    def __str__(self):
        return f"{self.by} {self.at}"
