"""The shape of a page's form or of a list's filters, for programs: the same fields, limits and choices, as a schema."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

import django_filters
from django import forms
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, create_model

from taizhang.kit.lists import Table
from taizhang.kit.paging import Sort
from taizhang.kit.programs import Day, Number, Words, without_nul

Text = Annotated[str, AfterValidator(without_nul)]
LONGEST_TEXT = 10_000
LARGEST = 2**31 - 1


class Sent(Schema):
    """What a program sends: exactly the fields there are, each of its own kind."""

    model_config = ConfigDict(extra="forbid", strict=True)


def schema_of(asked: Mapping[str, forms.Field], *, name: str, keeps: bool = False) -> type[Schema]:
    """What a form with these fields takes. A field may be left out if the form does not require it or begins with something.

    Files come beside it: then all else comes as text. `keeps`: what is left out stays as it is stated now, so only what is always asked anew (`on`, `note`) is required.
    """
    fields: dict[str, Any] = {}
    by_file = any(isinstance(field, forms.FileField) for field in asked.values())
    for key, field in asked.items():
        if isinstance(field, forms.FileField):
            continue
        needed = field.required and field.initial is None and (not keeps or key in ("on", "note"))
        kind = kind_of(field) if field.required else kind_of(field) | None
        said = str(field.help_text) or None
        begins = ... if needed else None if field.initial is None else begin_of(field)
        fields[key] = (kind, Field(begins, title=str(field.label or key), description=said))
    return create_model(name, __base__=Schema if by_file else Sent, **fields)


def kind_of(field: forms.Field) -> Any:
    if isinstance(field, forms.ModelMultipleChoiceField):
        return Annotated[list[Number], Field(max_length=1000)]
    if isinstance(field, forms.ModelChoiceField):
        return Number
    if isinstance(field, forms.BooleanField):
        return bool
    if isinstance(field, forms.DateField):
        return Day
    if isinstance(field, forms.IntegerField):
        bounds: Any = field
        lowest = bounds.min_value if bounds.min_value is not None else -LARGEST
        highest = bounds.max_value if bounds.max_value is not None else LARGEST
        return Annotated[int, Field(ge=lowest, le=highest)]
    if isinstance(field, forms.MultipleChoiceField):
        return Annotated[list[one_of(field)], Field(max_length=1000)]  # type: ignore[misc]
    if isinstance(field, forms.ChoiceField):
        return one_of(field)
    if isinstance(field, forms.CharField):
        return Annotated[str, Field(max_length=field.max_length or LONGEST_TEXT), AfterValidator(without_nul)]
    raise TypeError(f"{type(field).__name__} has no shape for programs yet: add it to kit.shapes.kind_of")


def one_of(field: forms.ChoiceField) -> Any:
    """The choices as the document shows them; where they depend on who asks, any text that the form then judges."""
    found = [str(value) for value, _ in cast(Any, field.choices) if value != ""]
    return Literal[tuple(found)] if found else Text


def begin_of(field: forms.Field) -> Any:
    return str(field.initial) if isinstance(field, forms.ChoiceField) else field.initial


def filters_schema(filters: type[django_filters.FilterSet], table: Table | None = None, *, name: str) -> type[Schema]:
    """The parameters of a list: the filters of its page, and the orders that its columns offer."""
    fields: dict[str, Any] = {}
    for key, each in filters.base_filters.items():
        name_in_python = f"{key}_" if hasattr(Schema, key) else key
        said = Field(None, alias=key, description=str(each.label or key))
        fields[name_in_python] = (kind_of_filter(each) | None, said)
    if table is not None and (orders := orders_of(table)):
        fields["sort"] = (Literal[orders] | None, Field(None, description="按哪一列排序；前面加 - 为倒序"))
    return create_model(name, __base__=Schema, **fields)


def orders_of(table: Table) -> tuple[str, ...]:
    return tuple(f"{sign}{column.sort}" for column in table.columns if column.sort for sign in ("", "-"))


def kind_of_filter(each: django_filters.Filter) -> Any:
    choices = each.extra.get("choices", ())
    if isinstance(each, django_filters.ModelChoiceFilter):
        return Number
    if isinstance(each, django_filters.ChoiceFilter) and choices and not callable(choices):
        return Literal[tuple(str(value) for value, _ in choices)]
    if isinstance(each, django_filters.DateFilter):
        return Day
    if isinstance(each, django_filters.NumberFilter):
        return Number
    return Words


def sort_asked(asked: Schema, *, otherwise: str) -> Sort:
    return Sort.named(getattr(asked, "sort", None) or otherwise)
