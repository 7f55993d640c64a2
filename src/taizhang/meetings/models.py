"""Bodies that decide together, their sittings, and what was resolved: as in any office, with no word of what it is about.

What a procedure wants decided is a case; an agenda item carries it to one sitting. Minutes are frozen by closing.
"""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from taizhang.accounts.models import Unit, User
from taizhang.cases.models import Case, Step
from taizhang.kit.triggers import NoDelete, NoTruncate
from taizhang.ledger.models import Fact, fact_constraints


class BodyQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("unit__path"))


class Body(models.Model):
    """A unit's deciding body 议事机构: the Party committee, a supervising unit's Party group."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所在单位")
    name = models.CharField("名称", max_length=100)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "议事机构"
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="meetings_body_name")]

    def __str__(self):
        return self.name


class Seat(Fact):
    """This person is a member of the body, in this post. By name: a member need have no account."""

    KEY = ("body", "name")

    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=60)
    post = models.CharField("职务", max_length=60, blank=True, default="")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账户")

    class Meta(Fact.Meta):
        verbose_name = "组成人员"
        constraints = fact_constraints("meetings_seat", ("body", "name"))


class HouseRules(Fact):
    """The body's own 议事规则, which prevail over the general parameters (RULES MEET-01). Shares as "1/2", of all members."""

    KEY = ("body",)

    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    quorum = models.CharField("到会比例", max_length=10)
    quorum_strictly = models.BooleanField("到会须超过", default=True)
    majority = models.CharField("通过比例", max_length=10)
    majority_strictly = models.BooleanField("赞成须超过", default=True)

    class Meta(Fact.Meta):
        verbose_name = "议事规则"
        constraints = fact_constraints("meetings_houserules", ("body",))


class State(models.TextChoices):
    CONVENED = "convened", "已召集"
    OPEN = "open", "进行中"
    ADJOURNED = "adjourned", "休会"
    CLOSED = "closed", "已结束"
    CANCELLED = "cancelled", "已取消"


# verb → (from, to): draws the buttons, checks the verbs, and is the trigger below
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "begin": (frozenset({State.CONVENED, State.ADJOURNED}), State.OPEN),
    "adjourn": (frozenset({State.OPEN}), State.ADJOURNED),
    "close": (frozenset({State.OPEN, State.ADJOURNED}), State.CLOSED),
    "cancel": (frozenset({State.CONVENED}), State.CANCELLED),
}
OVER = frozenset({State.CLOSED, State.CANCELLED})

FROZEN = pgtrigger.Trigger(
    name="frozen",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("minutes", "text")],
    func="""
    SELECT state INTO minutes FROM meetings_sitting WHERE id = NEW.sitting_id;
    IF minutes IN ('closed', 'cancelled') THEN
        RAISE EXCEPTION 'the minutes of a sitting that is over are frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
    """,
)


class SittingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("body__unit__path"))

    def listed(self):
        return self.select_related("body__unit").annotate(
            number_of_items=models.Count("items", filter=~Q(items__outcome=Outcome.WITHDRAWN))
        )

    def ahead(self):
        """Those on whose agenda something may still be put."""
        return self.exclude(state__in=OVER)


