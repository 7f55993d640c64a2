"""Why a record's place in a figure changed: the facts that are stated in one answer and not in the other, and the step
that stated, ended or corrected each."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import ForeignKey
from django.utils.timezone import localtime

from taizhang.accounts.scope import Scope
from taizhang.cases.models import Step
from taizhang.instructors.models import Posting
from taizhang.kit.addresses import address_of
from taizhang.ledger.models import AsOf, Fact
from taizhang.members.models import Engagement, Membership, Person, Post
from taizhang.orgs.models import Entry, Particulars, Supervision
from taizhang.party.models import Absence, Coverage, PartyParticulars

if TYPE_CHECKING:
    from taizhang.stats.figures import Question

SUBJECTS = {
    "organisation": "organization",
    "party": "party_organization",
    "person": "person",
    "instructor": "instructor",
}
VERBS = {
    "formation:submit": "提交组建申请",
    "formation:file_approval": "存入上级批复",
    "formation:file_refusal": "存入不予批准的批复",
    "meetings:resolve": "会议议决",
    "meetings:close": "会议结束",
    "papers:issue": "文书印发",
    "declarations:submit": "提交填报",
    "declarations:pass_on": "主管单位审核通过",
    "declarations:send_back": "退回填报",
    "declarations:accept": "接受填报",
}
# What a fact says that never moves a record within a figure.
ASIDE = frozenset(
    {
        "name",
        "approval",
        "approved_by",
        "remark",
        "title",
        "is_management",
        "joined_on",
        "full_since",
        "region",
        "trade",
    }
)
STATED, ENDED, CORRECTED, LATE = "stated", "ended", "corrected", "late"
HOW = {STATED: "", ENDED: "", CORRECTED: "（更正）", LATE: "（事后补记）"}


@dataclass(frozen=True)
class Cause:
    """One fact that made the difference, in words, and the step behind it. `address` is empty where the step is not
    for these eyes; then it has no title either."""

    text: str
    how: str
    fact: Fact | None  # none where an act rather than a statement made it count
    step: Step
    title: str
    address: str

    @property
    def sentence(self) -> str:
        by = f"，{self.title}" if self.title else ""
        return f"{self.text}{HOW[self.how]}（{self.step.on}办理，{localtime(self.step.recorded_at):%Y-%m-%d %H:%M}入账{by}）"


def acts(question: "Question", steps: Collection[int]) -> dict[int, Cause]:
    """The steps themselves, of a figure that counts what was done."""
    done = Step.objects.filter(pk__in=steps).select_related("case__unit") if steps else ()
    return {
        step.pk: cause(
            None, VERBS.get(step.verb.removesuffix("_to_committee"), step.note or step.verb), STATED, step, question
        )
        for step in done
    }


def causes(before: "Question", after: "Question", records: list[int]) -> dict[int, list[Cause]]:
    """For each record, the facts that differ. Facts about a person's work explain an organisation without a name."""
    found: dict[int, list[Cause]] = defaultdict(list)
    subject = SUBJECTS.get(after.figure.record, "")
    for model in after.figure.facts if records and subject else ():
        if model is Absence or subject not in {each.name for each in model._meta.concrete_fields}:
            continue
        for fact, text, how, step in differences(model, subject, records, before, after):
            found[getattr(fact, f"{subject}_id")].append(cause(fact, text, how, step, after))
    if after.figure.record == "organisation" and Membership in after.figure.facts:
        for organization, *told in memberships(records, before, after):
            fact, text, how, step = told
            found[organization].append(cause(fact, text, how, step, after))
    return found


def cause(fact: Fact | None, text: str, how: str, step: Step, question: "Question") -> Cause:
    path = step.case.unit.path
    visible = question.people.covers(path) or (question.scope.covers(path) and not step.case.about_people)
    return Cause(text, how, fact, step, step.case.title if visible else "", address_of(step) if visible else "")


def memberships(records: list[int], before: "Question", after: "Question") -> Iterator[tuple]:
    """Whoever works there: their membership is a fact about a person, and moves the organisation's number."""
    engaged = Engagement.objects.filter(organization__in=records).values_list("person", "organization").distinct()
    places = defaultdict(set)
    for person, organization in engaged:
        places[person].add(organization)
    for fact, _, how, step in differences(Membership, "person", list(places), before, after):
        for organization in places[fact.person_id]:
            yield organization, fact, "从业人员的党员身份或组织关系有变动", how, step


