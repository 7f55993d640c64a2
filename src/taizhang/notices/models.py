"""What is due, who was told of it, and the letters that carried it. A notice is told once; a letter is sent once."""

from datetime import date, datetime, timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from taizhang.accounts.models import Role, Unit, User
from taizhang.kit.triggers import NoDelete, NoTruncate


class DueQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of units in scope; those about people only where the person may see people's names."""
        return self.filter((Q(about_people=False) & user.scope.q("unit__path")) | user.people_scope.q("unit__path"))

    def standing(self):
        return self.filter(settled_at=None)

    def late(self, on: date):
        return self.standing().filter(due_on__lt=on)


class Due(models.Model):
    """到期事项: something has to be done by a day. Found by its source every hour, settled when the source finds it no more.

    `about` is the row as the audit refers to it ("party.partyorganization:12"); `days_before` says when it is told, in days
    before the day (negative: after it).
    """

    kind = models.CharField("类别", max_length=40)
    about = models.TextField()
    title = models.TextField("事项")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    about_people = models.BooleanField(default=False)
    roles = ArrayField(models.CharField(max_length=20, choices=Role))
    due_on = models.DateField("到期")
    days_before = ArrayField(models.SmallIntegerField())
    clause = models.TextField("依据", blank=True, default="")
    found_at = models.DateTimeField("列入时间", default=timezone.now)
    settled_at = models.DateTimeField("办结时间", null=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = "到期事项"
        constraints = [models.UniqueConstraint(fields=["kind", "about", "due_on"], name="notices_due_once")]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=Q(settled_at=None), name="notices_due_standing"),
            models.Index(fields=["unit"], condition=Q(settled_at=None), name="notices_due_unit"),
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return self.title

    def days_left(self, on: date) -> int:
        return (self.due_on - on).days


class RemindingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("unit__path"))


class Reminding(models.Model):
    """催办: one act by which those who are late were reminded; what was told to whom hangs on it."""

    PRIVILEGES = ("SELECT", "INSERT")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="范围")
    kind = models.CharField("类别", max_length=40, blank=True, default="")
    words = models.TextField("催办的话", blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="催办人")
    at = models.DateTimeField("催办时间", default=timezone.now)
    matters = models.IntegerField("事项数")
    people = models.IntegerField("人数")

    objects = RemindingQuerySet.as_manager()

    class Meta:
        verbose_name = "催办"
        triggers = [
            pgtrigger.Protect(name="no_change", operation=pgtrigger.Update | pgtrigger.Delete),
            NoTruncate(name="no_truncate"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d} 催办 {self.matters} 件"


class LetterState(models.TextChoices):
    WAITING = "waiting", "待发"
    HANDED = "handed", "正在交给邮件服务器"
    SENT = "sent", "已发出"
    REFUSED = "refused", "被退回"
    UNSURE = "unsure", "不能确定是否发出"


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own; all of them to whoever keeps the system running."""
        if user.holds({Role.SYSTEM_ADMIN}):
            return self
        return self.filter(user=user.pk)


class Letter(models.Model):
    """邮件: one for a person and a purpose (`key`), written with what it tells, handed to the mail server once.

    The body is sealed, and gone when the letter is sent.
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (state, tries, next_try_at, handed_at, sent_at, failure, body)")

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="收件人")
    key = models.CharField("缘由", max_length=80)
    subject = models.TextField("主题")
    body = models.BinaryField(null=True)
    state = models.CharField("状态", max_length=10, choices=LetterState, default=LetterState.WAITING)
    tries = models.IntegerField("次数", default=0)
    written_at = models.DateTimeField("写成时间", default=timezone.now)
    next_try_at = models.DateTimeField("下次发送", default=timezone.now)
    handed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    failure = models.TextField("未发出的原因", blank=True, default="")

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "邮件"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notices_letter_once"),
            models.CheckConstraint(
                name="notices_letter_sent", condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent")
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(state__in=("waiting", "handed")),
                name="notices_letter_to_send",
            )
        ]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="sent_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="sent"),
                func="RAISE EXCEPTION 'a letter that was sent stays sent' USING ERRCODE = 'restrict_violation';",
            ),
        ]

    def __str__(self):
        return self.subject


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, of what is still in one's scope."""
        return self.filter(user=user.pk, due__in=Due.objects.visible_to(user))

    def unseen(self):
        return self.filter(seen_at=None, due__settled_at=None)


class Notice(models.Model):
    """提醒: this person was told of this matter at this stage; never twice."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (seen_at, letter_id)")

    due = models.ForeignKey(Due, models.PROTECT, related_name="notices")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提醒谁")
    stage = models.CharField("哪一次", max_length=40)
    reminding = models.ForeignKey(Reminding, models.PROTECT, null=True, related_name="notices")
    told_at = models.DateTimeField("提醒时间", default=timezone.now)
    seen_at = models.DateTimeField("看过时间", null=True)
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒"
        constraints = [models.UniqueConstraint(fields=["due", "user", "stage"], name="notices_notice_once")]
        indexes = [
            models.Index(fields=["user", "-id"], condition=Q(seen_at=None), name="notices_notice_unseen"),
            models.Index(fields=["user"], condition=Q(letter=None, seen_at=None), name="notices_notice_unmailed"),
        ]
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return f"{self.due_id} {self.user_id} {self.stage}"


class WishQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user.pk)


class Wish(models.Model):
    """提醒方式: whether somebody wants the daily letter, and at which hour."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="+")
    by_mail = models.BooleanField("发邮件", default=True)
    hour = models.SmallIntegerField("几点", default=8)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒方式"
        constraints = [models.CheckConstraint(name="notices_wish_hour", condition=Q(hour__gte=0, hour__lte=23))]

    def __str__(self):
        return f"{self.hour}点" if self.by_mail else "不发邮件"


def waits_until(tries: int, at: datetime) -> datetime:
    """After each failure longer: five minutes, ten, … six hours."""
    return at + min(timedelta(minutes=5) * 2 ** max(tries - 1, 0), timedelta(hours=6))
