"""Who may come to a door at all: said where the door is declared, kept by the Gate, held by tests/test_access.py.

A page of a slice is SCOPED unless it says otherwise: it tells of rows, and only of those that `visible_to` gives to the
person. That is the strictest of the four, so a door whose author thought of nothing is shut, not open.
"""

import functools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from taizhang.accounts.models import User

Roles = Collection[str] | Callable[[], Collection[str]]


class Kind(StrEnum):
    PUBLIC = "public"  # whoever comes, signed in or not
    SIGNED_IN = "signed-in"  # the same for all who have signed in, or about their own account alone
    SCOPED = "scoped"  # rows in the person's scope; every other row is as one that does not exist
    ROLE = "role"  # only for whoever holds one of the roles, somewhere


@dataclass(frozen=True, slots=True)
class Access:
    kind: Kind
    roles: Roles = ()

    def admits(self, user: User) -> bool:
        """Somebody who has signed in. What they find inside is decided by `visible_to` and by the verbs."""
        return self.kind is not Kind.ROLE or user.holds(self.who)

    @property
    def who(self) -> frozenset[str]:
        return frozenset(self.roles() if callable(self.roles) else self.roles)


PUBLIC, SIGNED_IN, SCOPED = (Access(kind) for kind in (Kind.PUBLIC, Kind.SIGNED_IN, Kind.SCOPED))

# Doors that are not our functions, by the name of their address.
OF_LIBRARIES: dict[str, Access] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_authenticate": PUBLIC,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "api:openapi-json": SIGNED_IN,
    "api:api-root": SIGNED_IN,  # says nothing
}
OPERATIONS = "api"  # operations say for themselves, each method apart; the Gate only asks that somebody has signed in


def public(view: Callable) -> Callable:
    return declared(view, PUBLIC)


def signed_in(view: Callable) -> Callable:
    return declared(view, SIGNED_IN)


def for_roles(roles: Roles) -> Callable[[Callable], Callable]:
    """`@for_roles(rules.WHO["register"])`; a function where the roles are known only at run time."""
    return lambda view: declared(view, Access(Kind.ROLE, roles))


def declared(view: Callable, access: Access) -> Callable:
    @functools.wraps(view)
    def door(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    door.access = access  # type: ignore[attr-defined]
    return door


def access_of(name: str, view: Callable | None) -> Access | None:
    """Of a door or an operation; None for what nobody has thought about: nobody comes in there."""
    if name in OF_LIBRARIES:
        return OF_LIBRARIES[name]
    said = getattr(view, "access", None)
    if said is None and getattr(view, "__module__", "").startswith("taizhang."):
        return SCOPED
    return said


def access_at(match: Any) -> Access | None:
    """Of the door that an address leads to (`request.resolver_match`)."""
    if match is None:
        return None
    if OPERATIONS in match.namespaces and match.view_name not in OF_LIBRARIES:
        return SIGNED_IN
    return access_of(match.view_name, match.func)
