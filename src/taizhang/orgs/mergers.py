"""Two records that looked like one organisation: they became one, or were found to be two; by which act."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from taizhang.accounts.models import Unit
from taizhang.ledger.pairs import Decided, DecidedQuerySet


class MergerQuerySet(DecidedQuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("kept__unit__path"))


class Merger(Decided):
    """合并记录: from the step on `dropped` leads to `kept`. Undone by another step, never deleted."""

    kept = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="+", verbose_name="保留")
    dropped = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="+", verbose_name="并入")
    name = models.TextField("原名称")  # what the dropped one was called, and its code: both go on finding the kept one
    code = models.CharField("原信用代码", max_length=18, blank=True, default="")
    code_moved = models.BooleanField(default=False)
    moved_units = ArrayField(models.BigIntegerField(), default=list)

    objects = MergerQuerySet.as_manager()

    class Meta(Decided.Meta):
        verbose_name = "合并记录"
        constraints = [
            models.UniqueConstraint(fields=["dropped"], condition=Q(undone=None), name="orgs_merger_once"),
            models.CheckConstraint(condition=~Q(kept=F("dropped")), name="orgs_merger_of_two"),
        ]

    def __str__(self):
        return f"{self.name}并入{self.kept}"

    @property
    def unit(self) -> Unit:
        return self.kept.unit


class ApartQuerySet(DecidedQuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("one__unit__path") & user.scope.q("other__unit__path"))


class Apart(Decided):
    """两家认定: looked at, and found to be two. While it stands the pair is not offered as doubles."""

    one = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="+", verbose_name="一家")
    other = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="+", verbose_name="另一家")

    objects = ApartQuerySet.as_manager()

    class Meta(Decided.Meta):
        verbose_name = "两家认定"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], condition=Q(undone=None), name="orgs_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="orgs_apart_in_order"),
        ]

    def __str__(self):
        return f"{self.one}与{self.other}"


def kept_instead(organization) -> Merger | None:
    """Where it leads, if it was merged into another."""
    standing = Merger.objects.standing().select_related("kept__unit")
    found = standing.filter(dropped=organization).first()
    while found and (further := standing.filter(dropped=found.kept).first()):
        found = further
    return found
