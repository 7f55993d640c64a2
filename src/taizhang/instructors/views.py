"""Pages of the instructors' pool: the list with everybody's load, the page of one, and a form for each act."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles
from taizhang.accounts.models import Unit, UnitKind
from taizhang.cases.models import Step
from taizhang.instructors import actions, forms, rules
from taizhang.instructors.models import Instructor, Posting, postings_visible_to
from taizhang.instructors.tables import InstructorFilters, instructor_table
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act, linked
from taizhang.kit.lists import Empty
from taizhang.ledger.forms import asked
from taizhang.ledger.telling import timeline, told
from taizhang.members.models import Person


def list(request):  # noqa: A001 (the page's name)
    question = asked(request.GET, today=today())
    may_enlist = request.user.holds(rules.WHO["enlist"])
    return lists.show(
        request,
        of_people=True,
        table=instructor_table(question.query),
        rows=Instructor.objects.visible_to(request.user).listed(question.at),
        filters=InstructorFilters,
        title="党建指导员",
        template="instructors/list.html",
        empty=Empty("还没有指导员", "从台账中的人员入库，或登记新的指导员。", "instructors:recruit", "登记新的指导员")
        if may_enlist
        else Empty("没有您可见的指导员", "指导员由综合党委选派。"),
        context={"asked": question, "may_enlist": may_enlist},
    )


def detail(request, pk: int):
    instructor = instructor_of(request, pk)
    question = asked(request.GET, today=today())
    own = {"instructor": instructor}
    return render(
        request,
        "instructors/detail.html",
        {
            "instructor": instructor,
            "person_address": address_of(instructor.person) if sees(request.user, instructor) else "",
            "asked": question,
            "postings": told(Posting, question.at, request.user, **own),
            "timeline": timeline((Posting,), question.at, request.user, **own),
            "abilities": rules.abilities(request.user, instructor),
        },
    )


def sees(user, instructor: Instructor) -> bool:
    return Person.objects.visible_to(user).filter(pk=instructor.person_id).exists()


@for_roles(rules.WHO["enlist"])
def enlist(request):
    return bring_in(
        request,
        form=forms.EnlistForm,
        verb=lambda *, person, **filled: actions.enlist(person, **filled),
        title="指导员入库",
    )


@for_roles(rules.WHO["enlist"])
def recruit(request):
    return bring_in(request, form=forms.RecruitForm, verb=actions.recruit, title="登记新的指导员")


def bring_in(request, *, form, verb, title: str):
    pools = Unit.objects.visible_to(request.user, rules.WHO["enlist"]).filter(kind=UnitKind.COMMITTEE)
    return act(
        request,
        form=with_user(request, form),
        verb=lambda **filled: verb(by=request.user, **filled),
        goes_to=address_of,
        says=lambda _: linked(
            "已入库；接着可以办理派驻。",
            Step.objects.visible_to(request.user).just_done(request.user, "instructors:enlist"),
        ),
        title=title,
        back=reverse("instructors:list"),
        initial={"on": today(), "unit": pools.order_by("path").first()},
        button="入库",
    )


def post(request, pk: int):
    instructor = instructor_of(request, pk)
    must_hold(request, "post", instructor.unit)

    def verb(**filled):
        step = actions.post(instructor, by=request.user, **filled)
        for warning in step.details.get("warnings", ()):
            messages.warning(request, f"提醒：{warning['reason']}")
        return step

    return act_on(request, instructor, form=forms.PostForm, verb=verb, title="派驻", says="已派驻。")


def end_posting(request, pk: int):
    return about_posting(
        request, pk, form=forms.EndPostingForm, title="结束派驻", says="已结束派驻；以前的派驻仍可查。"
    )


def correct(request, pk: int):
    return about_posting(request, pk, form=forms.CorrectPostingForm, title="更正派驻", says="已更正；原记录仍可查。")


def withdraw(request, pk: int):
    return about_posting(request, pk, form=forms.WithdrawForm, title="撤回派驻", says="已撤回；原记录仍可查。")


def about_posting(request, pk: int, *, form, title: str, says: str):
    posting = get_object_or_404(postings_visible_to(request.user), pk=pk)
    name = request.resolver_match.url_name
    must_hold(request, name, posting.instructor.unit)
    return act_on(
        request,
        posting.instructor,
        form=form,
        verb=lambda **filled: getattr(actions, name)(posting, by=request.user, **filled),
        title=title,
        says=says,
        template="instructors/posting.html",
        initial={"since": posting.since, "until": posting.until},
        context={"posting": posting, "correcting": name == "correct"},
    )


def instructor_of(request, pk: int) -> Instructor:
    visible = Instructor.objects.visible_to(request.user).select_related("person", "unit")
    return get_object_or_404(visible, pk=pk)


def must_hold(request, verb: str, unit: Unit | None = None) -> None:
    """Who may not do it is not shown the form either."""
    if not request.user.holds(rules.WHO[verb], unit):
        raise PermissionDenied


def act_on(request, instructor: Instructor, *, form, verb, title: str, says: str, initial=None, **page):
    return act(
        request,
        form=with_user(request, form),
        verb=verb,
        goes_to=lambda _: address_of(instructor),
        says=lambda step: linked(says, step),
        title=f"{title}：{instructor}",
        back=address_of(instructor),
        initial={"on": today(), **(initial or {})},
        **page,
    )


def with_user(request, form):
    return lambda *args, **kwargs: form(*args, user=request.user, **kwargs)
