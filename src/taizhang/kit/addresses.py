"""Where a thing has its page. `settings.PAGES` says so, so that a lower slice can link to a page it does not know."""

from django.conf import settings
from django.db.models import Model
from django.urls import NoReverseMatch, reverse


def address_of(thing: Model | None) -> str:
    """Empty for what has no page of its own."""
    return "" if thing is None else address_by_label(thing._meta.label_lower, thing.pk)


def address_by_label(label: str, number: int) -> str:
    """`papers.paper` and its number, where a lower slice knows no more of it."""
    page = settings.PAGES.get(label)
    if page is None:
        return ""
    try:
        return reverse(page, args=[number])
    except NoReverseMatch:
        return ""
