"""An answer as plain data: what the command line prints with --json, and what the pages and the API send."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from taizhang.kit.templatetags.kit import known_at
from taizhang.stats.catalogue import THEMES
from taizhang.stats.changes import KIND_LABELS, Change, Changes
from taizhang.stats.figures import Group, Question, Record, Totals


def of_totals(found: Totals, *, by: str = "") -> dict[str, Any]:
    """`base` is a number, `base_is` says of what; `rate` is a fraction or null; null numbers mean: not known then."""
    question = found.question
    figure = question.figure
    return {
        "figure": figure.key,
        "name": figure.name,
        "measure": figure.measure,
        "definition": figure.definition,
        "source": figure.source,
        "clause": figure.clause,
        **of_threshold(question),
        "variant": question.variant,
        "variant_label": figure.variants[question.variant],
        "variants": figure.variants,
        "theme": THEMES[figure.theme],
        "since": question.begins.isoformat() if figure.is_of_period else None,
        "day": question.at.day.isoformat(),
        "known_at": question.at.known_at.isoformat() if question.at.known_at else None,
        "known": known(question),
        "organised": question.organised,
        "base_is": question.base or None,
        "base_is_label": figure.bases.get(question.base, ""),
        "by": by or None,
        "base": found.base,
        "counted": found.counted,
        "rate": found.rate if figure.rate else None,
        "rate_is": figure.rate or None,
        "groups": [of_group(group, figure.rate) for group in found.groups],
        "not_known": not_known(found) or None,
        "not_known_before": found.not_known_before.isoformat() if found.not_known_before else None,
    }


def of_threshold(question: Question) -> dict[str, Any]:
    if (wanted := question.figure.parameter) is None:
        return {}
    return {"parameter": {"name": wanted.name, "value": question.threshold, "clause": question.threshold_clause}}


def of_group(group: Group, rate: str) -> dict[str, Any]:
    return {
        "key": group.key,
        "label": group.label,
        "base": group.base,
        "counted": group.counted,
        "rate": group.rate if rate else None,
    }


def of_record(row: Record) -> dict[str, Any]:
    return {
        "record": row.record,
        "label": row.label,
        "code": row.code,
        **row.dimensions,
        "in_base": row.in_base,
        "counted": row.counted,
        "reason": row.reason,
    }


def of_changes(found: Changes) -> dict[str, Any]:
    return {
        "day": found.before.question.at.day.isoformat(),
        "known_at": found.before.question.at.known_at.isoformat() if found.before.question.at.known_at else None,
        "base": found.before.base,
        "counted": found.before.counted,
        "not_known": not_known(found.before) or None,
        "changed": {kind: {"label": KIND_LABELS[kind], "count": count} for kind, count in found.counts.items()},
        "records": [of_change(change) for change in found.records],
    }


def of_change(change: Change) -> dict[str, Any]:
    return {
        "record": change.record,
        "label": change.label,
        "kinds": change.kinds,
        "was": change.was,
        "now": change.now,
        "was_group": change.was_group,
        "is_group": change.is_group,
        "sentence": change.sentence,
        "causes": [
            {
                "fact": f"{cause.fact._meta.label}:{cause.fact.pk}" if cause.fact else None,
                "text": cause.text,
                "how": cause.how,
                "step": cause.step.pk,
                "on": cause.step.on.isoformat(),
                "recorded_at": cause.step.recorded_at.isoformat(),
                "address": cause.address or None,
            }
            for cause in change.causes
        ],
    }


def known(question: Question) -> str:
    if question.at.known_at is None:
        return "按现在所知"
    return f"按{known_at(question.at.known_at)}所知"


def not_known(found: Totals) -> str:
    """Never nought where the ledger says nothing."""
    if found.base is not None:
        return ""
    if found.nothing_known or found.not_known_before is None:
        return "可见范围内台账尚无记录，无从得知"
    before = found.not_known_before
    when = f"{localtime(before):%Y-%m-%d %H:%M}" if isinstance(before, datetime) else f"{before:%Y-%m-%d}"
    return f"{when} 之前台账没有记录，无从得知"