def differences(
    model: type[Fact], subject: str, records: list[int], before: "Question", after: "Question"
) -> Iterator[tuple]:
    """(fact, what it says, how it came about, the step) for each key whose statement is not the same in both."""
    day, scope = before.at.day, after.scope
    history = defaultdict(list)
    for fact in (
        model.objects.filter(**{f"{subject}__in": records}).select_related(*followed(model)).order_by("recorded")
    ):
        history[tuple(getattr(fact, f"{name}_id", None) or getattr(fact, name) for name in model.KEY)].append(fact)
    for versions in history.values():
        was, now = holding(versions, before.at), holding(versions, after.at)
        if was and now:
            if said(was) != said(now):
                first = first_said(versions, now)
                yield now, changed(was, now), CORRECTED if now.since <= day else STATED, first.step
        elif now:
            first = first_said(versions, now)
            how = LATE if now.since <= day and model is not Entry else STATED
            if any(each.closing_step_id == now.step_id for each in versions):
                how = CORRECTED if now.since <= day else how
            yield now, begun(now, scope), how, first.step
        elif was:
            yield was, *gone(versions, was, after)


def gone(versions: list[Fact], was: Fact, after: "Question") -> tuple[str, str, Step]:
    known = [each for each in versions if is_known(each, after.at) and each.since == was.since]
    ending = [each for each in known if each.until is not None and each.until <= after.at.day]
    if ending:
        first = next(each for each in versions if (each.since, each.until) == (ending[0].since, ending[0].until))
        return over(ending[0], after.scope), ENDED, first.step
    return f"{over(was, after.scope)}，原记录已更正或撤回", CORRECTED, was.closing_step or was.step


def holding(versions: list[Fact], at: AsOf) -> Fact | None:
    return next((each for each in versions if is_known(each, at) and at.day in each.period), None)


def is_known(fact: Fact, at: AsOf) -> bool:
    return fact.is_known_now if at.known_at is None else at.known_at in fact.recorded


def first_said(versions: list[Fact], now: Fact) -> Fact:
    """A statement that was ended or restated since has a later version; what began it is the first."""
    return next(each for each in versions if each.since == now.since and said(each) == said(now))


def said(fact: Fact) -> dict[str, Any]:
    return {field.name: getattr(fact, field.attname) for field in telling(type(fact))}


def telling(model: type[Fact]) -> list:
    return [model._meta.get_field(name) for name in model.value_fields() if name not in ASIDE]


def followed(model: type[Fact]) -> list[str]:
    """What naming the fact and judging its steps needs, in one query."""
    names = ["step__case__unit", "closing_step__case__unit"]
    for each in model._meta.concrete_fields:
        if isinstance(each, ForeignKey) and each.name not in {"step", "closing_step"}:
            further = {part.name for part in each.related_model._meta.concrete_fields if part.is_relation}
            names += [each.name, *(f"{each.name}__{name}" for name in ("unit",) if name in further)]
    return names


def begun(fact: Fact, scope: Scope) -> str:
    match fact:
        case Entry():
            return f"录入台账，自{fact.since}起"
        case Particulars() | PartyParticulars():
            return f"自{fact.since}起在册"
        case Supervision():
            return f"责任单位为{fact.unit}，自{fact.since}起"
        case Coverage():
            return f"由{fact.party_organization}覆盖（{fact.get_form_display()}），自{fact.since}起"
        case Posting():
            return f"派驻指导员，自{fact.since}起"
        case Post():
            return f"有{fact.get_position_display()}任职，自{fact.since}起"
        case Engagement():
            return f"到{workplace(fact, scope)}从业，自{fact.since}起"
        case Membership():
            return f"组织关系在{fact.place}（{fact.get_standing_display()}），自{fact.since}起"
    return f"{fact._meta.verbose_name}，自{fact.since}起"


def over(fact: Fact, scope: Scope) -> str:
    last = f"，至{fact.until - timedelta(days=1)}止" if fact.until else ""
    match fact:
        case Coverage():
            return f"不再由{fact.party_organization}覆盖{last}"
        case Posting():
            return f"不再派驻指导员{last}"
        case Post():
            return f"{fact.get_position_display()}离任{last}"
        case Membership():
            return f"组织关系不在{fact.place}{last}"
        case Engagement():
            return f"不在{workplace(fact, scope)}从业{last}"
    return f"{fact._meta.verbose_name}终止{last}"


def workplace(fact: Engagement, scope: Scope) -> str:
    """Whoever reads of a branch's member need not see where else the member works."""
    return str(fact.organization) if scope.covers(fact.organization.unit.path) else "别的社会组织"


def changed(was: Fact, now: Fact) -> str:
    parts = [
        "人选有变动"
        if each.related_model is Person  # the figure may be read by whoever may not read names
        else f"{each.verbose_name}由{shown(was, each)}变为{shown(now, each)}"
        for each in telling(type(now))
        if getattr(was, each.attname) != getattr(now, each.attname)
    ]
    return f"{'，'.join(parts)}，自{now.since}起"


def shown(fact: Fact, each) -> str:
    if each.choices:
        return str(getattr(fact, f"get_{each.name}_display")())
    value = getattr(fact, each.name)
    return str(value) if value is not None else "无"
