"""The pool of Party-building instructors 党建指导员, and the organisations they are posted to."""

from django.db import models

from taizhang.ledger.models import Fact, fact_constraints
from taizhang.members.models import Person
from taizhang.orgs.models import Organization


class InstructorQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever keeps or reads people's records of the committee, or of an organisation one is posted to."""
        scope = user.people_scope
        if scope.is_nowhere:
            return self.none()
        posted = Posting.objects.current().filter(scope.q("organization__unit__path")).values("instructor")
        return self.filter(scope.q("unit__path") | models.Q(pk__in=posted))


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
