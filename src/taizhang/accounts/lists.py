"""`kit.lists.show` for signed-in people: kept filters, selections, files and bulk verbs; whoever takes a list away is in the audit."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect  # noqa: TID251 (the doors of all slices stand on this one)
from django.urls import NoReverseMatch, reverse

from taizhang.accounts import errands
from taizhang.accounts.acting import record
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.kept import SavedFilter
from taizhang.accounts.models import AuditKind
from taizhang.kit import lists
from taizhang.kit.exporting import FORMATS

IN_ONE_ANSWER = 2_000  # rows of a file that is made while it is sent
CHOSEN = 10_000


def show(request, *, of_people=False, context=None, **listed):
    """As `kit.lists.show`. An address without conditions opens the list with those the person chose for it.

    A list that names people leaves only in the hands of somebody who proved lately who they are. `bulk` are the
    verbs that may be done with a selection; they are done at `accounts:errand`.
    """
    if isinstance(request, lists.Inquiry):
        return lists.found(request, **listed)
    file_format = request.POST.get("do") if request.method == "POST" else request.GET.get("format")
    if of_people and file_format in FORMATS:
        require_fresh(request, download=True)
    if request.method == "POST":
        return begin(request, lists.found(request, **listed))
    if file_format in FORMATS and (answer := lists.found(request, **listed)).is_valid:
        return take_away(request, answer, file_format, chosen=None)
    page = request.resolver_match.view_name
    kept = list(SavedFilter.objects.offered(request.user, page)) if is_kept(page) else None
    if not request.GET and (default := next((each for each in kept or () if each.is_default), None)):
        return redirect(f"{request.path}?{default.query}&saved={default.pk}")
    return lists.show(
        request, selects=True, context={**(context or {}), "kept": kept, "kept_of": page, "now": now(request)}, **listed
    )


def is_kept(page: str) -> bool:
    """Lists with an address of their own; not those below one thing."""
    try:
        return bool(reverse(page))
    except NoReverseMatch:
        return False


def now(request) -> str:
    """The conditions and the order as they are, to be kept."""
    asked = request.GET.copy()
    for name in lists.OWN_PARAMETERS:
        if name != "sort":
            asked.pop(name, None)
    for name in [name for name in asked if not any(asked.getlist(name))]:
        del asked[name]
    return asked.urlencode()


def begin(request, answer: lists.Found):
    """What the person wants with the rows they chose, or with all that the conditions find."""
    numbers = [int(each) for each in request.POST.getlist("row")[:CHOSEN] if each.isascii() and each.isdecimal()]
    numbers = [each for each in numbers if each < 2**63]
    wanted, everything = request.POST.get("do", ""), "everything" in request.POST
    if not answer.is_valid:
        messages.error(request, "查询条件有误，请改正后再办。")
        return redirect(request.get_full_path())
    if numbers and not everything:
        answer.rows = answer.rows.filter(pk__in=numbers)
    if wanted in FORMATS:
        return take_away(request, answer, wanted, chosen=None if everything or not numbers else numbers)
    bulk = next((each for each in answer.bulk if each.name == wanted), None)
    if bulk is None:
        raise PermissionDenied
    if not (numbers or everything):
        messages.warning(request, "请先勾选要办的，或者选择全部。")
        return redirect(request.get_full_path())
    page = request.resolver_match.view_name
    errand = errands.ask_for_verb(answer, bulk=bulk, page=page, query=request.GET.urlencode(), by=request.user)
    return redirect("accounts:errand", errand.pk)


def take_away(request, answer: lists.Found, file_format: str, *, chosen: list[int] | None):
    """A small file at once; a large one by the worker, with a page that says how far it is."""
    page, query = request.resolver_match.view_name, now(request)
    rows = answer.rows.order_by()[: IN_ONE_ANSWER + 1].count()
    if rows > IN_ONE_ANSWER and is_kept(page):
        if request.method == "GET":  # nothing is begun by following a link
            messages.info(request, f"超过{IN_ONE_ANSWER:,}条，由后台导出：请点列表下方的“导出”。")
            return redirect(f"{request.path}?{query}")
        errand = errands.ask_for_file(
            answer, page=page, query=request.GET.urlencode(), chosen=chosen, file_format=file_format, by=request.user
        )
        return redirect("accounts:errand", errand.pk)
    record(
        AuditKind.EXPORT,
        by=request.user,
        verb=page,
        format=file_format,
        rows=answer.rows.order_by().count(),
        filters=lists.as_sent(query).dict(),
    )
    return answer.file(file_format)
