"""A page that was being read when the database went away is read once more, when it is back.

Only what changes nothing (GET, HEAD) is asked again. Whatever was being written has been rolled back by PostgreSQL and is told so.
"""

import sys

from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponseBase

LOST = "taizhang.lost"


class Again:
    """Stands before every other middleware, so that the second attempt passes all of them with a request of its own."""

    def __init__(self, get_response):
        self.get_response = get_response
        got_request_exception.connect(note_a_lost_database, dispatch_uid=LOST)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code >= 500 and request.method in ("GET", "HEAD") and request.META.get(LOST):
            connections.close_all()  # broken ones leave the pool, which waits for the server
            again = type(request)({**request.META, LOST: ""})  # type: ignore[call-arg]
            response = self.get_response(again)
        return response


def note_a_lost_database(sender, request: HttpRequest | None = None, **_: object) -> None:
    if request is not None and isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        request.META[LOST] = "1"