@pghistory.track(append_only=True)
class Sitting(models.Model):
    """One sitting of a body on a day. Its own case keeps the steps: convened, opened, adjourned, closed."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="议事机构")
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    held_on = models.DateField("开会日期")
    place = models.CharField("地点", max_length=100, blank=True, default="")
    chair = models.CharField("主持人", max_length=60)
    recorder = models.CharField("记录人", max_length=60)
    also_present = models.TextField("列席", blank=True, default="")
    state = models.CharField("状态", max_length=20, choices=State, default=State.CONVENED)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = "会议"
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.FSM(
                name="state_follows_table",
                field="state",
                transitions=sorted(
                    (str(before), str(after)) for origins, after in TRANSITIONS.values() for before in origins
                ),
            ),
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=sorted(str(state) for state in OVER)),
                func="RAISE EXCEPTION 'a sitting that is over is frozen' USING ERRCODE = 'restrict_violation';",
            ),
        ]

    def __str__(self):
        return f"{self.body.name}{self.held_on:%Y年%-m月%-d日}会议"

    @property
    def unit(self):
        return self.body.unit

    @property
    def is_over(self) -> bool:
        return self.state in OVER


@pghistory.track(append_only=True)
class Attendance(models.Model):
    """Whether one member of the body of that day is there. Changes during a sitting: the items after it count anew."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="attendance")
    name = models.CharField("姓名", max_length=60)
    post = models.CharField("职务", max_length=60, blank=True, default="")
    is_present = models.BooleanField("到会", default=False)
    absence = models.CharField("缺席原因", max_length=100, blank=True, default="")

    class Meta:
        verbose_name = "到会情况"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sitting", "name"], name="meetings_attendance_once")]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate"), FROZEN]

    def __str__(self):
        return self.name


class Outcome(models.TextChoices):
    APPROVED = "approved", "同意"
    REFUSED = "refused", "不同意"
    DEFERRED = "deferred", "缓议"
    WITHDRAWN = "withdrawn", "未议（撤下）"


VOTED = frozenset({Outcome.APPROVED, Outcome.REFUSED})


class AgendaItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("sitting__body__unit__path"))

    def pending(self):
        return self.filter(outcome="")


@pghistory.track(append_only=True)
class AgendaItem(models.Model):
    """One case on the agenda of one sitting, and what was resolved about it.

    With the outcome the item is frozen, with how many were entitled and present at that moment. A case stands on one
    agenda at a time. `ballots`: name → "for", "against" or "abstained", where the vote was by name.
    """

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("次序")
    purpose = models.CharField(max_length=20, default="decide")
    report = models.TextField("汇报要点", blank=True, default="")
    is_personnel = models.BooleanField("任免或处分事项", default=False)
    reopens = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField("结果", max_length=20, choices=Outcome, blank=True, default="")
    entitled = models.PositiveSmallIntegerField("应到", null=True)
    present = models.PositiveSmallIntegerField("实到", null=True)
    in_favour = models.PositiveSmallIntegerField("赞成", default=0)
    against = models.PositiveSmallIntegerField("反对", default=0)
    abstained = models.PositiveSmallIntegerField("弃权", default=0)
    ballots = models.JSONField("记名", default=dict)
    stands_aside = models.JSONField("回避", default=list)
    written_views = models.TextField("缺席者书面意见（不计票）", blank=True, default="")
    note = models.TextField("说明", blank=True, default="")
    next_step = models.TextField("下步", blank=True, default="")
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+")

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "议题"
        ordering = ["sitting", "position"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "position"], name="meetings_agendaitem_position"),
            models.UniqueConstraint(fields=["case"], condition=Q(outcome=""), name="meetings_agendaitem_on_one_agenda"),
            models.CheckConstraint(
                name="meetings_agendaitem_votes",
                condition=Q(outcome="")
                | Q(
                    entitled__isnull=False,
                    present__lte=F("entitled"),
                    in_favour__lte=F("present") - F("against") - F("abstained"),
                ),
            ),
            models.CheckConstraint(
                name="meetings_agendaitem_refusal_says_why",
                condition=~Q(outcome=Outcome.REFUSED) | (~Q(note="") & ~Q(next_step="")),
            ),
        ]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            FROZEN,
            pgtrigger.Trigger(
                name="resolved_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__outcome__gt=""),
                func="RAISE EXCEPTION 'an item is resolved once' USING ERRCODE = 'restrict_violation';",
            ),
        ]

    def __str__(self):
        return f"{self.position}. {self.case.title}"

    @property
    def unit(self):
        return self.sitting.unit


def seats_visible_to(user):
    """Those that stand, of bodies in the person's scope."""
    return Seat.objects.current().filter(user.scope.q("body__unit__path")).select_related("body__unit")
