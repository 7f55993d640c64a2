"""What the office keeps of its questions. The figures themselves keep nothing: they are asked anew."""

from django.db import models
from django.db.models import Q

from taizhang.accounts.models import Unit, User
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
