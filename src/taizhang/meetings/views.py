"""Pages of bodies and sittings: the list, a body and its members, one sitting from its agenda to its minutes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.cases.models import Case
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act
from taizhang.kit.lists import Empty
from taizhang.kit.refusals import Refused
from taizhang.meetings import actions, forms, procedures, rules
from taizhang.meetings.models import AgendaItem, Body, Outcome, Sitting, seats_visible_to
from taizhang.meetings.order import order_on, present_at, seats_on
from taizhang.meetings.tables import TABLE, SittingFilters
from taizhang.papers.models import Paper


def list(request):  # noqa: A001 (the page's name)
    bodies = Body.objects.visible_to(request.user).select_related("unit").order_by("pk")
    return lists.show(
        request,
        table=TABLE,
        rows=Sitting.objects.visible_to(request.user).listed(),
        filters=SittingFilters,
        title="会议",
        template="meetings/list.html",
        empty=Empty("还没有会议", "先设议事机构、登记组成人员，再召集会议。"),
        context={"bodies": bodies, "may_set_up": request.user.holds(rules.WHO["set_up"])},
    )


@for_roles(rules.WHO["set_up"])
def set_up(request):
    return act(
        request,
        form=with_user(request, forms.SetUpForm),
        verb=lambda **filled: actions.set_up(by=request.user, **filled),
        goes_to=address_of,
        says="已设立；接着登记组成人员。",
        title="设议事机构",
        back=reverse("meetings:list"),
        initial={"on": today()},
        button="设立",
    )


def body(request, pk: int):
    found = body_of(request, pk)
    at = today()
    return render(
        request,
        "meetings/body.html",
        {
            "body": found,
            "seats": seats_on(found, at),
            "order": order_on(found, at),
            "entitled": len(seats_on(found, at)),
            "sittings": Sitting.objects.visible_to(request.user).filter(body=found).listed().order_by("-held_on")[:20],
            "may": request.user.holds(rules.KEEPERS, found.unit),
        },
    )


def seat(request, pk: int):
    return act_on(request, body_of(request, pk), form=forms.SeatForm, title="登记组成人员", says="已登记。")


def unseat(request, pk: int):
    held = get_object_or_404(seats_visible_to(request.user), pk=pk)
    return act_on(request, held.body, of=held, form=forms.UnseatForm, title=f"{held.name}离任", says="已离任。")


def adopt_rules(request, pk: int):
    found = body_of(request, pk)
    return act_on(request, found, form=forms.AdoptRulesForm, title="采用议事规则", says="已采用，从所填日期起适用。")


def convene(request, pk: int):
    found = body_of(request, pk)
    return act_on(
        request,
        found,
        form=lambda *args, **more: forms.ConveneForm(*args, body=found, on=today(), **more),
        title="召集会议",
        says="已召集；可以列入议题了。",
        goes_to=address_of,
        initial={"held_on": today()},
    )


def detail(request, pk: int):
    sitting = sitting_of(request, pk)
    abilities = rules.abilities(request.user, sitting)
    there = [*sitting.attendance.all()]
    seated = seats_on(sitting.body, sitting.held_on)
    order = order_on(sitting.body, sitting.held_on)
    number_present = sum(each.is_present for each in there)
    items = [*sitting.items.select_related("case", "step", "reopens__sitting__body").order_by("position")]
    return render(
        request,
        "meetings/detail.html",
        {
            "sitting": sitting,
            "items": items,
            "pending": sum(not each.outcome for each in items),
            "attendance": there,
            "entitled": len(seated),
            "present": number_present,
            "needed": order.quorum.needed(len(seated)),
            "majority": order.majority.needed(len(seated)),
            "order": order,
            "waiting": procedures.waiting(request.user, sitting.body) if "put_on_agenda" in abilities else (),
            "papers": Paper.objects.visible_to(request.user).filter(case=sitting.case_id).order_by("pk"),
            "abilities": abilities,
        },
    )


def postpone(request, pk: int):
    sitting = sitting_of(request, pk)
    initial = {"held_on": sitting.held_on, "place": sitting.place}
    return act_on(request, sitting, form=forms.PostponeForm, title="改期", says="已改期。", initial=initial)


def cancel(request, pk: int):
    return act_on(request, sitting_of(request, pk), form=forms.CancelForm, title="取消会议", says="已取消。")


def attend(request, pk: int):
    sitting = sitting_of(request, pk)
    there = [*sitting.attendance.all()]
    everybody = [each.name for each in seats_on(sitting.body, sitting.held_on)]
    absences = "\n".join(f"{each.name} {each.absence}" for each in there if each.absence)
    initial = {
        "present": present_at(sitting) if there else everybody,
        "chair": sitting.chair,
        "absences": absences,
        "also_present": sitting.also_present,
    }
    return act_on(
        request,
        sitting,
        form=lambda *args, **more: forms.AttendForm(*args, body=sitting.body, on=sitting.held_on, **more),
        title="登记到会",
        says="到会情况已记。",
        initial=initial,
    )


@require_POST
def begin(request, pk: int):
    return at_once(request, pk, says="会议开始，可以逐项议决。")


@require_POST
def adjourn(request, pk: int):
    return at_once(request, pk, says="已休会；已议决的有效，其余等复会。")


@require_POST
def close(request, pk: int):
    return at_once(request, pk, says="会议结束，记录已冻结。")


@require_POST
def put_on_agenda(request, pk: int):
    """The cases that were ticked, each on its own."""
    sitting = sitting_of(request, pk)
    numbers = [number for number in request.POST.getlist("case") if number.isdecimal()]
    cases = Case.objects.visible_to(request.user).filter(pk__in=numbers).order_by("pk")
    each_on_its_own(
        request,
        cases,
        lambda case: procedures.of(case).put(case, sitting=sitting, on=today(), by=request.user),
        says="已列入{}项。",
    )
    return redirect(sitting_address(sitting))


@require_POST
def unopposed(request, pk: int):
    """Items that nobody opposed, on one page: each is put, voted and minuted on its own."""
    sitting = sitting_of(request, pk)
    numbers = [number for number in request.POST.getlist("item") if number.isdecimal()]
    items = AgendaItem.objects.visible_to(request.user).filter(sitting=sitting, pk__in=numbers)
    votes = len(present_at(sitting))
    each_on_its_own(
        request,
        items.select_related("case", "sitting__body__unit").order_by("position"),
        lambda item: resolve_by(request, item, outcome=Outcome.APPROVED, in_favour=votes),
        says="逐项表决通过{}项。",
    )
    return redirect(sitting_address(sitting))


@require_POST
def take_off(request, pk: int):
    item = item_of(request, pk)
    each_on_its_own(
        request,
        [item],
        lambda item: resolve_by(request, item, outcome=Outcome.WITHDRAWN, note=request.POST.get("note", "")),
        says="已从议程撤下{}项，回到待议。",
    )
    return redirect(sitting_address(item.sitting))


def resolve(request, pk: int):
    item = item_of(request, pk)
    must_hold(request, "resolve", item.unit)
    by_name = "by_name" in request.GET
    return act(
        request,
        form=lambda *args, **more: forms.ResolveForm(
            args[0] if args else None, sitting=item.sitting, by_name=by_name, **more
        ),
        verb=lambda **filled: resolve_by(request, item, **filled),
        goes_to=lambda _: sitting_address(item.sitting),
        says=f"第{item.position}项已记录。",
        title=f"第{item.position}项：{item.case}",
        back=sitting_address(item.sitting),
        template="meetings/resolve.html",
        initial=proposed(item),
        context={"item": item, "by_name": by_name},
        button="记录",
    )


def proposed(item: AgendaItem) -> dict[str, object]:
    """Filled in beforehand; whoever minutes it corrects it."""
    there = len(present_at(item.sitting))
    found = procedures.of(item.case).advice(item)
    refused = found.get("outcome") == Outcome.REFUSED
    return {"in_favour": 0 if refused else there, "against": there if refused else 0, "abstained": 0, **found}


def resolve_by(request, item: AgendaItem, **filled):
    """With what follows from it, which the procedure whose case it is knows."""
    return procedures.of(item.case).decide(item, by=request.user, **filled)


def each_on_its_own(request, things, verb, *, says: str) -> None:
    """One refused leaves the others standing; every refusal is told."""
    done = 0
    for thing in things:
        try:
            verb(thing)
            done += 1
        except Refused as refusal:
            messages.error(request, f"{thing}：{refusal}")
    if done:
        messages.success(request, says.format(done))


def at_once(request, pk: int, *, says: str):
    """A button without a form; the verb is named after the page."""
    sitting = sitting_of(request, pk)
    try:
        getattr(actions, request.resolver_match.url_name)(sitting, on=today(), by=request.user)
    except Refused as refusal:
        for obstacle in refusal.obstacles:
            messages.error(
                request, f"{obstacle.reason}。下步：{obstacle.remedy}" if obstacle.remedy else obstacle.reason
            )
    else:
        messages.success(request, says)
    return redirect(sitting_address(sitting))


def act_on(request, about, *, form, title: str, says: str, of=None, goes_to=None, initial=None):
    name = request.resolver_match.url_name
    must_hold(request, name, about.unit)
    verb = getattr(actions, name)
    return act(
        request,
        form=with_user(request, form),
        verb=lambda **filled: verb(of or about, by=request.user, **filled),
        goes_to=goes_to or (lambda _: address_of(about)),
        says=says,
        title=f"{title}：{about}",
        back=address_of(about),
        initial={"on": today(), **(initial or {})},
    )


def body_of(request, pk: int) -> Body:
    return get_object_or_404(Body.objects.visible_to(request.user).select_related("unit"), pk=pk)


def sitting_of(request, pk: int) -> Sitting:
    return get_object_or_404(Sitting.objects.visible_to(request.user).select_related("body__unit", "case"), pk=pk)


def item_of(request, pk: int) -> AgendaItem:
    rows = AgendaItem.objects.visible_to(request.user).select_related("case", "sitting__body__unit")
    return get_object_or_404(rows, pk=pk)


def sitting_address(sitting: Sitting) -> str:
    return reverse("meetings:detail", args=[sitting.pk])


def must_hold(request, verb: str, unit) -> None:
    if not request.user.holds(rules.WHO[verb], unit):
        raise PermissionDenied


def with_user(request, form):
    return lambda *args, **kwargs: form(*args, user=request.user, **kwargs)
