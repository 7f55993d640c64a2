"""How a verb that has a page becomes an operation of the API: the page's form, the page's rows, the page's refusals.

In a slice's `api.py`, beside its readings:

    @verb(router, "/organizations/{pk}/rename", "更名", form=forms.RenameForm)
    def rename(request, filled, pk: Number):
        return actions.rename(organization_of(request, pk), by=request.user, **filled)

The function is named as its page is (`orgs:rename` → the operation `orgs.rename`; tests/test_operations.py holds that
every page has its operation). It finds the row through `visible_to`, calls one verb, and returns the row the verb returned.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, cast

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from ninja import Body, File, Form, Router, Schema
from ninja.files import UploadedFile

from taizhang.accounts.models import Anonymous
from taizhang.kit import shapes
from taizhang.kit.programs import Done, answers, done
from taizhang.kit.refusals import Obstacle, Refused, refuse_if


def verb(
    router: Router,
    address: str,
    title: str,
    *,
    form: Callable[..., forms.Form] | None = None,
    stated: Callable[..., Mapping[str, Any]] | None = None,
    about: Callable[..., Mapping[str, Any]] | None = None,
    gives: Any = Done,
    name: str = "",
) -> Callable:
    """POST `address` fills the form with what was sent and calls the function with what it cleaned.

    `stated(request, **numbers)` gives what the page's form would begin with: what is not sent stays so.
    `about(request, **numbers)` gives what the form is made with, where it is made for one row: the document then shows
    the fields that every such form has. `gives` is the schema of the answer where it is no row; `name` is the
    operation's where it is not that of the function.
    """

    def declare(do: Callable) -> Callable:
        operation = f"{slice_of(do)}.{name or do.__name__}"
        parameters = [*inspect.signature(do).parameters.values()]
        numbers = [each for each in parameters if each.name not in ("request", "filled")]
        sent_as: list[inspect.Parameter] = []
        if form is not None:
            fields = form.base_fields if about else made(form, Anonymous()).fields  # type: ignore[attr-defined]
            sent_as = parts_sent(fields, name=schema_name(operation), keeps=stated is not None)

        def operate(request, *, sent=None, file=None, **given):
            if form is not None:
                begun = stated(request, **given) if stated else {}
                said = sent.dict(exclude_unset=True) if sent else {}
                making = functools.partial(made, form, request.user, about=about(request, **given) if about else {})
                given["filled"] = fill(making, begun=begun, said=said, file=file)
            result = do(request, **given)
            return done(result) if gives is Done else result

        operate.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [parameters[0], *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in numbers), *sent_as]
        )
        operate.__name__, operate.__module__, operate.__doc__ = do.__name__, do.__module__, do.__doc__
        router.post(address, response=answers(gives), operation_id=operation, summary=title)(operate)
        return do

    return declare


def parts_sent(fields: Mapping[str, forms.Field], *, name: str, keeps: bool) -> list[inspect.Parameter]:
    """What the operation takes besides its address: JSON, or, where the form has a file, the parts of an upload."""
    file = any(isinstance(field, forms.FileField) for field in fields.values())
    shape = shapes.schema_of(fields, name=name, keeps=keeps)
    parts: dict[str, tuple[Any, Any]] = {"file": (UploadedFile, File(...))} if file else {}
    if shape.model_fields:
        parts["sent"] = (shape, Form(...) if file else Body(...))
    return [
        inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=source)
        for each, (kind, source) in parts.items()
    ]


def fill(
    making: Callable[..., forms.Form], *, begun: Mapping[str, Any], said: Mapping[str, Any], file: Any = None
) -> dict[str, Any]:
    """What the form makes of what it begins with and what was said; refused with what it says, field by field."""
    blank = making()
    refuse_if(
        Obstacle("not-asked", "这一项不由您填写", remedy="去掉这一项", where=key)
        for key in said
        if key not in blank.fields
    )
    initial = {key: field.initial for key, field in blank.fields.items() if field.initial is not None}
    values = {key: number_of(value) for key, value in {**initial, **begun, **said}.items() if key in blank.fields}
    filled = making({key: value for key, value in values.items() if value is not None}, {"file": file})
    if not filled.is_valid():
        raise Refused(obstacles_in(filled))
    return filled.cleaned_data


def made(form: Callable[..., forms.Form], user: Any, *data: Any, about: Mapping[str, Any] | None = None) -> forms.Form:
    """A form that offers rows is given whose rows; one that offers none is not."""
    makers: list[Any] = [cast(Any, each).__init__ for each in form.__mro__] if isinstance(form, type) else [form]
    takes_user = any("user" in inspect.signature(each).parameters for each in makers)
    return form(*data, **({"user": user} if takes_user else {}), **(about or {}))


def number_of(value: Any) -> Any:
    """A row is given to a form by its number."""
    return getattr(value, "pk", value)


def obstacles_in(form: forms.Form) -> list[Obstacle]:
    return [
        Obstacle("wrong-input", message, remedy=remedy_of(form, key), where="" if key == "__all__" else key)
        for key, errors in form.errors.as_data().items()
        for error in errors
        for message in ValidationError(error).messages
    ]


def remedy_of(form: forms.Form, key: str) -> str:
    field = form.fields.get(key)
    return f"{field.label}：{field.help_text}" if field and field.help_text else ""


def filtered(request, rows: QuerySet, filters: type[django_filters.FilterSet], asked: Schema) -> QuerySet:
    """The rows that the page's filters let through; refused with what they say, filter by filter."""
    values = {key: value for key, value in asked.dict(by_alias=True, exclude={"sort"}).items() if value is not None}
    chosen = filters(values, queryset=rows, request=request)
    if not chosen.is_valid():
        raise Refused(obstacles_in(chosen.form))
    return chosen.qs


def slice_of(do: Callable) -> str:
    return do.__module__.split(".")[1]


def schema_name(operation: str) -> str:
    """orgs.hand_over → OrgsHandOver."""
    return "".join(word.capitalize() for word in operation.replace(".", "_").split("_"))
