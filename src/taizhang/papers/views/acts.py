"""A page for each act on a paper."""

from django.shortcuts import render
from django.urls import reverse

from taizhang.accounts.access import for_roles
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.papers import actions as papers
from taizhang.papers import forms, rules
from taizhang.papers.kinds import kind_of, kinds
from taizhang.papers.models import Paper
from taizhang.papers.views.reaching import must_hold, paper_of


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
