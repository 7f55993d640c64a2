"""Errands 批量办理: a file of a list's rows, or one verb for each of them, done at once or by the worker.

The rows are asked of the list's own door, as the person who asked, when the work is done: what is out of sight by then is
not in it. Each row is an act of its own; what refuses one stops no other.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.expressions import RawSQL
from django.urls import resolve, reverse
from django.utils import timezone

from taizhang.accounts.access import access_of
from taizhang.accounts.acting import action, record
from taizhang.accounts.kept import Errand, ErrandRefusal, ErrandState
from taizhang.accounts.models import AuditKind, User
from taizhang.kit import crypto, exporting
from taizhang.kit.jobs import later
from taizhang.kit.lists import Bulk, Found, Inquiry, as_sent, headings_in_file, lines_in_file
from taizhang.kit.refusals import Obstacle, Refused, refuse, refuse_if

logger = logging.getLogger(__name__)

ROWS_OF_A_VERB = 10_000
AT_ONCE = 200  # rows that are done while the person waits
KEPT = timedelta(hours=23)  # tidied every hour: never older than a day
QUIET = timedelta(seconds=30)  # after this without a sign of life the worker is taken for dead
SIGN_OF_LIFE = 1.0  # seconds
PURPOSE = "errands"
GONE = Obstacle("gone", "已不在名单中", remedy="可能已被他人办理，或已不在您的可见范围")
WRONG_PERSON = Obstacle("wrong-person", "您没有办理这一条的权限", remedy="请由有权限的人员办理")
BROKEN = Obstacle("broken-off", "办理时出了意外，这一条没有改动", remedy="请单独再办一次；仍不行请告诉管理员")


def rows_of(errand: Errand) -> Found:
    """The list as the person would see it now."""
    match = resolve(reverse(errand.page))
    access = access_of(match.view_name, match.func)
    if not errand.by.is_active or access is None or not access.admits(errand.by):
        raise PermissionDenied
    answer = match.func(Inquiry(user=errand.by, query=errand.query, match=match))
    if not isinstance(answer, Found):
        raise PermissionDenied
    return answer


def bulk_of(errand: Errand, found: Found) -> Bulk:
    for each in found.bulk:
        if each.name == errand.verb:
            return each
    raise PermissionDenied


@action("accounts.ask_for_file")
def ask_for_file(
    found: Found, *, page: str, query: str, chosen: list[int] | None, file_format: str, by: User
) -> Errand:
    """The worker will make a file of these rows; it is there for a day."""
    tidy()
    total = found.rows.order_by().count()
    if total > exporting.LINES:
        refuse("too-many-rows", f"一个文件最多{exporting.LINES:,}条", remedy="用筛选条件分几次导出，例如按责任单位")
    errand = Errand.objects.create(
        by=by, page=page, query=query, chosen=chosen, verb=file_format, title=f"导出{found.title}", total=total
    )
    begin(errand)
    return errand


@action("accounts.ask_for_verb")
def ask_for_verb(found: Found, *, bulk: Bulk, page: str, query: str, by: User) -> Errand:
    """These rows, and no others, are chosen for the verb; what it needs is asked next."""
    tidy()
    chosen = list(found.rows.order_by().values_list("pk", flat=True)[: ROWS_OF_A_VERB + 1])
    refuse_if(obstacles_to_choosing(chosen))
    return Errand.objects.create(
        by=by,
        page=page,
        query=query,
        chosen=sorted(chosen),
        verb=bulk.name,
        title=f"{found.title}：{bulk.title}",
        total=len(chosen),
    )


def obstacles_to_choosing(chosen: list[int]) -> Iterator[Obstacle]:
    if not chosen:
        yield Obstacle("nothing-chosen", "没有选中任何一条", remedy="回到列表，勾选要办的，或者选择全部")
    if len(chosen) > ROWS_OF_A_VERB:
        yield Obstacle("too-many-rows", f"一次最多办{ROWS_OF_A_VERB:,}条", remedy="用筛选条件分几次办理")


@action("accounts.fill_errand")
def fill(errand: Errand, *, filled: str, by: User) -> Errand:
    """What the verb needs is said; the work begins."""
    errand = Errand.objects.visible_to(by).select_for_update().get(pk=errand.pk)
    if errand.state != ErrandState.ASKED:
        refuse("begun-already", "这一批已经开始办理", remedy="请看办理结果")
    errand.filled = filled
    errand.save(update_fields=["filled"])
    begin(errand)
    return errand


@action("accounts.resume_errand")
def resume(errand: Errand, *, by: User) -> Errand:
    """After a break the work goes on with the row after the last."""
    errand = Errand.objects.visible_to(by).select_for_update().get(pk=errand.pk)
    if not is_quiet(errand):
        refuse("under-way", "这一批没有中断", remedy="请看办理结果")
    begin(errand)
    return errand


def begin(errand: Errand) -> None:
    """Small ones are done by whoever called this, after commit; the rest waits for the worker."""
    errand.state, errand.told_at = ErrandState.WAITING, timezone.now()
    errand.save(update_fields=["state", "told_at"])
    if errand.is_file or errand.total > AT_ONCE:
        later("accounts.carry_out", errand=errand.pk, user=errand.by_id)


def is_quiet(errand: Errand) -> bool:
    told = errand.told_at
    return errand.is_under_way and (told is None or timezone.now() - told > QUIET)


def carry_out(errand: Errand, *, by: User) -> None:
    """All of it, row by row; not inside a transaction, so that everybody sees how far it is."""
    errand.by = by
    if not take(errand):
        return
    try:
        found = rows_of(errand)
        make_file(errand, found) if errand.is_file else act_on_each(errand, found)
    except PermissionDenied:
        end(errand, ErrandState.BROKEN, failure="您已没有办理的权限。")
        raise
    except Refused as refusal:
        end(errand, ErrandState.BROKEN, failure=str(refusal))
    except Exception:
        end(errand, ErrandState.BROKEN, failure="办理时出了意外；已办的照旧有效，其余没有改动。请再试一次。")
        raise
    else:
        end(errand, ErrandState.DONE)


def take(errand: Errand) -> bool:
    """Of two workers one gets it."""
    waiting = models.Q(state=ErrandState.WAITING) | models.Q(
        state=ErrandState.WORKING, told_at__lt=timezone.now() - QUIET
    )
    taken = Errand.objects.filter(waiting, pk=errand.pk).update(state=ErrandState.WORKING, told_at=timezone.now())
    errand.refresh_from_db(fields=["state", "last", "done", "refused"])
    return bool(taken)


def end(errand: Errand, state: ErrandState, *, failure: str = "") -> None:
    Errand.objects.filter(pk=errand.pk).update(state=state, failure=failure, ended_at=timezone.now())
    record(
        AuditKind.EXPORT if errand.is_file else AuditKind.JOB,
        by=errand.by,
        verb=errand.page,
        of=errand,
        format=errand.verb,
        rows=errand.done,
        refused=errand.refused,
        query=errand.query,
        state=str(state),
    )


def make_file(errand: Errand, found: Found) -> None:
    rows = found.rows if errand.chosen is None else found.rows.filter(pk__in=errand.chosen)
    told: list[int] = []
    lines = counted(errand, lines_in_file(found.table, rows, told=told))
    with tempfile.TemporaryFile() as file:
        exporting.WRITERS[errand.verb](file, found.title, headings_in_file(found.table), lines)
        file.seek(0)
        errand.file = sealed(file.read())
    errand.file_name, errand.rows = f"{found.title}.{errand.verb}", sorted(set(told))
    errand.save(update_fields=["file", "file_name", "rows", "done"])


def within_sight(errand: Errand) -> models.QuerySet:
    """Of what the errand's list lists, all that the person may see now."""
    return rows_of(errand).rows.model._default_manager.visible_to(errand.by)  # type: ignore[attr-defined]


