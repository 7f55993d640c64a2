"""Fact 台账记录: a dated statement in a register, with the days on which it is true and the moments we knew it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from taizhang.cases.models import Step
from taizhang.kit.triggers import NoDelete, NoTruncate
from taizhang.ledger import marks as marks  # the rest of the nouns: Django looks for them here
from taizhang.ledger.apart import OpenApartFromEnded
from taizhang.ledger.closing import OnlyClosed


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day, as known at a moment; `known_at=None` is "as known now". Made by `ledger.asking.as_of`."""

    day: date
    known_at: datetime | None = None

    @property
    def parameters(self) -> dict[str, object]:
        """For SQL: an open `recorded` range contains infinity, a closed one does not."""
        return {"day": self.day, "known_at": self.known_at or "infinity"}


# The office's day at the time of asking, by PostgreSQL: a scope has no day of its own.
TODAY = RawSQL("(now() AT TIME ZONE 'Asia/Shanghai')::date", [])


class FactQuerySet(models.QuerySet):
    def known(self, known_at: datetime | None = None):
        """What the ledger held at that moment, for any day."""
        if known_at is None:
            return self.filter(recorded__upper_inf=True)
        return self.filter(recorded__contains=known_at)

    def as_of(self, at: AsOf):
        return self.known(at.known_at).filter(period__contains=at.day)

    def current(self):
        return self.known()

    def not_over(self):
        """What is held true today or will be: what has ended gives nobody a right to look."""
        return self.known().filter(Q(period__upper_inf=True) | Q(period__endswith__gt=TODAY))

    def still(self):
        """What is held true without an end."""
        return self.known().filter(period__upper_inf=True)


class Fact(models.Model):
    """True on the days of `period`, known during `recorded`, entered by `step`, given up by `closing_step`.

    A fact is never changed or deleted: it is closed, and others take its place. PostgreSQL refuses anything else, and
    refuses a fact that does not carry the moment of a step of its own transaction. KEY names the fields of which, for
    one day and as known now, there is at most one fact.
    """

    KEY: tuple[str, ...] = ()
    PRIVILEGES = ("SELECT", "INSERT", "UPDATE (recorded, closing_step_id)")

    period = DateRangeField("有效期间")
    recorded = DateTimeRangeField("在账期间", editable=False)
    # The triggers below hold what a foreign key would: a step of this very transaction, and steps are never deleted.
    step = models.ForeignKey(Step, models.PROTECT, related_name="+", db_constraint=False, verbose_name="入账记录")
    closing_step = models.ForeignKey(
        Step, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name="销账记录"
    )

    objects = FactQuerySet.as_manager()

    if TYPE_CHECKING:  # each kind of fact has fields of its own

        def __getattr__(self, name: str) -> Any: ...

    class Meta:
        abstract = True
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="entered_now",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                IF EXISTS (
                    SELECT 1 FROM added f LEFT JOIN cases_step s ON s.id = f.step_id
                    WHERE f.closing_step_id IS NOT NULL
                       OR s.transaction IS DISTINCT FROM pg_current_xact_id()::text::bigint
                       OR f.recorded IS DISTINCT FROM tstzrange(s.recorded_at, NULL)
                ) THEN RAISE EXCEPTION 'a fact is entered by a step of the same transaction, at its moment'
                    USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
                """,
            ),
            OnlyClosed(name="only_closed"),
            OpenApartFromEnded(name="open_apart_from_ended"),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.period}"

    @property
    def since(self) -> date:
        return self.period.lower

    @property
    def until(self) -> date | None:
        """The first day on which it is no longer true."""
        return self.period.upper

    @property
    def is_known_now(self) -> bool:
        return self.recorded.upper is None

    @classmethod
    def value_fields(cls) -> list[str]:
        """What a fact says, apart from when, of what and by whom."""
        ours = {"id", "period", "recorded", "step", "closing_step", *cls.KEY}
        return [field.name for field in cls._meta.concrete_fields if field.name not in ours]

    @classmethod
    def column(cls, name: str) -> str:
        """Of a key to another table, the attribute that holds its number."""
        field: Any = cls._meta.get_field(name)
        return field.attname

    @property
    def key(self) -> dict[str, object]:
        return {name: getattr(self, self.column(name)) for name in self.KEY}

    @property
    def values(self) -> dict[str, object]:
        """By the names of the fields; of what a key points at, the number, so nothing is asked for."""
        return {name: getattr(self, self.column(name)) for name in self.value_fields()}


def fact_constraints(name: str, key: tuple[str, ...]) -> list:
    """One fact per key and day, as known now; a period that begins and is not empty. `name` is the table's name.

    PostgreSQL keeps the promise whoever writes: of the open ones by a B-tree, which is a fifth of the work and nearly all
    facts; of the ended ones by their days; of the two against each other by the trigger `OpenApartFromEnded`.
    """
    return [
        models.UniqueConstraint(
            name=f"{name}_one_open",
            fields=key,
            condition=Q(recorded__upper_inf=True, period__upper_inf=True),
        ),
        ExclusionConstraint(
            name=f"{name}_one_per_day",
            expressions=[*((field, RangeOperators.EQUAL) for field in key), ("period", RangeOperators.OVERLAPS)],
            condition=Q(recorded__upper_inf=True, period__upper_inf=False),
        ),
        models.CheckConstraint(
            name=f"{name}_period_begins",
            condition=Q(period__isempty=False, period__lower_inf=False),
        ),
    ]


def read_in_order(name: str, *key: str, include: list[str] | None = None) -> models.Index:
    """A figure of the whole province reads this and nothing else of the table, in the order in which it merges the
    registers: half the time of hashing the tables themselves (bench/coverage_bench.py). Stands in for the key's own index.
    """
    return models.Index(fields=list(key), include=["period", "recorded", *(include or [])], name=f"{name}_in_order")
