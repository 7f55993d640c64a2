"""An application in words: what the reporter says of it, which rules changed meanwhile, by when it is to be answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from taizhang.accounts.models import User
from taizhang.cases.models import Step
from taizhang.formation.facts import Facts, facts, nameless
from taizhang.formation.models import OPEN_TO_CHANGE, Application, State
from taizhang.formation.rules import obstacles_to_granting, obstacles_to_submitting
from taizhang.kit.refusals import Obstacle
from taizhang.papers.rules import CALLED
from taizhang.statutes.models import Parameter
from taizhang.statutes.rules import Criteria, criteria

# Those that decide an application: a change of any of them between submission and decision is told.
DECISIVE = (
    *("full-members-to-form", "who-counts-toward-formation", "joint-branch-max-organizations"),
    *("secretary-min-party-years", "secretary-should-be-management", "term-extension-max-days"),
)


UNDECIDED = OPEN_TO_CHANGE | {State.SUBMITTED, State.ACCEPTED, State.SCHEDULED}
# What the page needs of an application without a question each
SHOWN = (
    *("case__unit", "case__turn_unit", "approving_unit", "responsible_unit", "superior", "resubmits__case"),
    *("party_organization__unit", "into__unit", "established__unit", "notice__turn_unit"),
)
# The buttons, in the order of the procedure
ACTS = {
    "submit": "提交",
    "accept": "受理",
    "schedule": "列入会议",
    "file_approval": "登记批复",
    "file_refusal": "登记不予批准",
    "reply": "发出批复",
    "answer": "发出答复",
    "record_result": "登记选举结果",
    "agree_result": "同意选举结果",
    "conclude": "办结",
    "redirect": "转交",
    "send_back": "退回补正",
    "withdraw": "撤回",
    "reverse": "提交会议纠正",
}
LOGGED = {
    "formation:start": "起草",
    "formation:submit": "提交",
    "formation:accept": "受理",
    "formation:send_back": "退回补正",
    "formation:redirect": "转交",
    "meetings:put_on_agenda": "列入会议",
    "meetings:resolve": "会议议决",
    "formation:file_approval": "登记他方批复",
    "formation:file_refusal": "登记他方不予批准",
    "formation:reply": "发出批复",
    "formation:answer": "发出答复",
    "formation:record_result": "登记选举结果",
    "formation:agree_result": "同意选举结果",
    "formation:conclude": "办结",
    "formation:withdraw": "撤回",
    **{f"papers:{verb}": called for verb, called in {"draft": "拟稿", **CALLED}.items()},
}


def log(application: Application) -> list[tuple[str, Step]]:
    steps = Step.objects.filter(case=application.case_id).select_related("by").order_by("recorded_at", "pk")
    return [(LOGGED.get(step.verb, step.verb), step) for step in steps]


@dataclass(frozen=True)
class View:
    """How the application stands against the standard of a day, as far as somebody may be told."""

    on: date
    lacking: tuple[Obstacle, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def blocks(self) -> bool:
        return any(each.blocks for each in self.obstacles)


def view_of(application: Application, *, user: User, on: date) -> View | None:
    """None once it is decided: the resolution says it then."""
    if application.state not in UNDECIDED:
        return None
    found = facts(application, on=on)
    if not user.people_scope.covers(application.case.unit.path):
        found = nameless(found)
    lacking = obstacles_to_submitting(found, grounds=application.grounds)
    return View(
        on,
        tuple(lacking) if application.state in OPEN_TO_CHANGE else (),
        tuple(obstacles_to_granting(found, criteria(on))),
    )


def first_view(found: Facts, rules: Criteria) -> str:
    """What is reported to the sitting unless the clerk writes something else."""
    obstacles = list(obstacles_to_granting(nameless(found), rules))
    covered = "、".join(each.name for each in found.organizations)
    head = f"拟覆盖{len(found.organizations)}家：{covered}；拟编入党员{len(found.people)}名。" if covered else ""
    if not obstacles:
        return f"{head}经初审，符合条件。"
    said = "；".join(each.reason + (f"（下步：{each.remedy}）" if each.remedy else "") for each in obstacles)
    verdict = "不符合条件" if any(each.blocks for each in obstacles) else "符合条件，提请注意"
    return f"{head}经初审，{verdict}：{said}。"


def warnings_kept(found: Facts) -> list[Obstacle]:
    """For the step: what was found against the standard of that day, with no person's name in it."""
    return list(obstacles_to_granting(nameless(found), criteria(found.on)))


@dataclass(frozen=True)
class RuleChange:
    label: str
    before: str
    after: str
    clause_before: str
    clause_after: str


def rules_changed(submitted_on: date | None, decided_on: date) -> list[RuleChange]:
    """The day of the decision governs; the page says which rules are others than on the day of submission."""
    if submitted_on is None or submitted_on >= decided_on:
        return []
    before, after = criteria(submitted_on), criteria(decided_on)
    labels = dict(Parameter.objects.filter(name__in=DECISIVE).values_list("name", "label"))
    return [
        RuleChange(
            labels.get(name, name),
            spelled(before.get(name)),
            spelled(after.get(name)),
            before.clause(name),
            after.clause(name),
        )
        for name in DECISIVE
        if (before.get(name), before.clause(name)) != (after.get(name), after.clause(name))
    ]


def spelled(value: Any) -> str:
    words = {None: "没有规定", True: "是", False: "否", "full_time": "专职工作人员"}
    return words.get(value, str(value)) if isinstance(value, str | bool | None) else str(value)


@dataclass(frozen=True)
class Timer:
    """By when, by which rule, and whether that was kept."""

    label: str
    due_on: date
    basis: str
    done_on: date | None = None

    def is_late(self, today: date) -> bool:
        return (self.done_on or today) > self.due_on


def timers(application: Application) -> Iterator[Timer]:
    """RULES ORG-12: a reply normally within a month, since the regulation that says so."""
    if application.submitted_on is None or application.state == State.WITHDRAWN:
        return
    then = criteria(application.submitted_on)
    if days := then.get("reply-within-days"):
        due_on = application.submitted_on + timedelta(days)
        yield Timer("批复", due_on, then.clause("reply-within-days"), application.replied_on)
