"""Asking to open what the audit keeps closed: by one administrator, granted by another, for half an hour."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from taizhang.accounts.models import AuditRecord, Role, User
from taizhang.kit.triggers import NoDelete, NoTruncate


class OpeningQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever asks and whoever decides; nobody else learns that there is anything to open."""
        return self if user.holds({Role.AUDIT_ADMIN, Role.SECURITY_ADMIN}) else self.none()

    def waiting(self):
        return self.filter(decided_at=None)


class Opening(models.Model):
    """调阅: the protected values of one act are shown to who asked, after somebody else agreed, until a moment. Decided once."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (decided_by_id, decided_at, granted, answer, ends_at)")

    record = models.ForeignKey(AuditRecord, models.PROTECT, related_name="+", verbose_name="审计记录")
    purpose = models.TextField("用途")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审批人")
    decided_at = models.DateTimeField("审批时间", null=True)
    granted = models.BooleanField("同意", null=True)
    answer = models.TextField("审批意见", blank=True, default="")
    ends_at = models.DateTimeField("有效至", null=True)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = "调阅"
        constraints = [
            models.CheckConstraint(
                name="audit_opening_second_person", condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="audit_opening_decided_whole",
                condition=Q(decided_by=None, decided_at=None, granted=None, ends_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, granted=False, ends_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, granted=True, ends_at__isnull=False),
            ),
        ]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF OLD.decided_at IS NOT NULL OR NEW.decided_at IS NULL
                   OR (NEW.record_id, NEW.purpose, NEW.asked_by_id, NEW.asked_at)
                   IS DISTINCT FROM (OLD.record_id, OLD.purpose, OLD.asked_by_id, OLD.asked_at)
                THEN RAISE EXCEPTION 'append-only: what was asked stays, and is decided once'
                    USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"调阅 {self.pk}"

    def state_at(self, moment: datetime) -> str:
        if self.decided_at is None:
            return "等待审批"
        if not self.granted:
            return "没有同意"
        return f"可以查看，至 {self.ends_at:%H:%M}" if self.is_open_at(moment) else "已过时"

    def is_open_at(self, moment: datetime) -> bool:
        return bool(self.granted) and self.ends_at is not None and moment < self.ends_at
