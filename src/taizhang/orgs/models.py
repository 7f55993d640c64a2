"""The register of social organisations: dated statements about each, and the names of units in time."""

from collections.abc import Iterator

import pghistory
from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Min, OuterRef, Subquery
from django.db.models.functions import Lower

from taizhang.accounts.kept import UnitSpelling
from taizhang.accounts.models import Unit, UnitKind
from taizhang.kit import searching
from taizhang.kit.triggers import KeysHeld, keys_held, replaced, stays
from taizhang.ledger.models import AsOf, Fact, FactQuerySet, fact_constraints, read_in_order
from taizhang.orgs.mergers import Merger


class Kind(models.TextChoices):
    """RULES SO-01. 民办非企业单位 and 社会服务机构 are one kind under its old and its new name."""

    ASSOCIATION = "association", "社会团体"
    SERVICE = "service", "民办非企业单位（社会服务机构）"
    FOUNDATION = "foundation", "基金会"
    UNKNOWN = "unknown", "未知"


class Level(models.TextChoices):
    NATIONAL = "national", "部级"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    UNKNOWN = "unknown", "未知"


class Mode(models.TextChoices):
    """RULES SO-03: how it is registered. Decides who is responsible for its Party building (ORG-23)."""

    DIRECT = "direct", "直接登记"
    DUAL = "dual", "双重管理"
    DECOUPLED = "decoupled", "已脱钩"
    UNKNOWN = "unknown", "未知"


class Status(models.TextChoices):
    """RULES SO-60."""

    NORMAL = "normal", "正常"
    CANCELLED = "cancelled", "注销"
    REVOKED = "revoked", "撤销登记"
    LICENCE_REVOKED = "licence_revoked", "吊销证书"


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("unit__path"))

    def named(self, words: str):
        """All of the words, in any order: a piece of a present or former name, the code or its beginning, pinyin."""
        found = self.exclude(pk__in=Merger.objects.standing().values("dropped"))
        for word in searching.words_of(words):
            if searching.is_typed(word):
                found = found.filter(pk__in=searching.union(self.of_word(word)))
            else:
                found = searching.holding(found, "search_grams", "search", word.upper())
        return found

    def of_word(self, word: str) -> Iterator[models.QuerySet]:
        """Of letters or digits. Each a question that an index answers; in one condition none would be used."""
        every, code = Organization.objects.order_by().values("pk"), word.upper()
        if len(word) > 1:
            yield searching.holding(every, "search_grams", "search", code)
        yield every.filter(code__gte=code, code__lt=code + searching.LAST)
        yield every.filter(unit__in=searching.sounding(UnitSpelling.objects.order_by().values("unit"), word))

    def as_of(self, at: AsOf):
        """Each organisation with what was true of it that day: name, kind, mode…, and who was responsible.

        The annotations are `stated_…`; an organisation that was not registered that day has none of them.
        """
        particulars = Particulars.objects.as_of(at).filter(organization=OuterRef("pk"))
        supervision = Supervision.objects.as_of(at).filter(organization=OuterRef("pk"))
        stated = {
            f"stated_{name}": Subquery(particulars.values(name)[:1])
            for name in ("name", "kind", "region", "trade", "level", "mode", "status")
        }
        return self.annotate(
            **stated,
            stated_responsible_id=Subquery(supervision.values("unit")[:1]),
            stated_responsible=Subquery(supervision.values("unit__name")[:1]),
        )


