"""Receive, check, apply, undo, throw away: each is one transaction, and there is no other way in for a workbook."""

import hashlib
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from django.db.models import Count, Q

from taizhang.accounts.acting import action, require, take
from taizhang.accounts.models import AuditKind, Unit, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.imports import reading, rules
from taizhang.imports.comparing import Rows
from taizhang.imports.header import Header
from taizhang.imports.keeping import opened, sealed
from taizhang.imports.models import TRANSITIONS, Batch, Finding, Mapping, Outcome, Row, Severity, State, Upload
from taizhang.imports.reading import Look, Unreadable
from taizhang.imports.sheet import Sheet, resolve
from taizhang.imports.staging import stage
from taizhang.kit import passing
from taizhang.kit.clock import OFFICE
from taizhang.kit.refusals import Obstacle, Refused, refuse, refuse_if
from taizhang.ledger import undoing
from taizhang.ledger.asking import version

GONE = {
    "code": "file-gone",
    "reason": "上传的文件按规定只保存一天，已经清除，没有入账。",
    "remedy": "仍要导入的，请重新上传。",
}
Tell = Callable[[str, int], None]


def silent(work: str, done: int) -> None:
    """Nobody is waiting."""


@action("imports.receive", kind=AuditKind.IMPORT)
def receive(path: Path, *, name: str, sheet: str, unit: Unit, on: date, by: User) -> Batch:
    """The file was looked at, may be opened, and is kept; nothing of it has been read."""
    declared = resolve(sheet)
    require(by, declared.roles, unit)
    refuse_if(rules.obstacles_to_receiving(on, today=cases.ledger_now().astimezone(OFFICE).date()))
    look = readable(lambda: reading.look(path, name=name))
    content = path.read_bytes()
    batch = Batch.objects.create(
        sheet=sheet,
        title=declared.title,
        unit=unit,
        by=by,
        on=on,
        about_people=declared.about_people,
        file_name=name,
        file_kind=look.kind,
        file_size=look.size,
        digest=hashlib.sha256(content).hexdigest(),
        look=look.as_data(),
    )
    Upload.objects.create(batch=batch, content=sealed(content))
    return batch


@action("imports.check", kind=AuditKind.IMPORT)
def check(
    batch: Batch,
    *,
    by: User,
    names: dict[str, str] | None = None,
    mapping: dict[str, dict[int, str]] | None = None,
    tell: Tell = silent,
) -> Batch:
    """Every row is read, judged and compared with the ledger; all that was found is on record, nothing is entered.

    `names` are headings for columns (heading → column), `mapping` what a person put right (sheet → column number →
    name), which is kept for files with the same headings. Doing it again begins anew.
    """
    sheet = resolve(batch.sheet)
    batch = take(batch, roles=sheet.roles, by=by)
    refuse_if(rules.obstacles_to("check", batch))
    Row.objects.filter(batch=batch).delete()
    Finding.objects.filter(batch=batch).delete()
    Upload.objects.filter(batch=batch).update(annotated=None)
    corrected = correct_headings(batch, mapping or {}, by=by)
    with file_of(batch) as path:
        done = readable(
            lambda: stage(
                path,
                Look.from_data(batch.look),
                batch=batch.pk,
                sheet=sheet,
                names=names or {},
                corrected=corrected,
                remembered=remembered(batch),
                tell=lambda rows: tell("read", rows),
            )
        )
    refuse_if(rules.obstacles_to_naming(names or {}, done.headers))
    batch.rows = done.rows
    batch.headings = [as_data(header) for header in done.headers]
    batch.notes = [vars(note) for note in done.notes]
    batch.failure = None
    tell("compare", done.rows)
    rows = examine(batch, sheet, by=by)
    rows.keep_outcomes()
    batch.checked_version = version()
    batch.state = State.CHECKED
    batch.save()
    return batch


