"""A draft saves itself field by field, samples are typed, sections are confirmed, and it is submitted; or taken back."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied

from taizhang.accounts.acting import action
from taizhang.accounts.models import UnitKind, User
from taizhang.cases.actions import ledger_now
from taizhang.declarations import rules
from taizhang.declarations.actions.moving import move, step_to, taken, whole
from taizhang.declarations.drafts import Draft, again, samples_of
from taizhang.declarations.models import Confirmation, Declaration, Difference, Sample, State
from taizhang.declarations.sections import Record
from taizhang.kit.refusals import Obstacle, refuse, refuse_if


@action("declarations.keep")
def keep(
    declaration: Declaration,
    *,
    record: str,
    values: Mapping[str, Any],
    on: date,
    by: User,
    since: date | None = None,
    seen: Mapping[str, Any] | None = None,
) -> Declaration:
    """What was typed is kept as a difference, or as none where it says what the ledger says.

    `seen` is what the person saw in each field. A field that they left as they saw it is left alone; one that somebody
    else has changed since is refused with both values, and nothing of either is lost.
    """
    draft = whole(taken(declaration, "keep", by))
    return keep_in(draft, record=record, values=values, since=since, seen=seen, on=on, by=by)


def keep_in(
    draft: Draft,
    *,
    record: str,
    values: Mapping[str, Any],
    on: date,
    by: User,
    since: date | None = None,
    seen: Mapping[str, Any] | None = None,
) -> Declaration:
    declaration, found = draft.declaration, record_in(draft, record, by)
    typed = {name: readable(found, name, value) for name, value in values.items()}
    if seen is not None:
        typed = {name: value for name, value in typed.items() if name not in seen or not same(value, seen[name])}
    refuse_if([*conflicts(draft, found, typed, seen), *rules.obstacles_to_values(found, typed)])
    begin(draft, on=on, by=by)
    for name, value in typed.items():
        differ(draft, found, name, value, since=since, by=by)
    if since is not None:
        again = declaration.differences.standing().filter(record=record).exclude(since=since)
        again.update(since=since, unit_verdict="", committee_verdict="", reason="")
    return changed(declaration, by=by, section=found.kind.section)


@action("declarations.drop")
def drop(declaration: Declaration, *, record: str, by: User) -> Declaration:
    """Of this record the ledger is right after all."""
    declaration = taken(declaration, "keep", by)
    section = record_in(whole(declaration), record, by, known=False)
    declaration.differences.standing().filter(record=record).update(is_dropped=True)
    declaration.samples.filter(record=record).update(answer=None)
    return changed(declaration, by=by, section=section.kind.section if section else "")


@action("declarations.sample")
def sample(declaration: Declaration, *, record: str, field: str, value: Any, on: date, by: User) -> Declaration:
    """A sampled field is typed: what differs from the ledger is a difference like any other."""
    return type_in(whole(taken(declaration, "sample", by)), record=record, field=field, value=value, on=on, by=by)


def type_in(draft: Draft, *, record: str, field: str, value: Any, on: date, by: User) -> Declaration:
    if (record, field) not in draft.samples:
        refuse("not-a-sample", "这一项不在抽查之列", remedy="刷新页面", where=field)
    found = record_in(draft, record, by)
    value = readable(found, field, value)
    if value is None or value == "":
        refuse("value-missing", f"抽查“{found.kind.field(field).label}”没有填", remedy="照实际情况填写", where=field)
    refuse_if(rules.obstacles_to_values(found, {field: value}))
    begin(draft, on=on, by=by)
    Sample.objects.filter(declaration=draft.declaration, record=record, field=field).update(answer=value)
    differ(draft, found, field, value, since=None, by=by)
    differs = not same(value, found.values.get(field))
    return changed(draft.declaration, by=by, section=found.kind.section if differs else "")


@action("declarations.confirm")
def confirm(declaration: Declaration, *, sections: Iterable[str], name: str, on: date, by: User) -> Declaration:
    """These sections were read and are right, with the differences given: said by this person, under this name."""
    return confirm_in(whole(taken(declaration, "confirm", by)), sections=sections, name=name, on=on, by=by)


def confirm_in(draft: Draft, *, sections: Iterable[str], name: str, on: date, by: User) -> Declaration:
    declaration, wanted = draft.declaration, list(dict.fromkeys(sections))
    refuse_if(rules.obstacles_to_confirming(wanted, tuple(each.name for each in draft.sections)))
    if not name.strip():
        refuse("name-missing", "没有写确认人姓名", remedy="写填报人的姓名", where="name")
    begin(draft, on=on, by=by)
    moment = ledger_now()
    standing = set(declaration.confirmations.standing().values_list("section", flat=True))
    for each in wanted:
        if each not in standing:
            Confirmation.objects.create(declaration=declaration, section=each, by=by, name=name.strip(), at=moment)
    return changed(declaration, by=by)


@action("declarations.submit")
def submit(
    declaration: Declaration,
    *,
    on: date,
    by: User,
    version: int | None = None,
    sections: Iterable[str] = (),
    name: str = "",
    samples: Mapping[tuple[str, str], Any] | None = None,
    late_reason: str = "",
    note: str = "",
) -> Declaration:
    """It is with whoever reviews it. `version` is the draft that the person saw.

    What is still to be said can be said with it: that these `sections` are right, under this `name`, and the `samples`.
    """
    if Declaration.objects.filter(pk=declaration.pk, state__in=[State.WITH_UNIT, State.WITH_COMMITTEE]).exists():
        taken_for_sight(declaration, by)
        refuse("submitted-already", "这份填报已经提交", remedy="不用再交；看“轮到谁”就知道现在在谁手里")
    declaration = taken(declaration, "submit", by)
    if version is not None and version != declaration.version and declaration.changed_by_id != by.pk:
        reason = f"您看过之后，{declaration.changed_by}又改了这份填报"
        refuse("changed-meanwhile", reason, remedy="刷新页面，看过新的内容后再提交")
    said: dict[str, Any] = {
        "samples": samples,
        "sections": sections,
        "name": name,
        "late_reason": late_reason,
        "note": note,
    }
    return submit_in(whole(declaration), on=on, by=by, **said)


def submit_in(
    draft: Draft,
    *,
    on: date,
    by: User,
    sections: Iterable[str] = (),
    name: str = "",
    samples: Mapping[tuple[str, str], Any] | None = None,
    late_reason: str = "",
    note: str = "",
) -> Declaration:
    declaration = draft.declaration
    for (record, field), value in (samples or {}).items():
        type_in(draft, record=record, field=field, value=value, on=on, by=by)
    if sections := list(sections):
        confirm_in(draft, sections=sections, name=name, on=on, by=by)
    if samples or sections:
        draft = again(draft)  # with what was said just now
    refuse_if(rules.obstacles_to_submitting(draft, on=on, late_reason=late_reason))
    responsible = declaration.unit.parent
    alone = responsible is None or responsible.kind == UnitKind.COMMITTEE
    is_late = declaration.due_on is not None and on > declaration.due_on
    begin(draft, on=on, by=by)
    verb = "submit_to_committee" if alone else "submit"
    return move(
        declaration,
        verb,
        step=step_to(
            declaration, verb, by=by, on=on, note="；".join(filter(None, [late_reason.strip(), note.strip()]))
        ),
        submitted_by=by,
        submitted_on=on,
        submitted_to=responsible,
        is_late=is_late,
        late_reason=late_reason.strip() if is_late else "",
        returned_why="",
        asked_though_known=draft.asked_though_known(),
    )


@action("declarations.take_back")
def take_back(declaration: Declaration, *, on: date, by: User, note: str = "") -> Declaration:
    """Whoever submits has it in hand again; nobody reviews it meanwhile."""
    declaration = taken(declaration, "take_back", by)
    return move(declaration, "take_back", step=step_to(declaration, "take_back", by=by, on=on, note=note))


def taken_for_sight(declaration: Declaration, by: User) -> None:
    """The wrong person is told nothing, not even that it was submitted."""
    if not by.holds(rules.WHO["submit"], declaration.unit):
        raise PermissionDenied


def record_in(draft: Draft, key: str, by: User, *, known: bool = True) -> Any:
    found = draft.record(key)
    if found is None and known:
        refuse("no-such-record", "台账没有这条记录", remedy="刷新页面，看台账现在怎么说")
    if found is not None and found.kind.about_people and not by.people_scope.covers(draft.declaration.unit.path):
        raise PermissionDenied
    return found


def readable(record: Record, name: str, value: Any) -> Any:
    """As it is kept: words trimmed, numbers numbers, yes and no."""
    asked = next((each for each in record.kind.fields if each.name == name), None)
    if asked is None:
        refuse("no-such-field", f"“{record.kind.title}”没有这一项", remedy="只填列出的项目", where=name[:40])
    if value is None or value == "":
        return False if asked.kind == "yes" else None if asked.kind == "number" else ""
    wrong = (
        (asked.kind == "number" and (isinstance(value, bool) or not isinstance(value, int)))
        or (asked.kind == "yes" and not isinstance(value, bool))
        or (asked.kind in ("words", "choice") and not isinstance(value, str))
    )
    if wrong:
        refuse("not-readable", f"“{asked.label}”读不出来", remedy="数字只写数字，是否写是或否", where=name)
    return value.strip() if isinstance(value, str) else value


def same(one: Any, other: Any) -> bool:
    empty = (None, "", False)
    if isinstance(one, bool) or isinstance(other, bool):
        return bool(one) == bool(other)
    return (one in empty[:2] and other in empty[:2]) or one == other


def conflicts(draft: Draft, record: Record, typed: Mapping[str, Any], seen: Mapping[str, Any] | None) -> list[Obstacle]:
    found = []
    for name, value in typed.items():
        now = draft.declared(record, name)
        if seen is None or name not in seen or same(seen[name], now) or same(value, now):
            continue
        asked, difference = record.kind.field(name), draft.differences.get((record.key, name))
        by = difference.by.name if difference else "台账"
        found.append(rules.both_changed(asked.label, asked.text(now), by, asked.text(value), name))
    return found


def differ(draft: Draft, record: Record, name: str, value: Any, *, since: date | None, by: User) -> None:
    """A difference stands, changes, or is none any more. A verdict on what it said before is void."""
    declaration = draft.declaration
    known, standing = record.values.get(name), draft.differences.get((record.key, name))
    if same(value, known) and (record.is_known or value in (None, "", False)):
        if standing is not None:
            standing.is_dropped = True
            standing.save(update_fields=["is_dropped"])
        return
    day = since or draft.since(record.key) or declaration.cut_off_on
    if standing is not None and same(standing.new, value) and standing.since == day and standing.old == known:
        return
    difference = standing or Difference(declaration=declaration, record=record.key, field=name)
    difference.old, difference.new, difference.since = known, value, day
    difference.about_people = record.kind.about_people
    difference.by, difference.at = by, ledger_now()
    difference.unit_verdict = difference.committee_verdict = difference.reason = ""
    difference.save()


def begin(draft: Draft, *, on: date, by: User) -> None:
    """The first thing typed begins it, and fixes the samples."""
    declaration = draft.declaration
    if declaration.state != State.NOT_BEGUN:
        return
    Sample.objects.bulk_create(samples_of(declaration, draft.read))
    move(declaration, "begin", step=step_to(declaration, "begin", by=by, on=on))


def changed(declaration: Declaration, *, by: User, section: str = "") -> Declaration:
    """A section that was changed is to be confirmed again."""
    if section:
        declaration.confirmations.standing().filter(section=section).update(is_void=True)
    declaration.version, declaration.changed_by = declaration.version + 1, by
    declaration.save(update_fields=["version", "changed_by"])
    return declaration
