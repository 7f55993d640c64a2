"""Two records that looked like one person: they became one, or were found to be two; by which act."""

from django.db import models
from django.db.models import F, Q

from taizhang.cases.models import Case
from taizhang.ledger.pairs import Decided, DecidedQuerySet


class PeopleQuerySet(DecidedQuerySet):
    def visible_to(self, user):
        """About people: to whoever may see the matter."""
        return self.filter(step__case__in=Case.objects.visible_to(user))


class PersonMerger(Decided):
    """人员合并记录: from the step on `dropped` leads to `kept`. Undone by another step, never deleted."""

    kept = models.ForeignKey("members.Person", models.PROTECT, related_name="+", verbose_name="保留")
    dropped = models.ForeignKey("members.Person", models.PROTECT, related_name="+", verbose_name="并入")
    id_number_moved = models.BooleanField(default=False)

    objects = PeopleQuerySet.as_manager()

    class Meta(Decided.Meta):
        verbose_name = "人员合并记录"
        constraints = [
            models.UniqueConstraint(fields=["dropped"], condition=Q(undone=None), name="members_merger_once"),
            models.CheckConstraint(condition=~Q(kept=F("dropped")), name="members_merger_of_two"),
        ]

    def __str__(self):
        return f"人员{self.dropped_id}并入{self.kept_id}"


class PersonApart(Decided):
    """两人认定: looked at, and found to be two. While it stands the pair is not offered as doubles."""

    one = models.ForeignKey("members.Person", models.PROTECT, related_name="+", verbose_name="一人")
    other = models.ForeignKey("members.Person", models.PROTECT, related_name="+", verbose_name="另一人")

    objects = PeopleQuerySet.as_manager()

    class Meta(Decided.Meta):
        verbose_name = "两人认定"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], condition=Q(undone=None), name="members_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="members_apart_in_order"),
        ]

    def __str__(self):
        return f"人员{self.one_id}与{self.other_id}"


def kept_instead(person) -> PersonMerger | None:
    """Where it leads, if it was merged into another."""
    return PersonMerger.objects.standing().filter(dropped=person).select_related("kept").first()