@action("imports.apply", kind=AuditKind.IMPORT)
def apply(batch: Batch, *, by: User, good_rows: bool = False, tell: Tell = silent) -> Batch:
    """The rows are in the register: one case, one step. Rows that say nothing new are counted and not written.

    If the ledger has moved since the check, the rows are compared again first.
    """
    sheet = resolve(batch.sheet)
    batch = take(batch, roles=sheet.roles, by=by)
    refuse_if(rules.obstacles_to_applying(batch, good_rows=good_rows))
    require_staged(batch)
    tell("apply", 0)
    known, rejected = version() == batch.checked_version, batch.rejected
    if not known:
        Finding.objects.filter(batch=batch, compared=True).delete()
    rows = examine(batch, sheet, by=by, known=known)
    if batch.rejected > rejected and not good_rows:
        refuse("ledger-moved", "检查之后台账有变动，又有行不能入账了。", remedy="请再检查一次，看新的结果。")

    batch.accepted = batch.good
    if batch.good:
        batch.step = enter(batch, sheet, rows, by=by)
    batch.state = State.APPLIED
    batch.failure = None
    batch.save()
    Row.objects.filter(batch=batch).delete()
    tell("apply", batch.rows)
    return batch


@action("imports.undo", kind=AuditKind.IMPORT)
def undo(batch: Batch, *, on: date, by: User, note: str = "") -> Batch:
    """What the batch entered is no longer known, and what it replaced is known again.

    Refused as long as something stands on it, and says what.
    """
    sheet = resolve(batch.sheet)
    batch = take(batch, roles=sheet.roles, by=by)
    refuse_if(rules.obstacles_to("undo", batch))
    if batch.step is not None:
        refuse_if(undoing.obstacles_to_undoing(batch.step))
        title = f"撤回导入：{batch.title}"
        case = cases.open_case("imports:undo", title, unit=batch.unit, by=by, about_people=batch.about_people)
        step = cases.do(case, "imports:undo", by=by, on=on, note=note, details={"batch": batch.pk})
        undoing.undo(batch.step, step=step)
        sheet.undone(batch.step, step)
        cases.close(case, at=step.recorded_at)
        batch.undo_step = step
    batch.state = State.UNDONE
    batch.save(update_fields=["state", "undo_step"])
    return batch


@action("imports.throw_away", kind=AuditKind.IMPORT)
def throw_away(batch: Batch, *, by: User) -> Batch:
    """The batch came to nothing; its rows and its file are gone, that it was there stays."""
    batch = take(batch, roles=resolve(batch.sheet).roles, by=by)
    refuse_if(rules.obstacles_to("throw_away", batch))
    Row.objects.filter(batch=batch).delete()
    Upload.objects.filter(batch=batch).delete()
    batch.state = State.THROWN_AWAY
    batch.save(update_fields=["state"])
    return batch


@action("imports.forget_files", kind=AuditKind.IMPORT)
def forget_files(*, at: datetime, by: User | None) -> None:
    """Files, staged rows and what was found about people's rows are gone within a day after they came. A batch that was not
    entered by then came to nothing, and says why; that it was there, and how many rows it had, stays.
    """
    over = Batch.objects.filter(received_at__lt=at - passing.KEPT)
    held = over.filter(Q(pk__in=Upload.objects.values("batch")) | Q(pk__in=Finding.objects.values("batch")))
    numbers = [*held.values_list("pk", flat=True)]
    Row.objects.filter(batch__in=numbers).delete()
    Upload.objects.filter(batch__in=numbers).delete()
    Finding.objects.filter(batch__in=numbers, batch__about_people=True).delete()
    waiting = over.filter(pk__in=numbers, state__in=TRANSITIONS["throw_away"])
    waiting.update(state=State.THROWN_AWAY, failure=[GONE])
    Batch.objects.filter(pk__in=numbers, about_people=True).exclude(state=State.THROWN_AWAY).update(failure=None)


@action("imports.fail")
def fail(batch: Batch, *, obstacles: list[Obstacle], by: User) -> Batch:
    """The last attempt came to nothing, and this is why; the batch itself is as it was before."""
    batch = take(batch, roles=resolve(batch.sheet).roles, by=by)
    batch.failure = [{"code": each.code, "reason": each.reason, "remedy": each.remedy} for each in obstacles]
    batch.save(update_fields=["failure"])
    return batch


