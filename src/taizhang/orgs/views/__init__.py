"""Pages of the register of organisations: the list, and one form for each thing that may happen to one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from taizhang.accounts import lists, spelling
from taizhang.accounts.access import for_roles
from taizhang.accounts.models import Unit, UnitKind
from taizhang.cases.models import Step
from taizhang.kit import choosing
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import act, linked
from taizhang.kit.lists import Bulk, Empty
from taizhang.ledger.forms import Asked, asked
from taizhang.orgs import actions, forms, rules
from taizhang.orgs.codes import problems_with_code
from taizhang.orgs.models import Mode, Organization, Particulars, offices_known_to, with_aliases
from taizhang.orgs.tables import UNIT_TABLE, UnitFilters, filters_of, organization_table


def list(request):  # noqa: A001 (the page's name)
    question = asked(request.GET, today=today())
    may_register = request.user.holds(rules.WHO["register"])
    return lists.show(
        request,
        table=organization_table(question.query),
        rows=Particulars.objects.visible_to(request.user).listed(question.at),
        filters=filters_of(question.at),
        title="社会组织",
        template="orgs/list.html",
        empty=nothing_listed(question, may_register),
        context={
            "asked": question,
            "may_register": may_register,
            "may_merge": request.user.holds(rules.WHO["merge"]),
        },
        bulk=bulk_verbs(request.user) if question.is_today else (),
    )


def bulk_verbs(user) -> tuple[Bulk, ...]:
    """What may be done with many at once, by whoever may do it somewhere; each organisation is judged by itself."""
    day = {"on": today()}
    verbs = (
        Bulk("enter", "录入", forms.EnterForm, actions.enter, of_row, day),
        Bulk(
            "hand_over", "移交（脱钩）", forms.HandOverForm, actions.hand_over, of_row, {"mode": Mode.DECOUPLED, **day}
        ),
    )
    return tuple(each for each in verbs if user.holds(rules.WHO[each.name]))


def of_row(row: Particulars) -> Organization:
    return row.organization


def choose(request):
    """Organisations to choose from in a form: those in scope, by a few characters of a name or the code."""
    rows = Organization.objects.visible_to(request.user).named(choosing.words_of(request)).select_related("unit")
    return choosing.answer(request, rows.order_by("-pk"), label=lambda row: f"{row} {row.code or ''}".strip())


def choose_office(request):
    """Units to choose from in the list's filter: those in scope that may be responsible, by a few characters."""
    rows = spelling.named(Unit.objects.visible_to(request.user).offices(), choosing.words_of(request))
    return choosing.answer(request, rows.order_by("path"))


def nothing_listed(question: Asked, may_register: bool) -> Empty:
    if not question.is_today:
        hint = "台账最早的记录以前的情况无从得知，不等于没有。请换一个日期再查。"
        return Empty("这一天台账里没有社会组织的记录", hint, "orgs:list", "回到今天")
    if not may_register:
        return Empty("没有您可见的社会组织", "若应当能看到，请联系本单位的管理员核对授权。")
    hint = "可以逐家登记，也可以在“导入”中用工作簿一次录入。"
    return Empty("还没有社会组织", hint, "orgs:register", "登记社会组织")


@for_roles(rules.WHO["register"])
def register(request):

    def verb(**filled):
        organization = actions.register(**filled, by=request.user)
        warn(request, filled["code"], filled["kind"])
        return organization

    return act(
        request,
        form=with_user(request, forms.RegisterForm),
        verb=verb,
        goes_to=address_of,
        says=lambda _: linked(
            "已登记。", Step.objects.visible_to(request.user).just_done(request.user, "orgs:register")
        ),
        title="登记社会组织",
        back=reverse("orgs:list"),
        initial={"on": today(), "entered_on": today(), **request.GET.dict()},
        button="登记",
    )


def warn(request, code: str, kind: str) -> None:
    """What is odd about the code but does not stop anybody."""
    for obstacle in problems_with_code(code, kind) if code else ():
        messages.warning(request, f"{obstacle.reason}。{obstacle.remedy}")


def enter(request, pk: int):
    return act_on(request, pk, verb=actions.enter, form=forms.EnterForm, title="录入", says="已录入。")


def rename(request, pk: int):
    return act_on(
        request, pk, verb=actions.rename, form=forms.RenameForm, title="更名", says="已更名；原名称仍可查到。"
    )


def change(request, pk: int):
    organization = found(request, pk)
    stated = actions.particulars_on(organization, today())
    initial = {name: getattr(stated, name) for name in ("kind", "level", "mode", "region", "trade")} if stated else {}
    return act_on(
        request, pk, verb=actions.change, form=forms.ChangeForm, title="变更登记事项", says="已变更。", initial=initial
    )


def hand_over(request, pk: int):
    organization = found(request, pk)
    responsible = actions.responsible_on(organization, today())
    committee = committee_of(request)
    initial = {"to": committee, "mode": Mode.DECOUPLED} if responsible != committee else {}
    return act_on(
        request,
        pk,
        verb=actions.hand_over,
        form=forms.HandOverForm,
        title="移交（脱钩）",
        says="已移交；接收单位现在可以看到它。",
        initial=initial,
        template="orgs/hand_over.html",
        context={"responsible": responsible},
    )


