"""Questions kept under a name."""

from datetime import date

from taizhang.accounts.acting import action, require
from taizhang.accounts.models import User
from taizhang.accounts.saving import own_unit
from taizhang.kit.refusals import refuse
from taizhang.stats import rules
from taizhang.stats.models import Scenario
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
