"""Two records of one organisation become one: which stands, which leads to it, and by which act."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from taizhang.accounts.models import Unit
from taizhang.cases.models import Step
from taizhang.kit.triggers import NoDelete, NoTruncate


class MergerQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("kept__unit__path"))

    def standing(self):
        return self.filter(undone=None)


class Merger(models.Model):
    """合并记录: from the step on `dropped` leads to `kept`. Undone by another step, never deleted."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (undone_id)")

    kept = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="+", verbose_name="保留")
    dropped = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="+", verbose_name="并入")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+", verbose_name="办理记录")
    undone = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+", verbose_name="撤销记录")
    name = models.TextField("原名称")  # what the dropped one was called, and its code: both go on finding the kept one
    code = models.CharField("原信用代码", max_length=18, blank=True, default="")
    code_moved = models.BooleanField(default=False)
    moved_units = ArrayField(models.BigIntegerField(), default=list)

    objects = MergerQuerySet.as_manager()

    class Meta:
        verbose_name = "合并记录"
        constraints = [
            models.UniqueConstraint(fields=["dropped"], condition=Q(undone=None), name="orgs_merger_once"),
            models.CheckConstraint(condition=~Q(kept=F("dropped")), name="orgs_merger_of_two"),
        ]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="undone_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__undone__isnull=False),
                func="RAISE EXCEPTION 'a merger that was undone stays undone' USING ERRCODE = 'restrict_violation';",
            ),
        ]

    def __str__(self):
        return f"{self.name}并入{self.kept}"

    @property
    def unit(self) -> Unit:
        return self.kept.unit


def kept_instead(organization) -> Merger | None:
    """Where it leads, if it was merged into another."""
    standing = Merger.objects.standing().select_related("kept__unit")
    found = standing.filter(dropped=organization).first()
    while found and (further := standing.filter(dropped=found.kept).first()):
        found = further
    return found
