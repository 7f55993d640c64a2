"""What an office says once: its head, where its numbers go on, its wordings."""

from base64 import b64encode

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.accounts.access import for_roles
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.papers import actions as papers
from taizhang.papers import forms, rules, wording
from taizhang.papers.content import example
from taizhang.papers.kinds import Kind, kinds
from taizhang.papers.models import Agency, Master, Series
from taizhang.papers.printing import obstacles_in_glyphs
from taizhang.papers.views.files import pictures_of
from taizhang.papers.views.reaching import office_of
from taizhang.papers.wording import day_of


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


@for_roles(rules.WHO["revise_master"])
def masters(request):
    """For each of my offices, how each kind is worded today and since when."""
    units = forms.offices_of(request.user, "revise_master")
    own = Master.objects.visible_to(request.user).order_by("-since", "-edition")
    told = [
        {
            "unit": unit,
            "kinds": [
                (kind, [each for each in own if each.unit_id == unit.pk and each.kind == kind.name])
                for kind in kinds().values()
            ],
        }
        for unit in units
    ]
    return render(request, "papers/masters.html", {"offices": told})


def revise_master(request, pk: int, kind: str):
    unit = office_of(request, pk, "revise_master")
    declared = kind_named(kind)
    held = Master.objects.visible_to(request.user).in_force(unit, kind, today())
    initial = {"title": held.title, "body": held.body} if held else {"title": declared.title, "body": declared.body}
    return act(
        request,
        form=forms.MasterForm,
        verb=lambda **filled: papers.revise_master(unit, kind=kind, by=request.user, **filled),
        goes_to=lambda _: reverse("papers:masters"),
        says=lambda master: f"已保存：{master}，自{day_of(master.since)}起用。",
        title=f"修改措辞：{declared.label}",
        back=reverse("papers:masters"),
        template="papers/revise_master.html",
        initial={"since": today(), "on": today(), **initial},
        context={
            "kind": declared,
            "try_address": reverse("papers:try_wording", args=[unit.pk, kind]),
            **tried(request, unit, declared, **initial),
        },
        button="存为新版",
    )


@require_POST
def try_wording(request, pk: int, kind: str):
    """What is wrong with a wording as it stands, and how it looks with the example's facts; nothing is kept."""
    unit = office_of(request, pk, "revise_master")
    declared = kind_named(kind)
    said = {name: request.POST.get(name, "").replace("\x00", "")[: rules.BODY_LIMIT] for name in ("title", "body")}
    return render(request, "papers/revise_master.html#tried", tried(request, unit, declared, **said))


def tried(request, unit, kind: Kind, *, title: str, body: str) -> dict:
    faults = [*wording.faults(title, kind.fields, where="title"), *wording.faults(body, kind.fields, where="body")]
    if any(fault.blocks for fault in faults):
        return {"faults": faults, "pictures": []}
    agency = Agency.objects.visible_to(request.user).in_force(unit, today())
    content = example(kind, unit, agency, title=title, body=body, on=today())
    pictures = [b64encode(each).decode() for each in pictures_of(content)[:3]]
    return {"faults": [*faults, *obstacles_in_glyphs(content)], "pictures": pictures}


def kind_named(name: str) -> Kind:
    if name not in kinds():
        raise Http404
    return kinds()[name]


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
    return act(
        request,
        form=forms.SeriesForm,
        verb=lambda **filled: papers.continue_series(unit, by=request.user, **filled),
        goes_to=lambda _: reverse("papers:offices"),
        says=lambda series: f"已设定：{series}。",
        title=f"续接手工编的文号：{unit}",
        back=reverse("papers:offices"),
        initial={"code": agency.code if agency else "", "year": today().year, "on": today()},
        button="设定",
    )