def committee_of(request) -> Unit | None:
    return Unit.objects.visible_to(request.user).filter(kind=UnitKind.COMMITTEE).order_by("path").first()


def strike_off(request, pk: int):
    return act_on(
        request,
        pk,
        verb=actions.strike_off,
        form=forms.StrikeOffForm,
        title="注销（撤销、吊销）",
        says="已办理；历史记录保留。",
        template="orgs/strike_off.html",
    )


def declare_workforce(request, pk: int):
    organization = found(request, pk)
    stated = actions.workforce_on(organization, today())
    initial = stated.values if stated else {}
    return act_on(
        request,
        pk,
        verb=actions.declare_workforce,
        form=forms.WorkforceForm,
        title="申报从业人员情况",
        says="已申报。",
        initial=initial,
    )


def correct(request, pk: int, noun: str, fact: int):
    statement = statement_of(request, pk, noun, fact)
    return act_on(
        request,
        pk,
        verb=actions.correct,
        of=statement,
        form=forms.CORRECTING[noun],
        title=f"更正{statement._meta.verbose_name}",
        says="已更正；原记录仍可查。",
        initial={**statement.values, "since": statement.since, "until": statement.until},
        template="orgs/correct.html",
        context={"statement": statement, "noun": noun},
    )


def withdraw(request, pk: int, noun: str, fact: int):
    statement = statement_of(request, pk, noun, fact)
    return act_on(
        request,
        pk,
        verb=actions.withdraw,
        of=statement,
        form=forms.WithdrawForm,
        title=f"撤回{statement._meta.verbose_name}",
        says="已撤回；原记录仍可查。",
        template="orgs/correct.html",
        context={"statement": statement, "noun": ""},
    )


def found(request, pk: int) -> Organization:
    return get_object_or_404(Organization.objects.visible_to(request.user).select_related("unit__parent"), pk=pk)


def statement_of(request, pk: int, noun: str, fact: int):
    statement = found(request, pk).current_fact(noun, fact)
    if statement is None:
        raise Http404
    return statement


def must_hold(request, verb: str, unit: Unit | None = None) -> None:
    """Who may not do it is not shown the form either."""
    if not request.user.holds(rules.WHO[verb], unit):
        raise PermissionDenied


def act_on(request, pk: int, *, verb, form, title: str, initial=None, context=None, of=None, **page):
    """The verb that the page is named after, about one organisation or about a statement about it."""
    organization = found(request, pk)
    must_hold(request, request.resolver_match.url_name, organization.unit)

    def do(**filled):
        verb(of or organization, by=request.user, **filled)
        return organization

    return act(
        request,
        form=with_user(request, form),
        verb=do,
        goes_to=address_of,
        title=f"{title}：{organization}",
        back=address_of(organization),
        initial={"on": today(), **(initial or {})},
        context={"organization": organization, **(context or {})},
        button="办理",
        **page,
    )


def with_user(request, form):
    return lambda *args, **kwargs: form(*args, user=request.user, **kwargs)


def units(request):
    may_create = request.user.holds(rules.WHO["keep_units"])
    return lists.show(
        request,
        table=UNIT_TABLE,
        rows=with_aliases(offices_known_to(request.user).select_related("parent")),
        filters=UnitFilters,
        title="单位",
        template="orgs/units.html",
        empty=Empty("还没有单位", "先新增业务主管单位，或用“单位”工作簿导入。", "orgs:create_unit", "新增单位")
        if may_create
        else Empty("没有您可见的单位"),
        context={"may_create": may_create},
    )


@for_roles(rules.WHO["keep_units"])
def create_unit(request):

    def verb(*, kind: str, **filled):
        return actions.create_unit(kind=kind, parent=committee_of(request), by=request.user, **filled)

    return act(
        request,
        form=with_user(request, forms.CreateUnitForm),
        verb=verb,
        goes_to=lambda unit: reverse("orgs:units") + f"?q={unit.name}",
        says="已新增。",
        title="新增单位",
        back=reverse("orgs:units"),
        initial={"on": today()},
        button="新增",
    )


def unit_found(request, pk: int) -> Unit:
    return get_object_or_404(offices_known_to(request.user), pk=pk)


def rename_unit(request, pk: int):
    unit = unit_found(request, pk)
    must_hold(request, "keep_units", unit)
    return act(
        request,
        form=with_user(request, forms.RenameUnitForm),
        verb=lambda **filled: actions.rename_unit(unit, by=request.user, **filled),
        goes_to=lambda _: address_of(unit),
        says="已更名；原名称留作别名。",
        title=f"单位更名：{unit}",
        back=address_of(unit),
        initial={"on": today(), "name": unit.name},
    )


def add_alias(request, pk: int):
    unit = unit_found(request, pk)
    must_hold(request, "keep_units", unit)
    return act(
        request,
        form=forms.AliasForm,
        verb=lambda **filled: actions.add_alias(unit, by=request.user, **filled),
        goes_to=lambda _: address_of(unit),
        says="已登记别名。",
        title=f"登记别名：{unit}",
        back=address_of(unit),
        button="登记",
    )
