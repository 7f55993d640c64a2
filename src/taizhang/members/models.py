"""The register of Party members: people, who works where, where relations are held, who holds which post."""

from datetime import date

import pghistory
import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Exists, F, Func, Max, OuterRef, Q, Subquery
from django.db.models.functions import Greatest

from taizhang.accounts.models import Unit, User
from taizhang.kit import crypto, searching
from taizhang.kit.triggers import replaced
from taizhang.ledger.models import TODAY, AsOf, Fact, fact_constraints, read_in_order
from taizhang.members import mergers as mergers  # the rest of the nouns: Django looks for them here
from taizhang.members.presence import ENGAGED, HELD, keeps_presence
from taizhang.members.privacy import past_retention_since
from taizhang.orgs.models import Organization
from taizhang.party.models import PartyOrganization


class Sex(models.TextChoices):
    FEMALE = "female", "女"
    MALE = "male", "男"
    UNKNOWN = "unknown", "未知"


class Education(models.TextChoices):
    POSTGRADUATE = "postgraduate", "研究生"
    BACHELOR = "bachelor", "大学本科"
    COLLEGE = "college", "大学专科"
    SECONDARY = "secondary", "中专、高中"
    BASIC = "basic", "初中及以下"
    UNKNOWN = "unknown", "未知"


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        """People engaged in, or with relations held in, what the person may see the people of.

        Who went elsewhere is gone from where they were; who went nowhere stays with those who had them.
        """
        scope = user.people_scope
        if scope.is_nowhere:
            return self.none()
        lasts = Q(until=None) | Q(until__gt=TODAY)
        nowhere = ~Exists(Presence.objects.filter(lasts, person=OuterRef("person")))
        return self.filter(pk__in=Presence.objects.filter(scope.q("unit__path"), lasts | nowhere).values("person"))

    def named(self, words: str):
        """All of the words, in any order, in the name or its pinyin."""
        found = self
        for word in searching.words_of(words):
            every = Person.objects.order_by().values("pk")
            parts = [searching.holding(every, "", "name", word)]
            if searching.is_typed(word):
                parts.append(searching.sounding(every, word, initials="initials"))
            found = found.filter(pk__in=searching.union(parts))
        return found

    def with_keys(self):
        """Ready to be shown masked without a query each."""
        return self.select_related("key")

    def listed(self, at: AsOf, user):
        """Each with where relations were held that day, as what, and where in `user`'s scope they worked."""
        held = Membership.objects.as_of(at).filter(person=OuterRef("pk"))
        scope = user.people_scope.q("organization__unit__path")
        engaged = Engagement.objects.as_of(at).filter(scope, person=OuterRef("pk")).order_by("-is_management", "pk")
        return self.annotate(
            stated_standing=Subquery(held.values("standing")[:1]),
            stated_party_organization=Subquery(held.values("party_organization__unit__name")[:1]),
            stated_outside=Subquery(held.values("outside__name")[:1]),
            stated_organization=Subquery(engaged.values("organization__unit__name")[:1]),
            stated_title=Subquery(engaged.values("title")[:1]),
            stated_employment=Subquery(engaged.values("employment")[:1]),
        )

    def engaged_in(self, organization: Organization, at: AsOf):
        return self.filter(pk__in=Engagement.objects.as_of(at).filter(organization=organization).values("person"))

    def held(self, at: AsOf, **stated):
        """Those whose relations were held that day, in a place and with a standing as stated."""
        return self.filter(pk__in=Membership.objects.as_of(at).filter(**stated).values("person"))

    def held_nowhere(self, at: AsOf):
        return self.filter(~Exists(Membership.objects.as_of(at).filter(person=OuterRef("pk"))))

    def past_retention(self, on: date):
        """On record for nothing since so long that even the name is no longer needed; not erased yet."""
        since = DateRange(past_retention_since(on), None)
        found = self.filter(erased_on=None)
        for model in (Engagement, Membership, Post):
            found = found.exclude(Exists(model.objects.current().filter(person=OuterRef("pk"), period__overlap=since)))
        return found

    def listed_by_last_day(self):
        """Each with the first day on which nothing was stated of them any more."""
        ends = [
            Subquery(
                model.objects.current()
                .filter(person=OuterRef("pk"))
                .order_by()
                .values("person")
                .annotate(end=Max(Func("period", function="upper", output_field=models.DateField())))
                .values("end")
            )
            for model in (Engagement, Membership, Post)
        ]
        return self.annotate(ended_on=Greatest(*ends))

    def full_on(self, at: AsOf):
        full = Membership.objects.as_of(at).filter(person=OuterRef("pk"), standing=Standing.FULL)
        return self.filter(Exists(full))


