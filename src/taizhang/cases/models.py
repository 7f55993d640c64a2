"""The spine: a case 事项 is one matter in hand, a step 办理记录 is one verb done to it."""

import hashlib
from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from taizhang.accounts.models import Role, Unit, User
from taizhang.kit import crypto, searching
from taizhang.kit.triggers import NoDelete, NoTruncate, append_only


class Office(models.Model):
    """What this database was created as. One row, written with the database, never changed.

    Only in a demonstration may a session set the ledger's clock.
    """

    PRIVILEGES = ("SELECT",)

    demonstration = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "库"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="cases_office_one")]
        triggers = append_only()

    def __str__(self):
        return "演示库" if self.demonstration else "正式库"


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Cases of units in scope; those about people only where the person may see people's names."""
        return self.filter((Q(about_people=False) & user.scope.q("unit__path")) | user.people_scope.q("unit__path"))

    def open(self):
        return self.filter(closed_at=None)

    def awaiting(self, user):
        """Open, and the next move is this person's."""
        mine = Q(pk__in=())
        for held in user.active_grants:
            mine |= Q(turn_role=held.role, turn_unit__path__startswith=held.unit.path)
        return self.open().filter(mine)

    def titled(self, words: str):
        """All of the words, in any order."""
        found: Any = self
        for word in searching.words_of(words):
            found = searching.holding(found, "", "title", word)
        return found


@pghistory.track(
    append_only=True, exclude=["title"]
)  # a title may name a person; it only changes when that name is erased
class Case(models.Model):
    """`kind` names the URL namespace and the matter ("orgs:register"); `turn` is whose move it is.

    `subject` is the row the matter is about, as the audit refers to it ("members.person:12"), where its title names a person.
    """

    kind = models.CharField("事项类别", max_length=60)
    title = models.TextField("事项")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所涉单位")
    about_people = models.BooleanField(default=False)
    subject = models.TextField("关于", blank=True, default="")
    turn_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    turn_role = models.CharField(max_length=20, choices=Role, blank=True, default="")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("开始")
    closed_at = models.DateTimeField("办结", null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "事项"
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]
        indexes = [
            models.Index(fields=["unit", "-id"], name="cases_case_unit"),
            GinIndex(Func(F("title"), function="kit_grams"), name="cases_case_titled"),
            models.Index(fields=["turn_unit", "turn_role"], condition=Q(closed_at=None), name="cases_case_turn"),
            models.Index(fields=["subject"], condition=~Q(subject=""), name="cases_case_subject"),
        ]

    def __str__(self):
        return self.title

    @property
    def turn(self) -> str:
        """Whose move it is, in words."""
        if self.closed_at:
            return "已办结"
        return f"{self.turn_unit}{self.get_turn_role_display()}" if self.turn_unit_id else "办理中"


class StampedMoment(models.DateTimeField):
    """Set by the trigger on insertion, and read back by the insertion itself. To migrations it is what it inherits."""

    db_returning = True

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


class StepQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(case__in=Case.objects.visible_to(user))

    def just_done(self, user, verb: str):
        """The record of what somebody did last, for the page that says it is done."""
        return self.filter(by=user, verb=verb).order_by("-recorded_at", "-id").first()


