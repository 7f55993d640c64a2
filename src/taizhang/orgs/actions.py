"""What may happen to an organisation on record: each verb is one case with one step, and dated facts."""

from datetime import date

from taizhang.accounts.acting import action, require, take
from taizhang.accounts.actions import move_unit, place_unit
from taizhang.accounts.models import Unit, UnitKind, User
from taizhang.accounts.spelling import spell
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.kit.refusals import refuse, refuse_if
from taizhang.kit.text import fold, obstacles_in_name
from taizhang.ledger import actions as ledger
from taizhang.ledger.models import AsOf, Fact
from taizhang.orgs import rules
from taizhang.orgs.mergers import Merger
from taizhang.orgs.models import (
    Breakdown,
    Entry,
    Organization,
    Particulars,
    Registrar,
    Status,
    Supervision,
    UnitAlias,
    UnitName,
    Workforce,
)


@action("orgs.register")
def register(
    *,
    name: str,
    code: str | None,
    kind: str,
    level: str,
    mode: str,
    responsible: Unit,
    registered_on: date,
    on: date,
    by: User,
    region: str = "",
    trade: str = "",
    registrar: Unit | None = None,
    entered_on: date | None = None,
    document: str = "",
    note: str = "",
) -> Organization:
    """The organisation is on record from the day it was registered, under the unit responsible for it."""
    require(by, rules.WHO["register"], responsible)
    name, code = name.strip(), fold(code) if code else None
    known = Organization.objects.filter(code=code) if code else Organization.objects.none()
    Unit.objects.select_for_update(no_key=True).get(pk=responsible.pk)  # a form sent twice: one waits for the other
    refuse_if(
        rules.obstacles_to_registering(
            name=name,
            code=code,
            kind=kind,
            mode=mode,
            responsible=responsible,
            registered_on=registered_on,
            on=on,
            taken=known.exists(),
            in_sight=known.visible_to(by).exists(),
            again=not code and registered_alike(name, responsible, registered_on),
        )
    )
    unit = place_unit(UnitKind.ORGANIZATION, name, parent=responsible)
    organization = Organization.objects.create(
        unit=unit, code=code, search=search_text(code, [name]), registered_on=registered_on
    )

    step = cases.do_at_once("orgs:register", f"登记：{name}", unit=unit, by=by, on=on, document=document, note=note)
    ledger.post(
        Particulars,
        step=step,
        since=registered_on,
        organization=organization,
        name=name,
        kind=kind,
        region=region,
        trade=trade,
        level=level,
        mode=mode,
        status=Status.NORMAL,
    )
    ledger.post(Supervision, step=step, since=registered_on, organization=organization, unit=responsible)
    if registrar is not None:
        ledger.post(Registrar, step=step, since=registered_on, organization=organization, unit=registrar)
    if entered_on is not None:
        ledger.post(Entry, step=step, since=entered_on, organization=organization)
    return organization


def registered_alike(name: str, responsible: Unit, registered_on: date) -> bool:
    """Without a code there is nothing else to tell a form sent twice by."""
    alike = Particulars.objects.still().filter(name=name, period__startswith=registered_on)
    return alike.filter(organization__code=None, organization__unit__parent=responsible).exists()


@action("orgs.enter")
def enter(organization: Organization, *, on: date, by: User, note: str = "") -> Step:
    """From this day on the organisation counts among those entered."""
    organization = take(organization, roles=rules.WHO["enter"], by=by)
    step = step_about(organization, "orgs:enter", "录入", by=by, on=on, note=note)
    ledger.post(Entry, step=step, since=on, organization=organization)
    return step


@action("orgs.rename")
def rename(organization: Organization, *, name: str, on: date, by: User, document: str = "", note: str = "") -> Step:
    """It bears the new name from that day on; the old name still finds it."""
    organization = take(organization, roles=rules.WHO["rename"], by=by)
    name = name.strip()
    particulars = particulars_on(organization, on)
    refuse_if(rules.obstacles_to_renaming(particulars, name, on))

    step = step_about(organization, "orgs:rename", f"更名为{name}", by=by, on=on, document=document, note=note)
    change_particulars(organization, particulars, since=on, step=step, name=name)
    label(organization)
    return step


