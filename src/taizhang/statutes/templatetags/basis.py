"""What an obstacle rests on, as a link; built into every template, so that `kit` can print it without knowing statutes."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taizhang.statutes.models import Clause

register = template.Library()


@register.filter
def basis(key: str) -> SafeString | str:
    """{{ obstacle.basis|basis }}: 《中国共产党章程》第二十九条, linked to the clause's page; an unknown key as it is."""
    clause = Clause.objects.select_related("document").filter(key=key).first()
    if clause is None:
        return key
    return format_html('<a href="{}">{}</a>', reverse("statutes:clause", args=[key]), clause)
