"""Units, users and grants: opened, moved, ended. Nothing here is ever deleted."""

import secrets
from datetime import date

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from taizhang.accounts import attempts, passwords, rules, sessions
from taizhang.accounts.acting import action, require
from taizhang.accounts.codes import Activation
from taizhang.accounts.models import Delegation, Grant, Role, Unit, UnitKind, User
from taizhang.accounts.signing_in import SignIn
from taizhang.accounts.spelling import spell
from taizhang.kit.refusals import Refused, refuse_if
from taizhang.kit.text import obstacles_in_name


@action("accounts.found")
def found(
    *, name: str, administrators: dict[str, tuple[str, str]], by: User | None = None
) -> tuple[Unit, dict[str, tuple[User, str]]]:
    """The office exists: its committee, and its administrators (role → login name, name), with random passwords.

    Only an empty installation can be founded, so nobody need have rights yet.
    """
    refuse_if(rules.obstacles_to_founding(Unit.objects.exists()))
    committee = place_unit(UnitKind.COMMITTEE, name)
    opened = {}
    for role, (username, called) in administrators.items():
        user = User(username=username, name=called)
        opened[role] = user, give_password(user)
        Grant.objects.create(user=user, unit=committee, role=role, given_by=None)
    return committee, opened


def place_unit(kind: UnitKind, name: str, *, parent: Unit | None = None, code: str = "") -> Unit:
    """A node of the tree. For verbs of this slice and of registers, which decide whether it may be made."""
    unit = Unit(kind=kind, name=name, parent=parent, code=code)
    unit.pk = next_unit_number()
    unit.path = f"{parent.path if parent else ''}{unit.pk}."
    unit.save(force_insert=True)
    spell(unit)
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
    if user.pk:
        passwords.remember(user)
        sessions.end_all(user, why="reset")
        attempts.release(user.username)
        Activation.objects.filter(user=user).standing().update(ended_at=timezone.now())
    user.set_password(password)
    user.must_change_password = True
    user.save()
    return password


@action("accounts.open_account")
def open_account(
    unit: Unit | None = None, *, username: str, name: str, by: User, role: str = "", email: str = ""
) -> tuple[User, str]:
    """Somebody can sign in. A unit's administrator gives one role of the unit with it; whom the system administrator
    lets in has none until the security administrator gives it.
    """
    require(by, rules.WHO["open_account"], unit)
    if role or not by.holds({Role.SYSTEM_ADMIN}):
        require_may_give(by, role, unit)
    taken = User.objects.filter(username__iexact=username).exists()
    refuse_if([*rules.obstacles_to_account(username, taken=taken), *obstacles_in_name(name)])
    user = User(username=username, name=name, email=email)
    password = give_password(user)
    if role:
        Grant.objects.create(user=user, unit=unit, role=role, given_by=by)
    return user, password


@action("accounts.open_at_console")
def open_at_console(
    unit: Unit, *, username: str, name: str, role: str, by: User | None, email: str = ""
) -> tuple[User, str]:
    """Whoever has the server has everything: an account with its role. Never called by a door of the web."""
    taken = User.objects.filter(username__iexact=username).exists()
    refuse_if([*rules.obstacles_to_account(username, taken=taken), *obstacles_in_name(name)])
    user = User(username=username, name=name, email=email)
    password = give_password(user)
    Grant.objects.create(user=user, unit=unit, role=role, given_by=by)
    return user, password


@action("accounts.grant")
def grant(user: User, *, unit: Unit, role: str, by: User, document: str = "", last_on: date | None = None) -> Grant:
    """The person holds the role from the next request on, to the last day if one is said. Nobody gives one to themselves."""
    user = User.objects.select_for_update().get(pk=user.pk)
    require_may_give(by, role, unit)
    if by.pk == user.pk:
        raise PermissionDenied
    refuse_if(rules.obstacles_to_granting(user, role, last_on=last_on, on=timezone.localdate()))
    standing = Grant.objects.filter(user=user, unit=unit, role=role, ended_at=None).first()
    if standing is not None and (standing.last_on, standing.document) == (last_on, document):
        return standing
    if standing is not None:
        end(standing, by=by)
    return Grant.objects.create(user=user, unit=unit, role=role, given_by=by, document=document, last_on=last_on)


@action("accounts.end_grant")
def end_grant(held: Grant, *, by: User) -> Grant:
    """The role is gone from the next request on, and with it whatever was delegated of it."""
    held = Grant.objects.select_for_update(of=("self",)).select_related("unit").get(pk=held.pk)
    require_may_give(by, held.role, held.unit)
    if held.ended_at is None:
        end(held, by=by)
    return held


