"""Two records of one person become one: which stands, which leads to it, and by which act."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from taizhang.cases.models import Case, Step
from taizhang.kit.triggers import NoDelete, NoTruncate


class PersonMergerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """About people: to whoever may see the matter."""
        return self.filter(step__case__in=Case.objects.visible_to(user))

    def standing(self):
        return self.filter(undone=None)


class PersonMerger(models.Model):
    """人员合并记录: from the step on `dropped` leads to `kept`. Undone by another step, never deleted."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (undone_id)")

    kept = models.ForeignKey("members.Person", models.PROTECT, related_name="+", verbose_name="保留")
    dropped = models.ForeignKey("members.Person", models.PROTECT, related_name="+", verbose_name="并入")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+", verbose_name="办理记录")
    undone = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+", verbose_name="撤销记录")
    id_number_moved = models.BooleanField(default=False)

    objects = PersonMergerQuerySet.as_manager()

    class Meta:
        verbose_name = "人员合并记录"
        constraints = [
            models.UniqueConstraint(fields=["dropped"], condition=Q(undone=None), name="members_merger_once"),
            models.CheckConstraint(condition=~Q(kept=F("dropped")), name="members_merger_of_two"),
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
        return f"人员{self.dropped_id}并入{self.kept_id}"


def kept_instead(person) -> PersonMerger | None:
    """Where it leads, if it was merged into another."""
    return PersonMerger.objects.standing().filter(dropped=person).select_related("kept").first()
