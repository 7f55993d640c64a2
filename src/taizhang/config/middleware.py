"""What happens to every request: where it comes from is known to the audit, and a refusal is answered with its reasons."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from taizhang.accounts import acting
from taizhang.kit.refusals import Refused

Answer = Callable[[HttpRequest], HttpResponse]


def origin(answer: Answer) -> Answer:
    """Acts inside this request are recorded with its address and number; the answer carries the number too."""

    def handle(request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(8)
        token = acting.coming_from(acting.Origin(address=address_of(request), request=number))
        try:
            response = answer(request)
        finally:
            acting.gone(token)
        response["X-Request-ID"] = number
        return response

    return handle


def address_of(request: HttpRequest) -> str | None:
    """The client's address: what our own proxies wrote, never what the client itself claims."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return request.META.get("REMOTE_ADDR") or None


class Refusals:
    """A verb's refusal that the door did not answer itself becomes a page (or a part of one) with every reason: 422."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        whole = not request.headers.get("HX-Request")
        context = {"obstacles": exception.obstacles, "back": previous_page(request)}
        return render(request, "kit/refused.html" if whole else "kit/refused.html#reasons", context, status=422)


def previous_page(request: HttpRequest) -> str:
    referrer = request.headers.get("Referer", "")
    return referrer if url_has_allowed_host_and_scheme(referrer, {request.get_host()}, request.is_secure()) else "/"
