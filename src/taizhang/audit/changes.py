"""What an act changed: the facts it entered and gave up, and the rows whose history bears its number, before and after.

Values that only a person's key opens are named, not shown; `opened` shows them, to who was granted it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from pghistory.models import Event

from taizhang.accounts.acting import name_of
from taizhang.accounts.models import AuditRecord
from taizhang.cases.models import Step
from taizhang.kit.lists import shown
from taizhang.ledger.models import Fact
from taizhang.members.identity import opened_particulars
from taizhang.members.models import Person

SHOWN = 50  # rows of one kind; an import changes more than anybody reads
PROTECTED = {"particulars_sealed": "姓名、出生日期", "id_number_sealed": "身份证号", "telephone_sealed": "电话"}
CLOSED = "（受保护）"
ERASED = "（密钥已销毁，不能再读）"
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row; `opened` says it was a protected one."""

    field: str
    before: str
    after: str
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """One row: which, what was done to it, and its fields."""

    what: str
    row: str
    how: str
    changes: tuple[Change, ...]

    @property
    def is_protected(self) -> bool:
        return any(change.is_protected for change in self.changes)


def changes_of(record: AuditRecord, *, open_them: bool = False) -> list[Changed]:
    if record.act is None:
        return []
    return [*rows_of(record.act, open_them=open_them), *facts_of(record.act)]


def has_protected(record: AuditRecord) -> bool:
    return any(changed.is_protected for changed in changes_of(record))


def rows_of(act: UUID, *, open_them: bool) -> Iterator[Changed]:
    for model in histories():
        tracked = model.pgh_tracked_model
        for event in model.objects.filter(pgh_context_id=act).order_by("pgh_id")[:SHOWN]:
            changes = tuple(fields_of(event, *sides(model, event), open_them=open_them))
            if changes:
                row = f"{tracked._meta.label_lower}:{event.pgh_obj_id}"
                how = "新增" if event.pgh_label == "insert" else "更改"
                yield Changed(str(tracked._meta.verbose_name), row, how, changes)


def histories() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, Event) and hasattr(model, "pgh_tracked_model")]


def sides(model: Any, event: Any) -> tuple[Model | None, Model | None]:
    """The row before and after: a history holds what became of it, or (kit.triggers.replaced) what it was before."""
    of_row = model.objects.filter(pgh_obj_id=event.pgh_obj_id)
    if event.pgh_label == "replaced":
        later = of_row.filter(pgh_id__gt=event.pgh_id).order_by("pgh_id").first()
        return event, later or model.pgh_tracked_model._base_manager.filter(pk=event.pgh_obj_id).first()
    return of_row.filter(pgh_id__lt=event.pgh_id).order_by("-pgh_id").first(), event


def fields_of(event: Any, before: Model | None, after: Model | None, *, open_them: bool) -> Iterator[Change]:
    for field in event._meta.concrete_fields:
        if field.name.startswith("pgh_") or field.name == "id":
            continue
        was, now = (getattr(each, field.attname, None) for each in (before, after))
        if field.name.endswith("_sealed"):
            was, now = (bytes(value) if value is not None else None for value in (was, now))
            if was != now:
                label = PROTECTED.get(field.name, field.name)
                told = [protected(event, field.name, value, open_them) for value in (was, now)]
                yield Change(label, told[0], told[1], is_protected=True)
        elif was != now:
            yield Change(label_of(field), said(event, field, was), said(event, field, now))


def label_of(field: Any) -> str:
    label = str(field.verbose_name)
    return label if any(character >= "\u4e00" for character in label) else field.name


def said(event: Model, field: Any, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        return f"{field.related_model._meta.verbose_name} {value}"
    return str(shown(value))


def protected(event: Any, name: str, sealed: bytes | None, open_them: bool) -> str:
    if sealed is None:
        return NOTHING
    if not open_them:
        return CLOSED
    person = Person.objects.with_keys().get(pk=event.pgh_obj_id)
    if not hasattr(person, "key"):
        return ERASED
    if name == "particulars_sealed":
        kept = opened_particulars(person, sealed)
        return "，".join(filter(None, (kept.get("name"), kept.get("born_on"))))
    return person.opened(sealed)


def facts_of(act: UUID) -> Iterator[Changed]:
    steps = list(Step.objects.filter(act=act).values_list("pk", flat=True))
    if not steps:
        return
    for model in apps.get_models():
        if not issubclass(model, Fact):
            continue
        for how, found in (
            ("入账", model.objects.filter(step__in=steps)),
            ("销账", model.objects.filter(closing_step__in=steps)),
        ):
            for fact in found.order_by("pk")[:SHOWN]:
                yield Changed(str(model._meta.verbose_name), name_of(fact), how, tuple(of_fact(fact, how)))


def of_fact(fact: Fact, how: str) -> Iterator[Change]:
    """What a fact says; people by their number alone."""
    for field in fact._meta.concrete_fields:
        if field.name in {"id", "recorded", "step", "closing_step"}:
            continue
        value = getattr(fact, field.attname)
        if value in (None, ""):
            continue
        text = spelled(value) if field.name == "period" else said(fact, field, value)
        yield Change(label_of(field), *((text, NOTHING) if how == "销账" else (NOTHING, text)))


def spelled(period: Any) -> str:
    return f"{period.lower} 起" if period.upper is None else f"{period.lower} 至 {period.upper}（不含）"


def tables_changed(record: AuditRecord) -> dict[str, int]:
    """How many rows of each kind the act touched, by the noun's name."""
    if record.act is None:
        return {}
    found: dict[str, int] = {}
    steps = list(Step.objects.filter(act=record.act).values_list("pk", flat=True))
    for model in apps.get_models():
        if issubclass(model, Fact) and steps:
            number = model.objects.filter(step__in=steps).count() + model.objects.filter(closing_step__in=steps).count()
        elif issubclass(model, Event) and hasattr(model, "pgh_tracked_model"):
            history: Any = model
            number = history.objects.filter(pgh_context_id=record.act).count()
        else:
            continue
        if number:
            noun: type[Model] = getattr(model, "pgh_tracked_model", model)
            found[str(noun._meta.verbose_name)] = number
    return found
