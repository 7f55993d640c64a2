"""Users, units (the scope tree, nothing else), and grants."""

from contextvars import ContextVar
from datetime import date
from functools import cached_property
from typing import Any

import pghistory
import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import JSONObject, Upper
from django.utils import timezone

from taizhang.accounts import codes as codes  # the rest of the nouns: Django looks for them here
from taizhang.accounts import kept as kept
from taizhang.accounts import programs as programs
from taizhang.accounts import signing_in as signing_in
from taizhang.accounts.roles import (  # noqa: F401 (asked for here by everybody)
    ADMINISTERS,
    ADMINISTRATORS,
    OVERSEES,
    SEES_PEOPLE,
    SEES_RECORDS,
    Role,
)
from taizhang.accounts.scope import NOWHERE, Scope
from taizhang.accounts.trail import AuditKind, AuditRecord  # noqa: F401 (asked for here by everybody)
from taizhang.kit.triggers import keys_held, replaced, stays


class UnitKind(models.TextChoices):
    COMMITTEE = "committee", "综合党委"
    SUPERVISING = "supervising", "业务主管单位"
    BUREAU = "bureau", "登记管理机关"
    STREET = "street", "街道（乡镇）"
    ORGANIZATION = "organization", "社会组织"
    PARTY = "party", "党组织"


class UnitQuerySet(models.QuerySet):
    def visible_to(self, user, roles=None):
        """The units of somebody's scope, or of what some of the roles give."""
        scope = user.scope if roles is None else user.scope_as(roles)
        return self.filter(scope.q("path"))

    def offices(self):
        """Those that may be responsible for organisations."""
        return self.filter(kind__in=[UnitKind.COMMITTEE, UnitKind.SUPERVISING])

    def below(self, unit):
        return self.filter(path__startswith=unit.path)