def end(held: Grant, *, by: User | None) -> None:
    held.ended_by, held.ended_at = by, max(timezone.now(), held.given_at)
    held.save(update_fields=["ended_by", "ended_at"])


@action("accounts.delegate")
def delegate(held: Grant, *, to: str, first_on: date, last_on: date, reason: str, by: User) -> Delegation:
    """From the first day to the last `to` (a login name) stands in for whoever holds the role; it ends by itself."""
    held = Grant.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=held.pk)
    on = timezone.localdate()
    if not rules.may_delegate(by, held) or not Grant.objects.standing(on).filter(pk=held.pk).exists():
        raise PermissionDenied
    within = Q(unit__path__startswith=held.unit.path) | Q(unit__path__in=paths_above(held.unit))
    near = Grant.objects.standing(on).filter(within, user__username__iexact=to.strip())
    stand_in = User.objects.filter(pk__in=near.values("user"), is_active=True).select_for_update().first()
    if stand_in is None:
        raise Refused([rules.stand_in_unknown()])
    if stand_in.pk == by.pk and held.user_id != by.pk:
        raise PermissionDenied
    refuse_if(rules.obstacles_to_delegating(held, stand_in, first_on=first_on, last_on=last_on, on=on))
    overlapping = held.delegations.filter(ended_at=None, first_on__lte=last_on, last_on__gte=first_on)
    refuse_if(rules.obstacles_to_a_second_stand_in(overlapping.select_related("to").first()))
    return Delegation.objects.create(
        grant=held, to=stand_in, first_on=first_on, last_on=last_on, reason=reason, made_by=by
    )


def paths_above(unit: Unit) -> list[str]:
    numbers = unit.path.rstrip(".").split(".")
    return [".".join(numbers[:depth]) + "." for depth in range(1, len(numbers) + 1)]


@action("accounts.end_delegation")
def end_delegation(delegation: Delegation, *, by: User) -> Delegation:
    """Back earlier than thought: nobody stands in from the next request on."""
    delegation = Delegation.objects.select_for_update(of=("self",)).select_related("grant__unit").get(pk=delegation.pk)
    if not rules.may_end_delegation(by, delegation):
        raise PermissionDenied
    if delegation.ended_at is None:
        delegation.ended_by, delegation.ended_at = by, timezone.now()
        delegation.save(update_fields=["ended_by", "ended_at"])
    return delegation


@action("accounts.reset_password")
def reset_password(user: User, *, by: User) -> str:
    """A new random password; the one who starts the reset sees it once, the person must change it."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not rules.may_manage(by, user):
        raise PermissionDenied
    refuse_if(rules.obstacles_to_an_account_in_use(user.is_active))
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
    for held in user.grants.filter(ended_at=None):
        end(held, by=by)
    sessions.end_all(user, why="reset")
    return user


@action("accounts.change_password")
def change_password(user: User, *, password: str, by: User) -> User:
    if by.pk != user.pk:
        raise PermissionDenied
    passwords.remember(user)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "password_set_at", "must_change_password"])
    return user


@action("accounts.reset_second_step")
def reset_second_step(user: User, *, by: User | None) -> User:
    """The telephone is lost: the person signs in with the password alone and sets up the second step anew.

    By the security administrator, never by whoever gives new passwords; for an administrator at the console (`by=None`).
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None and not rules.may_reset_second_step(by, user):
        raise PermissionDenied
    refuse_if(rules.obstacles_to_an_account_in_use(user.is_active))
    Authenticator.objects.filter(user=user).delete()
    sessions.end_all(user, why="reset")
    return user


@action("accounts.end_sign_in")
def end_sign_in(signed_in: SignIn, *, by: User) -> SignIn:
    """That device is signed out on its next request."""
    if signed_in.user_id != by.pk:
        raise PermissionDenied
    sessions.end([signed_in], why="elsewhere")
    return signed_in


@action("accounts.end_other_sign_ins")
def end_other_sign_ins(user: User, *, but: int | None, by: User) -> User:
    """Only where one sits one is signed in."""
    if user.pk != by.pk:
        raise PermissionDenied
    sessions.end_all(user, why="elsewhere", but=but)
    return user


def require_may_give(by: User, role: str, unit: Unit | None) -> None:
    if unit is None or not rules.may_give(by, role, unit):
        raise PermissionDenied
