"""Choosing one thing among thousands: a field that offers nothing until the person types, and the address it asks.

The form's queryset and the address both begin at `visible_to`, so what is not offered is not accepted either.
"""

from collections.abc import Callable
from typing import Any, cast

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.forms.utils import flatatt
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join

OFFERED = 30


class ChooseListed(forms.Select):
    """All choices at once, searched by typing; drawn without a template for each, which took most of a list page's time."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-choose": "", **(attrs or {})})

    def render(self, name, value, attrs=None, renderer=None):
        chosen = {str(each) for each in (value if isinstance(value, list | tuple) else [value]) if each is not None}
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((number, " selected" if str(number) in chosen else "", label) for number, label in self.choices),
        )
        drawn = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(drawn), options)


class Choose(forms.Select):
    """`page` is the name of the address that searches. Only what is chosen already is drawn."""

    def __init__(self, page: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.page = page

    def build_attrs(self, base_attrs, extra_attrs=None):
        return super().build_attrs(base_attrs, extra_attrs) | {"data-choose-from": reverse(self.page)}

    def optgroups(self, name, value, attrs=None):
        numbers = [each for each in value if str(each).isdecimal()]
        field = cast(Any, self.choices).field
        found = getattr(field, "found", None)
        if found is not None and [str(found.pk)] == numbers:
            chosen: Any = [found]
        else:
            chosen = field.queryset.filter(pk__in=numbers) if numbers else []
        offered = [(str(row.pk), field.label_from_instance(row)) for row in chosen]
        label = str(getattr(field, "empty_label", "") or "")
        nothing = "" if label.startswith("---") else label
        before, self.choices = self.choices, [*([] if self.allow_multiple_selected else [("", nothing)]), *offered]
        try:
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = before


class ChosenField(django_filters.fields.ModelChoiceField):
    """Remembers what it found, so that drawing it asks no second time."""

    found: Model | None = None

    def to_python(self, value):
        self.found = super().to_python(value)
        return self.found


class ChosenFilter(django_filters.ModelChoiceFilter):
    """A condition on one thing among thousands."""

    field_class = ChosenField


class ChooseSeveral(Choose, forms.SelectMultiple):
    pass


def answer(request: HttpRequest, rows: QuerySet, *, label: Callable[[Any], str] = str) -> JsonResponse:
    """The first of the rows, as the field wants them."""
    return JsonResponse([{"value": row.pk, "text": label(row)} for row in rows[:OFFERED]], safe=False)


def words_of(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "")[:100]