def obstacles_to_taking(errand: Errand) -> Iterator[Obstacle]:
    """A file was made with the rights of that moment; it is given out with those of this one."""
    # Read where they are: a list of a million is no list of parameters.
    told = RawSQL("SELECT unnest(rows) FROM accounts_errand WHERE id = %s", [errand.pk])
    made_of = Errand.objects.filter(pk=errand.pk).values_list("rows__len", flat=True).get() or 0
    if gone := made_of - within_sight(errand).filter(pk__in=told).count():
        reason = f"文件里有{gone:,}条已不在您的可见范围"
        yield Obstacle("out-of-sight", reason, remedy="回到列表重新导出，导出的是现在看得到的")


def left_undone(errand: Errand) -> models.QuerySet:
    """The refusals, without the names of what the person may see no more."""
    seen = within_sight(errand).filter(pk=models.OuterRef("number"))
    refusals = ErrandRefusal.objects.visible_to(errand.by).filter(errand=errand)
    return refusals.filter(models.Q(number=None) | models.Exists(seen))


def counted(errand: Errand, lines: Iterator[list]) -> Iterator[list]:
    """Tells how far it is, about once a second."""
    told = time.monotonic()
    errand.done = 0
    for errand.done, line in enumerate(lines, start=1):  # noqa: B020 (it counts on the errand itself)
        yield line
        if errand.done % 500 == 0 and time.monotonic() - told > SIGN_OF_LIFE:
            told = time.monotonic()
            Errand.objects.filter(pk=errand.pk).update(done=errand.done, told_at=timezone.now())


