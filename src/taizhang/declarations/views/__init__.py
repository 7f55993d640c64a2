"""Pages of declarations: the list, and the page of one with its sections, its check and its next acts."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from taizhang.accounts import lists
from taizhang.declarations import actions, forms, rules, telling
from taizhang.declarations.drafts import draft_for
from taizhang.declarations.models import UNDER_REVIEW, Declaration, State
from taizhang.declarations.tables import TABLE, DeclarationFilters
from taizhang.kit.clock import end_of, today
from taizhang.kit.lists import Bulk, Empty
from taizhang.ledger.forms import asked
from taizhang.members.privacy import years_of_names

ACTS = {"reverse": "撤销接受", "end": "终止"}


def list(request):  # noqa: A001 (the page's name)
    question = asked(request.GET, today=today())
    until = None if question.is_today else end_of(question.at.day)
    may_open = request.user.holds(rules.WHO["open_round"])
    return lists.show(
        request,
        table=TABLE,
        rows=Declaration.objects.visible_to(request.user).listed().select_related("case__turn_unit").stood(until),
        filters=DeclarationFilters,
        title="填报",
        template="declarations/list.html",
        empty=Empty(
            "还没有填报", "先发起一个填报任务，名下的社会组织就会收到。", "declarations:open_round", "发起填报任务"
        )
        if may_open
        else Empty("没有要填报的", "有填报任务时会列在这里；平时发现台账有误，可以“提出更正”。"),
        context={
            "asked": question,
            "may_start": request.user.holds(rules.WHO["start"]),
            "may_review": request.user.holds(rules.WHO["pass_on"]),
        },
        bulk=bulk_verbs(request.user) if question.is_today else (),
    )


def bulk_verbs(user) -> tuple[Bulk, ...]:
    """Those without differences go through together; each is judged by itself."""
    agree = Bulk("agree", "没有更正的一并通过", forms.AgreeForm, actions.agree, initial={"on": today()})
    return (agree,) if user.holds(rules.WHO["agree"]) else ()


def detail(request, pk: int):
    declaration = declaration_of(request, pk)
    return render(request, "declarations/detail.html", page_of(request, declaration))


def page_of(request, declaration: Declaration, **more) -> dict[str, object]:
    user, at = request.user, today()
    abilities = rules.abilities(user, declaration)
    draft = draft_for(declaration, user)
    may_change = "keep" in abilities
    in_round = declaration.round_id is not None
    is_late = declaration.due_on is not None and at > declaration.due_on
    found = telling.lacking(draft, on=at) if may_change else []
    submit = forms.SubmitForm(
        is_late=is_late, in_round=in_round, initial={"name": user.name, "version": declaration.version}
    )
    reviewing = declaration.state in UNDER_REVIEW and bool(abilities & {"pass_on", "accept", "send_back"})
    return {
        "declaration": declaration,
        "draft": draft,
        "abilities": abilities,
        "parts": telling.parts(draft, may_change=may_change),
        "compared": telling.compared(draft),
        "may_change": may_change,
        "in_round": in_round,
        "years_of_names": years_of_names(),
        "is_late": is_late,
        "lacking": telling.missing_only(found),
        "samples": forms.SamplesForm(draft=draft) if may_change else None,
        "submit": submit if may_change else None,
        "hands": telling.hands(declaration),
        "reviewing": reviewing,
        "agrees": "accept" if declaration.state == State.WITH_COMMITTEE else "pass_on",
        "asked_though_known": draft.asked_though_known() if may_change else declaration.asked_though_known,
        "log": telling.log(declaration),
        "acts": [
            (reverse(f"declarations:{name}", args=[declaration.pk]), label)
            for name, label in ACTS.items()
            if name in abilities and (name != "end" or draft.struck_off or not in_round)
        ],
        **more,
    }


def declaration_of(request, pk: int) -> Declaration:
    rows = Declaration.objects.visible_to(request.user).listed()
    rows = rows.select_related("case__unit", "case__turn_unit", "submitted_to", "changed_by")
    return get_object_or_404(rows, pk=pk)
