"""The one way a form becomes an act: fill in, call one verb, go on; or show every reason why not, beside the fields and on top."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html

from taizhang.kit.addresses import address_of
from taizhang.kit.naming import warnings_of
from taizhang.kit.refusals import Obstacle, Refused


def act(
    request: HttpRequest,
    *,
    form: Callable[..., forms.Form],
    verb: Callable[..., Any],
    goes_to: Callable[[Any], str],
    says: str | Callable[[Any], str],
    title: str,
    back: str,
    template: str = "kit/act.html",
    initial: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    button: str = "办理",
) -> HttpResponse:
    """GET shows the form, POST calls `verb(**cleaned_data)` and goes to `goes_to(what it returned)`.

    A refusal is 422 and the same page, with every obstacle; what was typed stays. The wrong person is the verb's
    PermissionDenied and passes through.
    """
    obstacles: tuple[Obstacle, ...] = ()
    if request.method == "POST":
        filled = form(request.POST, request.FILES)
        if filled.is_valid():
            try:
                done = verb(**filled.cleaned_data)
            except Refused as refusal:
                obstacles = refusal.obstacles
                put_beside_fields(filled, obstacles)
            else:
                messages.success(request, says(done) if callable(says) else says)
                for warning in warnings_of(filled):
                    messages.warning(request, warning)
                return redirect(goes_to(done))
    else:
        filled = form(initial=initial)
    page = {"form": filled, "obstacles": obstacles, "title": title, "back": back, "button": button, **(context or {})}
    status = 422 if request.method == "POST" else 200
    return render(request, template, page, status=status)


def linked(says: str, step: Model | None) -> str:
    """What was done, with the way to the record of it."""
    address = address_of(step)
    return format_html('{} <a class="alert-link" href="{}">查看办理记录</a>', says, address) if address else says


def put_beside_fields(form: forms.Form, obstacles: tuple[Obstacle, ...]) -> None:
    for obstacle in obstacles:
        where = "on" if obstacle.where == "since" and "since" not in form.fields else obstacle.where
        if where in form.fields:
            form.add_error(where, obstacle.reason)
