"""Filling in: what is typed saves itself; samples, confirmations, submission."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect as go_to
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.accounts.access import for_roles
from taizhang.declarations import actions, forms, rules
from taizhang.declarations.drafts import draft_for
from taizhang.declarations.views import declaration_of, page_of
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act, put_beside_fields
from taizhang.kit.refusals import Obstacle, Refused


@for_roles(rules.WHO["start"])
def start(request):
    chosen = request.GET.get("organization", "")
    return act(
        request,
        form=lambda *args, **more: forms.StartForm(*args, user=request.user, **more),
        verb=lambda organization: actions.start(organization, on=today(), by=request.user),
        goes_to=address_of,
        says="请在有误的一节点“更正”，写好后提交。",
        title="提出更正",
        back=reverse("declarations:list"),
        initial={"organization": chosen} if chosen.isdecimal() else {},
        button="开始",
    )


def keep(request, pk: int, record: str):
    """Saves as it goes: what cannot be kept is said, and what was typed stays in the field."""
    declaration = declaration_of(request, pk)
    must_hold(request, "keep", declaration)
    form = record_form(request, declaration, record)
    obstacles: tuple[Obstacle, ...] = ()
    if request.method == "POST":
        wrong = not form.is_valid()
        try:
            actions.keep(declaration, record=record, on=today(), by=request.user, **form.kept())
        except Refused as refusal:
            obstacles = refusal.obstacles
            put_beside_fields(form, obstacles)
        if request.headers.get("HX-Request"):
            return kept(request, pk, record, form, obstacles)
        if not obstacles and not wrong:
            messages.success(request, "已保存。")
            return go_to(address_of(declaration))
    page = {"form": form, "obstacles": obstacles, "record": form.record, "declaration": declaration}
    return render(request, "declarations/keep.html", page, status=422 if request.method == "POST" else 200)


def kept(request, pk: int, record: str, form, obstacles):
    """The part beside a form that saves itself: that it is saved, or why not, and what is seen from now on."""
    declaration = declaration_of(request, pk)
    fresh = record_form(request, declaration, record, bound=False)
    wrong = "；".join(
        f"{form.fields[name].label}：{errors[0]}" for name, errors in form.errors.items() if name in form.fields
    )
    page = {"wrong": wrong, "obstacles": obstacles, "unseen": fresh.unseen, "declaration": declaration}
    return render(request, "declarations/kept.html", page, status=422 if obstacles else 200)


def record_form(request, declaration, record: str, *, bound: bool = True):
    draft = draft_for(declaration, request.user)
    found = draft.record(record)
    if found is None:
        raise Http404
    data = (request.POST,) if bound and request.method == "POST" else ()
    return forms.RecordForm(*data, draft=draft, record=found)


@require_POST
def drop(request, pk: int, record: str):
    declaration = declaration_of(request, pk)
    return at_once(
        request, declaration, lambda: actions.drop(declaration, record=record, by=request.user), "已撤销这条更正。"
    )


@require_POST
def sample(request, pk: int):
    """One or more of the samples, as they are typed."""
    declaration = declaration_of(request, pk)
    must_hold(request, "sample", declaration)
    form = forms.SamplesForm(request.POST, draft=draft_for(declaration, request.user))
    form.is_valid()
    obstacles: tuple[Obstacle, ...] = ()
    try:
        for (record, field), value in form.answers().items():
            actions.sample(declaration, record=record, field=field, value=value, on=today(), by=request.user)
    except Refused as refusal:
        obstacles = refusal.obstacles
    if request.headers.get("HX-Request"):
        wrong = "；".join(f"{form.fields[name].label}：{errors[0]}" for name, errors in form.errors.items())
        page = {"wrong": wrong, "obstacles": obstacles, "unseen": (), "declaration": declaration_of(request, pk)}
        return render(request, "declarations/kept.html", page, status=422 if obstacles else 200)
    for each in obstacles:
        messages.error(request, each.reason)
    return go_to(address_of(declaration))


@require_POST
def confirm(request, pk: int):
    declaration = declaration_of(request, pk)
    must_hold(request, "confirm", declaration)
    form = forms.ConfirmForm(request.POST, draft=draft_for(declaration, request.user))
    if not form.is_valid():
        messages.error(request, "；".join(errors[0] for errors in form.errors.values()))
        return go_to(address_of(declaration))
    return at_once(
        request,
        declaration,
        lambda: actions.confirm(declaration, on=today(), by=request.user, **form.cleaned_data),
        "已确认。",
        to=f"#section-{request.POST.get('sections', '')}",
    )


@require_POST
def submit(request, pk: int):
    """With the last things said on the same page: that all is right, the samples, why it is late."""
    declaration = declaration_of(request, pk)
    must_hold(request, "submit", declaration)
    draft = draft_for(declaration, request.user)
    samples, form = forms.SamplesForm(request.POST, draft=draft), forms.SubmitForm(request.POST)
    obstacles: tuple[Obstacle, ...] = ()
    if form.is_valid() and samples.is_valid():
        said = form.cleaned_data
        sections = [each.name for each in draft.sections] if said.pop("all_correct") else []
        try:
            actions.submit(
                declaration, on=today(), by=request.user, sections=sections, samples=samples.answers(), **said
            )
        except Refused as refusal:
            obstacles = refusal.obstacles
        else:
            messages.success(request, "已提交。审核期间内容不能动；需要改的，可以取回。")
            return go_to(address_of(declaration))
    again = page_of(request, declaration_of(request, pk), obstacles=obstacles)
    again |= {"samples": samples, "submit": filled_again(again["submit"], request, form)}
    return render(request, "declarations/detail.html", again, status=422)


def filled_again(blank, request, form):
    if blank is None:
        return None
    for name in ("all_correct", "name", "late_reason"):
        if name in blank.fields:
            blank.initial[name] = form.cleaned_data.get(name) if hasattr(form, "cleaned_data") else ""
    return blank


@require_POST
def take_back(request, pk: int):
    declaration = declaration_of(request, pk)
    return at_once(
        request,
        declaration,
        lambda: actions.take_back(declaration, on=today(), by=request.user),
        "已取回，可以修改；改好再提交。",
    )


def at_once(request, declaration, verb, says: str, to: str = ""):
    try:
        verb()
    except Refused as refusal:
        messages.error(request, "；".join(f"{each.reason}（{each.remedy}）" for each in refusal.obstacles))
    else:
        messages.success(request, says)
    return go_to(address_of(declaration) + to)


def must_hold(request, verb: str, declaration) -> None:
    if not request.user.holds(rules.who(verb, declaration), declaration.unit):
        raise PermissionDenied
