"""Two records of one organisation are found, compared, made one, and, if that was wrong, two again."""

from collections.abc import Iterator
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import connection

from taizhang.accounts.acting import action, tell_audit
from taizhang.accounts.actions import move_unit
from taizhang.accounts.models import Grant, Unit, User
from taizhang.cases.models import Case, Step
from taizhang.kit.refusals import Obstacle, refuse_if
from taizhang.ledger import merging, undoing
from taizhang.ledger.merging import Double
from taizhang.ledger.pairs import obstacles_to_offering_again, obstacles_to_telling_apart
from taizhang.orgs import rules
from taizhang.orgs.actions import label, step_about
from taizhang.orgs.mergers import Apart, Merger, kept_instead
from taizhang.orgs.models import Organization

WITHIN, ACROSS = rules.WHO["merge"], rules.WHO["unmerge"]
SHOWN = 200

# Of one name under either's names ever borne, of one sound, or of one name but for the region it begins with.
DOUBLES = """
WITH mine AS (
    SELECT o.id, o.search, s.pinyin, coalesce(p.region, '') AS region FROM orgs_organization o
    JOIN accounts_unit u ON u.id = o.unit_id AND u.path LIKE ANY (%(scope)s)
    LEFT JOIN accounts_unitspelling s ON s.unit_id = u.id
    LEFT JOIN orgs_particulars p ON p.organization_id = o.id AND upper_inf(p.recorded) AND upper_inf(p.period)
    WHERE NOT EXISTS (SELECT FROM orgs_merger m WHERE m.dropped_id = o.id AND m.undone_id IS NULL)
),
named AS (SELECT m.id, m.region, token FROM mine m, unnest(string_to_array(m.search, ' ')) token),
bare AS (
    SELECT id, region, regexp_replace(token, '^[^省市县区]{1,5}[省市县区]', '') AS token FROM named
    WHERE token ~ '[^0-9A-Z]'
),
pairs AS (
    SELECT a.id AS one, b.id AS other, 1 AS how FROM named a JOIN named b ON a.token = b.token AND a.id < b.id
    UNION ALL
    SELECT a.id, b.id, 2 FROM mine a JOIN mine b ON a.pinyin = b.pinyin AND a.pinyin <> '' AND a.id < b.id
    UNION ALL
    SELECT a.id, b.id, 3 FROM bare a JOIN bare b ON a.token = b.token AND a.id < b.id AND a.region = b.region
    WHERE length(a.token) > 3
)
SELECT one, other, min(how) FROM pairs p
WHERE NOT EXISTS (SELECT FROM orgs_apart x WHERE x.one_id = p.one AND x.other_id = p.other AND x.undone_id IS NULL)
GROUP BY one, other ORDER BY min(how), one, other LIMIT %(limit)s
"""
HOW = {1: "名称相同，或一家的曾用名是另一家的名称", 2: "名称同音", 3: "同一区划，除地名外名称相同"}


def doubles(user: User) -> list[Double]:
    """Pairs in the person's scope that may be one organisation, the likeliest first."""
    with connection.cursor() as cursor:
        cursor.execute(DOUBLES, {"scope": user.scope.patterns, "limit": SHOWN})
        found = cursor.fetchall()
    numbers = {number for one, other, _ in found for number in (one, other)}
    rows = Organization.objects.visible_to(user).filter(pk__in=numbers).select_related("unit__parent").in_bulk()
    return [Double(rows[one], rows[other], HOW[how]) for one, other, how in found if one in rows and other in rows]


def may_merge(user: User, one: Organization, other: Organization) -> bool:
    """Within one responsible unit its own people; across, the committee's reviewer alone."""
    roles = WITHIN if one.unit.parent_id == other.unit.parent_id else ACROSS
    return user.holds(roles, one.unit) and user.holds(roles, other.unit)


@action("orgs.merge")
def merge(kept: Organization, *, dropped: Organization, note: str, on: date, by: User, document: str = "") -> Merger:
    """One organisation is on record once: what the ledger says of either, it says of the kept one; old name and code find it."""
    kept, dropped = locked(kept, dropped)
    if not may_merge(by, kept, dropped):
        raise PermissionDenied
    refuse_if(obstacles_to_merging(kept, dropped, note=note))
    below = list(Unit.objects.filter(parent=dropped.unit).order_by("pk"))
    title = f"合并重复登记：{dropped.unit.name}并入"
    step = step_about(kept, "orgs:merge", title, by=by, on=on, document=document, note=note)
    taken_over = merging.restate_under(kept, dropped, step=step)
    moves = bool(dropped.code) and not kept.code
    made = Merger.objects.create(
        kept=kept,
        dropped=dropped,
        step=step,
        name=dropped.unit.name,
        code=dropped.code or "",
        code_moved=moves,
        moved_units=[each.pk for each in below],
    )
    if moves:
        code, dropped.code = dropped.code, None
        dropped.save(update_fields=["code"])
        kept.code = code
        kept.save(update_fields=["code"])
    for each in below:
        move_unit(each, under=kept.unit)
    dropped.unit.closed_on = on
    dropped.unit.save(update_fields=["closed_on"])
    label(kept)
    tell_audit(dropped=dropped.pk, taken_over=sum(taken_over.values()))
    return made


