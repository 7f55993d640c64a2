"""Before people are exported, many things approved or roles given, whoever sits there proves again who they are."""

import time
from collections.abc import Callable
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import stash_and_reauthenticate
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

PAGE = "account_reauthenticate"
GO_ON = "taizhang.accounts.freshness.go_on"
KEPT_BYTES = 200_000
NOT_KEPT = "请先确认身份；刚才填写的内容没有提交，确认后请再办一次。"


class ProofNeeded(Exception):
    """Nobody proved lately who sits there. `download`: what was asked for is a file, not a page."""

    def __init__(self, *, download: bool = False):
        self.download = download
        super().__init__("prove who you are")


def is_fresh(request: HttpRequest) -> bool:
    """A password, six digits or a recovery code was given in this session within TAIZHANG_FRESH_MINUTES."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def require_fresh(request: HttpRequest, *, download: bool = False) -> None:
    if not is_fresh(request):
        raise ProofNeeded(download=download)


def fresh(view: Callable | None = None, *, download: bool = False) -> Callable:
    """For a view: `@fresh`, or `@fresh(download=True)` where the answer is a file.

    Below whatever refuses the wrong person; where the view does that itself, it calls `require_fresh` afterwards.

    What was sent is kept while the person proves who they are, and sent again with one click.
    """

    def declare(view: Callable) -> Callable:
        @wraps(view)
        def door(request: HttpRequest, *args, **kwargs):
            require_fresh(request, download=download)
            return view(request, *args, **kwargs)

        door.needs_proof = True  # type: ignore[attr-defined]
        return door

    return declare(view) if view else declare


def prove_first(request: HttpRequest, needed: ProofNeeded) -> HttpResponseBase:
    """To the page where it is proved, and from there back to what was asked for."""
    address = request.get_full_path()
    if getattr(request, "htmx", False) and not request.htmx.boosted:  # type: ignore[attr-defined]
        if request.method != "GET":
            messages.warning(request, NOT_KEPT)
        here = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(f"{resolve_url(PAGE)}?{urlencode({'next': here})}")
    if request.method == "GET" and not needed.download:
        return redirect(f"{resolve_url(PAGE)}?{urlencode({'next': address})}")
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    query = sent.urlencode()
    if request.FILES or len(query) > KEPT_BYTES:
        messages.warning(request, NOT_KEPT)
        return redirect(f"{resolve_url(PAGE)}?{urlencode({'next': address})}")
    asked = {"address": address, "method": request.method, "sent": query, "download": needed.download}
    return stash_and_reauthenticate(request, asked, GO_ON)


def go_on(request: HttpRequest, asked: dict) -> HttpResponseBase:
    """Proved: one click more, and what was asked for is done. A file would leave the page of the password standing."""
    fields = [(name, value) for name, values in QueryDict(asked["sent"]).lists() for value in values]
    back = asked["address"].partition("?")[0] if asked["method"] == "GET" else "/"
    return render(request, "account/go_on.html", {**asked, "fields": fields, "back": back})
