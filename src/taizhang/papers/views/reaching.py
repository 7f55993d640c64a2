"""How these pages come to their rows, and who is not shown a form."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from taizhang.accounts.models import Unit
from taizhang.papers import rules
from taizhang.papers.models import Paper


def paper_of(request, pk: int) -> Paper:
    visible = Paper.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("issuer", "case", "drafted_by", "checked_by", "signed_by", "issued_by", "agency"), pk=pk
    )


def office_of(request, pk: int, verb: str) -> Unit:
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    must_hold(request, verb, unit)
    return unit


def must_hold(request, verb: str, unit: Unit | None = None) -> None:
    """Who may not do it is not shown the form either."""
    if not request.user.holds(rules.WHO[verb], unit):
        raise PermissionDenied
