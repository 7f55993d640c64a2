"""Applications to the body that decides: to form a Party organisation, to change, merge or dissolve one, to elect anew.

The application is the procedure's; what it brings about are facts of the registers, entered by the step of the decision.
"""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q

from taizhang.accounts.models import Unit, User
from taizhang.cases.models import Case
from taizhang.formation import plans as plans  # the nouns of groupings: Django looks for them here
from taizhang.kit.triggers import NoDelete, NoTruncate
from taizhang.members.models import Person, Position
from taizhang.orgs.models import Organization
from taizhang.party.models import Form, Nature, PartyLevel, PartyOrganization


class Kind(models.TextChoices):
    """RULES ORG-04 to ORG-13, ORG-16, ORG-17; section two, four of the report for the street and the federation."""

    SINGLE = "single", "单独组建"
    JOINT = "joint", "联合组建"
    STREET = "street", "街道联建（不转组织关系）"
    POOLED = "pooled", "编入联合会联合党支部"
    SPIN_OFF = "spin_off", "从联合党支部分出另建"
    CHANGE = "change", "变更名称、形式或隶属"
    MERGE = "merge", "合并"
    DISSOLVE = "dissolve", "撤销"
    REELECTION = "reelection", "换届"
    EXTENSION = "extension", "延期换届"


FORMING = frozenset({Kind.SINGLE, Kind.JOINT, Kind.STREET, Kind.SPIN_OFF})  # a new Party organisation comes of it
COVERING = FORMING | {Kind.POOLED}  # organisations are covered by it
OF_ONE = frozenset(Kind) - FORMING  # about a Party organisation that exists
ELECTING = FORMING | {Kind.REELECTION}  # the members' meeting elects after the approval
FROM_ONE = OF_ONE | {Kind.SPIN_OFF}  # names a Party organisation on record


class State(models.TextChoices):
    DRAFT = "draft", "草拟"
    SUBMITTED = "submitted", "已提交"
    SENT_BACK = "sent_back", "退回补正"
    ACCEPTED = "accepted", "已受理"
    SCHEDULED = "scheduled", "已列入会议"
    APPROVED = "approved", "已批准"
    REPLIED = "replied", "已批复"
    ELECTED = "elected", "已选举待同意"
    CLOSED = "closed", "已办结"
    REFUSED = "refused", "不予批准"
    ANSWERED = "answered", "已答复"
    WITHDRAWN = "withdrawn", "已撤回"
    REVERSED = "reversed", "已纠正"


# verb → (from, to): what an official can be shown; draws the buttons, checks the verbs, and is the trigger below
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({State.DRAFT, State.SENT_BACK}), State.SUBMITTED),
    "send_back": (frozenset({State.SUBMITTED, State.ACCEPTED}), State.SENT_BACK),
    "accept": (frozenset({State.SUBMITTED}), State.ACCEPTED),
    "schedule": (frozenset({State.ACCEPTED}), State.SCHEDULED),
    "defer": (frozenset({State.SCHEDULED}), State.ACCEPTED),
    "approve": (frozenset({State.SCHEDULED}), State.APPROVED),
    "refuse": (frozenset({State.SCHEDULED}), State.REFUSED),
    "file_approval": (frozenset({State.ACCEPTED}), State.APPROVED),
    "file_refusal": (frozenset({State.ACCEPTED}), State.REFUSED),
    "reply": (frozenset({State.APPROVED}), State.REPLIED),
    "answer": (frozenset({State.REFUSED}), State.ANSWERED),
    "record_result": (frozenset({State.REPLIED}), State.ELECTED),
    "agree_result": (frozenset({State.ELECTED}), State.CLOSED),
    "conclude": (frozenset({State.REPLIED}), State.CLOSED),
    "withdraw": (
        frozenset({State.DRAFT, State.SENT_BACK, State.SUBMITTED, State.ACCEPTED}),
        State.WITHDRAWN,
    ),
    "reverse": (frozenset({State.APPROVED, State.REPLIED, State.ELECTED, State.CLOSED}), State.REVERSED),
}
OVER = frozenset({State.CLOSED, State.ANSWERED, State.WITHDRAWN, State.REVERSED})
OPEN_TO_CHANGE = frozenset({State.DRAFT, State.SENT_BACK})
GRANTED = frozenset({State.APPROVED, State.REPLIED, State.ELECTED, State.CLOSED})


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of a unit in scope: the one concerned, the one that decides, or one that takes part in a joint one."""
        taking_part = Participant.objects.filter(
            user.scope.q("organization__unit__path"), application=OuterRef("pk"), is_dropped=False
        )
        return self.filter(
            user.scope.q("case__unit__path") | user.scope.q("approving_unit__path") | Q(Exists(taking_part))
        )

    def under_way(self):
        return self.exclude(state__in=OVER | {State.REFUSED})

    def listed(self):
        return self.select_related("case__unit", "approving_unit", "case__turn_unit")


@pghistory.track(append_only=True)
class Application(models.Model):
    """One application. Who decides (`approving_unit`) and who is responsible are kept apart; where they differ is flagged."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    number = models.CharField("编号", max_length=20, blank=True, default="")
    kind = models.CharField("申请事项", max_length=20, choices=Kind)
    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT)
    approving_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="审批单位")
    responsible_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    # what is asked for
    name = models.CharField("党组织名称", max_length=200, blank=True, default="")
    level = models.CharField("层级", max_length=20, choices=PartyLevel, default=PartyLevel.BRANCH)
    nature = models.CharField("性质", max_length=20, choices=Nature, default=Nature.FORMAL)
    form = models.CharField("组建形式", max_length=20, choices=Form, blank=True, default="")
    superior = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上级党组织所在单位"
    )
    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="现有党组织"
    )
    into = models.ForeignKey(
        PartyOrganization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="并入"
    )
    extended_until = models.DateField("延期至", null=True, blank=True)
    grounds = models.TextField("申请理由", blank=True, default="")
    resubmits = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    # what became of it
    submitted_on = models.DateField("提交日期", null=True, blank=True)
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    decision = models.TextField("批复文号（由他方审批的）", blank=True, default="")
    reasons = models.TextField("不予批准的理由", blank=True, default="")
    next_step = models.TextField("下步", blank=True, default="")
    established = models.ForeignKey(PartyOrganization, models.PROTECT, null=True, blank=True, related_name="+")
    replied_on = models.DateField("批复日期", null=True, blank=True)
    letter = models.TextField("文号", blank=True, default="")
    elected_on = models.DateField("选举日期", null=True, blank=True)
    entitled = models.PositiveSmallIntegerField("应到会有选举权人数", null=True, blank=True)
    present = models.PositiveSmallIntegerField("实到会有选举权人数", null=True, blank=True)
    notice = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "组建申请"
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="formation_application_number"),
            models.CheckConstraint(
                name="formation_application_refusal_says_why",
                condition=~Q(state__in=["refused", "answered"]) | (~Q(reasons="") & ~Q(next_step="")),
            ),
            models.CheckConstraint(
                name="formation_application_submitted_is_numbered",
                condition=Q(state__in=["draft", "withdrawn"]) | ~Q(number=""),
            ),
            models.CheckConstraint(
                name="formation_application_granted_has_effect",
                condition=~Q(state__in=sorted(str(each) for each in GRANTED))
                | Q(decided_on__isnull=False)
                & (~Q(kind__in=sorted(str(each) for each in FORMING)) | Q(established__isnull=False)),
            ),
        ]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.FSM(
                name="state_follows_table",
                field="state",
                transitions=sorted(
                    {(str(before), str(after)) for origins, after in TRANSITIONS.values() for before in origins}
                ),
            ),
            pgtrigger.Trigger(
                name="begins_as_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="draft"),
                func="RAISE EXCEPTION 'an application begins as a draft' USING ERRCODE = 'integrity_constraint_violation';",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.case.title}".strip()

    @property
    def unit(self) -> Unit:
        return self.case.unit

    @property
    def is_mismatched(self) -> bool:
        """The unit that decides is not the one responsible: shown wherever the application is."""
        return self.approving_unit_id != self.responsible_unit_id

    @property
    def result(self) -> PartyOrganization | None:
        """The Party organisation it is about, or that came of it."""
        return self.established or self.party_organization


class ParticipantQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(application__in=Application.objects.visible_to(user))

    def standing(self):
        return self.filter(is_dropped=False)


@pghistory.track(append_only=True)
class Participant(models.Model):
    """An organisation that is to be covered, and whether it has consented. The one that applies consents by applying."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="participants")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    is_lead = models.BooleanField("牵头", default=False)
    consented_on = models.DateField("同意日期", null=True, blank=True)
    consented_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    consent = models.CharField("同意的依据", max_length=200, blank=True, default="")
    is_dropped = models.BooleanField(default=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = "参加组建的社会组织"
        ordering = ["-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "organization"],
                condition=Q(is_dropped=False),
                name="formation_participant_once",
            )
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return str(self.organization)

    @property
    def unit(self) -> Unit:
        return self.organization.unit


class Relation(models.TextChoices):
    HERE = "here", "组织关系在本系统党组织"
    PROMISED = "promised", "承诺转入"
    STAYS = "stays", "不转入"


class NomineeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Names of people, to those who may see them."""
        return self.filter(
            application__in=Application.objects.visible_to(user), person__in=Person.objects.visible_to(user)
        )

    def standing(self):
        return self.filter(is_dropped=False)


@pghistory.track(append_only=True)
class Nominee(models.Model):
    """A Party member who will belong to it, from the register; one of them is to be secretary."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="nominees")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在社会组织"
    )
    relation = models.CharField("组织关系", max_length=20, choices=Relation, default=Relation.PROMISED)
    promise = models.CharField("转入承诺", max_length=200, blank=True, default="")
    position = models.CharField("拟任职务", max_length=20, choices=Position, blank=True, default="")
    is_dropped = models.BooleanField(default=False)

    objects = NomineeQuerySet.as_manager()

    class Meta:
        verbose_name = "拟编入党员"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "person"], condition=Q(is_dropped=False), name="formation_nominee_once"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(is_dropped=False, position=Position.SECRETARY),
                name="formation_nominee_one_secretary",
            ),
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return str(self.person)


class ElectedQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(
            application__in=Application.objects.visible_to(user), person__in=Person.objects.visible_to(user)
        )


class Elected(models.Model):
    """Who was elected to which post, with how many votes; holds the post once the result is agreed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="elected")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    position = models.CharField("职务", max_length=20, choices=Position)
    votes = models.PositiveSmallIntegerField("得票")

    objects = ElectedQuerySet.as_manager()

    PRIVILEGES = ("SELECT", "INSERT")

    class Meta:
        verbose_name = "当选人"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "person", "position"], name="formation_elected_once")
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return f"{self.get_position_display()}{self.person}"