@action("imports.stop")
def stop(batch: int, *, by: None) -> Batch:
    """Whoever asked for the work may no longer; the batch is as it was before and says so. Only the house does this."""
    stopped = Batch.objects.select_for_update(of=("self",)).get(pk=batch)
    stopped.failure = [{"code": rules.GONE.code, "reason": rules.GONE.reason, "remedy": rules.GONE.remedy}]
    stopped.save(update_fields=["failure"])
    return stopped


def examine(batch: Batch, sheet: Sheet, *, by: User, known: bool = False) -> Rows:
    """The batch's figures are those of its rows against the ledger as it is now."""
    rows = Rows(batch, sheet, by=by, known=known)
    rows.open()
    rows.run("UPDATE staged SET outcome = 'new' WHERE outcome <> 'new'")
    sheet.examine(rows)
    rows.reject_the_faulty()
    count = rows.count()
    batch.rejected = count.get(Outcome.REJECTED, 0)
    batch.unchanged = count.get(Outcome.UNCHANGED, 0)
    batch.good = batch.rows - batch.rejected - batch.unchanged
    found = Finding.objects.filter(batch=batch).aggregate(warnings=Count("pk", filter=Q(severity=Severity.WARNING)))
    batch.warnings = found["warnings"]
    return rows


def enter(batch: Batch, sheet: Sheet, rows: Rows, *, by: User) -> Step:
    """One case, one step; the register takes the step when it has prepared all that needs none."""
    title = f"导入{batch.title}：{batch.good}行（{batch.file_name}）"
    case = cases.open_case("imports:batch", title, unit=batch.unit, by=by, about_people=batch.about_people)
    taken: list[Step] = []

    def take_step() -> Step:
        if not taken:
            details = {"batch": batch.pk, "rows": batch.good, "sha256": batch.digest}
            taken.append(cases.do(case, "imports:batch", by=by, on=batch.on, document=batch.file_name, details=details))
        return taken[0]

    sheet.enter(rows, take_step)
    step = take_step()
    cases.close(case, at=step.recorded_at)
    return step


def require_staged(batch: Batch) -> None:
    """Staged rows are unlogged: a crash of the database loses them, and nothing else."""
    if Row.objects.filter(batch=batch).count() != batch.rows:
        refuse("rows-lost", "检查时读入的行已经不在了。", remedy="请再检查一次。")


def correct_headings(batch: Batch, mapping: dict[str, dict[int, str]], *, by: User) -> dict[str, Header]:
    """What a person put right takes effect now, and for the same headings from now on."""
    corrected = {}
    for data in batch.headings:
        if data["sheet"] in mapping:
            header = from_data(data)
            header.mapping = {int(column): name for column, name in mapping[data["sheet"]].items() if name}
            corrected[header.sheet] = header
            Mapping.objects.update_or_create(
                sheet=batch.sheet,
                unit=batch.unit,
                digest=header.digest,
                defaults={"mapping": header.mapping, "by": by},
            )
    return corrected


def remembered(batch: Batch) -> dict[str, dict[int, str]]:
    """Digest of headings → what somebody of this unit once said they mean."""
    kept = Mapping.objects.filter(sheet=batch.sheet, unit=batch.unit).values_list("digest", "mapping")
    return {digest: {int(column): name for column, name in mapping.items()} for digest, mapping in kept}


def as_data(header: Header) -> dict[str, object]:
    return {**vars(header), "mapping": {str(column): name for column, name in header.mapping.items()}}


def from_data(data: dict) -> Header:
    return Header(**{**data, "mapping": {int(column): name for column, name in data["mapping"].items()}})


@contextmanager
def file_of(batch: Batch):
    """The uploaded file on disk for as long as it is needed."""
    with passing.folder() as folder:
        path = folder / "file"
        path.write_bytes(opened(Upload.objects.get(batch=batch).content))
        yield path


def readable(work: Callable):
    """What cannot be read is refused like anything else that may not be done."""
    try:
        return work()
    except Unreadable as problem:
        raise Refused([Obstacle(problem.code, problem.reason, remedy=problem.remedy, where="file")]) from problem
