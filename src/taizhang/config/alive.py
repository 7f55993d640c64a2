"""For a proxy or a watchdog: the process answers and reaches its database."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from taizhang.accounts.access import public


@public
def health(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
