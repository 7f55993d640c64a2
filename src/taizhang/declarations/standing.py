"""Where the declarations of a round stand: by unit, kind or region, how long they lie where, and who is late or waiting."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, QuerySet
from django.db.models.functions import Coalesce, Now

from taizhang.accounts.models import Unit
from taizhang.declarations.models import OPEN_TO_CHANGE, OVER, UNDER_REVIEW, Declaration, Round, State
from taizhang.orgs.models import Kind

BY = {"unit": "责任单位", "kind": "类型", "region": "行政区划"}
WORDS_OF_KIND = dict(Kind.choices)


@dataclass(slots=True)
class Line:
    """One unit, kind or region: how many declarations stand in each state."""

    key: str
    label: str
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Lying:
    """How long the declarations that stand in a state have stood in it."""

    state: State
    number: int
    mean_days: float
    longest_days: int


def progress(rows: Any, *, by: str, until: datetime | None) -> list[Line]:
    """In one query. `until` is the end of the day asked for; None is now."""
    rows = rows.stood(until)
    if by == "unit":
        rows, key, label = rows, "organization__unit__parent", "organization__unit__parent__name"
    else:
        rows, key, label = rows.with_particulars(), f"stated_{by}", f"stated_{by}"
    lines: dict[Any, Line] = {}
    for each in rows.order_by().values(key, label, "stood").annotate(number=Count("pk")):
        words = each[label] or "—"
        line = lines.setdefault(each[key], Line(str(each[key] or ""), WORDS_OF_KIND.get(words, words)))
        line.counts[each["stood"]] += each["number"]
    return sorted(lines.values(), key=lambda line: (-line.total, line.label))


def total(lines: list[Line]) -> Line:
    found = Line("", "合计")
    for line in lines:
        for state, number in line.counts.items():
            found.counts[state] += number
    return found


def lying(rows: QuerySet) -> Iterator[Lying]:
    """Of those under way: since they came into the state they are in."""
    stayed = ExpressionWrapper(Now() - Coalesce("since_at", F("case__opened_at")), output_field=DurationField())
    found = rows.exclude(state__in=OVER).order_by().annotate(stayed=stayed).values("state")
    told = {
        each["state"]: each for each in found.annotate(number=Count("pk"), mean=Avg("stayed"), longest=Max("stayed"))
    }
    for state in State:
        if each := told.get(state):
            mean, longest = each["mean"].total_seconds() / 86400, each["longest"].days
            yield Lying(state, each["number"], round(mean, 1), longest)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A declaration somebody is waited for with: `unit` and `role` say whose turn it is; reminders go to its holders."""

    declaration: Declaration
    what: str  # "overdue", "due", "returned" or "review"
    unit: Unit
    role: str
    since: datetime
    due_on: date | None


def waiting(*, on: date, of: Round | None = None, rows: QuerySet | None = None) -> Iterator[Waiting]:
    """Everything that waits for somebody on that day, the oldest first: for reminders. Asks twice, however many there are."""
    found = Declaration.objects.under_way() if rows is None else rows.exclude(state__in=OVER)
    if of is not None:
        found = found.filter(round=of)
    found = found.select_related("case__turn_unit", "round", "organization__unit").order_by("pk")
    for declaration in found.iterator(chunk_size=2000):
        case = declaration.case
        if case.turn_unit is not None:
            since = declaration.since_at or case.opened_at
            due_on = declaration.due_on
            yield Waiting(
                declaration, what_is_waited_for(declaration, on), case.turn_unit, case.turn_role, since, due_on
            )


def what_is_waited_for(declaration: Declaration, on: date) -> str:
    if declaration.state in UNDER_REVIEW:
        return "review"
    if declaration.state in OPEN_TO_CHANGE and declaration.due_on is not None and on > declaration.due_on:
        return "overdue"
    return "returned" if declaration.state == State.RETURNED else "due"