@pghistory.track(append_only=True, exclude=["name", "pinyin", "initials", "born_on", "id_number_index", "account"])
class Person(models.Model):
    """Somebody on record, with the least that the work needs. ID and telephone number are sealed with the person's own
    key (`PersonKey`); without the key they are gone, in history too. No ID number is kept of members held elsewhere.

    Name and date of birth are looked for and so are plain here, but in history they stand sealed only
    (`particulars_sealed`): destroying the key erases what somebody was once called, too.
    """

    name = models.TextField("姓名")
    pinyin = models.TextField("拼音", db_collation="C", default="", db_default="", editable=False)
    initials = models.TextField("声母", db_collation="C", default="", db_default="", editable=False)
    sex = models.CharField("性别", max_length=10, choices=Sex, default=Sex.UNKNOWN)
    born_on = models.DateField("出生日期", null=True, blank=True)
    education = models.CharField("学历", max_length=20, choices=Education, default=Education.UNKNOWN)
    id_number_sealed = models.BinaryField(null=True, editable=False)
    id_number_index = models.BinaryField(max_length=16, null=True, editable=False)
    telephone_sealed = models.BinaryField(null=True, editable=False)
    particulars_sealed = models.BinaryField(null=True, editable=False)
    account = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本人账号"
    )
    erased_on = models.DateField("清除日期", null=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        constraints = [
            models.UniqueConstraint(fields=["id_number_index"], name="members_person_id_number"),
            models.CheckConstraint(
                name="members_person_erased_whole",
                condition=Q(erased_on=None)
                | Q(
                    born_on=None,
                    id_number_sealed=None,
                    id_number_index=None,
                    telephone_sealed=None,
                    particulars_sealed=None,
                    account=None,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["name"], name="members_person_name"),
            models.Index(fields=["pinyin", "id"], name="members_person_pinyin"),
            models.Index(fields=["initials"], name="members_person_initials"),
            GinIndex(Func(F("name"), function="kit_grams"), name="members_person_named"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="particulars_kept_sealed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    """((OLD.name IS DISTINCT FROM NEW.name OR OLD.born_on IS DISTINCT FROM NEW.born_on)
                        AND OLD.particulars_sealed IS NOT DISTINCT FROM NEW.particulars_sealed
                        AND NEW.erased_on IS NULL)"""
                ),
                func="""
                RAISE EXCEPTION 'a name or date of birth changes together with its sealed copy, which is its history'
                    USING ERRCODE = 'integrity_constraint_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="erased_for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.erased_on IS NOT NULL"),
                func="""
                RAISE EXCEPTION 'a person who was erased stays erased' USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def id_number_masked(self) -> str:
        return masked(self.opened(self.id_number_sealed), head=3, tail=4)

    @property
    def telephone_masked(self) -> str:
        return masked(self.opened(self.telephone_sealed), head=3, tail=2)

    def opened(self, sealed: bytes | memoryview | None) -> str:
        """The value itself: for masking, and for the one verb that reveals it."""
        if sealed is None or not hasattr(self, "key"):
            return ""
        return crypto.unseal(crypto.open_owner_key(self.key.sealed), sealed).decode()


def masked(value: str, *, head: int, tail: int) -> str:
    """The first and last characters of a value long enough that they do not tell the rest."""
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * max(len(value) - head - tail, 4) + value[-tail:]


class PersonKey(models.Model):
    """The person's own key, sealed with the office's. Deleting it erases what it sealed, everywhere."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="key")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = "个人密钥"

    def __str__(self):
        return f"key of {self.person_id}"


class Presence(models.Model):
    """The node of an organisation somebody works in, or of a Party organisation that holds their relations (none where
    they are held outside), until which day, by the statements that stand.

    PostgreSQL keeps it by triggers on those statements; scope is asked of it alone: which way is quicker, from the unit
    or from the person, is left to the planner (docs/decisions/0090-lists.md).
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")

    person = models.ForeignKey(
        "members.Person", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    unit = models.ForeignKey(Unit, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    until = models.DateField("至", null=True)

    class Meta:
        verbose_name = "人员所在"
        constraints = [
            models.UniqueConstraint(fields=["person", "unit"], nulls_distinct=False, name="members_presence_once")
        ]

    def __str__(self):
        return f"{self.person_id} in {self.unit_id}"


class Employment(models.TextChoices):
    """RULES ORG-10 counts full-time staff, or officers too, as a parameter says."""

    FULL_TIME = "full_time", "专职"
    PART_TIME = "part_time", "兼职"
    OFFICER = "officer", "负责人（不驻会）"


class Engagement(Fact):
    """从业: this person works in, or holds office in, this organisation."""

    KEY = ("person", "organization")

    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    employment = models.CharField("用工", max_length=20, choices=Employment)
    title = models.CharField("职务", max_length=40, blank=True, default="")
    is_management = models.BooleanField("中层以上管理职务", default=False)

    class Meta(Fact.Meta):
        verbose_name = "从业"
        triggers = [*Fact.Meta.triggers, *keeps_presence(ENGAGED)]
        constraints = fact_constraints("members_engagement", ("person", "organization"))
        indexes = [read_in_order("members_engagement", "person", include=["organization", "employment"])]


class Standing(models.TextChoices):
    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"


class OutsideKind(models.TextChoices):
    STREET = "street", "街道社区"
    EMPLOYER = "employer", "原单位"
    SUPERVISOR = "supervisor", "业务主管单位"
    OTHER = "other", "其他"


@pghistory.track(replaced(), append_only=True)
class OutsidePartyOrganization(models.Model):
    """A Party organisation that is not ours, where somebody's relations are held: a light record."""

    name = models.TextField("名称", unique=True)
    kind = models.CharField("类别", max_length=20, choices=OutsideKind, default=OutsideKind.OTHER)
    region = models.CharField("行政区划", max_length=6, blank=True, default="")

    class Meta:
        verbose_name = "外部党组织"

    def __str__(self):
        return self.name


class Membership(Fact):
    """党员组织关系: held in one Party organisation at a time, ours or an outside one; full or probationary."""

    KEY = ("person",)

    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    party_organization = models.ForeignKey(PartyOrganization, models.PROTECT, null=True, blank=True, related_name="+")
    outside = models.ForeignKey(OutsidePartyOrganization, models.PROTECT, null=True, blank=True, related_name="+")
    standing = models.CharField("党员类别", max_length=20, choices=Standing)
    joined_on = models.DateField("入党日期", null=True, blank=True)
    full_since = models.DateField("转正日期", null=True, blank=True)

    class Meta(Fact.Meta):
        verbose_name = "党员组织关系"
        triggers = [*Fact.Meta.triggers, *keeps_presence(HELD)]
        indexes = [read_in_order("members_membership", "person", include=["party_organization", "outside", "standing"])]
        constraints = [
            *fact_constraints("members_membership", ("person",)),
            models.CheckConstraint(
                name="members_membership_one_place",
                condition=Q(party_organization__isnull=True) ^ Q(outside__isnull=True),
            ),
        ]

    @property
    def place(self):
        return self.party_organization or self.outside


class Position(models.TextChoices):
    SECRETARY = "secretary", "书记"
    DEPUTY = "deputy", "副书记"
    ORGANISATION = "organisation", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    MEMBER = "member", "委员"


class Post(Fact):
    """党内职务: one secretary at a time; of deputies and committee members several, each on a seat of its own."""

    KEY = ("party_organization", "position", "seat")

    party_organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="+")
    position = models.CharField("职务", max_length=20, choices=Position)
    seat = models.PositiveSmallIntegerField("席位", default=1)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    term_ends_on = models.DateField("任期届满", null=True, blank=True)

    class Meta(Fact.Meta):
        verbose_name = "党内职务"
        constraints = [
            *fact_constraints("members_post", ("party_organization", "position", "seat")),
            models.CheckConstraint(
                name="members_post_one_secretary", condition=~Q(position=Position.SECRETARY) | Q(seat=1)
            ),
        ]


# What may be said of one person, by the name it has in an address.
FACTS: dict[str, type[Fact]] = {"engagement": Engagement, "membership": Membership, "post": Post}


def statements_visible_to(user, noun: str):
    """Those that stand of one kind, about people the user may see; of engagements, those in organisations they see."""
    model = FACTS.get(noun)
    if model is None:
        return Membership.objects.none()
    facts = model.objects.current().filter(person__in=Person.objects.visible_to(user)).select_related("person")
    if model is Engagement:
        return facts.filter(user.people_scope.q("organization__unit__path")).select_related("organization__unit")
    if model is Post:
        facts = facts.filter(user.people_scope.q("party_organization__unit__path"))
    return facts.select_related("party_organization__unit", *(["outside"] if model is Membership else []))


def heads_of(party_organization: PartyOrganization, at: AsOf) -> dict[str, int]:
    """How many full and probationary members it held that day: for those who may not see names, too."""
    held = Membership.objects.as_of(at).filter(party_organization=party_organization)
    return held.aggregate(
        full=Count("pk", filter=Q(standing=Standing.FULL)),
        probationary=Count("pk", filter=Q(standing=Standing.PROBATIONARY)),
    )
