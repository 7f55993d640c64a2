"""A row that came back against the draft as it is now: what it changes, and everything that stands in its way, at once.

Of each cell three things are known: what is sent, what stands there now, and, by its mark, whether either is as it was when
the workbook was taken out. So a cell left alone undoes nobody's work, and one that somebody else changed is refused.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from taizhang.accounts.models import User
from taizhang.declarations import rules
from taizhang.declarations.drafts import Draft
from taizhang.declarations.workbooks.columns import BY_NAME, BY_PAGE, LATE, MARKED, NAME, RECORDS, SINCE, Place
from taizhang.declarations.workbooks.reading import Line
from taizhang.declarations.workbooks.sealing import Seal
from taizhang.imports.values import ERROR, NOTE
from taizhang.kit.refusals import Obstacle, Severity

AGAIN = "这一行没有写入。重新下载工作簿，核对后填您认为对的再送"


@dataclass
class Judged:
    """`since` is the day from which the particulars are so; all else is as of the cut-off day. `obstacles` bear the column they
    belong to; those that do not block are told and pass."""

    line: Line
    changes: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    samples: dict[tuple[str, str], Any] = field(default_factory=dict)
    since: date | None = None
    name: str = ""
    late_reason: str = ""
    submits: bool = False
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(each.blocks for each in self.obstacles)

    @property
    def says_nothing_new(self) -> bool:
        return not (self.changes or self.samples or self.submits or self.is_refused)

    def since_of(self, record: str) -> date | None:
        return self.since if record == SINCE.section else None


def judge(line: Line, seal: Seal, draft: Draft, *, on: date, by: User) -> Judged:
    judged, declaration = Judged(line), draft.declaration
    judged.name, judged.late_reason = said_in(judged, NAME), said_in(judged, LATE)
    judged.since = date.fromisoformat(since) if (since := said_in(judged, SINCE)) else None
    judged.submits = bool(judged.name) and declaration.is_open_to_change
    for place in MARKED:
        if place.name in line.texts:
            look = judge_locked if place.is_locked else judge_field
            judged.obstacles += look(judged, place, seal, draft)
    if judged.changes or judged.samples:
        judged.obstacles += rules.obstacles_to_changing(declaration)
    for key, values in judged.changes.items():
        judged.obstacles += placed(obstacles_of_record(judged, draft, key, values, on=on), record=key)
    seen_by_others = declaration.changed_by_id not in (None, by.pk) and declaration.version != seal.version
    if judged.submits and seen_by_others and not judged.is_refused:
        judged.obstacles.append(
            Obstacle(
                "changed-meanwhile",
                f"您下载之后，{declaration.changed_by}又在网页上改了这份填报",
                remedy="看过新的内容，在网页上提交；或重新下载",
                where=NAME.name,
            )
        )
    return judged


def said_in(judged: Judged, place: Place) -> str:
    text = judged.line.texts.get(place.name, "")
    judged.obstacles += noted(place, text)
    return place.column.read(text)[0] or ""


def noted(place: Place, text: str) -> Iterator[Obstacle]:
    """What the reader of the column has to say of the cell."""
    for note in place.column.read(text)[1]:
        if note.severity != NOTE:
            severity: Severity = "block" if note.severity == ERROR else "warn"
            yield Obstacle(note.code, note.message, remedy=note.remedy, where=place.name, severity=severity)


def judge_locked(judged: Judged, place: Place, seal: Seal, draft: Draft) -> Iterator[Obstacle]:
    sent, now = place.plain(judged.line.texts[place.name]), place.plain(place.shown(draft))
    if sent == now:
        return
    if not seal.is_as_taken_out(place, sent):
        remedy = f"照下载时的原样恢复这一格，再送。{BY_PAGE}"
        reason = f"锁定的格子“{place.column.title}”被改过，这一行没有写入"
        yield Obstacle("locked-changed", reason, remedy=remedy, where=place.name)
    elif judged.submits:
        yield changed_since(place, now=now, sent=sent, who="台账")


def judge_field(judged: Judged, place: Place, seal: Seal, draft: Draft) -> Iterator[Obstacle]:
    text, shown = judged.line.texts[place.name].strip(), place.shown(draft)
    sent, now = place.plain(text), place.plain(shown)
    record, asked = draft.record(place.record), place.asked
    if record is None or asked is None:
        yield from judge_not_asked(judged, place, seal, sent=sent)
        return
    if text == shown:
        return
    found = list(noted(place, text))
    yield from found
    if sent == now or any(each.blocks for each in found):
        return
    told = {"now": shown, "sent": text, "who": changed_by(draft, place)}
    if seal.is_as_taken_out(place, sent):
        if judged.submits:
            yield changed_since(place, **told)
    elif not seal.is_as_taken_out(place, now):
        yield both_changed(place, **told)
    elif not sent and asked.required:
        reason = f"“{place.column.title}”原来是“{shown}”，现在空着"
        yield Obstacle("value-missing", reason, remedy="照实填写；没有变的，保持原样", where=place.name)
    elif (place.record, asked.name) in draft.samples:
        judged.samples[place.record, asked.name] = place.value(sent)
    else:
        judged.changes[place.record][asked.name] = place.value(sent)


def judge_not_asked(judged: Judged, place: Place, seal: Seal, *, sent: str) -> Iterator[Obstacle]:
    """The ledger knows of no such record, now: an organisation with a Party organisation gives no reason for having none."""
    if not seal.is_as_taken_out(place, sent):
        reason = f"台账中这家社会组织已有党组织，不用填“{place.column.title}”"
        yield Obstacle("not-asked", reason, remedy=f"清空这一格。党组织{BY_PAGE}", where=place.name)
    elif judged.submits and not seal.is_as_taken_out(place, place.plain("")):
        yield changed_since(place, now="", sent=sent, who="台账")


def changed_by(draft: Draft, place: Place) -> str:
    name = place.asked.name if place.asked else ""
    if difference := draft.differences.get((place.record, name)):
        return difference.by.name
    return str(draft.declaration.changed_by) if (place.record, name) in draft.samples else "台账"


def both_changed(place: Place, *, now: str, sent: str, who: str) -> Obstacle:
    reason = f"“{place.column.title}”在您下载之后由{who}改为“{now or '空'}”，您填的是“{sent or '空'}”"
    return Obstacle("both-changed", reason, remedy=AGAIN, where=place.name)


def changed_since(place: Place, *, now: str, sent: str, who: str) -> Obstacle:
    """Whoever says that all is right has not seen this."""
    reason = f"“{place.column.title}”在您下载之后由{who}改为“{now or '空'}”，您核对的还是“{sent or '空'}”"
    return Obstacle("changed-since", reason, remedy=AGAIN, where=place.name)


def obstacles_of_record(judged: Judged, draft: Draft, key: str, values: dict, *, on: date) -> Iterator[Obstacle]:
    record = draft.read.by_key[key]
    yield from rules.obstacles_to_values(record, values)
    if (since := judged.since_of(key)) is not None:
        yield from rules.obstacles_to_day(record, since, cut_off_on=draft.declaration.cut_off_on, on=on)
        yield from rules.before_what_is_stated(record, since)


def placed(obstacles: Iterable[Obstacle], *, record: str = "") -> Iterator[Obstacle]:
    """Each at its column, where it has one."""
    for each in obstacles:
        where = each.where.removeprefix("sample-")
        ways = (f"{record}-{where}", where, *(f"{name}-{where}" for name in RECORDS))
        yield replace(each, where=next((name for name in ways if name in BY_NAME), ""))
