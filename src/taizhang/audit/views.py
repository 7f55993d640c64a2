"""Pages of the audit: the list, one record with what it changed, and opening what is protected, with a second person."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.accounts.models import AuditRecord
from taizhang.audit import actions, forms, rules
from taizhang.audit.changes import changes_of, tables_changed
from taizhang.audit.models import Opening
from taizhang.audit.tables import TABLE, AuditFilters, details_of, object_of, openings_table, verb_of, who
from taizhang.kit.addresses import address_of
from taizhang.kit.doors import act
from taizhang.kit.lists import Empty


@for_roles(rules.WHO["read"])
def list(request):  # noqa: A001 (the page's name)
    return lists.show(
        request,
        table=TABLE,
        rows=AuditRecord.objects.visible_to(request.user).select_related("user", "token"),
        filters=AuditFilters,
        title="审计",
        template="audit/list.html",
        empty=Empty("没有符合条件的记录", "放宽时间或换一个类别再查。"),
    )


@for_roles(rules.WHO["read"])
@require_GET
def detail(request, pk: int):
    record = record_of(request, pk)
    changed = changes_of(record)
    about = [
        ("时间", f"{timezone.localtime(record.at):%Y-%m-%d %H:%M:%S}"),
        ("类别", record.get_kind_display()),
        ("谁", who(record)),
        ("动作", f"{verb_of(record)}（{record.verb}）" if verb_of(record) != record.verb else record.verb),
        ("对象", object_of(record)),
        ("事项号", record.case),
        ("地址", record.address),
        ("请求号", record.request),
        ("办理编号", record.act),
        ("详情", details_of(record)),
    ]
    page = {
        "record": record,
        "about": about,
        "changed": changed,
        "counted": tables_changed(record),
        "may_ask": any(each.is_protected for each in changed),
        "openings": Opening.objects.visible_to(request.user).filter(record=record).order_by("-pk"),
    }
    return render(request, "audit/detail.html", page)


@for_roles(rules.WHO["ask"])
def ask(request, pk: int):
    record = record_of(request, pk)
    return act(
        request,
        form=forms.AskForm,
        verb=lambda **filled: actions.ask(record, at=timezone.now(), by=request.user, **filled),
        goes_to=address_of,
        says="已提出申请，等候安全管理员审批。",
        title=f"申请查看受保护的内容：审计记录 {record.pk}",
        back=address_of(record),
        button="提出申请",
    )


@for_roles(rules.WHO["openings"])
def openings(request):
    return lists.show(
        request,
        table=openings_table(timezone.now()),
        rows=Opening.objects.visible_to(request.user).select_related("asked_by", "decided_by"),
        title="调阅",
        empty=Empty("没有调阅申请", "审计管理员要看受保护的内容时，在那条审计记录上提出申请。"),
    )


@for_roles(rules.WHO["openings"])
@require_GET
def opening(request, pk: int):
    asked = opening_of(request, pk)
    now = timezone.now()
    page = {"opening": asked, "state": asked.state_at(now), "abilities": rules.abilities(request.user, asked, at=now)}
    return render(request, "audit/opening.html", page)


@for_roles(rules.WHO["decide"])
def decide(request, pk: int):
    asked = opening_of(request, pk)
    return act(
        request,
        form=forms.DecideForm,
        verb=lambda **filled: actions.decide(asked, at=timezone.now(), by=request.user, **filled),
        goes_to=address_of,
        says="已审批。",
        title=f"审批调阅 {asked.pk}",
        back=reverse("audit:openings"),
        template="audit/decide.html",
        context={"opening": asked},
        button="提交",
    )


@for_roles(rules.WHO["ask"])
@require_POST
def open_values(request, pk: int):
    """Shown on the answer to a click; never in an address, never kept by the browser."""
    asked, changed = actions.open_values(opening_of(request, pk), at=timezone.now(), by=request.user)
    page = {"opening": asked, "changed": [each for each in changed if each.is_protected]}
    response = render(request, "audit/open.html", page)
    response["Cache-Control"] = "no-store"
    return response


def record_of(request, pk: int) -> AuditRecord:
    return get_object_or_404(AuditRecord.objects.visible_to(request.user).select_related("user", "token"), pk=pk)


def opening_of(request, pk: int) -> Opening:
    rows = Opening.objects.visible_to(request.user).select_related("asked_by", "decided_by", "record")
    return get_object_or_404(rows, pk=pk)