@action("orgs.unmerge")
def unmerge(merger: Merger, *, note: str, on: date, by: User, document: str = "") -> Merger:
    """They are two after all: everything is stated again as it was before the merger, and the pair is offered no more."""
    merger = Merger.objects.select_for_update(of=("self",)).select_related("step").get(pk=merger.pk)
    kept, dropped = locked(merger.kept, merger.dropped)
    if not (by.holds(ACROSS, kept.unit) and by.holds(ACROSS, dropped.unit)):
        raise PermissionDenied
    refuse_if(obstacles_to_unmerging(merger, note=note))
    title = f"撤销合并：{merger.name}"
    step = step_about(kept, "orgs:unmerge", title, by=by, on=on, document=document, note=note)
    undoing.undo(merger.step, step=step)
    if merger.code_moved:
        kept.code = None
        kept.save(update_fields=["code"])
        dropped.code = merger.code
        dropped.save(update_fields=["code"])
    dropped.unit.closed_on = None
    dropped.unit.save(update_fields=["closed_on"])
    for each in Unit.objects.filter(pk__in=merger.moved_units, parent=kept.unit).order_by("pk"):
        move_unit(each, under=dropped.unit)
    merger.undone = step
    merger.save(update_fields=["undone"])
    remember_two(kept, dropped, step=step)
    label(kept)
    label(dropped)
    return merger


@action("orgs.tell_apart")
def tell_apart(one: Organization, *, other: Organization, note: str, on: date, by: User, document: str = "") -> Apart:
    """They are two: the pair is offered no more, as long as nobody doubts it."""
    one, other = locked(one, other)
    if not may_merge(by, one, other):
        raise PermissionDenied
    refuse_if(obstacles_to_telling_apart(Apart.objects.all(), one, other, note=note, two="两家"))
    title = f"认定与{other.unit.name}不是一家"
    step = step_about(one, "orgs:tell_apart", title, by=by, on=on, document=document, note=note)
    return remember_two(one, other, step=step)


@action("orgs.offer_again")
def offer_again(apart: Apart, *, note: str, on: date, by: User, document: str = "") -> Apart:
    """Whether they are two is open again; the pair is offered as before."""
    apart = Apart.objects.select_for_update(of=("self",)).get(pk=apart.pk)
    one, other = locked(apart.one, apart.other)
    if not may_merge(by, one, other):
        raise PermissionDenied
    refuse_if(obstacles_to_offering_again(apart, note=note))
    title = f"撤销认定，与{other.unit.name}再核对"
    apart.undone = step_about(one, "orgs:offer_again", title, by=by, on=on, document=document, note=note)
    apart.save(update_fields=["undone"])
    return apart


def remember_two(*both: Organization, step: Step) -> Apart:
    one, other = sorted(both, key=lambda each: each.pk)
    return Apart.objects.create(one=one, other=other, step=step)


def locked(*organizations: Organization) -> list[Organization]:
    return merging.locked(Organization.objects.select_related("unit__parent"), *organizations)


def obstacles_to_merging(kept: Organization, dropped: Organization, *, note: str) -> Iterator[Obstacle]:
    if kept.pk == dropped.pk:
        yield Obstacle("the-same", "选的是同一条记录", remedy="另选一条", where="dropped")
        return
    if Apart.objects.standing().filter(one__in=[kept, dropped], other__in=[kept, dropped]).exists():
        yield Obstacle("told-apart", "已经认定是两家", remedy="先在“认定为两家的”里撤销认定", where="dropped")
    if not note.strip():
        yield Obstacle(
            "note-missing", "没有写明合并的理由", remedy="写明凭什么认定是同一家，例如登记证书、公告", where="note"
        )
    for each in (kept, dropped):
        if (merger := kept_instead(each)) is not None:
            yield Obstacle(
                "merged-already", f"{merger.name}已并入{merger.kept}", remedy="请用保留的那一条", where="dropped"
            )
    if count := Case.objects.open().filter(unit=dropped.unit).count():
        yield Obstacle(
            "cases-open", f"{dropped}还有{count}件未办结的事项", remedy="先办结或撤回，再合并", where="dropped"
        )
    standing = Grant.objects.filter(unit=dropped.unit, ended_at=None, user__is_active=True).select_related("user")
    if holders := [each.user.name for each in standing[:5]]:
        yield Obstacle(
            "accounts-standing",
            f"{dropped}还有在用的账号：{'、'.join(holders)}",
            remedy="先请账户管理员停用，或在保留的一家重新授予角色",
            where="dropped",
        )


def obstacles_to_unmerging(merger: Merger, *, note: str) -> Iterator[Obstacle]:
    if merger.undone_id:
        yield Obstacle("undone-already", "这次合并已经撤销", remedy="无需再办")
        return
    if not note.strip():
        yield Obstacle("note-missing", "没有写明撤销的理由", remedy="写明凭什么认定是两家", where="note")
    yield from undoing.obstacles_to_undoing(merger.step)
