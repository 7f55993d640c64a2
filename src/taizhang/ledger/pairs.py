"""What was decided of two records: that they are of one thing, or of two. Each slice has its own kinds, with a key to each side."""

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.db import models

from taizhang.cases.models import Step
from taizhang.kit.refusals import Obstacle
from taizhang.kit.triggers import NoDelete, NoTruncate


def obstacles_to_telling_apart(
    rows: models.QuerySet, one: Any, other: Any, *, note: str, two: str
) -> Iterator[Obstacle]:
    """`rows` are the decisions of that kind; `two` is how the office calls two of them: 两家, 两人."""
    if one.pk == other.pk:
        yield Obstacle("the-same", "选的是同一条记录", remedy="另选一条")
        return
    if not note.strip():
        yield Obstacle("note-missing", "没有写明理由", remedy=f"写明凭什么认定是{two}", where="note")
    if rows.filter(undone=None, one__in=[one, other], other__in=[one, other]).exists():
        yield Obstacle("told-apart", f"已经认定是{two}", remedy="无需再办")


def obstacles_to_offering_again(apart: Any, *, note: str) -> Iterator[Obstacle]:
    if apart.undone_id:
        yield Obstacle("undone-already", "这次认定已经撤销", remedy="无需再办")
        return
    if not note.strip():
        yield Obstacle("note-missing", "没有写明理由", remedy="写明为什么要再核对", where="note")


class DecidedQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(undone=None)


class Decided(models.Model):
    """Decided by one step, given up by another, never deleted: who, when and why stand with the steps."""

    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (undone_id)")

    step = models.ForeignKey(Step, models.PROTECT, related_name="+", verbose_name="办理记录")
    undone = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+", verbose_name="撤销记录")

    class Meta:
        abstract = True
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="undone_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__undone__isnull=False),
                func="RAISE EXCEPTION 'what was undone stays undone' USING ERRCODE = 'restrict_violation';",
            ),
        ]
