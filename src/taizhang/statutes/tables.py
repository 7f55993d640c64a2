"""The lists of clauses, parameters and documents: columns and filters."""

from operator import methodcaller
from typing import Any

import django_filters
from django import forms
from django.urls import reverse

from taizhang.kit.lists import Column, Table
from taizhang.kit.templatetags.kit import spell
from taizhang.statutes.models import Clause, Document, Parameter

WORDS = {
    "full_time": "专职工作人员",
    "extended": "扩大到管理人员",
    "formal": "正式",
    "admission": "发展党员",
    "discipline": "处分处置党员",
    "dues": "收缴党费",
    "delegates": "选举代表",
    "renewal": "换届",
    "president": "会长",
    "vice-president": "副会长",
    "supervisor": "监事",
    "director": "理事",
    "secretary-general": "秘书长",
    "deputy-secretary-general": "副秘书长",
    "commitment-letter": "党建工作承诺书",
    "members-survey": "党员情况调查表",
    "association": "社会团体",
    "service": "民办非企业单位",
    "foundation": "基金会",
    "entitled": "应到会",
    "present": "实到会",
}


def spoken(parameter: Parameter) -> str:
    """The value as the office says it: 3名, 3至5年, 超过应到会的1/2."""
    return f"{in_words(parameter.value)}{parameter.measure}"


def in_words(value: Any) -> str:
    match value:
        case True | False:
            return "是" if value else "否"
        case [int() as least, int() as most]:
            return str(least) if least == most else f"{least}至{most}"
        case list():
            return "、".join(in_words(each) for each in value)
        case {"share": share, "of": of, "strictly": strictly}:
            return f"{'超过' if strictly else '不少于'}{WORDS[of]}的{share}"
        case dict():
            return "，".join(f"{in_words(name)} {in_words(each)}" for name, each in value.items())
        case str():
            return WORDS.get(value, value)
    return str(value)


def clause_address(clause: Clause) -> str:
    return reverse("statutes:clause", args=[clause.key])


def document_address(document: Document) -> str:
    return reverse("statutes:document", args=[document.key])


CLAUSES = Table(
    (
        Column("规则", "rule", sort="rule", style="code"),
        Column("条款", str, link=clause_address, style="wide"),
        Column("要旨", "gist", style="wide"),
        Column("有效期间", lambda clause: spell(clause.in_force), style="short"),
        Column("适用范围", lambda clause: clause.document.get_jurisdiction_display()),
        Column("把握程度", methodcaller("get_confidence_display")),
    ),
    sort="pk",  # as the files state them: structure, terms, organisations, instructors
)
PARAMETERS = Table(
    (
        Column("参数", "label", sort="label", link=lambda parameter: clause_address(parameter.clause)),
        Column("值", spoken),
        Column("适用范围", methodcaller("get_jurisdiction_display")),
        Column("有效期间", lambda parameter: spell(parameter.in_force)),
        Column("效力", methodcaller("get_severity_display")),
        Column("原则上", lambda parameter: "可说明理由后继续" if parameter.waivable else ""),
        Column("依据", lambda parameter: str(parameter.clause)),
        Column("标识", "name", sort="name", style="code"),
    ),
    sort="name",
)
DOCUMENTS = Table(
    (
        Column("文件", "title", sort="title", link=document_address, style="wide"),
        Column("文号", "number", sort="number"),
        Column("别称", "alias"),
        Column("制定机关", "issuer", sort="issuer"),
        Column("印发日期", "issued_on"),
        Column("适用范围", methodcaller("get_jurisdiction_display")),
    ),
    sort="title",
)


def words_filter() -> django_filters.CharFilter:
    return django_filters.CharFilter(
        label="查找",
        method="saying",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "文件、条款或参数中的几个字"}),
    )


class Saying(django_filters.FilterSet):
    q = words_filter()

    def saying(self, rows, name, value):
        return rows.saying(value)


class InForce(Saying):
    day = django_filters.DateFilter(
        label="在这一天有效", method="in_force", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ClauseFilters(InForce):
    def in_force(self, rows, name, value):
        return rows.in_force(value)


class ParameterFilters(InForce):
    jurisdiction = django_filters.ChoiceFilter(
        label="适用范围",
        method="applying",
        empty_label="全国和本省",
        choices=(("every", "各地的都列出"),),
    )

    def in_force(self, rows, name, value):
        return rows.filter(in_force__contains=value)

    def applying(self, rows, name, value):
        return rows

    @property
    def qs(self):
        rows = super().qs
        return rows if self.data.get("jurisdiction") == "every" else rows.applying_here()
