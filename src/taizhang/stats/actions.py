"""Questions kept under a name, targets, and what somebody has seen."""

from datetime import date
from decimal import Decimal

from taizhang.accounts.acting import action, require
from taizhang.accounts.models import Unit, User
from taizhang.accounts.saving import own_unit
from taizhang.kit.refusals import refuse
from taizhang.ledger import asking
from taizhang.stats import rules
from taizhang.stats.catalogue import catalogue
from taizhang.stats.models import Look, Scenario, Target
from taizhang.stats.supposing import Supposition

NAMES = 50  # of one person


@action("stats.keep_scenario")
def keep_scenario(supposition: Supposition, *, name: str, day: date | None, by: User) -> Scenario:
    """The criteria are found under that name; the same name again replaces them. `day` None: whenever it is looked at."""
    unit = own_unit(by)
    require(by, rules.WHO["keep_scenario"], unit)
    name = name.strip()
    if not name:
        refuse("name-missing", "没有填写名称", remedy="写几个字，例如“负责人也计”", where="name")
    if Scenario.objects.filter(by=by).exclude(name=name).count() >= NAMES:
        refuse("too-many-scenarios", f"一人最多保存{NAMES}个设想", remedy="先删去不再用的")
    scenario, _ = Scenario.objects.update_or_create(
        by=by,
        name=name,
        defaults={
            "unit": unit,
            "day": day,
            "who": supposition.who,
            "promised": supposition.promised,
            "wanted": supposition.wanted,
            "most_organizations": supposition.most_organizations,
        },
    )
    return scenario


@action("stats.forget_scenario")
def forget_scenario(scenario: Scenario, *, by: User) -> None:
    """Whoever kept it needs it no longer."""
    scenario = Scenario.objects.visible_to(by).select_for_update(of=("self",)).get(pk=scenario.pk)
    if "forget_scenario" not in rules.abilities(by, scenario):
        refuse("not-yours", "这个设想是别人保存的", remedy="由保存人删去；自己可以另存一个")
    scenario.delete()


@action("stats.set_target")
def set_target(
    *, unit: Unit, figure: str, variant: str, begins_on: date, due_on: date, goal: Decimal, by: User, document: str = ""
) -> Target:
    """From now on the unit's figure is held against this one; what was aimed at before stays on record."""
    require(by, rules.WHO["set_target"], unit)
    named = catalogue().get(figure)
    if named is None or variant not in named.variants:
        refuse("no-such-figure", "没有这个指标或计法", remedy="从列出的指标中选", where="figure")
    if named.rate and goal > 100:
        refuse("over-hundred", f"{named.rate}不会超过100%", remedy="目标值按百分数填，如 36", where="goal")
    if due_on <= begins_on:
        refuse("no-time", "到期日不晚于起算日", remedy="核对两个日期", where="due_on")
    return Target.objects.create(
        unit=unit,
        figure=figure,
        variant=variant,
        begins_on=begins_on,
        due_on=due_on,
        goal=goal,
        document=document.strip(),
        by=by,
    )


@action("stats.end_target")
def end_target(target: Target, *, by: User) -> Target:
    """Nothing is aimed at there any more."""
    require(by, rules.WHO["end_target"], target.unit)
    if not Target.objects.standing().filter(pk=target.pk).exists():
        refuse("not-standing", "这个目标已被替换或取消", remedy="看列表中现行的目标")
    kept = {name: getattr(target, name) for name in ("unit", "figure", "variant", "begins_on", "due_on")}
    return Target.objects.create(**kept, goal=None, by=by)


@action("stats.look")
def look(*, by: User) -> Look:
    """What the dashboard shows is seen; from now on only what comes after is new."""
    require(by, rules.WHO["look"], own_unit(by))
    at = asking.version()
    if at is None:
        refuse("nothing-to-see", "台账还没有记录", remedy="录入以后再看")
    return Look.objects.create(by=by, at=at)
