"""Pages of papers: the register, one paper with its acts, and the heads under which offices issue."""

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.accounts.models import Unit
from taizhang.cases.models import Step
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.kit.lists import Empty
from taizhang.papers import actions as papers
from taizhang.papers import forms, rules
from taizhang.papers.kinds import kind_of, kinds
from taizhang.papers.models import Agency, Paper, Series
from taizhang.papers.tables import TABLE, PaperFilters


def list(request):  # noqa: A001 (the page's name)
    rows = Paper.objects.visible_to(request.user).select_related("issuer", "drafted_by")
    may_draft = request.user.holds(rules.WHO["draft"])
    return lists.show(
        request,
        table=TABLE,
        rows=rows.annotate(digest=F("rendering__digest")),
        filters=PaperFilters,
        title="文书",
        template="papers/list.html",
        empty=Empty("还没有文书", "事项办到该发文时会自动拟稿，也可以自己拟一份。"),
        context={"may_draft": may_draft, "waiting": waiting_for(request.user).count()},
    )


def waiting_for(user):
    return Paper.objects.visible_to(user).filter(rules.awaiting(user))


def detail(request, pk: int):
    paper = paper_of(request, pk)
    steps = Step.objects.visible_to(request.user).filter(case=paper.case, details__paper=paper.pk).select_related("by")
    return render(
        request,
        "papers/detail.html",
        {
            "paper": paper,
            "steps": steps,
            "abilities": rules.abilities(request.user, paper),
            "case": case_seen(request, paper),
        },
    )


def case_seen(request, paper: Paper) -> str:
    """The address of its case, for whoever may see that."""
    seen = paper.case.__class__.objects.visible_to(request.user).filter(pk=paper.case_id).exists()
    return address_of(paper.case) if seen else ""


@for_roles(rules.WHO["draft"])
def compose(request):
    """First the kind, then its facts."""
    chosen = forms.KindForm(request.GET or None, user=request.user)
    if not (request.GET and chosen.is_valid()):
        return render(request, "papers/compose.html", {"form": chosen, "kinds": kinds().values()})
    kind, issuer = kind_of(chosen.cleaned_data["kind"]), chosen.cleaned_data["issuer"]
    keys = [field.key for field in kind.fields]

    def verb(**filled):
        facts = {key: filled.pop(key) for key in keys}
        return papers.compose(kind.name, issuer=issuer, facts=facts, by=request.user, **filled)

    return act(
        request,
        form=lambda *args, **kwargs: forms.ComposeForm(*args, kind=kind, **kwargs),
        verb=verb,
        goes_to=address_of,
        says="已拟稿，请看一遍再送核稿。",
        title=f"拟一份{kind.label}",
        back=reverse("papers:compose"),
        initial={"on": today()},
        button="拟稿",
    )


def revise(request, pk: int):
    paper = paper_of(request, pk)
    kept = ("title", "addressees", "body", "enclosures", "copies")
    initial = {name: getattr(paper, name) for name in kept}
    return act_on(request, paper, form=forms.TextForm, title="改稿", says="已改。", button="保存", initial=initial)


def check(request, pk: int):
    return act_on(
        request, paper_of(request, pk), form=forms.ActForm, title="核稿", says="已核稿，等待签发。", button="核稿通过"
    )


def send_back(request, pk: int):
    return act_on(
        request, paper_of(request, pk), form=forms.ReasonForm, title="退回修改", says="已退回拟稿人。", button="退回"
    )


def sign(request, pk: int):
    return act_on(
        request, paper_of(request, pk), form=forms.ActForm, title="签发", says="已签发，等待编号印发。", button="签发"
    )


def issue(request, pk: int):
    return act_on(
        request,
        paper_of(request, pk),
        form=forms.ActForm,
        title="印发",
        says=lambda paper: f"已印发：{paper.number or paper}。",
        button="编号印发",
    )


def withdraw(request, pk: int):
    return act_on(
        request,
        paper_of(request, pk),
        form=forms.ReasonForm,
        title="撤稿",
        says="已撤稿，没有占用文号。",
        button="撤稿",
    )


def void(request, pk: int):
    return act_on(
        request,
        paper_of(request, pk),
        form=forms.VoidForm,
        title="作废",
        says="已作废；文号和原文都保留。",
        button="作废",
    )


@for_roles(rules.WHO["set_agency"])
def offices(request):
    """Under which name and code each of my offices issues, and since when."""
    units = forms.offices_of(request.user, "set_agency")
    agencies = Agency.objects.visible_to(request.user).order_by("-since", "-pk")
    series = Series.objects.visible_to(request.user).order_by("-year", "code")
    told = [
        {
            "unit": unit,
            "agencies": [each for each in agencies if each.unit_id == unit.pk],
            "series": [each for each in series if each.unit_id == unit.pk],
        }
        for unit in units
    ]
    return render(request, "papers/offices.html", {"offices": told})


def set_agency(request, pk: int):
    unit = office_of(request, pk, "set_agency")
    held = Agency.objects.visible_to(request.user).in_force(unit, today())
    kept = ("name", "mark", "code", "letter_code", "minutes_code", "printer", "hands")
    initial = {name: getattr(held, name) for name in kept} if held else {"name": unit.name}
    return act(
        request,
        form=forms.AgencyForm,
        verb=lambda **filled: papers.set_agency(unit, by=request.user, **filled),
        goes_to=lambda _: reverse("papers:offices"),
        says="已设定。",
        title=f"设定发文机关：{unit}",
        back=reverse("papers:offices"),
        initial={"since": today(), "on": today(), **initial},
        button="设定",
    )


def continue_series(request, pk: int):
    unit = office_of(request, pk, "continue_series")
    agency = Agency.objects.visible_to(request.user).in_force(unit, today())
    codes = (agency.code, agency.letter_code, agency.minutes_code) if agency else ()
    return act(
        request,
        form=lambda *args, **kwargs: forms.SeriesForm(*args, codes=codes, **kwargs),
        verb=lambda **filled: papers.continue_series(unit, by=request.user, **filled),
        goes_to=lambda _: reverse("papers:offices"),
        says=lambda series: f"已设定：{series}。",
        title=f"续接手工编的文号：{unit}",
        back=reverse("papers:offices"),
        initial={"year": today().year, "on": today()},
        button="设定",
    )


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


def act_on(request, paper: Paper, *, form, title: str, says, button: str, initial=None):
    """The verb is named like the page."""
    name = request.resolver_match.url_name
    must_hold(request, name, paper.issuer)
    return act(
        request,
        form=form,
        verb=lambda **filled: getattr(papers, name)(paper, by=request.user, **filled),
        goes_to=address_of,
        says=says,
        title=f"{title}：{paper}",
        back=address_of(paper),
        initial={"on": today(), **(initial or {})},
        button=button,
    )