def act_on_each(errand: Errand, found: Found) -> None:
    bulk = bulk_of(errand, found)
    form = bulk.form(as_sent(errand.filled), user=errand.by)
    if not form.is_valid():
        refuse("form-stale", "填写的内容现在不能用了", remedy="可能所选的单位已停用；请重新选择后再办")
    for number in errand.chosen or ():
        if errand.last is None or number > errand.last:
            act_on_one(errand, number, found.rows, bulk, form.cleaned_data)


def act_on_one(errand: Errand, number: int, rows: models.QuerySet, bulk: Bulk, filled: dict[str, Any]) -> None:
    """The verb and the mark that it was done are one transaction: no row is done twice, none is skipped."""
    row = rows.filter(pk=number).first()
    with transaction.atomic():
        obstacles = judged(lambda: bulk.verb(bulk.of(row), **filled, by=errand.by)) if row else (GONE,)
        if obstacles:
            said = found_name(row, number)
            ErrandRefusal.objects.create(
                errand=errand,
                row=said,
                number=number if row else None,
                reason="；".join(each.reason for each in obstacles),
                remedy="；".join(dict.fromkeys(each.remedy for each in obstacles if each.remedy)),
            )
            errand.refused += 1
        else:
            errand.done += 1
        errand.last, errand.told_at = number, timezone.now()
        errand.save(update_fields=["done", "refused", "last", "told_at"])


def judged(act: Callable[[], object]) -> tuple[Obstacle, ...]:
    try:
        act()
    except Refused as refusal:
        return refusal.obstacles
    except PermissionDenied:
        return (WRONG_PERSON,)
    except Exception:
        logger.exception("one row of an errand broke")
        return (BROKEN,)
    return ()


def found_name(row: models.Model | None, number: int) -> str:
    if row is None:
        return f"第 {number} 号"
    return str(getattr(row, "name", "") or row)


def tidy() -> None:
    """Files of exports, what was asked for and whose rows were refused are gone within a day, and so is what was never filled in."""
    before = timezone.now() - KEPT
    ErrandRefusal.objects.filter(errand__asked_at__lt=before).delete()
    Errand.objects.filter(asked_at__lt=before).exclude(query="", filled="").update(query="", filled="")
    Errand.objects.filter(asked_at__lt=before, file__isnull=False).update(file=None, rows=None)
    Errand.objects.filter(asked_at__lt=before, state=ErrandState.ASKED).delete()


def sealed(content: bytes) -> bytes:
    """With the office's key: a list of people is as private as the register."""
    name, secret = crypto.office_key()
    return name.encode() + b":" + crypto.seal(crypto.derive(secret, PURPOSE), content)


def opened(stored: bytes | memoryview) -> bytes:
    name, _, body = bytes(stored).partition(b":")
    _, secret = crypto.office_key(name.decode())
    return crypto.unseal(crypto.derive(secret, PURPOSE), body)
