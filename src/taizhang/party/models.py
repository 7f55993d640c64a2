"""The register of Party organisations: what they are, whom they belong to, which organisations they cover.

It knows no person; those who need people and branches together are in `members`.
"""

import pghistory
from django.db import models
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Lower

from taizhang.accounts import spelling
from taizhang.accounts.models import Unit, UnitKind
from taizhang.kit.triggers import replaced
from taizhang.ledger.models import AsOf, Fact, FactQuerySet, fact_constraints, read_in_order
from taizhang.orgs.models import Organization


class PartyLevel(models.TextChoices):
    COMMITTEE = "committee", "党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"


class Nature(models.TextChoices):
    """RULES ORG-06 to ORG-08. Only formal ones count in the headline coverage."""

    FORMAL = "formal", "正式"
    TEMPORARY = "temporary", "临时"
    FUNCTIONAL = "functional", "功能型"
    MOBILE = "mobile", "流动"


class Form(models.TextChoices):
    """RULES ORG-09: how an organisation came to be covered."""

    SINGLE = "single", "单独组建"
    JOINT_TRADE = "joint_trade", "联合组建（行业）"
    JOINT_REGION = "joint_region", "联合组建（区域）"
    ATTACHED = "attached", "依托组建"


JOINT_FORMS = frozenset({Form.JOINT_TRADE, Form.JOINT_REGION, Form.ATTACHED})


class Reason(models.TextChoices):
    """Why an organisation has no Party organisation (LESSONS, vocabulary of the provincial template)."""

    SHOULD_HAVE = "should_have", "应建未建"
    TOO_FEW = "too_few", "正式党员不足"
    NO_MEMBER = "no_member", "无党员"
    ELSEWHERE = "elsewhere", "党员组织关系不在本单位"
    OTHER = "other", "其他"


class PartyOrganizationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("unit__path"))

    def as_of(self, at: AsOf):
        """Each with what was true of it that day as `stated_…`; None where it did not exist."""
        particulars = PartyParticulars.objects.as_of(at).filter(party_organization=OuterRef("pk"))
        affiliation = Affiliation.objects.as_of(at).filter(party_organization=OuterRef("pk"))
        stated = {f"stated_{name}": Subquery(particulars.values(name)[:1]) for name in ("name", "level", "nature")}
        return self.annotate(
            **stated,
            stated_superior_id=Subquery(affiliation.values("superior")[:1]),
            stated_superior=Subquery(affiliation.values("superior__name")[:1]),
        )

    def named(self, words: str):
        """All of the words, in any order, in the present name or its pinyin."""
        return self.filter(unit__in=spelling.named(Unit.objects.filter(kind=UnitKind.PARTY), words).values("pk"))


class PartyParticularsQuerySet(FactQuerySet):
    """A list of Party organisations as they were on a day is a list of these: one row each, its columns plain columns."""

    def visible_to(self, user):
        return self.filter(user.scope.q("party_organization__unit__path"))

    def named(self, words: str):
        return self.filter(party_organization__in=PartyOrganization.objects.named(words).values("pk"))

    def listed(self, at: AsOf):
        """Those of that day: with the superior, the form and the number of what they cover, and since when."""
        own = {"party_organization": OuterRef("party_organization")}
        covering = Coverage.objects.as_of(at).filter(**own).order_by()
        counted = covering.values("party_organization").annotate(number=Count("organization", distinct=True))
        known = PartyParticulars.objects.known(at.known_at).filter(**own)
        affiliation = Affiliation.objects.as_of(at).filter(**own)
        return (
            self.as_of(at)
            .select_related("party_organization")
            .defer("period", "recorded", "step", "closing_step")
            .alias(pinyin=F("party_organization__unit__spelling__pinyin"))
            .annotate(
                stated_superior=Subquery(affiliation.values("superior__name")[:1]),
                stated_form=Subquery(covering.order_by("form").values("form")[:1]),
                stated_covers=Coalesce(Subquery(counted.values("number")), 0),
                stated_established_on=Subquery(known.order_by("period").values(since=Lower("period"))[:1]),
            )
        )

    def below(self, superior: Unit, at: AsOf):
        belonging = Affiliation.objects.as_of(at).filter(superior=superior)
        return self.filter(party_organization__in=belonging.values("party_organization"))

    def covering(self, form: str, at: AsOf):
        covering = Coverage.objects.as_of(at).filter(form=form)
        return self.filter(party_organization__in=covering.values("party_organization"))


