"""`kit.lists.show` for signed-in people: whoever takes a list away is in the audit."""

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind
from taizhang.kit import lists


def show(request, **listed):
    """As `kit.lists.show`, with every export recorded: who, which list, which filters, how many rows."""

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
