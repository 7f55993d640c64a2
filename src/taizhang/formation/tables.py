"""The list of applications: its columns and filters."""

import django_filters
from django import forms

from taizhang.formation.models import OVER, Kind, State
from taizhang.kit.addresses import address_of
from taizhang.kit.lists import Column, Table
from taizhang.orgs.codes import region_name

TABLE = Table(
    (
        Column("编号", lambda row: row.number or "（草稿）", sort="number", link=address_of, style="code"),
        Column("申请", "case__title", link=address_of, style="wide"),
        Column("事项", lambda row: row.get_kind_display()),
        Column("状态", lambda row: row.get_state_display(), sort="state"),
        Column("审批单位", "approving_unit__name"),
        Column("提交日期", "submitted_on", sort="submitted_on"),
        Column("决定日期", "decided_on", sort="decided_on"),
        Column("轮到谁", lambda row: row.case.turn),
    ),
    sort="-submitted_on",
)


GROUPINGS = Table(
    (
        Column("范围", "unit__name", link=address_of, style="wide"),
        Column("哪一天的情况", "day", sort="day"),
        Column("情况", lambda row: row.get_state_display()),
        Column("可覆盖", "covered", sort="covered", style="number"),
        Column("至多", "bound", style="number"),
        Column("提出人", "by__name"),
        Column("提出时间", "asked_at", sort="asked_at"),
    ),
    sort="-asked_at",
)
PLACEMENTS = Table(
    (
        Column("社会组织名称", "organization__unit__name", link=lambda row: address_of(row.organization), style="wide"),
        Column("统一社会信用代码", "organization__code", style="code"),
        Column("组号", lambda row: row.group.number if row.group else "", sort="group__number", style="number"),
        Column("正式党员", "members", sort="members", style="number"),
        Column("书记人选", lambda row: "有" if row.has_secretary else "无"),
        Column("行业", "trade", sort="trade"),
        Column("行政区划", lambda row: region_name(row.region) if row.region else "", sort="region"),
        Column("缘由", lambda row: row.group.why if row.group else row.reason, style="wide"),
        Column("同意", lambda row: "", on_screen=False),
    ),
    sort="group__number",
)


class PlacementFilters(django_filters.FilterSet):
    placed = django_filters.ChoiceFilter(
        label="去向",
        method="by_place",
        choices=(("grouped", "编入一组"), ("instructor", "派指导员"), ("left_over", "余下")),
        empty_label="全部",
    )

    def by_place(self, rows, name, value):
        if value == "grouped":
            return rows.filter(group__isnull=False)
        return rows.filter(group=None, members=0) if value == "instructor" else rows.filter(group=None, members__gt=0)


class ApplicationFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="名称",
        method="titled",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "社会组织或党组织名称中的几个字"}),
    )
    kind = django_filters.ChoiceFilter(label="事项", choices=Kind.choices, empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=State.choices, empty_label="全部")
    decided = django_filters.ChoiceFilter(
        label="进度", method="by_progress", choices=(("open", "在办"), ("over", "已了结")), empty_label="全部"
    )

    def titled(self, rows, name, value):
        for word in value.split():
            rows = rows.filter(case__title__contains=word)
        return rows

    def by_progress(self, rows, name, value):
        return rows.filter(state__in=OVER) if value == "over" else rows.exclude(state__in=OVER)