@pghistory.track(replaced(), append_only=True)
class PartyOrganization(models.Model):
    """One Party organisation. A single one hangs below its organisation's node, others below their superior's."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="+")

    objects = PartyOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织"

    def __str__(self):
        return self.unit.name

    def number_covered(self, at: AsOf) -> int:
        return Coverage.objects.as_of(at).filter(party_organization=self).count()


class PartyParticulars(Fact):
    """It exists, under this name, with this level and nature. The period begins with its approval."""

    KEY = ("party_organization",)

    party_organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="+")
    name = models.TextField("名称")
    level = models.CharField("层级", max_length=20, choices=PartyLevel)
    nature = models.CharField("性质", max_length=20, choices=Nature)
    approved_by = models.TextField("批准机关", blank=True, default="")
    approval = models.TextField("批复文号", blank=True, default="")

    objects = PartyParticularsQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Fact.Meta):
        verbose_name = "党组织基本情况"
        constraints = fact_constraints("party_partyparticulars", ("party_organization",))


class Affiliation(Fact):
    """隶属关系: the unit it belongs to."""

    KEY = ("party_organization",)

    party_organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="+")
    superior = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="上级党组织所在单位")

    class Meta(Fact.Meta):
        verbose_name = "隶属关系"
        constraints = fact_constraints("party_affiliation", ("party_organization",))


class Coverage(Fact):
    """覆盖: one Party organisation covers one organisation, over a period, in one form.

    One per organisation and nature, and of those inside an organisation the highest only: a general branch and its
    branches are one coverage. `nature` repeats the Party organisation's nature, so that it can be part of the key.
    """

    KEY = ("organization", "nature")

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False, related_name="+")
    nature = models.CharField("性质", max_length=20, choices=Nature)
    party_organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="+")
    form = models.CharField("组建形式", max_length=20, choices=Form)

    class Meta(Fact.Meta):
        verbose_name = "党组织覆盖"
        constraints = fact_constraints("party_coverage", ("organization", "nature"))
        indexes = [read_in_order("party_coverage", "organization", "nature", include=["form"])]


class Absence(Fact):
    """未建原因: why the organisation has no Party organisation, as it or its unit stated."""

    KEY = ("organization",)

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    reason = models.CharField("未建原因", max_length=20, choices=Reason)
    remark = models.TextField("说明", blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = "未建党组织原因"
        constraints = fact_constraints("party_absence", ("organization",))


# What may be said of one Party organisation, or of an organisation that has none, by the name it has in an address.
FACTS: dict[str, type[Fact]] = {
    "particulars": PartyParticulars,
    "affiliation": Affiliation,
    "coverage": Coverage,
    "absence": Absence,
}


def statements_visible_to(user, noun: str):
    """Those that stand of one kind, about a Party organisation, or an organisation, in the person's scope."""
    model = FACTS.get(noun)
    if model is None:
        return Coverage.objects.none()
    about = "organization" if model is Absence else "party_organization"
    return model.objects.current().filter(user.scope.q(f"{about}__unit__path")).select_related(f"{about}__unit")


def superiors_visible_to(user):
    """The units a Party organisation may belong to: committees, supervising units, other Party organisations."""
    kinds = (UnitKind.COMMITTEE, UnitKind.SUPERVISING, UnitKind.PARTY)
    return Unit.objects.visible_to(user).filter(kind__in=kinds, closed_on=None)
