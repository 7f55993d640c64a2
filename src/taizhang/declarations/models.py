"""Declarations 填报: an organisation confirms what the ledger says of it, or proposes what differs.

What the ledger says is read from it, never copied; only differences are kept, and become facts by the verbs of the registers.
"""

from datetime import timedelta

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from taizhang.accounts.models import Role, Unit, User
from taizhang.cases.models import Case, Step
from taizhang.declarations.sendings import Sending as Sending
from taizhang.kit.triggers import NoDelete, NoTruncate, replaced
from taizhang.orgs.models import Breakdown, Organization, Particulars, Workforce
from taizhang.party.models import Absence


class State(models.TextChoices):
    NOT_BEGUN = "not_begun", "未开始"
    DRAFTING = "drafting", "填写中"
    WITH_UNIT = "with_unit", "待主管单位审核"
    WITH_COMMITTEE = "with_committee", "待综合党委审核"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "已接受"
    ENDED = "ended", "注销终止"


# verb → (from, to): what an official can be shown; draws the buttons, checks the verbs, and is the trigger below
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "begin": (frozenset({State.NOT_BEGUN}), State.DRAFTING),
    "submit": (frozenset({State.DRAFTING, State.RETURNED}), State.WITH_UNIT),
    "submit_to_committee": (frozenset({State.DRAFTING, State.RETURNED}), State.WITH_COMMITTEE),
    "take_back": (frozenset({State.WITH_UNIT, State.WITH_COMMITTEE}), State.DRAFTING),
    "pass_on": (frozenset({State.WITH_UNIT}), State.WITH_COMMITTEE),
    "send_back": (frozenset({State.WITH_UNIT, State.WITH_COMMITTEE}), State.RETURNED),
    "accept": (frozenset({State.WITH_COMMITTEE}), State.ACCEPTED),
    "reverse": (frozenset({State.ACCEPTED}), State.WITH_COMMITTEE),
    "end": (
        frozenset({State.NOT_BEGUN, State.DRAFTING, State.WITH_UNIT, State.WITH_COMMITTEE, State.RETURNED}),
        State.ENDED,
    ),
}
OPEN_TO_CHANGE = frozenset({State.NOT_BEGUN, State.DRAFTING, State.RETURNED})
UNDER_REVIEW = frozenset({State.WITH_UNIT, State.WITH_COMMITTEE})
OVER = frozenset({State.ACCEPTED, State.ENDED})
MENDING = tuple(f"{register}:{verb}" for register in ("orgs", "party") for verb in ("correct", "withdraw"))
SOON = timedelta(days=90)


class Opening(models.TextChoices):
    WAITING = "waiting", "等待下发"
    WORKING = "working", "正在下发"
    OPEN = "open", "已下发"
    BROKEN = "broken", "下发中断"


class RoundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of a unit in scope, or with a declaration of one's own."""
        own = Declaration.objects.visible_to(user).filter(round=OuterRef("pk"))
        return self.filter(user.scope.q("unit__path") | Q(Exists(own)))


