"""Pages of the register of people: the list, the page of one, and one form for each thing that may happen."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.accounts.models import Unit
from taizhang.cases.models import Step
from taizhang.kit import choosing
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act, linked, put_beside_fields
from taizhang.kit.lists import Bulk, Empty
from taizhang.kit.refusals import Refused
from taizhang.ledger.forms import asked
from taizhang.ledger.telling import timeline, told
from taizhang.members import actions, forms, rules
from taizhang.members.mergers import kept_instead
from taizhang.members.models import Engagement, Membership, Person, Post, heads_of, statements_visible_to
from taizhang.members.tables import filters_of, people_table
from taizhang.orgs.models import Organization
from taizhang.party import rules as party_rules
from taizhang.party.models import PartyOrganization


def list(request):  # noqa: A001 (the page's name)
    question = asked(request.GET, today=today())
    may_enrol = request.user.holds(rules.WHO["enrol"])
    return lists.show(
        request,
        of_people=True,
        table=people_table(question.query),
        rows=Person.objects.visible_to(request.user).with_keys().listed(question.at, request.user),
        filters=filters_of(question.at),
        title="人员和党员",
        template="members/list.html",
        empty=Empty("还没有人员", "可以逐人登记，也可以在“导入”中用工作簿一次录入。", "members:enrol", "登记人员")
        if may_enrol
        else Empty("没有您可见的人员", "填报员、单位管理员只看人数，不看姓名。"),
        context={
            "asked": question,
            "may_enrol": may_enrol,
            "may_merge": request.user.holds(rules.WHO["merge"]),
            "may_erase": request.user.holds(rules.WHO["erase"]),
        },
        bulk=bulk_verbs(request.user) if question.is_today else (),
    )


def bulk_verbs(user) -> tuple[Bulk, ...]:
    """What a meeting decides of several people at once; each of them is judged by themselves."""
    full = Bulk("become_full", "转正", forms.BecomeFullForm, actions.become_full, initial={"on": today()})
    return (full,) if user.holds(rules.WHO["become_full"]) else ()


def choose(request):
    """People to choose from in a form: those in scope, by name, told apart by where they are."""
    rows = Person.objects.visible_to(request.user).named(choosing.words_of(request))
    rows = rows.listed(asked({}, today=today()).at, request.user)
    return choosing.answer(
        request, rows.order_by("name", "pk"), label=lambda row: f"{row} {row.stated_organization or ''}".strip()
    )


def detail(request, pk: int):
    person = person_of(request, pk)
    if not request.GET and (merger := kept_instead(person)):
        return redirect("members:detail", pk=merger.kept_id)
    question = asked(request.GET, today=today())
    at, user = question.at, request.user
    units = actions.units_of(person)
    threads = [
        ("engagement", "从业", told(Engagement, at, user, person=person), "这天没有从业记录。"),
        ("membership", "组织关系", told(Membership, at, user, person=person), "这天没有党员组织关系的记录。"),
        ("post", "党内职务", told(Post, at, user, person=person), "这天没有担任党内职务。"),
    ]
    return render(
        request,
        "members/detail.html",
        {
            "person": person,
            "asked": question,
            "threads": [
                (noun, title, [(line, fact_abilities(user, line.fact)) for line in lines], missing)
                for noun, title, lines, missing in threads
            ],
            "timeline": timeline((Engagement, Membership, Post), at, user, person=person),
            "abilities": rules.abilities(user, units),
        },
    )


def fact_abilities(user, fact) -> frozenset[str]:
    unit = actions.unit_of(fact)
    return frozenset(verb for verb in rules.WHO if rules.may(user, verb, unit))


def roster(request, pk: int):
    """A part of a Party organisation's page: its posts, and its members, as names or as heads."""
    branch = branch_of(request, pk)
    question = asked(request.GET, today=today())
    at, user = question.at, request.user
    sees_names = user.people_scope.covers(branch.unit.path)
    return render(
        request,
        "members/roster.html",
        {
            "party_organization": branch,
            "heads": heads_of(branch, at),
            "sees_names": sees_names,
            "posts": told(Post, at, user, party_organization=branch) if sees_names else [],
            "members": told(Membership, at, user, party_organization=branch) if sees_names else [],
            "may_appoint": rules.may(user, "appoint", branch.unit),
        },
    )


