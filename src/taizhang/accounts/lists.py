"""`kit.lists.show` for signed-in people: whoever takes a list away is in the audit."""

from taizhang.accounts.acting import record
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.models import AuditKind
from taizhang.kit import lists


def show(request, *, of_people: bool = False, **listed):
    """As `kit.lists.show`, with every export recorded: who, which list, which filters, how many rows.

    A list that names people leaves only in the hands of somebody who proved lately who they are.
    """
    if of_people and request.GET.get("format") in lists.FORMATS:
        require_fresh(request, download=True)

    def exported(file_format: str, rows: int) -> None:
        asked = {name: value for name, value in request.GET.items() if name not in lists.OWN_PARAMETERS and value}
        record(
            AuditKind.EXPORT,
            by=request.user,
            verb=request.resolver_match.view_name,
            format=file_format,
            rows=rows,
            filters=asked,
        )

    return lists.show(request, exported=exported, **listed)
