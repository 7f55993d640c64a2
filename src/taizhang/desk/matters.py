"""From a matter to the page where it is dealt with, and how many declarations wait for somebody's review."""

from typing import Any

from taizhang.accounts.models import User
from taizhang.cases.models import Case
from taizhang.declarations.models import Declaration
from taizhang.formation.models import Application
from taizhang.kit.addresses import address_of

SUBJECTS: dict[str, Any] = {"declarations:declaration": Declaration, "formation:application": Application}


def with_pages(cases: list[Case], user: User) -> list[tuple[Case, str]]:
    """Each with the page of the application or declaration that it is about; otherwise its own."""
    found: dict[int, str] = {}
    for kind, model in SUBJECTS.items():
        numbers = [case.pk for case in cases if case.kind == kind]
        if numbers:
            found |= {
                each.case_id: address_of(each) for each in model.objects.visible_to(user).filter(case__in=numbers)
            }
    return [(case, found.get(case.pk) or address_of(case)) for case in cases]


def to_review(user: User) -> int:
    return Declaration.objects.visible_to(user).to_review(user).count()
