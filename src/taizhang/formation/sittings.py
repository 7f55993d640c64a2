"""What `meetings` asks of this procedure, by name: what waits for a sitting, to be put on an agenda, to be decided."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from taizhang.accounts.models import User
from taizhang.cases.models import Case
from taizhang.formation import rules
from taizhang.formation.actions import approve, defer, refuse_application, reverse, schedule
from taizhang.formation.facts import facts, nameless
from taizhang.formation.models import Application, State
from taizhang.meetings import actions as meetings
from taizhang.meetings.models import AgendaItem, Body, Outcome, Sitting
from taizhang.statutes.rules import criteria


def waiting(user: User, body: Body) -> QuerySet[Case]:
    accepted = Application.objects.visible_to(user).filter(state=State.ACCEPTED, approving_unit=body.unit_id)
    return Case.objects.visible_to(user).filter(pk__in=accepted.values("case"))


def put(case: Case, *, sitting: Sitting, on: date, by: User) -> AgendaItem:
    return schedule(Application.objects.get(case=case), sitting=sitting, on=on, by=by)


def decide(item: AgendaItem, *, outcome: str, by: User, **vote: Any):
    """What the sitting resolved, with what follows from it."""
    application = Application.objects.get(case=item.case_id)
    if item.purpose == "reverse":
        if outcome == Outcome.APPROVED:
            return reverse(application, item=item, by=by, **vote)
        return meetings.resolve(item, outcome=outcome, by=by, **vote)
    if outcome == Outcome.APPROVED:
        return approve(application, item=item, by=by, **vote)
    if outcome == Outcome.REFUSED:
        return refuse_application(application, item=item, by=by, **vote)
    return defer(application, item=item, outcome=outcome, by=by, **vote)


def advice(item: AgendaItem) -> dict[str, str]:
    """What the standing of the case on that day suggests: nothing, or to refuse it with these reasons and this next step."""
    if item.purpose == "reverse":
        return {}
    application = Application.objects.get(case=item.case_id)
    on = item.sitting.held_on
    found = rules.obstacles_to_granting(nameless(facts(application, on=on)), criteria(on))
    blocking = [each for each in found if each.blocks]
    if not blocking:
        return {"outcome": Outcome.APPROVED}
    return {
        "outcome": Outcome.REFUSED,
        "note": "\n".join(each.reason for each in blocking),
        "next_step": "\n".join(each.remedy for each in blocking if each.remedy),
    }