@for_roles(rules.WHO["enrol"])
def enrol(request):
    number = request.GET.get("organization", "")
    given = Organization.objects.visible_to(request.user).filter(pk=number).first() if number.isdecimal() else None
    number = request.GET.get("party_organization", "")
    branch = (
        PartyOrganization.objects.visible_to(request.user).filter(pk=number).first() if number.isdecimal() else None
    )
    return act(
        request,
        form=with_user(request, forms.EnrolForm),
        verb=lambda **filled: actions.enrol(by=request.user, **filled),
        goes_to=address_of,
        says=lambda _: linked("已登记。", Step.objects.visible_to(request.user).just_done(request.user, "members:add")),
        title="登记人员",
        back=reverse("members:list"),
        initial={"on": today(), "organization": given, "party_organization": branch},
        button="登记",
    )


def amend(request, pk: int):
    person = person_of(request, pk)
    initial = {name: getattr(person, name) for name in ("name", "sex", "born_on", "education")}
    unit = keeper_unit(request, person, "amend")
    return act_on(
        request,
        person,
        form=forms.AmendForm,
        title="更正信息",
        says="已更正。",
        initial=initial,
        verb=lambda **filled: actions.amend(person, unit=unit, by=request.user, **filled),
    )


def forget(request, pk: int):
    person = person_of(request, pk)
    unit = keeper_unit(request, person, "forget")
    return act_on(
        request,
        person,
        form=forms.ForgetForm,
        title="清除身份证号和电话",
        says="已清除；历史和备份中的也不能再读。",
        template="members/forget.html",
        button="清除，不能恢复",
        verb=lambda **filled: actions.forget(person, unit=unit, by=request.user, **filled),
    )


def erase(request, pk: int):
    person = person_of(request, pk)
    unit = keeper_unit(request, person, "erase")
    return act_on(
        request,
        person,
        form=forms.EraseForm,
        title="清除个人信息",
        says="已清除个人信息；台账记录和统计数字不变。",
        template="members/erase.html",
        button="清除，不能恢复",
        verb=lambda **filled: actions.erase(person, unit=unit, by=request.user, **filled),
    )


