"""From a matter to the page where it is dealt with, and how many declarations wait for somebody's review."""

from taizhang.accounts.models import User
from taizhang.cases.matters import pages_of
from taizhang.cases.models import Case
from taizhang.declarations.models import Declaration
from taizhang.kit.addresses import address_of


def with_pages(cases: list[Case], user: User) -> list[tuple[Case, str]]:
    """Each with the page of the application or declaration that it is about; otherwise its own."""
    found = pages_of(cases, user)
    return [(case, found.get(case.pk) or address_of(case)) for case in cases]


def to_review(user: User) -> int:
    return Declaration.objects.visible_to(user).to_review(user).count()
