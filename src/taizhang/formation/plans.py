"""编组方案: a grouping that was worked out once, as rows, so that everybody sees of it what they see of the organisations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Q

from taizhang.accounts.models import Unit, User
from taizhang.formation.grouping.nouns import Limits, Wishes
from taizhang.members.eligibility import WhoCounts
from taizhang.orgs.models import Organization
from taizhang.party.models import PartyOrganization


class PlanState(models.TextChoices):
    WAITING = "waiting", "等待计算"
    WORKING = "working", "正在计算"
    DONE = "done", "已算出"
    BROKEN = "broken", "没有算成"


class GroupingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("unit__path"))


class Grouping(models.Model):
    """编组方案: what was asked, and how good the answer is. Asked otherwise, it is another one."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="范围")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    day = models.DateField("哪一天的情况")
    who = models.CharField("计哪些人员", max_length=20, choices=WhoCounts)
    wanted = models.PositiveSmallIntegerField("合计正式党员")
    most_organizations = models.PositiveSmallIntegerField("单位上限")
    needs_secretary = models.BooleanField("要有书记人选", default=True)
    management = models.BooleanField("书记人选须任中层以上管理职务", default=False)
    same_city = models.BooleanField("同一市的区县视为相邻", default=True)
    together = models.JSONField(default=list)  # lists of organisations that stay together
    apart = models.JSONField(default=list)  # pairs that do not
    left_out = ArrayField(models.BigIntegerField(), default=list)
    seconds_allowed = models.PositiveSmallIntegerField("最多用时（秒）", default=60)
    state = models.CharField("情况", max_length=10, choices=PlanState, default=PlanState.WAITING)
    covered = models.PositiveIntegerField("可覆盖", null=True)
    bound = models.PositiveIntegerField("至多", null=True)
    is_optimal = models.BooleanField(default=False)
    unproven = ArrayField(models.TextField(), default=list)
    by_hand_covered = models.PositiveIntegerField("逐家凑组可覆盖", null=True)
    by_hand_branches = models.PositiveIntegerField("逐家凑组的支部", null=True)
    seconds = models.FloatField("用时", null=True)
    failure = models.TextField(blank=True, default="")

    objects = GroupingQuerySet.as_manager()

    class Meta:
        verbose_name = "编组方案"
        indexes = [models.Index(fields=["unit", "-id"], name="formation_grouping_unit")]

    def __str__(self):
        return f"{self.unit}联合组建编组 {self.day}"

    @property
    def limits(self) -> Limits:
        return Limits(self.wanted, self.most_organizations, self.needs_secretary)

    @property
    def wishes(self) -> Wishes:
        return Wishes(
            together=tuple(frozenset(keys) for keys in self.together),
            apart=frozenset(frozenset(pair) for pair in self.apart),
            left_out=frozenset(self.left_out),
        )

    @property
    def is_under_way(self) -> bool:
        return self.state in (PlanState.WAITING, PlanState.WORKING)


class ProposedGroupQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(grouping__in=Grouping.objects.visible_to(user))


class ProposedGroup(models.Model):
    """拟联合的一组: a joint branch that might be, or an existing one that some might join; what became of it."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE")

    grouping = models.ForeignKey(Grouping, models.PROTECT, related_name="groups")
    number = models.PositiveIntegerField("组号")
    why = models.TextField("为何一组")
    host = models.ForeignKey(PartyOrganization, models.PROTECT, null=True, related_name="+", verbose_name="编入")
    application = models.ForeignKey(
        "formation.Application", models.PROTECT, null=True, related_name="+", verbose_name="申请"
    )

    objects = ProposedGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "拟联合的一组"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["grouping", "number"], name="formation_proposedgroup_once")]

    def __str__(self):
        return f"第{self.number}组"


class PlacementQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of groupings one sees, the organisations one sees today."""
        return self.filter(user.scope.q("organization__unit__path"), grouping__in=Grouping.objects.visible_to(user))

    def counted(self) -> dict[str, int]:
        """How many are in new groups, joined to existing ones, sent an instructor, left over."""
        return self.aggregate(
            grouped=Count("pk", filter=Q(group__host=None, group__isnull=False)),
            joined=Count("pk", filter=Q(group__host__isnull=False)),
            instructors=Count("pk", filter=Q(group=None, members=0)),
            left_over=Count("pk", filter=Q(group=None, members__gt=0)),
        )


class Placement(models.Model):
    """编组去向: where an organisation was placed: in a group, with an instructor, or left over, and why."""

    PRIVILEGES = ("SELECT", "INSERT")

    grouping = models.ForeignKey(Grouping, models.PROTECT, related_name="placements")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="社会组织")
    group = models.ForeignKey(ProposedGroup, models.PROTECT, null=True, related_name="placements")
    members = models.PositiveSmallIntegerField("正式党员")
    has_secretary = models.BooleanField("有书记人选", default=False)
    trade = models.TextField("行业", blank=True)
    region = models.CharField("行政区划", max_length=6, blank=True)
    reason = models.TextField("缘由", blank=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = "编组去向"
        constraints = [
            models.UniqueConstraint(fields=["grouping", "organization"], name="formation_placement_once"),
            models.CheckConstraint(
                name="formation_placement_has_reason", condition=Q(group__isnull=False) | ~Q(reason="")
            ),
        ]

    def __str__(self):
        return str(self.organization)
