"""A matter in words: by which rule it is due, and where its page is."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from taizhang.notices.models import Due
from taizhang.notices.sources import sources


def rule_of(due: Due) -> str:
    source = sources().get(due.kind)
    return source.rule if source else ""


def address_of_matter(due: Due) -> str:
    """The page of the row it is about."""
    label, _, number = due.about.partition(":")
    page = settings.PAGES.get(label)
    try:
        return reverse(page, args=[int(number)]) if page else ""
    except (NoReverseMatch, ValueError):
        return ""