class Step(models.Model):
    """One verb done to a case: by whom, on which day, on what document. Append-only.

    `recorded_at` is the ledger's moment. PostgreSQL stamps it on insertion, under a lock held to commit, so the order
    of moments is the order of commits; all steps of one act (the outermost verb) share one moment. Take the step after the checks
    and just before the facts: from then on other writers wait.
    """

    PRIVILEGES = ("SELECT", "INSERT")

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    verb = models.CharField("动作", max_length=60)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    on = models.DateField("日期")
    document = models.TextField("依据文件", blank=True, default="")
    note = models.TextField("说明", blank=True, default="")
    details = models.JSONField(default=dict)
    recorded_at = StampedMoment("入账时间", editable=False)
    transaction = models.BigIntegerField(editable=False)
    act = models.UUIDField(null=True, editable=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = "办理记录"
        ordering = ["recorded_at", "id"]
        indexes = [
            models.Index(fields=["-recorded_at", "-id"], name="cases_step_moment"),
            models.Index(fields=["act"], name="cases_step_act"),
            models.Index(fields=["verb", "on"], name="cases_step_verb_on"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="stamp",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("last", "RECORD")],
                func="""
                NEW.transaction := pg_current_xact_id()::text::bigint;
                PERFORM pg_advisory_xact_lock(ledger_lock());
                SELECT recorded_at, transaction, act INTO last
                    FROM cases_step ORDER BY recorded_at DESC, id DESC LIMIT 1;
                IF last.transaction = NEW.transaction AND last.act IS NOT DISTINCT FROM NEW.act THEN
                    NEW.recorded_at := last.recorded_at;
                ELSE
                    NEW.recorded_at := greatest(ledger_now(), last.recorded_at + interval '1 microsecond');
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"{self.on} {self.verb}"


class RemarkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """On a matter: whoever sees the matter. On a unit: whoever may see its people, for free text may name them."""
        return self.filter(
            Q(case__in=Case.objects.visible_to(user)) | Q(case=None) & user.people_scope.q("unit__path")
        ).select_related("by")


class Remark(models.Model):
    """备注: what somebody wishes to be remembered of a matter or a unit, beside the log. Written once, never taken back.

    Of a person there is none: what the office knows of a person is in the fields that the privacy page lists.
    """

    PRIVILEGES = ("SELECT", "INSERT")

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="remarks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    text = models.TextField("备注")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="写的人")
    at = models.DateTimeField("时间")

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = "备注"
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "-id"], name="cases_remark_unit")]
        triggers = append_only()

    def __str__(self):
        return f"{self.by} {self.at:%Y-%m-%d}"


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(case__in=Case.objects.visible_to(user)).select_related("by", "withdrawn_by", "case__unit")

    def standing(self):
        return self.filter(withdrawn_at=None)


class Attachment(models.Model):
    """附件: a file that belongs to a matter, known by its SHA-256. Withdrawn with a reason, never deleted or replaced."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (withdrawn_at, withdrawn_by_id, withdrawn_why)")

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    title = models.CharField("材料", max_length=60)
    file_name = models.CharField("文件名", max_length=150)
    kind = models.CharField("类型", max_length=10)
    size = models.BigIntegerField("大小")
    digest = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("时间")
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="撤下人")
    withdrawn_why = models.TextField("撤下理由", blank=True, default="")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        ordering = ["id"]
        indexes = [models.Index(fields=["by", "at"], name="cases_attachment_by")]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="only_withdrawn",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
                   OR to_jsonb(NEW) - '{withdrawn_at,withdrawn_by_id,withdrawn_why}'::text[]
                   <> to_jsonb(OLD) - '{withdrawn_at,withdrawn_by_id,withdrawn_why}'::text[]
                THEN RAISE EXCEPTION 'append-only: an attachment is only ever withdrawn, once'
                    USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def unit(self) -> Unit:
        return self.case.unit

    def content(self) -> bytes:
        """The file, if it still is the one that was given: raises crypto.Unreadable otherwise."""
        found = crypto.office_opened(AttachedFile.PURPOSE, AttachedFile.objects.get(attachment=self).sealed)
        if hashlib.sha256(found).hexdigest() != self.digest:
            raise crypto.Unreadable(f"attachment {self.pk}")
        return found


class AttachedFile(models.Model):
    """The file of an attachment, sealed with the office's key; apart, so that no list carries it. In the database, so that
    it is written with its matter or not at all, and lies in no folder of a server. Sealed anew when the key changes.
    """

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (sealed)")
    PURPOSE = "attachments"

    attachment = models.OneToOneField(Attachment, models.PROTECT, primary_key=True, related_name="file")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = "附件文件"
        triggers = [NoDelete(name="no_delete"), NoTruncate(name="no_truncate")]

    def __str__(self):
        return f"file of {self.attachment_id}"
