"""The conditions of a list in words: what was chosen in each field of a filter, as people say it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django import forms
from django.db.models import Model, QuerySet

from taizhang.kit.templatetags.kit import day


class Chip(NamedTuple):
    name: str
    label: str
    words: str
    address: str = ""  # of the list without this condition


def of(form: forms.Form) -> Iterator[Chip]:
    """Of a form that is valid: one for each field that narrows the list."""
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if said := in_words(field, value):
            yield Chip(name, str(field.label or name), said)


def in_words(field: forms.Field, value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, QuerySet | list | tuple):
        return "、".join(in_words(field, each) for each in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date) and not isinstance(value, datetime):
        return day(value)
    choices = getattr(field, "choices", None)
    return str(dict(flat(choices)).get(value, value)) if choices else str(value)


def flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from flat(label)
        else:
            yield value, label
