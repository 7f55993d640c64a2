"""From what the ledger says to the record of who entered it, for whoever may read that record; for others only when it was.

Built in, so that no template has to load them.
"""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from taizhang.cases.statements import steps_seen
from taizhang.kit.templatetags.kit import moment

register = template.Library()


@register.simple_tag(takes_context=True)
def entered(context: Any, fact: Any) -> SafeString:
    return to_step(context, fact.step_id, f"{moment(fact.recorded.lower)} 入账", fact)


@register.simple_tag(takes_context=True)
def replaced(context: Any, fact: Any) -> SafeString:
    return to_step(context, fact.closing_step_id, f"{moment(fact.recorded.upper)} 由后来的记录取代", fact)


@register.simple_tag(takes_context=True)
def to_step(context: Any, number: int, words: str, fact: Any = None) -> SafeString:
    """`fact`: one of many told at once, whose steps have been asked for together."""
    seen = getattr(fact, "steps_seen", None)
    if number not in (steps_seen({number}, context["request"].user) if seen is None else seen):
        return escape(words)
    return format_html('<a href="{}">{}</a>', reverse("cases:step", args=[number]), words)
