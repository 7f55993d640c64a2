"""What moved in the numbers of a report since it was known: the same questions asked of that moment and of now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from taizhang.ledger import asking
from taizhang.ledger.models import AsOf
from taizhang.reports.bound import Field
from taizhang.stats import figures
from taizhang.stats.changes import Change, Changes, changes

MOST = 40  # of one number: a list of more is read on the figure's own page


@dataclass(frozen=True)
class Correction:
    """One number. `told` are the records no other number of the same figure has told already, `more` that there are others."""

    field: Field
    changed: Changes
    told: list[Change]
    more: bool

    @property
    def query(self) -> str:
        """`?…` of the page that tells all of them."""
        then = self.changed.before.question.at
        since = {"since": then.day.isoformat(), "since_known_at": then.known_at.isoformat() if then.known_at else ""}
        return f"{self.field.query}&{urlencode(since)}"

    def lines(self) -> list[str]:
        name = self.field.answer.name
        rest = [f"{name}：以上只列{MOST}条，其余见“统计”里这个指标的变动"] if self.more else []
        return [*(f"{name}：{each.sentence}" for each in self.told), *rest]


def corrections(fields: Iterable[Field], since: datetime | date) -> list[Correction]:
    """One question to the ledger for each number that is asked in its own way. Of people nothing is told here: the page of
    the figure tells it, to whoever may read names. Where the ledger said nothing yet, nothing was corrected."""
    found, told = [], set[tuple[str, int]]()
    for now in each_question(fields):
        if now.answer.figure.record == "person":
            continue
        asked = now.answer.question
        at = asking.as_of(asked.at.day, since)
        before = replace(asked, at=AsOf(asked.at.day, at.known_at))
        if figures.totals(before).counted is None:
            continue
        changed = changes(before, asked, limit=MOST + 1)
        shown = [each for each in changed.records[:MOST] if (now.answer.key, each.record) not in told]
        told |= {(now.answer.key, each.record) for each in shown}
        if shown:
            found.append(Correction(now, changed, shown, len(changed.records) > MOST))
    return found


def each_question(fields: Iterable[Field]) -> list[Field]:
    """The first number of each question, in the order of the text: its count, its base and its rate are one question."""
    first: dict[tuple, Field] = {}
    for each in fields:
        first.setdefault(each.answer.question.key(), each)
    return [*first.values()]
