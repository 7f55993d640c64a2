"""A figure's records as rows: on the page with links to what they are about, in a file as they can be imported again."""

from dataclasses import replace
from typing import Any

from django.db.models import Model

from taizhang.declarations.models import Declaration
from taizhang.formation.models import Application
from taizhang.instructors.models import Instructor
from taizhang.kit.addresses import address_of
from taizhang.meetings.models import Sitting
from taizhang.members.models import Person
from taizhang.orgs.models import Organization
from taizhang.papers.models import Paper
from taizhang.party.models import PartyOrganization
from taizhang.stats import answers, figures, labels
from taizhang.stats.catalogue import Figure
from taizhang.stats.figures import Question, Record, Totals
from taizhang.stats.forms import ORGANISED, Asked

NAMES = {
    "organisation": "社会组织名称",
    "party": "党组织名称",
    "person": "姓名",
    "instructor": "姓名",
    "sitting": "会议",
    "application": "申请",
    "paper": "文书",
    "declaration": "填报",
}
THINGS: dict[str, type[Model]] = {
    "organisation": Organization,
    "party": PartyOrganization,
    "person": Person,
    "instructor": Instructor,
    "sitting": Sitting,
    "application": Application,
    "paper": Paper,
    "declaration": Declaration,
}
CODE = "统一社会信用代码"
SHOWN_LABELS = {"counted": "计入", "uncounted": "未计入", "base": "基数", "outside": "不在基数"}


def headings(figure: Figure) -> list[str]:
    return [NAMES[figure.record], *(CODE for _ in figure.columns), *figure.labels.values(), "是否计入", "缘由"]


def row(each: Record, figure: Figure, user) -> dict[str, Any]:
    return {
        "name": each.label,
        "address": address(figure, each.record, user) if each.label != labels.HIDDEN else "",
        "cells": list(zip(headings(figure)[1:], cells(each, figure), strict=True)),
    }


def cells(each: Record, figure: Figure) -> list[str]:
    code = [each.code or "—"] if figure.columns else []
    return [*code, *each.dimensions.values(), counts(each), each.reason]


def counts(each: Record) -> str:
    if each.counted:
        return "计入"
    return "未计入" if each.in_base else "不在基数"


def address(figure: Figure, record: int, user) -> str:
    return address_of(THINGS[figure.record](pk=record))


def file_headings(figure: Figure) -> list[str]:
    return headings(figure)


def line(each: Record, figure: Figure) -> list[str]:
    return [each.label, *([each.code] if figure.columns else []), *each.dimensions.values(), counts(each), each.reason]


def described(question: Question, totals: Totals, shown: str) -> list[tuple[str, str]]:
    """What the file is a list of: it must be understood without the page it came from."""
    figure = question.figure
    answer = answers.of_totals(totals)
    rate = "" if answer["rate"] is None else f"（{answer['rate'] * 100:.1f}%）"
    return [
        ("指标", figure.name),
        ("计法", answer["variant_label"]),
        ("口径", figure.definition),
        ("来源", figure.source),
        *([("起算", answer["since"])] if answer["since"] else []),
        ("日期", answer["day"]),
        ("所知", answer["known"]),
        ("基数", answer["base_is_label"] or "全部"),
        ("隶属", ORGANISED[question.organised]),
        ("范围", labels.of_scope(question.scope)),
        ("分组", group_label(question) or "全部"),
        ("名单", SHOWN_LABELS.get(shown, "全部")),
        ("结果", answer["not_known"] or f"{totals.counted} / {totals.base} {figure.measure}{rate}"),
    ]


def group_label(question: Question) -> str:
    """Named only where the group has records for these eyes."""
    if question.where is None:
        return ""
    dimension, key = question.where
    groups = figures.totals(replace(question, where=None), dimension).groups
    label = next((group.label for group in groups if group.key == key), "没有记录")
    return f"{question.figure.labels[dimension]}：{label}"


def tabs(asked: Asked, totals: Totals, shown: str) -> list[tuple[str, Any, str, bool]]:
    """(label, how many, address, is this one): the list as it counts, as it does not, and as a whole."""
    counted, base = totals.counted, totals.base
    numbers = {
        "counted": counted,
        "uncounted": None if base is None else base - (counted or 0),
        "base": base,
        "outside": "",
    }
    kept = [each for each in SHOWN_LABELS if each != "outside" or asked.question.figure.bases]
    return [(SHOWN_LABELS[each], numbers[each], asked.query(shown=each), each == shown) for each in kept]
