"""A round by workbook: taken out, sent back, and what became of its rows."""

import io
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.shortcuts import redirect as go_to
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.accounts.access import for_roles
from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind
from taizhang.declarations import actions, forms, rules
from taizhang.declarations.models import Sending
from taizhang.declarations.views.rounds import round_of
from taizhang.declarations.workbooks import writing
from taizhang.imports.keeping import opened
from taizhang.imports.rules import unit_for
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.kit.jobs import later
from taizhang.kit.refusals import Obstacle, Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 10  # sendings on the page of the workbook
FINDINGS_SHOWN = 200
PATIENCE = timedelta(minutes=2)  # after which a worker that has not come may be asked again


@for_roles(rules.WHO["send"])
def send(request, pk: int):
    found = round_of(request, pk)
    choose = forms.TakeOutForm(user=request.user, initial={"unit": unit_for(request.user, rules.WHO["take_out"])})
    sent = Sending.objects.visible_to(request.user).filter(round=found).select_related("by", "unit")
    return act(
        request,
        form=forms.SendForm,
        verb=lambda file: actions.send(found, content=file.read(), name=file.name, by=request.user),
        goes_to=address_of,
        says="已收到。",
        title=f"工作簿：{found}",
        back=address_of(found),
        template="declarations/send.html",
        context={
            "round": found,
            "choose": choose,
            "may_choose": len(choose.fields["unit"].queryset[:2]) > 1,
            "runs_for": writing.RUNS_FOR.days,
            "sendings": sent.told().defer("findings").order_by("-pk")[:SHOWN],
        },
        button="送回",
    )


@for_roles(rules.WHO["take_out"])
def take_out(request, pk: int):
    """Of a unit in reach; without one named, of one's own."""
    found, user = round_of(request, pk), request.user
    form = forms.TakeOutForm(request.GET if "unit" in request.GET else {"unit": own_unit(user)}, user=user)
    if not form.is_valid():
        raise Http404
    unit = form.cleaned_data["unit"]
    try:
        content = actions.take_out(found, unit=unit, on=today(), by=user)
    except Refused as refusal:
        messages.error(request, "；".join(f"{each.reason}（{each.remedy}）" for each in refusal.obstacles))
        return go_to("declarations:send", found.pk)
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=f"{found}-{unit}.xlsx", content_type=XLSX)


def own_unit(user) -> int | None:
    unit = unit_for(user, rules.WHO["take_out"])
    return unit.pk if unit else None


def sending(request, pk: int):
    """The part that changes asks again while a worker is at it."""
    found = sending_of(request, pk)
    findings = found.findings[:FINDINGS_SHOWN]
    page = {
        "sending": found,
        "findings": findings,
        "more": len(found.findings) - len(findings),
        "failure": [Obstacle(each["code"], each["reason"], each["remedy"]) for each in found.failure],
        "is_quiet": found.is_waiting and timezone.now() - (found.told_at or found.sent_at) > PATIENCE,
        "may": request.user.holds(rules.WHO["send"], found.unit),
    }
    part = request.headers.get("HX-Target") == "sending"
    return render(request, "declarations/sending.html#sending" if part else "declarations/sending.html", page)


def marked(request, pk: int):
    """The person's own workbook, every reason at its cell."""
    found = sending_of(request, pk)
    if found.annotated is None:
        raise Http404
    record(AuditKind.EXPORT, by=request.user, verb="declarations.marked", of=found, rows=found.rows)
    name = f"{found.file_name.rpartition('.')[0] or found.file_name}-结果.xlsx"
    content = io.BytesIO(opened(found.annotated))
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)


@require_POST
def take_in_again(request, pk: int):
    """Where a worker died: rows that were written say nothing new."""
    found = sending_of(request, pk)
    if not request.user.holds(rules.WHO["send"], found.unit):
        raise PermissionDenied
    if found.is_waiting:
        later("declarations.take_in", sending=found.pk, user=request.user.pk)
    return go_to(address_of(found))


def sending_of(request, pk: int) -> Sending:
    rows = Sending.objects.visible_to(request.user).told().select_related("round", "unit", "by")
    return get_object_or_404(rows, pk=pk)
