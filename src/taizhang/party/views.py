"""Pages of the register of Party organisations: the list, the page of one, and one form for each thing that may happen."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from taizhang.accounts import lists, spelling
from taizhang.accounts.access import for_roles
from taizhang.accounts.models import Unit
from taizhang.cases.models import Case, Step
from taizhang.cases.rules import remarks_on
from taizhang.kit import choosing
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act, linked
from taizhang.kit.lists import Empty
from taizhang.ledger.forms import asked
from taizhang.ledger.telling import timeline, told
from taizhang.orgs.models import Organization
from taizhang.party import actions, forms, rules
from taizhang.party.models import (
    Absence,
    Affiliation,
    Coverage,
    Form,
    PartyOrganization,
    PartyParticulars,
    statements_visible_to,
    superiors_visible_to,
)
from taizhang.party.tables import filters_of, party_table

CASES_SHOWN = 10


def list(request):  # noqa: A001 (the page's name)
    question = asked(request.GET, today=today())
    may_establish = request.user.holds(rules.WHO["establish"])
    return lists.show(
        request,
        table=party_table(question.query),
        rows=PartyParticulars.objects.visible_to(request.user).listed(question.at),
        filters=filters_of(question.at),
        title="党组织",
        template="party/list.html",
        empty=Empty("还没有党组织", "由经办人成立，或在“导入”中用工作簿一次录入。", "party:establish", "成立党组织")
        if may_establish
        else Empty("没有您可见的党组织", "由责任单位的经办人成立。"),
        context={"asked": question, "may_establish": may_establish},
    )


def choose(request):
    """Party organisations to choose from in a form: those in scope."""
    rows = PartyOrganization.objects.visible_to(request.user).named(choosing.words_of(request))
    return choosing.answer(request, rows.select_related("unit").order_by("-pk"))


def choose_superior(request):
    rows = spelling.named(superiors_visible_to(request.user), choosing.words_of(request))
    return choosing.answer(request, rows.order_by("path"))


def detail(request, pk: int):
    found = party_organization_of(request, pk)
    question = asked(request.GET, today=today())
    at, user = question.at, request.user
    own = {"party_organization": found}
    covering = told(Coverage, at, user, **own)
    return render(
        request,
        "party/detail.html",
        {
            "party_organization": found,
            "asked": question,
            "particulars": told(PartyParticulars, at, user, **own),
            "affiliation": told(Affiliation, at, user, **own),
            "coverage": covering,
            "beyond_scope": found.number_covered(at) - len(covering),
            "timeline": timeline((PartyParticulars, Affiliation, Coverage), at, user, **own),
            "cases": Case.objects.visible_to(user).filter(unit=found.unit_id).order_by("-pk")[:CASES_SHOWN],
            "abilities": rules.abilities(user, found),
            **remarks_on(found.unit, user),
        },
    )


@for_roles(rules.WHO["establish"])
def establish(request):
    organization = given_organization(request)
    initial = {"on": today(), "form": Form.SINGLE}
    if organization is not None:
        initial |= {"organizations": [organization.pk], "name": f"中共{organization}支部委员会"}
    if request.user.active_grants:
        initial["superior"] = superiors_visible_to(request.user).order_by("path").first()
    return act(
        request,
        form=with_user(request, forms.EstablishForm),
        verb=lambda **filled: actions.establish(by=request.user, **with_list(filled)),
        goes_to=address_of,
        says=lambda _: linked(
            "已成立，并已计入覆盖。", Step.objects.visible_to(request.user).just_done(request.user, "party:establish")
        ),
        title="成立党组织",
        back=reverse("party:list"),
        initial=initial,
        button="成立",
    )


def with_list(filled: dict) -> dict:
    return {**filled, "organizations": [*filled["organizations"]]}


def given_organization(request) -> Organization | None:
    number = request.GET.get("organization", "")
    visible = Organization.objects.visible_to(request.user).select_related("unit")
    return visible.filter(pk=number).first() if number.isdecimal() else None


def cover(request, pk: int):
    return act_on(
        request, party_organization_of(request, pk), form=forms.CoverForm, title="覆盖社会组织", says="已覆盖。"
    )


def uncover(request, pk: int):
    coverage = get_object_or_404(
        statements_visible_to(request.user, "coverage").select_related("organization__unit"), pk=pk
    )
    return act_on(
        request,
        coverage.party_organization,
        of=coverage,
        form=forms.UncoverForm,
        title=f"不再覆盖{coverage.organization}",
        says="已终止覆盖；以前的覆盖仍在记录中。",
    )


def change(request, pk: int):
    found = party_organization_of(request, pk)
    stated, affiliation = actions.party_particulars_on(found, today()), actions.affiliation_on(found, today())
    initial = {name: getattr(stated, name) for name in ("name", "level", "approved_by", "approval")} if stated else {}
    if affiliation is not None:
        initial["superior"] = affiliation.superior_id
    return act_on(
        request, found, form=forms.ChangeForm, title="变更党组织", says="已变更；以前的情况不变。", initial=initial
    )


def state_absence(request, pk: int):
    organization = get_object_or_404(Organization.objects.visible_to(request.user).select_related("unit"), pk=pk)
    return act_on(
        request,
        organization,
        form=forms.StateAbsenceForm,
        title="说明未建党组织的原因",
        says="已记入未建原因。",
    )


def correct(request, noun: str, pk: int):
    statement = get_object_or_404(statements_visible_to(request.user, noun), pk=pk)
    about = actions.subject(statement)
    return act_on(
        request,
        about,
        of=statement,
        form=forms.CORRECTING[type(statement)],
        title=f"更正{statement._meta.verbose_name}",
        says="已更正；原记录仍可查。",
        initial={**values_of(statement), "since": statement.since, "until": statement.until},
        template="party/mend.html",
        context={"statement": statement, "noun": noun, "may_withdraw": isinstance(statement, Coverage | Absence)},
    )


def withdraw(request, noun: str, pk: int):
    statement = get_object_or_404(statements_visible_to(request.user, noun), pk=pk)
    return act_on(
        request,
        actions.subject(statement),
        of=statement,
        form=forms.WithdrawForm,
        title=f"撤回{statement._meta.verbose_name}",
        says="已撤回；原记录仍可查。",
        template="party/mend.html",
        context={"statement": statement, "noun": noun},
    )


def values_of(statement) -> dict:
    """A form starts with what is stated; a row is given by its number."""
    return {name: getattr(value, "pk", value) for name, value in statement.values.items()}


def party_organization_of(request, pk: int) -> PartyOrganization:
    return get_object_or_404(PartyOrganization.objects.visible_to(request.user).select_related("unit"), pk=pk)


def must_hold(request, verb: str, unit: Unit | None = None) -> None:
    """Who may not do it is not shown the form either."""
    if not request.user.holds(rules.WHO[verb], unit):
        raise PermissionDenied


def act_on(request, about, *, form, title: str, says: str, of=None, initial=None, context=None, **page):
    """The verb that the page is named after, about a Party organisation, an organisation or a statement."""
    name = request.resolver_match.url_name
    must_hold(request, name, about.unit)
    verb = getattr(actions, name)

    return act(
        request,
        form=with_user(request, form),
        verb=lambda **filled: verb(of or about, by=request.user, **filled),
        goes_to=lambda _: address_of(about),
        says=lambda step: linked(says, step),
        title=f"{title}：{about}",
        back=address_of(about),
        initial={"on": today(), **(initial or {})},
        context={"about": about, **(context or {})},
        **page,
    )


def with_user(request, form):
    return lambda *args, **kwargs: form(*args, user=request.user, **kwargs)
