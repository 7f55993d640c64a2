"""The pool of Party-building instructors 党建指导员, and the organisations they are posted to."""

import pghistory
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from taizhang.kit.triggers import replaced
from taizhang.ledger.models import AsOf, Fact, fact_constraints
from taizhang.members.models import Person
from taizhang.orgs.models import Organization


class InstructorQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever keeps or reads people's records of the committee, or of an organisation one is posted to."""
        scope = user.people_scope
        if scope.is_nowhere:
            return self.none()
        posted = Posting.objects.not_over().filter(scope.q("organization__unit__path")).values("instructor")
        return self.filter(scope.q("unit__path") | models.Q(pk__in=posted))

    def listed(self, at: AsOf):
        """Those enlisted by that day, each with the number of organisations they were posted to."""
        held = Posting.objects.as_of(at).filter(instructor=OuterRef("pk")).order_by()
        counted = held.values("instructor").annotate(number=Count("pk"))
        return (
            self.filter(enlisted_on__lte=at.day)
            .select_related("person", "unit")
            .annotate(stated_load=Coalesce(Subquery(counted.values("number")), 0))
        )


@pghistory.track(replaced(), append_only=True)
class Instructor(models.Model):
    """Somebody in the talent pool 人才队伍库; `unit` is the node that keeps the pool."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    enlisted_on = models.DateField("入库日期")

    objects = InstructorQuerySet.as_manager()

    class Meta:
        verbose_name = "党建指导员"

    def __str__(self):
        return self.person.name


class Posting(Fact):
    """派驻: this instructor is posted to this organisation. Counts as work coverage, never as organisation coverage."""

    KEY = ("instructor", "organization")

    instructor = models.ForeignKey(Instructor, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")

    class Meta(Fact.Meta):
        verbose_name = "指导员派驻"
        constraints = fact_constraints("instructors_posting", ("instructor", "organization"))


def postings_visible_to(user):
    """Those that stand, of instructors the user may see to organisations the user may see the people of."""
    standing = Posting.objects.current().filter(instructor__in=Instructor.objects.visible_to(user))
    scoped = standing.filter(user.people_scope.q("organization__unit__path"))
    return scoped.select_related("instructor__person", "instructor__unit", "organization__unit")
