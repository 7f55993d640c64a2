"""Undoing a whole step: what it stated is no longer known, what it replaced is known again."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from taizhang.cases.models import Step
from taizhang.kit.refusals import Obstacle
from taizhang.ledger.many import own_columns
from taizhang.ledger.models import Fact

REMEDY = "请先撤回或更正后来的办理；只有个别行有误时，请用“更正”。"


def fact_models() -> list[type[Fact]]:
    return [model for model in apps.get_models() if issubclass(model, Fact)]


def obstacles_to_undoing(step: Step) -> Iterator[Obstacle]:
    """What stands on the step: facts of it that were given up since, and what was stated since of things it brought in."""
    for model in fact_models():
        closed = model.objects.filter(step=step, closing_step__isnull=False).exclude(closing_step=step)
        if count := closed.count():
            yield Obstacle(
                "changed-since",
                f"这一批的“{model._meta.verbose_name}”有 {count} 条已被后来的办理更正或终止，例如：{_named(closed[:3])}。",
                remedy=REMEDY,
            )
    for noun in {field.related_model for _, field in _keys()}:
        _collect_introduced(noun, step)
        for model, field in _references(noun):
            table, column = model._meta.db_table, field.column
            found = _ask(
                f"""SELECT count(*), min(f.id) FROM {table} f JOIN introduced n ON f.{column} = n.id
                WHERE upper_inf(f.recorded) AND f.step_id <> %(step)s""",
                step,
            )
            if count := found[0]:
                example = model.objects.filter(pk=found[1])
                yield Obstacle(
                    "used-since",
                    f"这一批带进来的{noun._meta.verbose_name}后来又记了 {count} 条“{model._meta.verbose_name}”，"
                    f"例如：{_named(example)}。",
                    remedy=REMEDY,
                )
        yield from _grants_and_cases(noun, step)


def undo(old: Step, *, step: Step) -> None:
    """The caller has asked what stands on it."""
    for model in fact_models():
        table, names = model._meta.db_table, ", ".join(own_columns(model))
        parameters: dict[str, Any] = {"old": old.pk, "step": step.pk, "moment": step.recorded_at}
        with connection.cursor() as cursor:
            cursor.execute(
                f"""UPDATE {table} SET recorded = tstzrange(lower(recorded), %(moment)s), closing_step_id = %(step)s
                WHERE step_id = %(old)s AND upper_inf(recorded)""",
                parameters,
            )
            cursor.execute(
                f"""INSERT INTO {table} (period, recorded, step_id, {names})
                SELECT period, tstzrange(%(moment)s, NULL), %(step)s, {names} FROM {table}
                WHERE closing_step_id = %(old)s AND step_id <> %(old)s""",
                parameters,
            )


def introduced_units(step: Step) -> list[int]:
    """The nodes of what the step brought in: organisations, Party organisations, and units named by it."""
    units: list[int] = []
    for noun in {field.related_model for _, field in _keys()}:
        _collect_introduced(noun, step)
        if noun._meta.label == "accounts.Unit":
            sql = "SELECT coalesce(array_agg(id), '{}') FROM introduced"
        elif any(field.name == "unit" for field in noun._meta.concrete_fields):
            sql = f"SELECT coalesce(array_agg(o.unit_id), '{{}}') FROM {noun._meta.db_table} o JOIN introduced n ON n.id = o.id"
        else:
            continue
        units += _ask(sql, step)[0]
    return units


def _keys() -> Iterator[tuple[type[Fact], ForeignKey]]:
    """Whatever facts are stated of: the foreign keys in their keys."""
    for model in fact_models():
        for name in model.KEY:
            field = model._meta.get_field(name)
            if isinstance(field, ForeignKey):
                yield model, field


def _references(noun) -> Iterator[tuple[type[Fact], ForeignKey]]:
    for model in fact_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is noun:
                yield model, field


def _collect_introduced(noun, step: Step) -> None:
    """`introduced`: what had no statement before this step."""
    stated = [(model, field) for model, field in _keys() if field.related_model is noun]
    ours = " UNION ".join(
        f"SELECT {field.column} AS id FROM {model._meta.db_table} WHERE step_id = %(step)s" for model, field in stated
    )
    before = " ".join(
        f"""AND NOT EXISTS (SELECT FROM {model._meta.db_table} e
            WHERE e.{field.column} = o.id AND lower(e.recorded) < %(moment)s)"""
        for model, field in stated
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.introduced")
        cursor.execute(
            f"CREATE TEMPORARY TABLE introduced ON COMMIT DROP AS SELECT id FROM ({ours}) o WHERE true {before}",
            {"step": step.pk, "moment": step.recorded_at},
        )
        cursor.execute("ANALYZE introduced")


def _grants_and_cases(noun, step: Step) -> Iterator[Obstacle]:
    if noun._meta.label == "accounts.Unit":
        units = "SELECT id FROM introduced"
    elif any(field.name == "unit" for field in noun._meta.concrete_fields):
        units = f"SELECT o.unit_id FROM {noun._meta.db_table} o JOIN introduced n ON n.id = o.id"
    else:
        return
    grants = _ask(f"SELECT count(*) FROM accounts_grant WHERE ended_at IS NULL AND unit_id IN ({units})", step)[0]
    if grants:
        yield Obstacle(
            "accounts-since", f"后来给这一批的{noun._meta.verbose_name}开了 {grants} 个账户。", remedy=REMEDY
        )
    cases = _ask(f"SELECT count(*) FROM cases_case WHERE unit_id IN ({units}) AND id <> {step.case_id}", step)[0]
    if cases:
        yield Obstacle("cases-since", f"后来为这一批的{noun._meta.verbose_name}办了 {cases} 件事项。", remedy=REMEDY)


def _ask(sql: str, step: Step) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"step": step.pk})
        return cursor.fetchone()


def _named(facts) -> str:
    return "；".join(
        "、".join(str(getattr(fact, name)) for name in fact.KEY if not isinstance(getattr(fact, name), int))
        for fact in facts
    )
