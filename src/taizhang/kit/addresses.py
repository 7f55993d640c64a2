"""Where a thing has its page. `settings.PAGES` says so, so that a lower slice can link to a page it does not know."""

from functools import cache

from django.conf import settings
from django.db.models import Model
from django.urls import NoReverseMatch, reverse

NUMBER = 1234567890  # stands for any


def address_of(thing: Model | None) -> str:
    """Empty for what has no page of its own."""
    return "" if thing is None else address_by_label(thing._meta.label_lower, thing.pk)


def address_by_label(label: str, number: int) -> str:
    """`papers.paper` and its number, where a lower slice knows no more of it."""
    page = settings.PAGES.get(label)
    around = around_number(page) if page else None
    return "" if around is None else f"{number}".join(around)


@cache
def around_number(page: str) -> tuple[str, str] | None:
    """The address of a page before and after its number; worked out once, because a list links every row."""
    try:
        before, after = reverse(page, args=[NUMBER]).split(f"{NUMBER}")
    except NoReverseMatch:
        return None
    return before, after
