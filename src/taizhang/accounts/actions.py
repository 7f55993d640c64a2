"""Units, users and grants: opened, moved, ended. Nothing here is ever deleted."""

import secrets

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from taizhang.accounts import rules
from taizhang.accounts.acting import action, require
from taizhang.accounts.models import Grant, Unit, UnitKind, User
from taizhang.kit.refusals import refuse_if


@action("accounts.found")
def found(*, name: str, username: str, administrator: str, by: User | None = None) -> tuple[Unit, User, str]:
    """The office exists: its committee, and a first administrator with a random password to be changed at once.

    Only an empty installation can be founded, so nobody need have rights yet.
    """
    refuse_if(rules.obstacles_to_founding(Unit.objects.exists()))
    committee = place_unit(UnitKind.COMMITTEE, name)
    user = User(username=username, name=administrator)
    password = give_password(user)
    Grant.objects.create(user=user, unit=committee, role="system_admin", given_by=None)
    return committee, user, password


def place_unit(kind: UnitKind, name: str, *, parent: Unit | None = None, code: str = "") -> Unit:
    """A node of the tree. For verbs of this slice and of registers, which decide whether it may be made."""
    unit = Unit(kind=kind, name=name, parent=parent, code=code)
    unit.pk = next_unit_number()
    unit.path = f"{parent.path if parent else ''}{unit.pk}."
    unit.save(force_insert=True)
    return unit


def next_unit_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_unit', 'id'))")
        return cursor.fetchone()[0]


def move_unit(unit: Unit, *, under: Unit) -> None:
    """The unit and everything below it is seen by those who are responsible now, from the next request on."""
    before = unit.path
    after = f"{under.path}{unit.pk}."
    Unit.objects.filter(path__startswith=before).update(path=Concat(Value(after), Substr("path", len(before) + 1)))
    Unit.objects.filter(pk=unit.pk).update(parent=under)
    unit.parent, unit.path = under, after


def give_password(user: User) -> str:
    """A random password that must be changed at the next sign-in; it is shown once and stored nowhere."""
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    user.set_password(password)
    user.must_change_password = True
    user.save()
    return password


@action("accounts.open_account")
def open_account(unit: Unit, *, username: str, name: str, role: str, by: User, email: str = "") -> tuple[User, str]:
    """Somebody can sign in, with one role over this unit."""
    require(by, rules.GIVERS, unit)
    require_may_give(by, role, unit)
    refuse_if(rules.obstacles_to_account(username, taken=User.objects.filter(username__iexact=username).exists()))
    user = User(username=username, name=name, email=email)
    password = give_password(user)
    Grant.objects.create(user=user, unit=unit, role=role, given_by=by)
    return user, password


@action("accounts.grant")
def grant(user: User, *, unit: Unit, role: str, by: User) -> Grant:
    """The person holds the role from the next request on. Nobody gives a role to themselves."""
    require_may_give(by, role, unit)
    if by.pk == user.pk:
        raise PermissionDenied
    refuse_if(rules.obstacles_to_an_account_in_use(user.is_active))
    held, _ = Grant.objects.get_or_create(user=user, unit=unit, role=role, ended_at=None, defaults={"given_by": by})
    return held


@action("accounts.end_grant")
def end_grant(held: Grant, *, by: User) -> Grant:
    """The role is gone from the next request on."""
    held = Grant.objects.select_for_update(of=("self",)).select_related("unit").get(pk=held.pk)
    require_may_give(by, held.role, held.unit)
    if held.ended_at is None:
        held.ended_by, held.ended_at = by, timezone.now()
        held.save(update_fields=["ended_by", "ended_at"])
    return held


@action("accounts.reset_password")
def reset_password(user: User, *, by: User) -> str:
    """A new random password; the one who starts the reset sees it once, the person must change it."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not rules.may_manage(by, user):
        raise PermissionDenied
    return give_password(user)


@action("accounts.reset_at_console")
def reset_at_console(user: User, *, by: User | None) -> str:
    """Whoever has the server has everything: the way back in when no administrator can sign in. Never called by a door of the web."""
    user = User.objects.select_for_update().get(pk=user.pk)
    refuse_if(rules.obstacles_to_an_account_in_use(user.is_active))
    return give_password(user)


@action("accounts.close_account")
def close_account(user: User, *, by: User) -> User:
    """The person can no longer sign in; what they did stays theirs."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not rules.may_manage(by, user):
        raise PermissionDenied
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.grants.filter(ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    return user


@action("accounts.change_password")
def change_password(user: User, *, password: str, by: User) -> User:
    if by.pk != user.pk:
        raise PermissionDenied
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    return user


def require_may_give(by: User, role: str, unit: Unit) -> None:
    if not rules.may_give(by, role, unit):
        raise PermissionDenied
