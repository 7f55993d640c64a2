"""A workbook is taken out, comes back, and its rows go into the drafts: each row in one transaction, whole or not at all."""

import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from time import monotonic

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from taizhang.accounts.acting import action, record, require
from taizhang.accounts.models import AuditKind, Unit, User
from taizhang.declarations import rules
from taizhang.declarations.actions.filling import keep_in, submit_in, type_in
from taizhang.declarations.actions.moving import taken, whole
from taizhang.declarations.drafts import Draft, again, draft_of, drafts_of
from taizhang.declarations.models import OPEN_TO_CHANGE, Declaration, Round
from taizhang.declarations.sendings import Progress, Sending
from taizhang.declarations.workbooks import reasons
from taizhang.declarations.workbooks.judging import judge, placed
from taizhang.declarations.workbooks.marking import Outcome, marked
from taizhang.declarations.workbooks.reading import FEW, Line, table_in
from taizhang.declarations.workbooks.sealing import Seal, opened
from taizhang.declarations.workbooks.writing import write
from taizhang.imports import reading
from taizhang.imports.actions import readable
from taizhang.imports.keeping import opened as unsealed
from taizhang.imports.keeping import sealed
from taizhang.imports.reading import Look
from taizhang.imports.rules import unit_for
from taizhang.kit import passing
from taizhang.kit.jobs import later
from taizhang.kit.refusals import Obstacle, Refused, refuse, refuse_if

FINDINGS_KEPT = 2_000  # all of them are in the marked copy
TICK = 0.5  # seconds between two signs of life
OF_A_ROW = ("case__unit", "round", "organization__unit__parent", "changed_by")


def take_out(round: Round, *, unit: Unit, on: date, by: User) -> bytes:
    """A workbook of the unit's organisations that are still to be filled in."""
    require(by, rules.WHO["take_out"], unit)
    rows = Declaration.objects.visible_to(by).filter(round=round, state__in=OPEN_TO_CHANGE)
    rows = rows.filter(organization__unit__path__startswith=unit.path).select_related(*OF_A_ROW)
    found = list(rows.order_by("organization__unit__name", "pk")[: reasons.MOST_ROWS + 1])
    refuse_if(reasons.obstacles_to_taking_out(len(found)))
    file = io.BytesIO()
    write(file, drafts_of(found, names=False).values(), of=round, unit=unit, on=on)
    record(AuditKind.EXPORT, by=by, verb="declarations.take_out", of=round, rows=len(found))
    return file.getvalue()


@action("declarations.send", kind=AuditKind.IMPORT)
def send(round: Round, *, content: bytes, name: str, by: User) -> Sending:
    """The file was looked at, may be opened, and is kept until the worker has gone through its rows."""
    unit = unit_for(by, rules.WHO["send"])
    require(by, rules.WHO["send"], unit)
    if unit is None or not Round.objects.visible_to(by).filter(pk=round.pk).exists():
        raise PermissionDenied
    with kept(content) as path:
        look = readable(lambda: reading.look(path, name=name, limits=FEW))
    digest = hashlib.sha256(content).hexdigest()
    sending = Sending.objects.create(
        round=round, unit=unit, by=by, file_name=name, digest=digest, look=look.as_data(), content=sealed(content)
    )
    later("declarations.take_in", sending=sending.pk, user=by.pk)
    return sending


def take_in(sending: Sending, *, on: date, by: User) -> Sending:
    """Every row is in its draft, or says why not. Not one transaction: what a killed worker had written stands, and
    says nothing new when the rest is taken in."""
    if not sending.is_waiting:
        return sending
    look, outcome = Look.from_data(sending.look), Outcome()
    tell(sending, outcome, wanted=0)
    with kept(unsealed(sending.content), kind=look.kind) as path:
        table = readable(lambda: table_in(path, look))
        seals = seals_of(table.lines, of=sending.round, by=by) if table else {}
        if table is None or not seals:
            raise Refused([reasons.NOT_OURS])
        refuse_if(reasons.obstacles_to_running(seals.values(), on=on))
        drafts = drafts_in_reach(seals.values(), of=sending.round, by=by)
        times = Counter(each.declaration for each in seals.values())
        wanted, told = len(table.lines), 0.0
        for line in table.lines:
            if monotonic() - told > TICK:
                tell(sending, outcome, wanted=wanted)
                told = monotonic()
            seal = seals.get(line.row)
            if seal is None:
                outcome.refuse(line, reasons.NOT_OURS)
            elif times[seal.declaration] > 1:
                rows = [row for row, each in seals.items() if each.declaration == seal.declaration]
                outcome.refuse(line, reasons.in_several_rows(rows))
            elif seal.declaration not in drafts:
                outcome.refuse(line, reasons.OUT_OF_REACH)
            else:
                take_in_row(outcome, line, seal, drafts[seal.declaration], on=on, by=by)
        tell(sending, outcome, wanted=wanted)
        copy = marked(path, look, table, outcome, title=str(sending.round), name=sending.file_name)
    return settle(sending, outcome=outcome, copy=copy, by=by)


