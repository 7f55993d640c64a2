"""What if: the same organisations judged by other criteria, beside those of the day. The ledger is not touched."""

from dataclasses import dataclass, replace
from datetime import date

from taizhang.accounts.scope import Scope
from taizhang.ledger.models import AsOf
from taizhang.members.eligibility import WANTED, WANTED_OTHERWISE, WHO, Outcome, WhoCounts
from taizhang.stats import figures
from taizhang.stats.changes import Changes, changes
from taizhang.stats.figures import Question
from taizhang.statutes.rules import Criteria

MOST = "joint-branch-max-organizations"
MOST_OTHERWISE = 5  # where no clause says it yet: before 2018-10-28


@dataclass(frozen=True)
class Supposition:
    """Criteria that might be: who counts, whether a promised transfer counts already, how many are wanted, and how many
    organisations may share a joint branch."""

    who: str
    promised: bool
    wanted: int
    most_organizations: int

    @classmethod
    def by_rule(cls, criteria: Criteria) -> "Supposition":
        return cls(
            who=criteria.get(WHO, WhoCounts.FULL_TIME),
            promised=False,
            wanted=criteria.get(WANTED, WANTED_OTHERWISE),
            most_organizations=criteria.get(MOST, MOST_OTHERWISE),
        )

    @property
    def variant(self) -> str:
        return f"{self.who}_promised" if self.promised else self.who


@dataclass(frozen=True)
class Line:
    """One outcome: how many there are by the rule of the day, and how many there would be."""

    outcome: Outcome
    by_rule: int
    supposed: int

    @property
    def more(self) -> int:
        return self.supposed - self.by_rule


@dataclass(frozen=True)
class Compared:
    by_rule: Question
    supposed: Question
    lines: list[Line]
    changes: Changes

    @property
    def rates(self) -> tuple[float, float, float] | None:
        """Organisation coverage that day; with those who may form alone by the rule; and with those who might as supposed."""
        by_outcome = {line.outcome: line for line in self.lines}
        base = sum(line.by_rule for line in self.lines)
        covered, alone = by_outcome[Outcome.COVERED].by_rule, by_outcome[Outcome.ALONE]
        if not base:
            return None
        today, by_rule, supposed = (
            100 * n / base for n in (covered, covered + alone.by_rule, covered + alone.supposed)
        )
        return today, by_rule, supposed


def questions(
    rule: Supposition, supposition: Supposition, *, day: date, scope: Scope, base: str = ""
) -> tuple[Question, Question]:
    asked = figures.ask("eligibility", AsOf(day), scope, variant=rule.variant, base=base)
    return asked, replace(asked, variant=supposition.variant, wanted=supposition.wanted)


def compare(
    rule: Supposition,
    supposition: Supposition,
    *,
    day: date,
    scope: Scope,
    kind: str = "",
    beyond: tuple[str, int] | None = None,
    limit: int | None = None,
) -> Compared:
    """Every organisation whose outcome would be another, and how many of each outcome there are."""
    by_rule, supposed = questions(rule, supposition, day=day, scope=scope)
    counted = [
        {group.key: group.base or 0 for group in figures.totals(each, "outcome").groups} for each in (by_rule, supposed)
    ]
    return Compared(
        by_rule=by_rule,
        supposed=supposed,
        lines=[Line(each, *(counts.get(each.value, 0) for counts in counted)) for each in Outcome],
        changes=changes(by_rule, supposed, by="outcome", kind=kind, beyond=beyond, limit=limit),
    )
