"""The words of the office for what the questions return: keys of groups, and reasons."""

from collections.abc import Iterable

from taizhang.accounts.models import Unit
from taizhang.accounts.scope import Scope
from taizhang.declarations.models import State as Stage
from taizhang.formation.models import Kind as Matter
from taizhang.ledger.models import AsOf
from taizhang.members.eligibility import Outcome
from taizhang.members.models import Education, Sex, Standing
from taizhang.orgs.codes import region_name
from taizhang.orgs.models import Kind, Level, Mode, Status, UnitName
from taizhang.papers.kinds import kinds
from taizhang.party.models import Form, Nature, PartyLevel, Reason


def counted_to(measure: str, *, most: int) -> dict[str, str]:
    return {**{str(number): f"{number}{measure}" for number in range(most + 1)}, f"{most + 1}+": f"超过{most}{measure}"}


HELD_BACK = "（不显示）"
HIDDEN = "（姓名不显示）"
NONE = "未填"
CHOICES: dict[str, dict[str, str]] = {
    "outcome": dict(Outcome.choices),
    "kind": dict(Kind.choices),
    "level": {**dict(Level.choices), **dict(PartyLevel.choices)},
    "mode": dict(Mode.choices),
    "form": {**dict(Form.choices), "instructor": "指导员派驻", "": "未覆盖"},
    "nature": dict(Nature.choices),
    "standing": dict(Standing.choices),
    "place": {"here": "所属党组织", "outside": "外单位党组织", "elsewhere": "本省其他党组织"},
    "sex": dict(Sex.choices),
    "education": dict(Education.choices),
    "decision": {"approved": "已批准", "refused": "不予批准", "pending": "尚无决定"},
    "standing_of": dict(Status.choices),
    "absence": {**dict(Reason.choices), "covered": "已有党组织", "": "没有写明"},
    "heads": {
        "0": "没有党员",
        "1-2": "1至2名",
        "3-6": "3至6名",
        "7-49": "7至49名",
        "50-99": "50至99名",
        "100+": "100名以上",
    },
    "due": {"over": "已届满未换届", "soon": "六个月内届满", "later": "六个月以后", "unknown": "没有写届满日"},
    "stage": dict(Stage.choices),
    "late": {"late": "逾期提交", "": "未逾期"},
    "matter": dict(Matter.choices),
    "duration": {"30": "30天以内", "60": "31至60天", "61+": "超过60天", "pending": "尚无决定"},
    "age": {
        "35-": "35岁以下",
        "36-45": "36至45岁",
        "46-55": "46至55岁",
        "56-60": "56至60岁",
        "61+": "61岁以上",
        "": NONE,
    },
    "paper_kind": {kind.name: kind.label for kind in kinds().values()},
    "covered": counted_to("家", most=5),
    "load": counted_to("家", most=5),
}


def of(dimension: str, keys: Iterable[str], at: AsOf, *, organised_now: bool = False) -> dict[str, str]:
    """The label of each key. A unit bears the name it had on the day, or today's where it is asked as organised now."""
    if dimension == "unit":
        return names_of_units(keys, AsOf(at.day) if organised_now else at, latest=organised_now)
    if dimension == "region":
        return {key: region_name(key) if key else NONE for key in keys}
    known = CHOICES.get(dimension, {})
    return {key: str(known.get(key, key or NONE)) for key in keys}


def names_of_units(keys: Iterable[str], at: AsOf, *, latest: bool) -> dict[str, str]:
    wanted = {int(key) for key in keys if key}
    names = {
        "": "未记责任单位",
        **{str(pk): name for pk, name in Unit.objects.filter(pk__in=wanted).values_list("pk", "name")},
    }
    if not latest:
        then = UnitName.objects.as_of(at).filter(unit__in=wanted).values_list("unit_id", "name")
        names |= {str(pk): name for pk, name in then}
    return names


def of_scope(scope: Scope) -> str:
    """The units it begins at, by name."""
    return "、".join(Unit.objects.filter(path__in=scope.paths).order_by("path").values_list("name", flat=True))


def reason(code: str, *, threshold: int = 0) -> str:
    """`covered:…` and its like, as a sentence."""
    kind, _, what = code.partition(":")
    match kind:
        case "covered":
            return f"由{what}覆盖"
        case "not-covered":
            return "未覆盖"
        case "absence":
            return f"未覆盖，原因：{Reason(what).label}"
        case "status":
            return f"不计入：{Status(what).label}"
        case "not-entered":
            return "不计入：当日尚未录入"
        case "instructors":
            return f"派驻指导员{what}名"
        case "full-members":
            enough = "已达到" if int(what) >= threshold else "不足"
            return f"正式党员{what}名，{enough}{threshold}名，无正式党组织"
        case "forming":
            ready, outside, probationary = map(int, what.split(","))
            told = [f"正式党员{ready}名", f"还差{threshold - ready}名" if ready < threshold else "人数已够"]
            told += [f"组织关系在外单位的另有{outside}名"] if outside else []
            told += [f"预备党员{probationary}名"] if probationary else []
            return "，".join(told)
        case "covers":
            return f"覆盖{what}家社会组织"
        case "works-at":
            return f"在{what}从业"
        case "applied":
            day, decision = what.split(",")
            return f"{day}提交，{CHOICES['decision'][decision]}"
        case "covered-since":
            day, name = what.split(",", 1)
            return f"自{day}起由{name or '党组织'}覆盖"
        case "posted":
            day, standing = what.split(",")
            return f"{day}开始派驻，" + (f"在派{standing}名" if int(standing) else "已不在派")
        case "posted-only":
            return f"自{what}起派驻，此后没有由正式党组织覆盖"
        case "posted-to":
            return f"派驻{what}家社会组织"
        case "registered":
            return f"{what}登记" if what else "登记日期未填"
        case "holds":
            full, probationary = map(int, what.split(","))
            return f"正式党员{full}名" + (f"，预备党员{probationary}名" if probationary else "")
        case "posts":
            secretary, deputies, others = map(int, what.split(","))
            return f"{'有' if secretary else '没有'}书记，副书记{deputies}名，委员{others}名"
        case "term":
            return f"书记任期{what}届满" if what else "没有写届满日"
        case "took":
            day, decision, number = what.split(",")
            return (
                f"{day}提交，{CHOICES['decision'][decision]}，{'已过' if decision == 'pending' else '用时'}{number}天"
            )
        case "stage":
            return CHOICES["stage"][what]
        case "issued":
            return f"{what}印发"
        case "entered":
            return f"自{what}起录入"
        case "approved":
            day, names = what.split(",", 1)
            return f"{day}批准" + (f"，覆盖{names}" if names else "，未覆盖社会组织")
        case "covers-instructed":
            number, names = what.split(",", 1)
            return f"覆盖其中{number}家" + (f"：{names}" if names else "")
        case "held":
            day, items, forming = what.split(",")
            return f"{day}召开，议决{items}项，其中组建申请{forming}项"
        case "works-nowhere":
            return "不在社会组织从业"
    return code