def tell(sending: Sending, outcome: Outcome, *, wanted: int) -> None:
    """How far the worker is, for whoever looks on. What it says is said once more, for good, when the rows are settled."""
    waiting = Sending.objects.filter(pk=sending.pk, progress=Progress.WAITING)
    waiting.update(wanted=wanted, told_at=timezone.now(), **outcome.figures())


def take_in_row(outcome: Outcome, line: Line, seal: Seal, draft: Draft, *, on: date, by: User) -> None:
    """Rows that say nothing new, and those that cannot be, are told from what was read of all at once."""
    judged = judge(line, seal, draft, on=on, by=by)
    if judged.is_refused:
        outcome.refuse(line, *judged.obstacles)
    elif judged.says_nothing_new:
        outcome.unchanged += 1
    else:
        try:
            filled = fill(draft.declaration, line=line, seal=seal, on=on, by=by)
        except Refused as refusal:
            outcome.refuse(line, *placed(refusal.obstacles))
        except PermissionDenied:
            outcome.refuse(line, reasons.OUT_OF_REACH)
        else:
            outcome.write(line, is_submitted=filled.is_under_review)
            outcome.find(line, *(each for each in judged.obstacles))


@action("declarations.fill")
def fill(declaration: Declaration, *, line: Line, seal: Seal, on: date, by: User) -> Declaration:
    """What the row says is in the draft; under a name, every section is confirmed and it is submitted."""
    declaration = taken(declaration, "keep", by)
    draft = draft_of(declaration, names=False)
    judged = judge(line, seal, draft, on=on, by=by)
    refuse_if(judged.obstacles)
    known = whole(declaration)
    for key, values in judged.changes.items():
        keep_in(known, record=key, values=values, since=judged.since_of(key), on=on, by=by)
    known = again(known)
    if not judged.submits:
        for (key, field), value in judged.samples.items():
            type_in(known, record=key, field=field, value=value, on=on, by=by)
        return declaration
    require(by, rules.who("submit", declaration), declaration.unit)
    sections, named = [each.name for each in draft.sections], {"name": judged.name, "late_reason": judged.late_reason}
    return submit_in(known, samples=judged.samples, sections=sections, on=on, by=by, **named)


@action("declarations.settle", kind=AuditKind.IMPORT)
def settle(sending: Sending, *, outcome: Outcome, copy: bytes, by: User) -> Sending:
    """What became of the rows is on record; the file that was sent is gone, its marked copy stays a day."""
    found = Sending.objects.select_for_update(of=("self",)).get(pk=sending.pk)
    if not found.is_waiting:
        refuse("settled-already", "这个文件已经处理过", remedy="刷新页面看结果；要再送的，重新上传")
    for name, figure in outcome.figures().items():
        setattr(found, name, figure)
    found.findings = outcome.listed()[:FINDINGS_KEPT]
    found.progress, found.content, found.annotated = Progress.DONE, None, sealed(copy)
    found.save()
    return found


@action("declarations.turn_away", kind=AuditKind.IMPORT)
def turn_away(sending: int, *, obstacles: Iterable[Obstacle], by: User | None) -> Sending:
    """Nothing more of it is taken in, and this is why. What is settled stays so."""
    found = Sending.objects.select_for_update(of=("self",)).get(pk=sending)
    if not found.is_waiting:
        return found
    found.failure = [{"code": each.code, "reason": each.reason, "remedy": each.remedy} for each in obstacles]
    found.progress, found.content = Progress.REFUSED, None
    found.save(update_fields=["failure", "progress", "content"])
    return found


@action("declarations.forget_workbooks", kind=AuditKind.IMPORT)
def forget_workbooks(*, at: datetime, by: None) -> None:
    """Files that were sent, and their marked copies, are gone within a day. One that nobody had taken in by then says so."""
    over = Sending.objects.filter(sent_at__lt=at - passing.KEPT)
    for each in over.filter(progress=Progress.WAITING):
        turn_away(each.pk, obstacles=[reasons.FILE_GONE], by=None)
    over.exclude(content=None, annotated=None).update(content=None, annotated=None)


def seals_of(lines: Iterable[Line], *, of: Round, by: User) -> dict[int, Seal]:
    """By row, those that were given out for this round to a unit of the sender's. Of the others nothing is said."""
    found = {line.row: seal for line in lines if (seal := opened(line.seal)) is not None and seal.round == of.pk}
    units = Unit.objects.filter(pk__in={each.unit for each in found.values()})
    reach = by.scope_as(rules.WHO["send"])
    covered = {unit.pk for unit in units if reach.covers(unit.path)}
    return {row: seal for row, seal in found.items() if seal.unit in covered}


def drafts_in_reach(seals: Iterable[Seal], *, of: Round, by: User) -> dict[int, Draft]:
    rows = Declaration.objects.visible_to(by).filter(round=of, pk__in={each.declaration for each in seals})
    reach = by.scope_as(rules.WHO["keep"])
    held = [each for each in rows.select_related(*OF_A_ROW) if reach.covers(each.unit.path)]
    return drafts_of(held, names=False)


@contextmanager
def kept(content: bytes, *, kind: str = "unknown") -> Iterator[Path]:
    """On disk for as long as it is read. The name is ours: what it is, its content told, and readers go by the name."""
    with passing.folder() as folder:
        path = folder / f"sent.{kind}"
        path.write_bytes(content)
        yield path
