"""Pages of matters and of what was done about them."""

import io
from collections.abc import Sequence

from django.http import FileResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from taizhang.accounts import lists
from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind, Unit
from taizhang.cases import actions, forms, rules
from taizhang.cases.files import KINDS
from taizhang.cases.matters import pages_of
from taizhang.cases.models import Attachment, Case, Remark, Step
from taizhang.cases.statements import done_by
from taizhang.cases.tables import TABLE, CaseFilters
from taizhang.kit.addresses import address_by_label, address_of
from taizhang.kit.doors import act
from taizhang.kit.lists import Empty

EMPTY = Empty("还没有事项", "登记、变更、导入等每办一件事，都会在这里留下记录。")


def list(request):  # noqa: A001 (the page's name)
    rows = Case.objects.visible_to(request.user).select_related("unit", "turn_unit", "opened_by")
    return lists.show(request, table=TABLE, rows=rows, filters=CaseFilters, title="事项", empty=EMPTY)


def detail(request, pk: int):
    case = visible(request, pk)
    steps = [*case.steps.select_related("by")]
    done = done_by(steps, request.user)
    attachments = Attachment.objects.visible_to(request.user).filter(case=case)
    return render(
        request,
        "cases/detail.html",
        {
            "case": case,
            "dealt_with_at": pages_of([case], request.user).get(case.pk, ""),
            "steps": [(step, done[step.pk]) for step in steps],
            "remarks": Remark.objects.visible_to(request.user).filter(case=case),
            "attachments": [(each, rules.may_withdraw(request.user, each)) for each in attachments],
            "abilities": rules.abilities(request.user, case),
        },
    )


def visible(request, pk: int) -> Case:
    rows = Case.objects.visible_to(request.user).select_related("unit", "turn_unit", "opened_by")
    return get_object_or_404(rows, pk=pk)


def step(request, pk: int):
    steps = Step.objects.visible_to(request.user).select_related("case__unit", "by")
    found = get_object_or_404(steps, pk=pk)
    done = done_by([found], request.user)[found.pk]
    return render(request, "cases/step.html", {"step": found, "done": done, "issued": issued_on(found.case)})


def issued_on(case: Case) -> Sequence[tuple[str, str]]:
    """(title, page) of each paper that was issued in the matter: whoever sees the matter sees those."""
    issuing = case.steps.filter(verb="papers:issue").order_by("recorded_at").values_list("details", flat=True)
    return [(each["title"], address_by_label("papers.paper", each["paper"])) for each in issuing]


def remark(request, pk: int):
    case = visible(request, pk)
    return act(
        request,
        form=forms.RemarkForm,
        verb=lambda text: actions.remark(case, text=text, by=request.user),
        goes_to=lambda _: address_of(case),
        says="备注已记下。",
        title=f"备注：{case}",
        back=address_of(case),
        button="记下",
    )


def remark_on_unit(request, pk: int):
    """Of an organisation, a Party organisation or an office: its page leads here."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    return act(
        request,
        form=forms.UnitRemarkForm,
        verb=lambda text: actions.remark_on_unit(unit, text=text, by=request.user),
        goes_to=lambda _: address_of(unit),
        says="备注已记下。",
        title=f"备注：{unit}",
        back=address_of(unit),
        button="记下",
    )


def attach(request, pk: int):
    case = visible(request, pk)
    return act(
        request,
        form=forms.AttachForm,
        verb=lambda title, file: actions.attach(
            case, content=file.read(), name=file.name, title=title, by=request.user
        ),
        goes_to=lambda _: address_of(case),
        says="附件已上传。",
        title=f"上传附件：{case}",
        back=address_of(case),
        button="上传",
    )


def attachment(request, pk: int):
    """The file, to be kept and never to be shown by the browser in our name."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    content = found.content()
    record(AuditKind.EXPORT, by=request.user, verb="cases:attachment", of=found, sha256=found.digest)
    response = FileResponse(
        io.BytesIO(content), as_attachment=True, filename=found.file_name, content_type=KINDS[found.kind][1]
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def withdraw_attachment(request, pk: int):
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    back = reverse("cases:detail", args=[found.case_id])
    return act(
        request,
        form=forms.WithdrawForm,
        verb=lambda why: actions.withdraw_attachment(found, why=why, by=request.user),
        goes_to=lambda _: back,
        says="已撤下；文件和记录仍可查。",
        title=f"撤下附件：{found}",
        back=back,
        button="撤下",
    )