@pghistory.track(replaced(), append_only=True)
class Unit(models.Model):
    """A node of the tree that decides who sees what: nothing but a kind, a name and a place in the tree.

    `path` is the ids from the root down, each followed by a full stop ("1.34.1209."): a unit and all below it is
    one prefix. Registrars and streets stand beside the supervising units, below the committee that keeps them.
    """

    kind = models.CharField("类别", max_length=20, choices=UnitKind)
    name = models.TextField("名称")
    code = models.TextField("代码", blank=True, default="")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="children"
    )
    path = models.TextField(editable=False)
    closed_on = models.DateField("停用日期", null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        constraints = [
            models.UniqueConstraint(fields=["path"], name="accounts_unit_path"),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(kind__in=["committee", "supervising", "bureau"], closed_on=None),
                name="accounts_unit_office_name",
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="accounts_unit_code"),
        ]
        indexes = [
            models.Index(OpClass(F("path"), "text_pattern_ops"), name="accounts_unit_path_prefix"),
            GinIndex(  # organisations have an index of their own, with former names and codes
                Func(F("name"), function="kit_grams"), name="accounts_unit_named", condition=~Q(kind="organization")
            ),
        ]
        triggers = [
            *stays(),
            *keys_held("parent"),
            pgtrigger.Trigger(
                name="path_follows_parent",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                IF EXISTS (
                    SELECT 1 FROM added u LEFT JOIN accounts_unit p ON p.id = u.parent_id
                    WHERE u.path <> coalesce(p.path, '') || u.id || '.'
                ) THEN RAISE EXCEPTION 'a unit''s path is its parent''s path and its own number'
                    USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def unit(self):
        return self

    def is_within(self, other: "Unit") -> bool:
        return self.path.startswith(other.path)


# For whom somebody stood in during the act that is under way; `acting` begins it and writes it down.
standing_in: ContextVar[set["User"] | None] = ContextVar("standing_in", default=None)


class UserQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The accounts an administrator answers for: those with a role, held or ended, in the administrator's units."""
        if user.holds(OVERSEES):
            return self
        return self.filter(pk__in=Grant.objects.visible_to(user).values("user"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username):
        return self.get(username__iexact=username)


@pghistory.track(exclude=["password", "last_login", "password_set_at"], append_only=True)
class User(AbstractBaseUser):
    username = models.CharField("登录名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    email = models.EmailField("邮箱", blank=True, default="")
    is_active = models.BooleanField("在用", default=True)
    must_change_password = models.BooleanField("须改密码", default=True)
    password_set_at = models.DateTimeField("密码设定时间", default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = "用户"
        constraints = [models.UniqueConstraint(Upper("username"), name="accounts_user_username")]

    def __str__(self):
        return self.name

    def set_password(self, raw_password):
        super().set_password(raw_password)
        self.password_set_at = timezone.now()

    @cached_property
    def active_grants(self) -> list["Grant"]:
        """The roles held today, one's own first, then those one stands in for: asked in one statement."""
        if not self.is_active:
            return []
        today = timezone.localdate()
        own = Grant.objects.filter(user=self).values("pk")
        lent = Delegation.objects.standing(today).filter(to=self).values("grant")
        held = (
            Grant.objects.standing(today).filter(pk__in=own.union(lent, all=True)).select_related("user").with_units()
        )
        apart = any(grant.role in ADMINISTRATORS for grant in held)
        return sorted(
            (grant for grant in held if grant.user_id == self.pk or not apart),
            key=lambda grant: (grant.user_id != self.pk, grant.pk),
        )

    @cached_property
    def scope(self) -> Scope:
        """The units whose records this person may see."""
        return self.scope_as(SEES_RECORDS)

    @cached_property
    def people_scope(self) -> Scope:
        """The units whose members' names this person may see."""
        return self.scope_as(SEES_PEOPLE)

    def scope_as(self, roles) -> Scope:
        return Scope.of(grant.unit.path for grant in self.active_grants if grant.role in roles)

    @property
    def is_unit_admin_only(self) -> bool:
        return not self.holds(OVERSEES)

    @property
    def is_unit_admin(self) -> bool:
        return self.holds({Role.UNIT_ADMIN})

    @property
    def is_audit_admin(self) -> bool:
        return self.holds({Role.AUDIT_ADMIN})

    def holds(self, roles, unit: Unit | None = None) -> bool:
        """Has one of these roles, over this unit if one is named."""
        for grant in self.active_grants:
            if grant.role in roles and (unit is None or unit.path.startswith(grant.unit.path)):
                if grant.user_id != self.pk and (stood_in := standing_in.get()) is not None:
                    stood_in.add(grant.user)
                return True
        return False


class Anonymous(AnonymousUser):
    """Somebody who has not signed in: a scope that is nowhere, no role at all."""

    scope = people_scope = NOWHERE
    active_grants: list = []
    must_change_password = False

    def holds(self, roles, unit: Unit | None = None) -> bool:
        return False

    def scope_as(self, roles) -> Scope:
        return NOWHERE


class GrantQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those over the units one administers."""
        if user.holds(OVERSEES):
            return self
        return self.filter(user.scope_as(ADMINISTERS).q("unit__path") | Q(user=user.pk))

    def standing(self, on: date):
        """Those that give something on that day: not ended, not run out, of an account in use."""
        return self.filter(Q(last_on=None) | Q(last_on__gte=on), ended_at=None, user__is_active=True)

    def with_units(self) -> list["Grant"]:
        """The rows with their units in the same statement, each unit by its number.

        A join would do, if PostgreSQL did not merge it where its statistics of the few grants are older than the last of them: it
        then reads the units in order up to the one that is meant, 0.15 s of every page in a register of 900,000 organisations.
        """
        fields = Unit._meta.concrete_fields
        over = Unit.objects.filter(pk=OuterRef("unit")).values(
            row=JSONObject(**{each.attname: each.attname for each in fields})
        )
        rows: list[Any] = list(self.annotate(over=Subquery(over)))
        for grant in rows:
            grant.unit = Unit(**{each.attname: each.to_python(grant.over[each.attname]) for each in fields})
            grant.unit._state.adding, grant.unit._state.db = False, self.db
        return rows


# The three administrators are kept apart from each other and from the office: equal is fine, different is not.
KIND_OF_ROLE = Case(*(When(role=role, then=Value(role.value)) for role in ADMINISTRATORS), default=Value("office"))


@pghistory.track(append_only=True)
class Grant(models.Model):
    """This person holds this role over this unit and all below it, by somebody's word. Ended or run out, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=20, choices=Role)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    document = models.CharField("依据", max_length=200, blank=True, default="")
    last_on = models.DateField("至", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "授权"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role"], condition=Q(ended_at=None), name="accounts_grant_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("given_at")), name="accounts_grant_ends_after"
            ),
            ExclusionConstraint(
                name="accounts_grant_administrators_apart",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (KIND_OF_ROLE, RangeOperators.NOT_EQUAL),
                    (
                        Func("given_at", "ended_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.unit}"

    @property
    def ran_out(self) -> bool:
        return self.ended_at is None and self.last_on is not None and self.last_on < timezone.localdate()


class DelegationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, given or taken, and those of the roles that one administers."""
        mine = Q(grant__user=user) | Q(to=user)
        return self.filter(mine | Q(grant__in=Grant.objects.visible_to(user).values("pk")))

    def standing(self, on: date):
        return self.filter(ended_at=None, first_on__lte=on, last_on__gte=on)


@pghistory.track(append_only=True)
class Delegation(models.Model):
    """代理: from the first day to the last somebody stands in for whoever holds the role. Ends by itself, or is ended."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="delegations", verbose_name="角色")
    to = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="代理人")
    first_on = models.DateField("自")
    last_on = models.DateField("至")
    reason = models.CharField("事由", max_length=200)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = "代理"
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="accounts_delegation_days"),
            ExclusionConstraint(
                name="accounts_delegation_one_at_a_time",
                expressions=[
                    ("grant", RangeOperators.EQUAL),
                    (
                        Func("first_on", "last_on", Value("[]"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_at=None),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_administrator",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("held", "accounts_grant")],
                func=f"""
                SELECT * INTO held FROM accounts_grant WHERE id = NEW.grant_id;
                IF held.role IN ({", ".join(f"'{role.value}'" for role in ADMINISTRATORS)}) OR held.user_id = NEW.to_id
                   OR EXISTS (SELECT 1 FROM accounts_grant g WHERE g.user_id = NEW.to_id AND g.ended_at IS NULL
                              AND g.role IN ({", ".join(f"'{role.value}'" for role in ADMINISTRATORS)}))
                THEN RAISE EXCEPTION 'nobody stands in for an administrator, and no administrator for anybody'
                    USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self):
        return f"{self.to} 代理 {self.grant}"
