"""What every verb about an application does first and last: lock it for the right person in the right state; pass it on."""

from typing import Any

from taizhang.accounts.acting import require
from taizhang.accounts.models import Grant, Role, Unit, UnitKind, User
from taizhang.cases import actions as cases
from taizhang.formation import rules
from taizhang.formation.models import OPEN_TO_CHANGE, OVER, TRANSITIONS, Application
from taizhang.kit.refusals import refuse_if

KEPT_BY = (Role.SECRETARY, Role.PARTY_CLERK, Role.OPERATOR, Role.UNIT_CLERK, Role.CLERK)


def taken(application: Application, verb: str, by: User) -> Application:
    """Locked, as it is now. The wrong person is PermissionDenied, the wrong moment Refused."""
    rows = Application.objects.select_for_update(of=("self",))
    locked = rows.select_related("case__unit", "approving_unit", "responsible_unit").get(pk=application.pk)
    require(by, rules.WHO[verb], rules.unit_for(verb, locked))
    if verb in TRANSITIONS:
        refuse_if(rules.obstacles_to_moving(locked, verb))
    elif verb in rules.WHILE_OPEN:
        refuse_if(rules.obstacles_to_changing_draft(locked))
    return locked


def move(application: Application, verb: str, **changed: Any) -> Application:
    """Into the state the table says; it is now the turn of whoever acts in that state."""
    application.state = TRANSITIONS[verb][1]
    for name, value in changed.items():
        setattr(application, name, value)
    application.save(update_fields=["state", *changed])
    if application.state in OVER:
        cases.close(application.case)
    else:
        unit, role = turn(application)
        cases.pass_on(application.case, unit=unit, role=role)
    return application


def turn(application: Application) -> tuple[Unit, str]:
    if application.state in OPEN_TO_CHANGE:
        return application.case.unit, keeper_of(application.case.opened_by, application.case.unit)
    return application.approving_unit, clerk_of(application.approving_unit)


def clerk_of(unit: Unit) -> str:
    """The unit's own clerk, where it has one; otherwise the committee's acts for it."""
    if unit.kind == UnitKind.COMMITTEE:
        return Role.CLERK
    own = Grant.objects.filter(unit=unit, role=Role.UNIT_CLERK, ended_at=None, user__is_active=True)
    return Role.UNIT_CLERK if own.exists() else Role.CLERK


def keeper_of(user: User, unit: Unit) -> str:
    """As what the person who began it acts for that unit."""
    return next((role for role in KEPT_BY if user.holds({role}, unit)), Role.CLERK)
