"""A matter in words: by which rule it is due, and where its page is."""

from taizhang.kit.addresses import address_by_label
from taizhang.notices.models import Due
from taizhang.notices.sources import sources


def rule_of(due: Due) -> str:
    source = sources().get(due.kind)
    return source.rule if source else ""


def address_of_matter(due: Due) -> str:
    """The page of the row it is about."""
    label, _, number = due.about.partition(":")
    return address_by_label(label, int(number)) if number.isdecimal() else ""