def reveal(request, pk: int):
    """Shown on the answer to a form that says what for; never in an address, never kept by the browser."""
    person = person_of(request, pk)
    form = forms.RevealForm(request.POST or None, initial={"field": request.GET.get("field", "")})
    page = {"person": person, "form": form, "obstacles": (), "title": f"查看全号：{person}", "back": address_of(person)}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            page["value"] = actions.reveal(person, by=request.user, **form.cleaned_data)
            page["what"] = forms.PROTECTED[form.cleaned_data["field"]]
        except Refused as refusal:
            put_beside_fields(form, refusal.obstacles)
            page["obstacles"], status = refusal.obstacles, 422
    response = render(request, "members/reveal.html", page | {"button": "查看"}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def engage(request, pk: int):
    person = person_of(request, pk)
    must_hold(request, "engage")
    return act_on(
        request,
        person,
        form=forms.EngageForm,
        title="登记从业",
        says="已登记从业。",
        verb=lambda **filled: actions.engage(person, by=request.user, **filled),
    )


def admit(request, pk: int):
    person = person_of(request, pk)
    must_hold(request, "admit")
    held = actions.membership_on(person, today())
    known = ("standing", "joined_on", "full_since")
    initial = {name: getattr(held, name) for name in known} if held else {}
    unit = unit_to_act_for(request, person, "admit")
    return act_on(
        request,
        person,
        form=forms.AdmitForm,
        title="登记或转移组织关系",
        says="已登记组织关系。",
        initial=initial,
        verb=lambda **filled: actions.admit(person, unit=unit, by=request.user, **filled),
    )


def become_full(request, pk: int):
    person = person_of(request, pk)
    held = actions.membership_on(person, today())
    if held is None or not rules.may(request.user, "become_full", actions.unit_of(held)):
        raise PermissionDenied
    return act_on(
        request,
        person,
        form=forms.BecomeFullForm,
        title="转正",
        says="已转为正式党员。",
        verb=lambda **filled: actions.become_full(person, by=request.user, **filled),
    )


def appoint(request, pk: int):
    person = person_of(request, pk)
    must_hold(request, "appoint")
    held = actions.membership_on(person, today())
    return act_on(
        request,
        person,
        form=forms.AppointForm,
        title="任党内职务",
        says="已任职。",
        initial={"party_organization": held.party_organization_id if held else None},
        verb=lambda **filled: actions.appoint(person, by=request.user, **filled),
    )


def leave(request, pk: int):
    return end(request, "engagement", pk, form=forms.LeaveForm, title="不再从业", says="已记离职；以前的从业仍可查。")


def end_membership(request, pk: int):
    title = "终止组织关系"
    return end(request, "membership", pk, form=forms.EndMembershipForm, title=title, says="已终止组织关系。")


def end_post(request, pk: int):
    return end(request, "post", pk, form=forms.EndPostForm, title="离任", says="已离任。")


def end(request, noun: str, pk: int, *, form, title: str, says: str):
    fact = get_object_or_404(statements_visible_to(request.user, noun), pk=pk)
    verb = request.resolver_match.url_name
    must_hold(request, verb, actions.unit_of(fact))
    return act_on(
        request,
        fact.person,
        form=form,
        title=title,
        says=says,
        template="members/mend.html",
        context={"statement": fact, "ending": True},
        verb=lambda **filled: getattr(actions, verb)(fact, by=request.user, **filled),
    )


def correct(request, noun: str, pk: int):
    return mend(request, noun, pk, form=None, title="更正", says="已更正；原记录仍可查。")


def withdraw(request, noun: str, pk: int):
    return mend(request, noun, pk, form=forms.WithdrawForm, title="撤回", says="已撤回；原记录仍可查。")


def mend(request, noun: str, pk: int, *, form, title: str, says: str):
    fact = get_object_or_404(statements_visible_to(request.user, noun), pk=pk)
    verb = request.resolver_match.url_name
    must_hold(request, verb, actions.unit_of(fact))
    return act_on(
        request,
        fact.person,
        form=form or forms.CORRECTING[type(fact)],
        title=f"{title}{fact._meta.verbose_name}",
        says=says,
        initial={**fact.values, "since": fact.since, "until": fact.until},
        template="members/mend.html",
        context={"statement": fact, "noun": noun, "correcting": form is None},
        verb=lambda **filled: getattr(actions, verb)(fact, by=request.user, **filled),
    )


def dissolve(request, pk: int):
    branch = branch_of(request, pk)
    must_hold(request, "dissolve", branch.unit)
    return act_on(
        request,
        branch,
        form=forms.DissolveForm,
        title="撤销党组织",
        says="已撤销；历史仍可查。",
        template="members/dissolve.html",
        context={"may_withdraw": rules.may(request.user, "withdraw_establishment", branch.unit)},
        verb=lambda **filled: actions.dissolve(branch, by=request.user, **filled),
    )


def withdraw_establishment(request, pk: int):
    branch = branch_of(request, pk)
    must_hold(request, "withdraw_establishment", branch.unit)
    return act_on(
        request,
        branch,
        form=forms.WithdrawForm,
        title="撤回成立登记",
        says="已撤回成立登记；原记录仍可查。",
        verb=lambda **filled: actions.withdraw_establishment(branch, by=request.user, **filled),
    )


def person_of(request, pk: int) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user).with_keys(), pk=pk)


def branch_of(request, pk: int) -> PartyOrganization:
    return get_object_or_404(PartyOrganization.objects.visible_to(request.user).select_related("unit"), pk=pk)


def must_hold(request, verb: str, unit: Unit | None = None) -> None:
    """Who may not do it is not shown the form either."""
    roles = rules.WHO.get(verb) or party_rules.WHO[verb]
    if not request.user.holds(roles, unit):
        raise PermissionDenied


def unit_to_act_for(request, person: Person, verb: str) -> Unit | None:
    """The first of the units the person belongs to on whose behalf the user may do that."""
    return next((unit for unit in actions.units_of(person) if rules.may(request.user, verb, unit)), None)


def keeper_unit(request, person: Person, verb: str) -> Unit:
    unit = unit_to_act_for(request, person, verb)
    if unit is None:
        raise PermissionDenied
    return unit


def act_on(request, about, *, form, title: str, says: str, verb, initial=None, context=None, **page):
    """One verb about a person or a Party organisation; afterwards back to it."""

    return act(
        request,
        form=with_user(request, form),
        verb=verb,
        goes_to=lambda _: address_of(about),
        says=lambda step: linked(says, step if isinstance(step, Step) else None),
        title=f"{title}：{about}",
        back=address_of(about),
        initial={"on": today(), **(initial or {})},
        context={"about": about, **(context or {})},
        **page,
    )


def with_user(request, form):
    return lambda *args, **kwargs: form(*args, user=request.user, **kwargs)
