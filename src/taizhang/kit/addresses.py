"""Where a thing has its page. `settings.PAGES` says so, so that a lower slice can link to a page it does not know."""

from django.conf import settings
from django.db.models import Model
from django.urls import NoReverseMatch, reverse


def address_of(thing: Model | None) -> str:
    """Empty for what has no page of its own."""
    page = settings.PAGES.get(thing._meta.label_lower) if thing is not None else None
    if page is None:
        return ""
    try:
        return reverse(page, args=[thing.pk])  # type: ignore[union-attr]
    except NoReverseMatch:
        return ""
