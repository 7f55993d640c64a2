"""Tags of every page; built in, so that no template has to load them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Tabler icon from the sprite that scripts/assets.py builds; decoration only, so it is hidden from readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("kit/dist/icons.svg"), name
    )


@register.inclusion_tag("kit/obstacles.html")
def obstacles(found: Iterable[Any], title: str = "现在不能办理，原因与下步如下") -> dict[str, Any]:
    return {"obstacles": list(found), "title": title}


@register.inclusion_tag("kit/field.html")
def field(bound: BoundField, **attributes: Any) -> dict[str, Any]:
    """{% field form.name autofocus=True %}: the field with Tabler's classes and its errors beside it."""
    widget = bound.field.widget
    checkbox = isinstance(widget, forms.CheckboxInput)
    group = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    if not group:  # Django would put the class on each choice and on the box around them
        style = "form-select" if isinstance(widget, forms.Select) else "form-control"
        style = "form-check-input" if checkbox else style
        attributes["class"] = f"{widget.attrs.get('class', '')} {style} {'is-invalid' if bound.errors else ''}".strip()
    if bound.errors:
        described = [f"{bound.auto_id}_error", *([f"{bound.auto_id}_helptext"] if bound.help_text else [])]
        attributes["aria-describedby"] = " ".join(described)
    drawn = bound.as_widget(attrs=attributes)
    return {"field": bound, "widget": drawn, "checkbox": checkbox, "group": group}


@register.filter
def day(value: date | datetime | None, missing: str = "—") -> str:
    """2017年12月29日"""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return f"{value.year}年{value.month}月{value.day}日" if value else missing


@register.filter
def known_at(value: datetime) -> str:
    """Knowledge up to the end of a day is named by that day: 2017-12-29, not 2017-12-30 00:00."""
    local = timezone.localtime(value)
    if local.time() == time.min:
        return f"{local - timedelta(days=1):%Y-%m-%d}"
    return moment(value)


@register.filter
def moment(value: datetime | None, missing: str = "—") -> str:
    """2017-12-29 16:30 in the office's zone"""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else missing


@register.filter
def spell(period: Any, missing: str = "—") -> str:
    """A daterange as people say it: its last day included, open ends named."""
    if period is None or period.isempty:
        return missing
    first = day(period.lower, "") or "起始不详"
    if period.upper is None:
        return f"{first}至今"
    return f"{first}至{day(date.fromordinal(period.upper.toordinal() - 1))}"


@register.filter
def percent(value: float | None, missing: str = "—") -> str:
    return missing if value is None else f"{value * 100:.1f}%"


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)
