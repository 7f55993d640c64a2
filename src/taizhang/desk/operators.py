"""The desk of whoever fills in for one organisation: at most three things: what is due, what was returned and why, what changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from taizhang.accounts.models import Role, User
from taizhang.cases.models import Step
from taizhang.declarations.due import DECLARATIONS
from taizhang.declarations.models import Declaration, Difference, State, Verdict
from taizhang.kit.addresses import address_of
from taizhang.notices.letters import when
from taizhang.notices.models import Due
from taizhang.notices.telling import address_of_matter

FILL_IN = frozenset({Role.OPERATOR, Role.PARTY_CLERK, Role.SECRETARY})
AHEAD, BACK = timedelta(days=60), timedelta(days=30)
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Todo:
    title: str
    when: str
    is_late: bool
    address: str


@dataclass(frozen=True, slots=True)
class Returned:
    declaration: Declaration
    why: list[str]


def is_filling_in(user: User) -> bool:
    """Nothing but that."""
    return bool(user.active_grants) and all(held.role in FILL_IN for held in user.active_grants)


def read(user: User, on: date) -> dict[str, Any]:
    roles = [held.role for held in user.active_grants]
    dues = Due.objects.visible_to(user).standing().filter(roles__overlap=roles, due_on__lte=on + AHEAD)
    todos = [*to_fill_in(user, on)]
    todos += [
        Todo(due.title, when(due.days_left(on)), due.due_on < on, address_of_matter(due))
        for due in dues.exclude(kind=DECLARATIONS.kind).order_by("due_on", "pk")[:SHOWN]
    ]
    steps = Step.objects.visible_to(user).filter(on__gte=on - BACK).exclude(by=user).select_related("case__unit", "by")
    return {
        "todos": todos,
        "returned": list(returned_to(user)),
        "changed": steps.order_by("-recorded_at", "-pk")[:SHOWN],
    }


def to_fill_in(user: User, on: date) -> Iterator[Todo]:
    """Read from the declarations themselves: one that was handed out this minute is here, too."""
    mine = Declaration.objects.visible_to(user).filter(state__in=(State.NOT_BEGUN, State.DRAFTING))
    for each in mine.select_related("round", "organization__unit").order_by("round__due_on", "pk")[:SHOWN]:
        left = (each.due_on - on).days if each.due_on else 0
        title = f"{each.organization}：{each.round.title}请填报" if each.round else f"{each}，还没有提交"
        yield Todo(title, when(left) if each.due_on else "", left < 0, address_of(each))


def returned_to(user: User) -> Iterator[Returned]:
    found = (
        Declaration.objects.visible_to(user).filter(state=State.RETURNED).select_related("round", "organization__unit")
    )
    for declaration in found.order_by("pk")[:SHOWN]:
        wrong = Difference.objects.visible_to(user).standing().filter(declaration=declaration)
        said = wrong.filter(unit_verdict=Verdict.RETURNED) | wrong.filter(committee_verdict=Verdict.RETURNED)
        why = [each.reason for each in said.order_by("pk")[:SHOWN] if each.reason]
        yield Returned(declaration, [each for each in (declaration.returned_why, *why) if each])
