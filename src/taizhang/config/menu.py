"""The menu, and what every page knows."""

from django.conf import settings
from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, object]:
    return {"demonstration": settings.DEMONSTRATION}
