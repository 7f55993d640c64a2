"""From what the ledger says to the record of who entered it, for whoever may read that record; for others only when it was.

Built in, so that no template has to load them.
"""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from taizhang.cases.models import Step
from taizhang.kit.templatetags.kit import moment

register = template.Library()


@register.simple_tag(takes_context=True)
def entered(context: Any, fact: Any) -> SafeString:
    return to_step(context, fact.step_id, f"{moment(fact.recorded.lower)} 入账")


@register.simple_tag(takes_context=True)
def replaced(context: Any, fact: Any) -> SafeString:
    return to_step(context, fact.closing_step_id, f"{moment(fact.recorded.upper)} 由后来的记录取代")


@register.simple_tag(takes_context=True)
def to_step(context: Any, number: int, words: str) -> SafeString:
    if not is_seen(context["request"], number):
        return escape(words)
    return format_html('<a href="{}">{}</a>', reverse("cases:step", args=[number]), words)


def is_seen(request: Any, number: int) -> bool:
    """Whoever sees the whole tree is not asked about; of others each step is asked for once."""
    user: Any = request.user
    if any(path.count(".") == 1 for path in user.people_scope.paths):
        return True
    seen = request.__dict__.setdefault("steps_seen", {})
    if number not in seen:
        seen[number] = Step.objects.visible_to(user).filter(pk=number).exists()
    return seen[number]
