"""A flood of passwords is turned away on the doorstep, and what no page answers to: before sessions, forms, templates and the database."""

from datetime import datetime
from functools import cache, lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone

from taizhang.accounts import attempts
from taizhang.accounts.acting import current_origin


class Doorstep:
    """Only what this process learnt a moment ago is asked, the cheapest first: a flood is not even read. Whoever is let by is counted
    where passwords are checked."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "TRACE":  # nobody needs what was sent told back
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if request.method == "POST" and request.path in doors():
            if until := attempts.locked_for_sure(attempts.address(current_origin().address)):
                return turned_away(until)
            if attempts.TURNS.are_used_up():
                return turned_away(None)
            if until := attempts.locked_for_sure(attempts.account(request.POST.get("login", ""))):
                return turned_away(until)
            if not attempts.KNOCKS.take():
                return turned_away(None)
        return self.get_response(request)


@cache
def doors() -> tuple[str, ...]:
    """Where passwords and activation codes are tried."""
    return resolve_url(settings.LOGIN_URL), resolve_url("accounts:activate")


def turned_away(until: datetime | None) -> HttpResponse:
    content = page(f"{timezone.localtime(until):%H:%M:%S}" if until else "")
    response = HttpResponse(content, status=429, headers={"Content-Length": len(content)})
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would write a line for each of thousands
    return response


@lru_cache(maxsize=500)
def page(until: str) -> bytes:
    return render_to_string("429.html", {"until": until}).encode()
