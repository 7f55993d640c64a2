"""What every verb about a declaration does first and last: lock it for the right person in the right state; pass it on."""

from datetime import date
from typing import Any

from taizhang.accounts.acting import require
from taizhang.accounts.models import Grant, Role, UnitKind, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.declarations import rules
from taizhang.declarations.drafts import Draft, draft_of
from taizhang.declarations.models import OPEN_TO_CHANGE, OVER, TRANSITIONS, Declaration, State
from taizhang.kit.refusals import refuse_if

OWN_FILLERS = (Role.OPERATOR, Role.PARTY_CLERK, Role.SECRETARY)


def taken(declaration: Declaration, verb: str, by: User) -> Declaration:
    """Locked, as it is now. The wrong person is PermissionDenied, the wrong moment Refused."""
    rows = Declaration.objects.select_for_update(of=("self",))
    locked = rows.select_related("case__unit", "round", "organization__unit__parent").get(pk=declaration.pk)
    require(by, rules.who(verb, locked), locked.unit)
    if verb in rules.WHILE_OPEN:
        refuse_if(rules.obstacles_to_changing(locked))
    elif verb in TRANSITIONS:
        refuse_if(rules.obstacles_to_moving(locked, verb))
    return locked


def whole(declaration: Declaration) -> Draft:
    """For a verb, that judges all of it: what it says of people is shown to nobody."""
    return draft_of(declaration, names=True)


def step_to(declaration: Declaration, verb: str, *, by: User, on: date, note: str = "", **more: Any) -> Step:
    """The step says which state it leads to, so that any day can be asked who stood where."""
    state = TRANSITIONS[verb][1]
    return cases.do(
        declaration.case, f"declarations:{verb}", by=by, on=on, note=note, details={"state": str(state)}, **more
    )


def move(declaration: Declaration, verb: str, *, step: Step, **changed: Any) -> Declaration:
    """Into the state the table says; it is now the turn of whoever acts in that state."""
    declaration.state, declaration.since_at = TRANSITIONS[verb][1], step.recorded_at
    declaration.version += 1
    for name, value in changed.items():
        setattr(declaration, name, value)
    declaration.save(update_fields=["state", "since_at", "version", *changed])
    if declaration.state in OVER:
        cases.close(declaration.case)
    else:
        cases.pass_on(declaration.case, unit=declaration.unit, role=turn(declaration))
    return declaration


def turn(declaration: Declaration) -> str:
    """In which role somebody acts next. The unit is the organisation's own: it hangs below whoever is responsible now, so a
    change of the supervising unit moves the turn with it."""
    unit = declaration.unit
    responsible = unit.parent
    if declaration.state in OPEN_TO_CHANGE:
        own = Grant.objects.filter(unit=unit, role__in=OWN_FILLERS, ended_at=None, user__is_active=True)
        held = set(own.values_list("role", flat=True))
        for role in OWN_FILLERS:
            if role in held:
                return role
        wanted: tuple[str, ...] = (Role.UNIT_CLERK,)
    elif declaration.state == State.WITH_UNIT:
        wanted = (Role.UNIT_REVIEWER, Role.UNIT_CLERK)
    else:
        return Role.CLERK
    if responsible is None or responsible.kind == UnitKind.COMMITTEE:
        return Role.CLERK
    there = Grant.objects.filter(unit=responsible, role__in=wanted, ended_at=None, user__is_active=True)
    held = set(there.values_list("role", flat=True))
    return next((role for role in wanted if role in held), Role.CLERK)
