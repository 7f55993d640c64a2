"""A flood of passwords is turned away on the doorstep, and what no page answers to: before sessions, forms, templates and the database."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone

from taizhang.accounts import attempts
from taizhang.accounts.acting import current_origin


class Doorstep:
    """Only what this process learnt a moment ago is asked; whoever is let by is counted where passwords are checked."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "TRACE":  # nobody needs what was sent told back
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if request.method == "POST" and request.path in (
            resolve_url(settings.LOGIN_URL),
            resolve_url("accounts:activate"),
        ):
            until = attempts.locked_for_sure(attempts.address(current_origin().address)) or attempts.locked_for_sure(
                attempts.account(request.POST.get("login", ""))
            )
            if until:
                return HttpResponse(page(f"{timezone.localtime(until):%H:%M:%S}"), status=429)
            if attempts.TURNS.are_used_up() or not attempts.KNOCKS.take():
                return HttpResponse(page(""), status=429)
        return self.get_response(request)


@lru_cache(maxsize=500)
def page(until: str) -> str:
    return render_to_string("429.html", {"until": until})