@action("orgs.change")
def change(
    organization: Organization,
    *,
    on: date,
    by: User,
    document: str = "",
    note: str = "",
    step: Step | None = None,
    **changed: str,
) -> Step:
    """Kind, region, trade, level, mode, or with them the name, differ from that day on.

    A change of mode that changes who is responsible is a handing-over, and refused here. A procedure that decided this
    gives its own `step`.
    """
    organization = take(organization, roles=rules.WHO["change"], by=by)
    particulars = particulars_on(organization, on)
    refuse_if(rules.obstacles_to_change(particulars, on))
    changed = {name: value for name, value in changed.items() if getattr(particulars, name) != value}
    refuse_if(rules.obstacles_to_changing_nothing(changed))
    if "mode" in changed:
        refuse_if(rules.obstacles_to_responsibility(changed["mode"], responsible_on(organization, on)))
    if "name" in changed:
        refuse_if(rules.obstacles_to_renaming(particulars, changed["name"], on))

    step = step or step_about(organization, "orgs:change", "变更登记事项", by=by, on=on, document=document, note=note)
    change_particulars(organization, particulars, since=on, step=step, **changed)
    if "name" in changed:
        label(organization)
    return step


@action("orgs.hand_over")
def hand_over(
    organization: Organization, *, to: Unit, mode: str, on: date, document: str, by: User, note: str = ""
) -> Step:
    """脱钩 or any other handing-over: from that day on `to` is responsible, and its people see the organisation."""
    organization = take(organization, roles=rules.WHO["hand_over"], by=by)
    require(by, rules.WHO["hand_over"], to)
    particulars, responsible = particulars_on(organization, on), responsible_on(organization, on)
    refuse_if(rules.obstacles_to_handing_over(particulars, responsible, to, on))
    refuse_if(rules.obstacles_to_responsibility(mode, to))
    if not document.strip():
        refuse("document-missing", "没有填写依据文件", remedy="填写脱钩或移交文件的文号", where="document")

    step = step_about(organization, "orgs:hand_over", f"移交{to.name}", by=by, on=on, document=document, note=note)
    ledger.restate(Supervision, step=step, since=on, organization=organization, unit=to)
    change_particulars(organization, particulars, since=on, step=step, mode=mode)
    follow_responsibility(organization)
    return step


@action("orgs.strike_off")
def strike_off(organization: Organization, *, status: str, on: date, document: str, by: User, note: str = "") -> Step:
    """注销, 撤销 or 吊销: no longer active from that day on; its history stays."""
    organization = take(organization, roles=rules.WHO["strike_off"], by=by)
    particulars = particulars_on(organization, on)
    refuse_if(rules.obstacles_to_change(particulars, on))
    title = Status(status).label
    step = step_about(organization, "orgs:strike_off", title, by=by, on=on, document=document, note=note)
    change_particulars(organization, particulars, since=on, step=step, status=status)
    return step


@action("orgs.declare_workforce")
def declare_workforce(
    organization: Organization,
    *,
    on: date,
    by: User,
    until: date | None = None,
    note: str = "",
    step: Step | None = None,
    **heads,
) -> Step:
    organization = take(organization, roles=rules.WHO["declare_workforce"], by=by)
    step = step or step_about(organization, "orgs:declare_workforce", "申报从业人员情况", by=by, on=on, note=note)
    ledger.restate(Workforce, step=step, since=on, until=until, organization=organization, **heads)
    return step


@action("orgs.declare_breakdown")
def declare_breakdown(
    organization: Organization,
    *,
    on: date,
    by: User,
    until: date | None = None,
    note: str = "",
    step: Step | None = None,
    **heads,
) -> Step:
    """年报表: how the declared heads divide from that day on."""
    organization = take(organization, roles=rules.WHO["declare_workforce"], by=by)
    step = step or step_about(organization, "orgs:declare_breakdown", "申报年报人数明细", by=by, on=on, note=note)
    ledger.restate(Breakdown, step=step, since=on, until=until, organization=organization, **heads)
    return step


@action("orgs.correct")
def correct(fact: Fact, *, on: date, note: str, by: User, document: str = "", **changed) -> Step:
    """One statement about an organisation was wrong: what we now know takes its place, the old one stays readable.

    `changed` may hold `since` and `until` as well as values. Who is responsible is changed by handing over.
    """
    organization = take(fact.organization, roles=rules.WHO["correct"], by=by)
    if not note.strip():
        refuse("note-missing", "没有写明更正理由", remedy="写明错在哪里、依据什么更正", where="note")
    title = f"更正{fact._meta.verbose_name}"
    step = step_about(organization, "orgs:correct", title, by=by, on=on, document=document, note=note)
    ledger.correct(fact, step=step, **changed)
    label(organization)
    follow_responsibility(organization)
    return step


@action("orgs.withdraw")
def withdraw(fact: Fact, *, on: date, note: str, by: User, document: str = "") -> Step:
    """One statement about an organisation was entered in error, and nothing takes its place."""
    organization = take(fact.organization, roles=rules.WHO["withdraw"], by=by)
    refuse_if(rules.obstacles_to_withdrawing(fact, note))
    title = f"撤回{fact._meta.verbose_name}"
    step = step_about(organization, "orgs:withdraw", title, by=by, on=on, document=document, note=note)
    ledger.withdraw(fact, step=step)
    return step