@pghistory.track(replaced(), append_only=True, exclude=["search", "search_grams", "registered_on"])
class Organization(models.Model):
    """One social organisation, under whatever name and mode. Its unit is its node in the scope tree.

    `search` is the text that finds it: present and former names and the code, upper-cased, kept by the verbs.
    """

    unit = models.OneToOneField(Unit, models.PROTECT, db_constraint=False, related_name="+")
    code = models.CharField("统一社会信用代码", max_length=18, null=True, blank=True)
    registered_on = models.DateField(
        "成立日期", null=True, editable=False
    )  # the first day of its particulars; for sorting
    search = models.TextField(editable=False)
    search_grams = models.GeneratedField(
        expression=Func(F("search"), function="kit_grams"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "社会组织"
        constraints = [models.UniqueConstraint(fields=["code"], name="orgs_organization_code")]
        indexes = [
            GinIndex(fields=["search_grams"], name="orgs_organization_search"),
            models.Index(fields=["registered_on", "id"], name="orgs_organization_registered"),
        ]
        triggers = [*stays(), *keys_held("unit")]

    def __str__(self):
        return self.unit.name

    def current_fact(self, noun: str, pk: int) -> Fact | None:
        """One of the statements about it that stand; None if there is no such."""
        return FACTS[noun].objects.current().filter(organization=self, pk=pk).first() if noun in FACTS else None


# What no list shows, and what takes longer to read than all it shows: ranges, and an array of fifty pairs of characters.
UNSHOWN = ("period", "recorded", "step", "closing_step", "organization__search", "organization__search_grams")


class ParticularsQuerySet(FactQuerySet):
    """A list of organisations as they were on a day is a list of these: one row each, its columns plain columns."""

    def visible_to(self, user):
        return self.filter(user.scope.q("organization__unit__path"))

    def named(self, words: str):
        return self.filter(organization__in=Organization.objects.named(words).values("pk"))

    def listed(self, at: AsOf):
        """Those of that day, with who was responsible, the registrar, and the days of registration, end and entry."""
        known = {"organization": OuterRef("organization")}
        stated = Particulars.objects.known(at.known_at).filter(**known).order_by().values("organization")
        struck_off = stated.exclude(status=Status.NORMAL).filter(period__startswith__lte=at.day)
        first_day = Min(Lower("period"))
        registered_on = Subquery(stated.annotate(day=first_day).values("day"))
        return (
            self.as_of(at)
            .select_related("organization")
            .defer(*UNSHOWN)
            .alias(pinyin=F("organization__unit__spelling__pinyin"))
            .annotate(
                responsible=Subquery(Supervision.objects.as_of(at).filter(**known).values("unit__name")[:1]),
                registrar=Subquery(Registrar.objects.as_of(at).filter(**known).values("unit__name")[:1]),
                registered_on=F("organization__registered_on") if at.known_at is None else registered_on,
                struck_off_on=Subquery(struck_off.annotate(day=first_day).values("day")),
                entered_on=Subquery(
                    Entry.objects.as_of(at).filter(**known).annotate(day=Lower("period")).values("day")[:1]
                ),
            )
        )

    def under(self, unit: Unit, at: AsOf):
        return self.filter(organization__in=Supervision.objects.as_of(at).filter(unit=unit).values("organization"))

    def entered(self, at: AsOf, *, entered: bool = True):
        among = models.Q(organization__in=Entry.objects.as_of(at).values("organization"))
        return self.filter(among if entered else ~among)


class Particulars(Fact):
    """What it is called and what it is. The period begins with its registration."""

    KEY = ("organization",)

    organization = models.ForeignKey(
        Organization, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    name = models.TextField("名称")
    kind = models.CharField("类型", max_length=20, choices=Kind)
    region = models.CharField("行政区划", max_length=6, blank=True, default="")
    trade = models.TextField("行业", blank=True, default="")
    level = models.CharField("登记层级", max_length=20, choices=Level)
    mode = models.CharField("登记体制", max_length=20, choices=Mode)
    status = models.CharField("状态", max_length=20, choices=Status)

    objects = ParticularsQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Fact.Meta):
        verbose_name = "基本情况"
        constraints = fact_constraints("orgs_particulars", ("organization",))
        triggers = [*Fact.Meta.triggers, KeysHeld("organization")]
        indexes = [
            read_in_order("orgs_particulars", "organization", include=["status"]),
            models.Index(  # for what few are; how many are of each combination is in the statistics `orgs_particulars_kinds`
                fields=["kind", "mode", "level", "status", "organization"],
                condition=models.Q(recorded__upper_inf=True),
                name="orgs_particulars_by_kind",
            ),
        ]


class Entry(Fact):
    """录入: from this day on its record is kept in the ledger. The default base of the figures."""

    KEY = ("organization",)

    organization = models.ForeignKey(
        Organization, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta(Fact.Meta):
        verbose_name = "录入"
        constraints = fact_constraints("orgs_entry", ("organization",))
        triggers = [*Fact.Meta.triggers, KeysHeld("organization")]
        indexes = [read_in_order("orgs_entry", "organization")]


class Supervision(Fact):
    """谁主管谁负责: the unit responsible for its Party building. The scope tree follows this fact."""

    KEY = ("organization",)

    organization = models.ForeignKey(
        Organization, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, db_constraint=False, related_name="+", verbose_name="责任单位")

    class Meta(Fact.Meta):
        verbose_name = "责任单位"
        constraints = fact_constraints("orgs_supervision", ("organization",))
        triggers = [*Fact.Meta.triggers, KeysHeld("organization", "unit")]
        indexes = [read_in_order("orgs_supervision", "organization", include=["unit"])]


class Registrar(Fact):
    """登记管理机关, which is not the unit responsible."""

    KEY = ("organization",)

    organization = models.ForeignKey(Organization, models.PROTECT, db_constraint=False, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, db_constraint=False, related_name="+", verbose_name="登记管理机关")

    class Meta(Fact.Meta):
        verbose_name = "登记管理机关"
        constraints = fact_constraints("orgs_registrar", ("organization",))
        triggers = [*Fact.Meta.triggers, KeysHeld("organization", "unit")]


class Workforce(Fact):
    """What the organisation declares of its people: heads, not names."""

    KEY = ("organization",)

    organization = models.ForeignKey(Organization, models.PROTECT, db_constraint=False, related_name="+")
    full_time = models.PositiveIntegerField("专职人员", default=0)
    part_time = models.PositiveIntegerField("兼职人员", default=0)
    leaders = models.PositiveIntegerField("负责人", default=0)
    party_members = models.PositiveIntegerField("党员", default=0)
    applicants = models.PositiveIntegerField("入党申请人", default=0)
    has_union = models.BooleanField("工会", default=False)
    has_youth_league = models.BooleanField("共青团", default=False)
    has_womens_federation = models.BooleanField("妇联", default=False)

    class Meta(Fact.Meta):
        verbose_name = "从业人员情况"
        constraints = fact_constraints("orgs_workforce", ("organization",))
        triggers = [*Fact.Meta.triggers, KeysHeld("organization")]


class Breakdown(Fact):
    """年报表 asks how the declared heads divide: who of them leads, who is a Party member, where relations are held."""

    KEY = ("organization",)

    organization = models.ForeignKey(Organization, models.PROTECT, db_constraint=False, related_name="+")
    leaders_part_time = models.PositiveIntegerField("兼职负责人", default=0)
    leader_members = models.PositiveIntegerField("负责人中的党员", default=0)
    full_time_members = models.PositiveIntegerField("专职人员中的党员", default=0)
    held_here = models.PositiveIntegerField("组织关系在本组织", default=0)
    held_supervisor = models.PositiveIntegerField("组织关系在业务主管单位", default=0)
    held_affiliated = models.PositiveIntegerField("组织关系在挂靠单位", default=0)
    held_locality = models.PositiveIntegerField("组织关系在属地", default=0)
    held_employer = models.PositiveIntegerField("组织关系在原单位", default=0)
    held_other = models.PositiveIntegerField("组织关系在其他地方", default=0)
    activists = models.PositiveIntegerField("入党积极分子", default=0)
    candidates = models.PositiveIntegerField("发展对象", default=0)

    class Meta(Fact.Meta):
        verbose_name = "年报人数明细"
        constraints = fact_constraints("orgs_breakdown", ("organization",))
        triggers = [*Fact.Meta.triggers, KeysHeld("organization")]


class UnitName(Fact):
    """What a unit was called on a day: ministries are renamed and merged, the ledger keeps what they were called."""

    KEY = ("unit",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.TextField("名称")

    class Meta(Fact.Meta):
        verbose_name = "单位名称"
        constraints = fact_constraints("orgs_unitname", ("unit",))


# What may be said of one organisation, by the name it has in an address.
FACTS: dict[str, type[Fact]] = {
    "particulars": Particulars,
    "entry": Entry,
    "supervision": Supervision,
    "registrar": Registrar,
    "workforce": Workforce,
    "breakdown": Breakdown,
}


def registrars() -> models.QuerySet[Unit]:
    """Registration authorities and streets stand outside everybody's subtree; that they exist is no secret."""
    return Unit.objects.filter(kind__in=[UnitKind.BUREAU, UnitKind.STREET])


def offices_known_to(user) -> models.QuerySet[Unit]:
    """The units somebody may look up: those in scope that are no organisation or Party organisation, and registrars."""
    visible = Unit.objects.visible_to(user).exclude(kind__in=[UnitKind.ORGANIZATION, UnitKind.PARTY])
    return visible | registrars()


def with_aliases(units):
    """Each unit with the other ways it is written, as one text."""
    written = UnitAlias.objects.filter(unit=OuterRef("pk")).order_by().values("unit")
    return units.annotate(aliases=Subquery(written.annotate(all=StringAgg("name", "、")).values("all")))


@pghistory.track(replaced(), append_only=True)
class UnitAlias(models.Model):
    """Another way a unit is written in workbooks: an abbreviation, an old name, a frequent slip."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.TextField("别名", unique=True)

    class Meta:
        verbose_name = "单位别名"

    def __str__(self):
        return self.name
