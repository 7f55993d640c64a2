"""Acting: one verb is one transaction, by someone, and leaves a row in the audit whether it succeeds or is refused."""

import functools
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from psycopg.errors import UniqueViolation

from taizhang.accounts.models import AuditKind, AuditRecord, Unit, User, standing_in
from taizhang.kit.refusals import Obstacle, Refused

Row = TypeVar("Row", bound=models.Model)

ENTERED_ALREADY = Obstacle(
    "entered-already",
    "同样的名称或代码已经登记，可能是刚才提交了两次",
    remedy="回到列表查找；确实没有的，核对名称和代码后再办",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act comes from: set by the middleware; by the worker, a job; by whoever sits at the console."""

    address: str | None = None
    request: str = ""
    token: int | None = None  # the access token by which a program called


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 (frozen)
_act: ContextVar[UUID | None] = ContextVar("act", default=None)
_told: ContextVar[dict[str, Any] | None] = ContextVar("told", default=None)


def current_act() -> UUID | None:
    """The act that is under way: everything it does is known from one moment on, and bears this number in the steps,
    in the history of rows and in the audit."""
    return _act.get()


def tell_audit(*, case: int | None = None, **details) -> None:
    """Said of the act under way in its own row of the audit; `case` is the matter it was a step of. Nothing personal."""
    told = _told.get()
    if told is not None:
        told.update(details)
        if case is not None:
            told.setdefault("case", case)


def origin() -> Origin:
    return _origin.get()


def coming_from(origin: Origin):
    """For middleware, commands and jobs; give what it returns to `_origin.reset`."""
    return _origin.set(origin)


def current_origin() -> Origin:
    return _origin.get()


def gone(token) -> None:
    _origin.reset(token)


def record(kind: AuditKind, *, by: User | None, verb: str = "", of: object = "", **details) -> AuditRecord:
    """Write one row of the audit, in the transaction that is open, if one is. `case` among the details is the matter's number."""
    came = origin()
    if acted_for := acting_for():
        details["acting_for"] = acted_for
    return AuditRecord.objects.create(
        act=_act.get(),
        case=details.pop("case", None),
        kind=kind,
        user=by,
        username=by.username if by else details.pop("username", ""),
        verb=verb,
        object=name_of(of),
        address=came.address,
        request=came.request,
        token_id=came.token,
        details=details,
    )


def acting_for() -> list[str]:
    """The login names of those whose roles the act under way rests on, where somebody stands in for them."""
    return sorted(user.username for user in standing_in.get() or ())


def name_of(thing: object) -> str:
    """A reference that says nothing personal: the noun and its number."""
    if isinstance(thing, models.Model):
        return f"{thing._meta.label_lower}:{thing.pk}"
    return thing if isinstance(thing, str) else ""


def row_in(done: object) -> models.Model | None:
    """What an act was about. Never a text: it may be a new password, or a number that was revealed."""
    first = done[0] if isinstance(done, tuple) and done else done
    return first if isinstance(first, models.Model) else None


def action(name: str, *, kind: AuditKind | None = None) -> Callable:
    """A verb. The outermost verb opens the transaction and gives its name to everything done inside it.

    Its row of the audit is written in the same transaction: no audit, no change. A refusal is recorded after the
    rollback, in a transaction of its own, so it survives. The verbs of this slice change who may do what.
    """
    kind = kind or (AuditKind.PERMISSION if name.startswith("accounts.") else AuditKind.CHANGE)

    def declare(verb: Callable) -> Callable:
        @functools.wraps(verb)
        def act(*args, by: User | None, **kwargs):
            if _act.get() is not None:
                return verb(*args, by=by, **kwargs)
            token, told = _act.set(uuid4()), _told.set({})
            stand_in = standing_in.set(set())
            of = row_in(args[0]) if args else None
            try:
                with (
                    once_only(),
                    transaction.atomic(),
                    pghistory.context(user=by.pk if by else None, verb=name) as history,
                ):
                    _act.set(history.id)
                    done = verb(*args, by=by, **kwargs)
                    record(kind, by=by, verb=name, of=row_in(done) or of, **(_told.get() or {}))
                    return done
            except Refused as refusal:
                refusal.recorded = True
                record(AuditKind.REFUSAL, by=by, verb=name, of=of, codes=[o.code for o in refusal.obstacles])
                raise
            except PermissionDenied as refusal:
                refusal.recorded = True  # type: ignore[attr-defined]
                record(AuditKind.REFUSAL, by=by, verb=name, of=of, codes=["wrong-person"])
                raise
            finally:
                _act.reset(token)
                _told.reset(told)
                standing_in.reset(stand_in)

        act.verb_name = name  # type: ignore[attr-defined]
        return act

    return declare


@contextmanager
def once_only() -> Iterator[None]:
    """Of two who enter the same at the same moment, both having looked before, the second is refused as by a rule."""
    try:
        yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise Refused([ENTERED_ALREADY]) from error


def require(by: User, roles: Collection[str], unit: Unit | None = None) -> None:
    """The wrong person is refused without a hint."""
    if not by.holds(roles, unit):
        raise PermissionDenied


def take(row: Row, *, roles: Collection[str], by: User) -> Row:
    """Lock the row a verb is about, as it is now, for somebody who holds one of the roles over its unit."""
    locked = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    require(by, roles, locked.unit)  # type: ignore[attr-defined]
    return locked
