"""Pages of applications: the list, the page of one with its log and its next acts, and a form for each act."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.shortcuts import redirect as go_to
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.formation import actions, forms, letters, rules, telling
from taizhang.formation.models import (
    COVERING,
    GRANTED,
    OPEN_TO_CHANGE,
    Application,
    Nominee,
    Participant,
    State,
)
from taizhang.formation.tables import TABLE, ApplicationFilters
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.kit.lists import Empty
from taizhang.kit.refusals import Refused
from taizhang.meetings.models import AgendaItem
from taizhang.papers.models import Paper


def list(request):  # noqa: A001 (the page's name)
    may_start = request.user.holds(rules.WHO["start"])
    return lists.show(
        request,
        table=TABLE,
        rows=Application.objects.visible_to(request.user).listed(),
        filters=ApplicationFilters,
        title="组建审批",
        template="formation/list.html",
        empty=Empty("还没有申请", "成立、变更、合并、撤销党组织和换届都从申请开始。", "formation:start", "新的申请")
        if may_start
        else Empty("没有您可见的申请", "由社会组织或其责任单位提出。"),
        context={"may_start": may_start},
    )


@for_roles(rules.WHO["start"])
def start(request):
    visible = Application.objects.visible_to(request.user)
    number = request.GET.get("resubmits", "")
    earlier = visible.filter(pk=number).first() if number.isdecimal() else None
    initial = {
        name: request.GET[name] for name in ("kind", "organization", "party_organization") if name in request.GET
    }
    return act(
        request,
        form=with_user(request, forms.StartForm),
        verb=lambda **filled: actions.start(filled.pop("kind"), by=request.user, resubmits=earlier, **filled),
        goes_to=address_of,
        says="已开始草拟，随填随存；填齐后提交。",
        title="新的申请",
        back=reverse("formation:list"),
        initial={"on": today(), **initial},
        context={"earlier": earlier},
        button="开始填写",
    )


def detail(request, pk: int):
    return render(request, "formation/detail.html", page_of(request, application_of(request, pk)))


def page_of(request, application: Application, **more) -> dict[str, object]:
    user, at = request.user, today()
    abilities = rules.abilities(user, application)
    nominees = application.nominees.standing().visible_to(user).select_related("person", "organization__unit")
    decided = application.decided_on
    found = telling.view_of(application, user=user, on=decided or at)
    items = AgendaItem.objects.visible_to(user).filter(case=application.case_id).select_related("sitting__body")
    return {
        "application": application,
        "abilities": abilities,
        "participants": application.participants.standing().select_related("organization__unit"),
        "covers": application.kind in COVERING,
        "proposes": application.kind in forms.PROPOSES_PEOPLE,
        "nominees": nominees,
        "hidden_nominees": application.nominees.standing().count() - len(nominees),
        "elected": application.elected.all().visible_to(user).select_related("person"),
        "view": found,
        "is_open_to_change": application.state in OPEN_TO_CHANGE,
        "is_granted": application.state in GRANTED,
        "form": forms.KeepForm(initial=forms.initial_of(application), user=user, application=application)
        if "keep" in abilities
        else None,
        "rules_changed": telling.rules_changed(application.submitted_on, decided or at),
        "timers": [(each, each.is_late(at)) for each in telling.timers(application)],
        "log": telling.log(application),
        "papers": Paper.objects.visible_to(user).filter(case=application.case_id).order_by("pk"),
        "items": items.order_by("sitting__held_on"),
        "letter": letters.waiting(application) if {"reply", "answer"} & abilities else None,
        "acts": [
            (reverse(f"formation:{name}", args=[application.pk]), label)
            for name, label in telling.ACTS.items()
            if name in abilities
        ],
        "may_acknowledge": application.notice is not None
        and application.notice.closed_at is None
        and user.holds(rules.WHO["acknowledge"], application.notice.turn_unit),
        "may_ask_again": application.state in (State.REFUSED, State.ANSWERED) and user.holds(rules.WHO["start"]),
        **more,
    }


@require_POST
def keep(request, pk: int):
    """Saves as it goes: what can be read is kept, what cannot is said beside its field when the page is opened next."""
    application = application_of(request, pk)
    must_hold(request, "keep", application)
    form = forms.KeepForm(request.POST, user=request.user, application=application)
    form.is_valid()
    try:
        actions.keep(application, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
    wrong = "；".join(f"{form.fields[name].label}：{errors[0]}" for name, errors in form.errors.items())
    if request.headers.get("HX-Request"):
        return render(request, "formation/kept.html", {"wrong": wrong})
    if wrong:
        messages.error(request, wrong)
    return go_to(address_of(application))


def invite(request, pk: int):
    application = application_of(request, pk)
    return act_on(
        request,
        application,
        form=with_user(request, forms.InviteForm),
        verb=lambda **filled: actions.invite(application, on=today(), by=request.user, **filled),
        title="邀请社会组织参加",
        says="已加入；还须它同意。",
        button="加入",
    )


@require_POST
def disinvite(request, pk: int):
    participant = get_object_or_404(Participant.objects.visible_to(request.user), pk=pk)
    return at_once(
        request,
        participant.application,
        lambda: actions.disinvite(participant, on=today(), by=request.user),
        "已去掉。",
    )


def consent(request, pk: int):
    rows = Participant.objects.visible_to(request.user).select_related("organization__unit", "application__case")
    participant = get_object_or_404(rows, pk=pk)
    if not request.user.holds(rules.WHO["consent"], participant.unit):
        raise PermissionDenied
    return act(
        request,
        form=forms.ConsentForm,
        verb=lambda **filled: actions.consent(participant, by=request.user, **filled),
        goes_to=lambda _: address_of(participant.application),
        says="已记：同意参加。",
        title=f"{participant}同意参加：{participant.application.case}",
        back=address_of(participant.application),
        initial={"on": today()},
        button="同意",
    )


def propose(request, pk: int):
    application = application_of(request, pk)
    return act_on(
        request,
        application,
        form=lambda *args, **more: forms.ProposeForm(*args, user=request.user, application=application, **more),
        title="列入拟编入党员",
        says="已列入。",
        button="列入",
    )


@require_POST
def drop(request, pk: int):
    nominee = get_object_or_404(Nominee.objects.visible_to(request.user), pk=pk)
    return at_once(request, nominee.application, lambda: actions.drop(nominee, by=request.user), "已去掉。")


def submit(request, pk: int):
    return decided(request, pk, title="提交申请", says="已提交并编号；等待受理。", button="提交")


def withdraw(request, pk: int):
    return decided(request, pk, title="撤回申请", says="已撤回。", button="撤回")


def accept(request, pk: int):
    return decided(request, pk, title="受理", says="已受理；可列入会议。", button="受理")


def send_back(request, pk: int):
    return decided(request, pk, title="退回补正", says="已退回。", button="退回")


def redirect(request, pk: int):
    return decided(request, pk, title="转交现在的责任单位", says="已转交。", button="转交")


def schedule(request, pk: int):
    return onto_agenda(request, pk, title="列入会议", reopens=False)


def reverse_at_sitting(request, pk: int):
    return onto_agenda(request, pk, title="提交以后的会议纠正", reopens=True)


def onto_agenda(request, pk: int, *, title: str, reopens: bool):
    application = application_of(request, pk)
    verb = "reverse" if reopens else "schedule"
    return act_on(
        request,
        application,
        form=lambda *args, **more: forms.ScheduleForm(*args, user=request.user, application=application, **more),
        verb=lambda **filled: actions.schedule(application, by=request.user, reopens=reopens, **filled),
        holds=verb,
        title=title,
        says="已列入议程。",
        button="列入",
    )


def file_approval(request, pk: int):
    return with_form(request, pk, forms.FileApprovalForm, title="登记他方的批复", says="已登记，从批复之日起生效。")


def file_refusal(request, pk: int):
    return with_form(request, pk, forms.FileRefusalForm, title="登记他方的不予批准", says="已登记。")


def reply(request, pk: int):
    return with_form(request, pk, forms.LetterForm, title="发出批复", says="批复已发；接着登记选举结果或办结。")


def answer(request, pk: int):
    return with_form(request, pk, forms.LetterForm, title="发出答复", says="答复文号已记，本事项办结。")


def record_result(request, pk: int):
    application = application_of(request, pk)
    nominees = application.nominees.standing().visible_to(request.user).select_related("person")
    return act_on(
        request,
        application,
        form=lambda *args, **more: forms.RecordResultForm(*args, user=request.user, nominees=nominees, **more),
        title="登记选举结果",
        says="已登记；等待上级同意。",
        button="登记",
    )


def agree_result(request, pk: int):
    return with_form(request, pk, forms.AgreeResultForm, title="同意选举结果", says="已同意，当选人从这天起任职。")


def conclude(request, pk: int):
    return decided(request, pk, title="办结", says="已办结。", button="办结")


@require_POST
def acknowledge(request, pk: int):
    application = application_of(request, pk)
    return at_once(
        request, application, lambda: actions.acknowledge(application, on=today(), by=request.user), "已知悉。"
    )


def decided(request, pk: int, *, title: str, says: str, button: str):
    return act_on(
        request,
        application_of(request, pk),
        form=with_user(request, forms.DecidedForm),
        title=title,
        says=says,
        button=button,
    )


def with_form(request, pk: int, form, *, title: str, says: str):
    return act_on(
        request, application_of(request, pk), form=with_user(request, form), title=title, says=says, button="登记"
    )


def act_on(request, application: Application, *, form, title: str, says: str, button: str, verb=None, holds: str = ""):
    """The verb that the page is named after."""
    name = holds or request.resolver_match.url_name
    must_hold(request, name, application)
    act_by_name = getattr(actions, name, None)
    return act(
        request,
        form=form,
        verb=verb or (lambda **filled: act_by_name(application, by=request.user, **filled)),
        goes_to=lambda _: address_of(application),
        says=says,
        title=f"{title}：{application.case}",
        back=address_of(application),
        initial={"on": today()},
        template="formation/act.html",
        context={"application": application},
        button=button,
    )


def at_once(request, application: Application, verb, says: str):
    try:
        verb()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, says)
    return go_to(address_of(application))


def application_of(request, pk: int) -> Application:
    rows = Application.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related(*telling.SHOWN), pk=pk)


def must_hold(request, verb: str, application: Application) -> None:
    if not request.user.holds(rules.WHO[verb], rules.unit_for(verb, application)):
        raise PermissionDenied


def with_user(request, form):
    return lambda *args, **kwargs: form(*args, user=request.user, **kwargs)
