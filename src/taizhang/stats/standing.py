"""What the dashboard stands on: the first figures with their targets, what is new, what waits and what is late."""

from datetime import timedelta
from functools import partial

from taizhang.cases.models import Case
from taizhang.formation.models import Application, State
from taizhang.ledger.models import AsOf
from taizhang.stats import aiming, figures, forms, lists, remembering
from taizhang.stats import changes as changing
from taizhang.stats.catalogue import catalogue
from taizhang.stats.models import Look, Target
from taizhang.statutes.rules import criteria

FIRST = ("organisation_coverage", "work_coverage")
CHANGED_SHOWN, WAITING_SHOWN = 6, 5
WAITING = (State.ACCEPTED, State.SCHEDULED)
REPLY_WITHIN, REPLY_WITHIN_OTHERWISE = "reply-within-days", 30


def standing(user, at: AsOf, key: str) -> dict:
    """The number and its list; the target, if there is one, and where its path stands today."""
    question = figures.ask(key, at, user.scope)
    target = Target.objects.visible_to(user).standing().filter(figure=key, variant=question.variant)
    target = target.select_related("unit").order_by("unit__path").first()
    return {
        "figure": question.figure,
        "totals": figures.totals(question),
        "target": target,
        "aim": aiming.aim(target, at, user.scope) if target else None,
    }


def number(user, at: AsOf, key: str, **chosen) -> dict:
    question = figures.ask(key, at, user.scope, **chosen)
    return {"figure": question.figure, "totals": figures.totals(question), "query": forms.query(**chosen)}


def changed(user, at: AsOf, seen: Look) -> list[dict]:
    """Of each first figure: what the ledger says otherwise about today than when the page was last seen, by record."""
    found = []
    for key in FIRST:
        after = figures.ask(key, at, user.scope, people=user.people_scope)
        day = min(seen.at.astimezone().date(), at.day)
        before = figures.ask(key, AsOf(day, seen.at), user.scope, people=user.people_scope)
        told = remembering.while_nothing_is_done(
            ("changes", before.key(), after.key()),
            partial(changing.changes, before, after, limit=CHANGED_SHOWN),
        )
        thing = catalogue()[key]
        found.append(
            {
                "changes": told,
                "figure": thing,
                "rows": [(each, lists.address(thing, each.record, user)) for each in told.records[:CHANGED_SHOWN]],
                "query": forms.query(day=at.day, since=day, since_known_at=seen.at.isoformat()),
                "more": sum(told.counts.values()) > CHANGED_SHOWN,
            }
        )
    return found


def waiting(user, day) -> dict:
    """What a sitting has to decide, what is one's own to do, and what has been waiting for longer than the rule allows."""
    rows = (
        Application.objects.visible_to(user)
        .filter(state__in=WAITING)
        .select_related("case")
        .order_by("submitted_on", "pk")
    )
    within = criteria(day).get(REPLY_WITHIN, REPLY_WITHIN_OTHERWISE)
    late = rows.filter(submitted_on__lt=day - timedelta(days=within))
    return {
        "to_decide": rows.count(),
        "deciding": rows[:WAITING_SHOWN],
        "mine": Case.objects.visible_to(user).awaiting(user).count(),
        "late": late.count(),
        "overdue": late[:WAITING_SHOWN],
        "within": within,
    }
