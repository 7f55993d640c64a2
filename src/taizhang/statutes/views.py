"""Pages of the statutes: what is in force on a day, and the versions of each clause. Open to everybody signed in."""

from django.shortcuts import get_object_or_404, render

from taizhang.accounts import lists
from taizhang.accounts.access import signed_in
from taizhang.kit.clock import today
from taizhang.statutes import tables
from taizhang.statutes.models import Clause, Document, Parameter


@signed_in
def list(request):  # noqa: A001 (the page's name)
    rows = Clause.objects.visible_to(request.user).select_related("document")
    return listed(request, rows, table=tables.CLAUSES, filters=tables.ClauseFilters, title="依据")


@signed_in
def parameters(request):
    rows = Parameter.objects.visible_to(request.user).select_related("clause__document")
    return listed(request, rows, table=tables.PARAMETERS, filters=tables.ParameterFilters, title="参数")


@signed_in
def documents(request):
    rows = Document.objects.visible_to(request.user)
    return listed(request, rows, table=tables.DOCUMENTS, filters=tables.Saying, title="政策文件")


def listed(request, rows, **page):
    """Today's, as long as nobody names a day; an emptied day lists every version."""
    if "day" not in request.GET:
        request.GET = request.GET.copy()
        request.GET["day"] = today().isoformat()
    return lists.show(request, rows=rows, template="statutes/list.html", **page)


@signed_in
def clause(request, key: str):
    found = get_object_or_404(Clause.objects.visible_to(request.user).select_related("document"), key=key)
    versions = Clause.objects.visible_to(request.user).versions_of(found).select_related("document")
    parameters = Parameter.objects.visible_to(request.user).filter(clause=found).order_by("name", "in_force")
    page = {"clause": found, "versions": versions, "parameters": [(each, tables.spoken(each)) for each in parameters]}
    return render(request, "statutes/clause.html", page)


@signed_in
def document(request, key: str):
    found = get_object_or_404(Document.objects.visible_to(request.user), key=key)
    clauses = Clause.objects.visible_to(request.user).filter(document=found).select_related("document")
    return render(request, "statutes/document.html", {"document": found, "clauses": clauses})