@action("orgs.create_unit")
def create_unit(
    *, name: str, kind: str, parent: Unit | None, on: date, by: User, code: str = "", note: str = ""
) -> Unit:
    """A supervising unit, bureau or street is known, under its name from that day on."""
    require(by, rules.WHO["keep_units"], parent)
    if Unit.objects.filter(name=name, kind=kind, closed_on=None).exists():
        refuse("unit-exists", f"单位“{name}”已经存在", remedy="直接选用；简称可登记为别名", where="name")
    warned = refuse_if(obstacles_in_name(name))
    unit = place_unit(UnitKind(kind), name, parent=parent, code=code)
    step = cases.do_at_once("orgs:create_unit", f"新增单位：{name}", unit=unit, by=by, on=on, note=note, warned=warned)
    ledger.post(UnitName, step=step, since=on, unit=unit, name=name)
    return unit


@action("orgs.rename_unit")
def rename_unit(unit: Unit, *, name: str, on: date, by: User, document: str = "", note: str = "") -> Step:
    """The unit bears the new name from that day on; the old one goes on finding it."""
    unit = take(unit, roles=rules.WHO["keep_units"], by=by)
    warned = refuse_if(obstacles_in_name(name))
    UnitAlias.objects.get_or_create(name=unit.name, defaults={"unit": unit})
    title = f"{unit.name}更名为{name}"
    step = cases.do_at_once(
        "orgs:rename_unit", title, unit=unit, by=by, on=on, document=document, note=note, warned=warned
    )
    ledger.restate(UnitName, step=step, since=on, unit=unit, name=name)
    former, unit.name = unit.name, name
    unit.save(update_fields=["name"])
    spell(unit, [former])
    return step


@action("orgs.add_alias")
def add_alias(unit: Unit, *, name: str, by: User) -> UnitAlias:
    """Workbooks that write the unit like this are understood from now on."""
    unit = take(unit, roles=rules.WHO["keep_units"], by=by)
    name = name.strip()
    known = UnitAlias.objects.filter(name=name).select_related("unit").first()
    refuse_if(rules.obstacles_to_alias(unit, name, known.unit if known else None))
    return UnitAlias.objects.create(unit=unit, name=name)


def particulars_on(organization: Organization, on: date) -> Particulars | None:
    return Particulars.objects.as_of(AsOf(on)).filter(organization=organization).first()


def responsible_on(organization: Organization, on: date) -> Unit:
    fact = Supervision.objects.as_of(AsOf(on)).filter(organization=organization).select_related("unit").first()
    return fact.unit if fact else organization.unit.parent


def workforce_on(organization: Organization, on: date) -> Workforce | None:
    return Workforce.objects.as_of(AsOf(on)).filter(organization=organization).first()


def change_particulars(organization, particulars: Particulars, *, since: date, step: Step, **changed) -> None:
    """From `since` to the end of the statement that held then; what was stated for later days stays."""
    ledger.restate(
        Particulars,
        step=step,
        since=since,
        until=particulars.until,
        organization=organization,
        **{**particulars.values, **changed},
    )


def label(organization: Organization) -> None:
    """The node bears the latest name; every name it ever bore finds it."""
    stated = Particulars.objects.current().filter(organization=organization).order_by("period")
    names = [fact.name for fact in stated]
    Unit.objects.filter(pk=organization.unit_id).update(name=names[-1])
    merged = Merger.objects.standing().filter(kept=organization).values_list("dropped__search", flat=True)
    organization.search = " ".join([search_text(organization.code, names), *merged])
    organization.registered_on = min(fact.since for fact in stated)
    organization.save(update_fields=["search", "registered_on"])
    organization.unit.name = names[-1]
    spell(organization.unit, dict.fromkeys(names[:-1]))


def search_text(code: str | None, names: list[str]) -> str:
    return " ".join(dict.fromkeys([fold(name) for name in names] + ([code] if code else [])))


def follow_responsibility(organization: Organization) -> None:
    """Scope and responsibility are one truth: the node hangs below whoever is responsible last."""
    latest = Supervision.objects.current().filter(organization=organization).order_by("-period").first()
    unit = Unit.objects.get(pk=organization.unit_id)
    if latest and unit.parent_id != latest.unit_id:
        move_unit(unit, under=latest.unit)


def step_about(organization: Organization, kind: str, title: str, *, by: User, on: date, document="", note="") -> Step:
    return cases.do_at_once(
        kind, f"{title}：{organization.unit.name}", unit=organization.unit, by=by, on=on, document=document, note=note
    )