@pghistory.track(replaced(), append_only=True)
class Round(models.Model):
    """填报任务: every organisation of the unit's is asked once, as of a cut-off day, until a deadline."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=100)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="范围")
    cut_off_on = models.DateField("截止日（填哪一天的情况）")
    due_on = models.DateField("提交期限")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发起人")
    opened_on = models.DateField("发起日期")
    opening = models.CharField("下发", max_length=20, choices=Opening, default=Opening.WAITING)
    wanted = models.PositiveIntegerField("应下发", default=0)
    made = models.PositiveIntegerField("已下发", default=0)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "填报任务"
        constraints = [
            models.CheckConstraint(name="declarations_round_due_after", condition=Q(due_on__gte=F("opened_on"))),
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return self.title

    @property
    def is_under_way(self) -> bool:
        return self.opening in (Opening.WAITING, Opening.WORKING)


class DeclarationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("organization__unit__path"))

    def under_way(self):
        return self.exclude(state__in=OVER)

    def listed(self):
        return self.select_related("case", "round", "organization__unit__parent", "submitted_by")

    def without_differences(self):
        return self.exclude(pk__in=Difference.objects.standing().values("declaration"))

    def with_differences(self):
        return self.filter(pk__in=Difference.objects.standing().values("declaration"))

    def corrected_soon(self):
        """Accepted, and what stood for the cut-off day was corrected or withdrawn within 90 days after all."""
        moment = OuterRef("since_at")
        mended = Q()
        for model in (Particulars, Workforce, Breakdown, Absence):
            mended |= Q(
                Exists(
                    model.objects.filter(
                        organization=OuterRef("organization"),
                        period__contains=OuterRef("cut_off_on"),
                        closing_step__verb__in=MENDING,
                        closing_step__recorded_at__gt=moment,
                        closing_step__recorded_at__lte=ExpressionWrapper(
                            moment + SOON, output_field=models.DateTimeField()
                        ),
                    )
                )
            )
        return self.filter(mended, state=State.ACCEPTED)

    def awaiting(self, user):
        """The next move is this person's: to fill in, or to review in whose unit's name ever."""
        reviewing = user.scope_as({Role.UNIT_REVIEWER, Role.UNIT_CLERK}).q("organization__unit__path")
        turn = Q(case__in=Case.objects.awaiting(user))
        return self.under_way().filter(turn | (Q(state=State.WITH_UNIT) & reviewing))

    def to_review(self, user):
        """Somebody else's, under review, and the next move is this person's: those submitted first stand first."""
        waiting = self.awaiting(user).filter(state__in=UNDER_REVIEW).exclude(submitted_by=user)
        return waiting.order_by("submitted_on", "pk")

    def with_number_of_differences(self):
        standing = Difference.objects.standing().filter(declaration=OuterRef("pk")).order_by().values("declaration")
        number = Subquery(standing.annotate(number=Count("pk")).values("number"), output_field=models.IntegerField())
        return self.annotate(differing=Coalesce(number, 0))

    def stood(self, until=None):
        """Each with the state it was in at that moment, read from its steps; those opened later are left out."""
        if until is None:
            return self.annotate(stood=F("state"))
        steps = Step.objects.filter(case=OuterRef("case"), recorded_at__lt=until, details__has_key="state")
        last = steps.order_by("-recorded_at", "-id").values(to=KeyTextTransform("state", "details"))[:1]
        found = self.filter(case__opened_at__lt=until)
        begun = Subquery(last, output_field=models.CharField())
        return found.annotate(stood=Coalesce(begun, Value(State.NOT_BEGUN.value), output_field=models.CharField()))

    def with_particulars(self):
        """What kind of organisation it was on the cut-off day, and where."""
        stated = Particulars.objects.current().filter(
            organization=OuterRef("organization"), period__contains=OuterRef("cut_off_on")
        )
        return self.annotate(**{f"stated_{name}": Subquery(stated.values(name)[:1]) for name in ("kind", "region")})


@pghistory.track(replaced(), append_only=True)
class Declaration(models.Model):
    """One organisation's answer, as of one day. Without a round it is a correction that the organisation proposes by itself."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="declarations", verbose_name="填报任务"
    )
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="社会组织")
    state = models.CharField("状态", max_length=20, choices=State, default=State.NOT_BEGUN)
    cut_off_on = models.DateField("截止日")
    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    since_at = models.DateTimeField("现状态自", null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_on = models.DateField("提交日期", null=True, blank=True)
    submitted_to = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    is_late = models.BooleanField("逾期提交", default=False)
    late_reason = models.CharField("逾期原因", max_length=200, blank=True, default="")
    returned_why = models.TextField("退回说明", blank=True, default="")
    asked_though_known = models.PositiveSmallIntegerField("已知仍问的项数", default=0)
    accepted_step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "填报"
        constraints = [
            models.UniqueConstraint(fields=["round", "organization"], name="declarations_declaration_once_a_round"),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(round=None) & ~Q(state__in=["accepted", "ended"]),
                name="declarations_declaration_one_correction",
            ),
            models.CheckConstraint(
                name="declarations_declaration_accepted_by_a_step",
                condition=~Q(state="accepted") | Q(accepted_step__isnull=False),
            ),
            models.CheckConstraint(
                name="declarations_declaration_late_says_why", condition=Q(is_late=False) | ~Q(late_reason="")
            ),
        ]
        indexes = [models.Index(fields=["round", "state"], name="declarations_by_state")]
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
                name="begins_untouched",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="not_begun"),
                func="RAISE EXCEPTION 'a declaration begins untouched' USING ERRCODE = 'integrity_constraint_violation';",
            ),
        ]

    def __str__(self):
        return f"{self.round or '更正'}：{self.organization}"

    @property
    def unit(self) -> Unit:
        return self.organization.unit

    @property
    def due_on(self):
        return self.round.due_on if self.round else None

    @property
    def is_open_to_change(self) -> bool:
        return self.state in OPEN_TO_CHANGE

    @property
    def is_under_review(self) -> bool:
        return self.state in UNDER_REVIEW


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", "认可"
    RETURNED = "returned", "退回"


class DifferenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What is said of a person, to whoever may see the organisation's people."""
        return self.filter(
            user.scope.q("declaration__organization__unit__path")
            & (Q(about_people=False) | user.people_scope.q("declaration__organization__unit__path"))
        )

    def standing(self):
        return self.filter(is_dropped=False)


@pghistory.track(append_only=True)
class Difference(models.Model):
    """One field that is not as the ledger says: what it says, what is true, and since which day."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="differences")
    record = models.CharField("哪一条", max_length=40)
    field = models.CharField("哪一项", max_length=40)
    old = models.JSONField("台账", null=True)
    new = models.JSONField("填报", null=True)
    since = models.DateField("从哪天起")
    about_people = models.BooleanField(default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填写人")
    at = models.DateTimeField("填写时间")
    unit_verdict = models.CharField("主管单位意见", max_length=10, choices=Verdict, blank=True, default="")
    committee_verdict = models.CharField("综合党委意见", max_length=10, choices=Verdict, blank=True, default="")
    reason = models.CharField("退回理由", max_length=200, blank=True, default="")
    is_dropped = models.BooleanField(default=False)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = "更正项"
        ordering = ["record", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "record", "field"],
                condition=Q(is_dropped=False),
                name="declarations_difference_once",
            ),
            models.CheckConstraint(
                name="declarations_difference_return_says_why",
                condition=~Q(unit_verdict="returned") & ~Q(committee_verdict="returned") | ~Q(reason=""),
            ),
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return f"{self.record} {self.field}"

    @property
    def is_returned(self) -> bool:
        return Verdict.RETURNED in (self.unit_verdict, self.committee_verdict)


class ConfirmationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("declaration__organization__unit__path"))

    def standing(self):
        return self.filter(is_void=False)


@pghistory.track(replaced(), append_only=True)
class Confirmation(models.Model):
    """A section was read and is right, or right with the differences given: said by somebody, with their name."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="confirmations")
    section = models.CharField("节", max_length=20)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField("确认人", max_length=60)
    at = models.DateTimeField("确认时间")
    is_void = models.BooleanField(default=False)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = "确认"
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "section"],
                condition=Q(is_void=False),
                name="declarations_confirmation_once",
            )
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return self.section


class SampleQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("declaration__organization__unit__path"))


@pghistory.track(replaced(), append_only=True)
class Sample(models.Model):
    """抽查: a field whose value is not shown, so that confirming stays reading. Chosen once for each declaration."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="samples")
    record = models.CharField("哪一条", max_length=40)
    field = models.CharField("哪一项", max_length=40)
    answer = models.JSONField("填写", null=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        verbose_name = "抽查"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "record", "field"], name="declarations_sample_once")
        ]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="chosen_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF to_jsonb(NEW) - 'answer' <> to_jsonb(OLD) - 'answer' THEN
                    RAISE EXCEPTION 'a sample is chosen once' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"{self.record} {self.field}"
