"""The procedures that bring cases to a sitting, known by name only: `settings.PROCEDURES` says who they are.

A procedure offers, of its own cases: `waiting(user, body)`, `put(case, sitting=…)`, `decide(item, outcome=…)`,
`advice(item)`.
"""

from functools import cache
from importlib import import_module
from types import ModuleType

from django.conf import settings
from django.db.models import QuerySet

from taizhang.accounts.models import User
from taizhang.cases.models import Case
from taizhang.meetings.models import Body


@cache
def procedure(slice_name: str) -> ModuleType:
    return import_module(settings.PROCEDURES[slice_name])


def of(case: Case) -> ModuleType:
    return procedure(case.kind.partition(":")[0])


def waiting(user: User, body: Body) -> QuerySet[Case]:
    """Cases that wait for a sitting of this body, as far as the user may see them; the oldest first."""
    found = Case.objects.none()
    for name in settings.PROCEDURES:
        found = found | procedure(name).waiting(user, body)
    return found.select_related("unit").order_by("pk")
