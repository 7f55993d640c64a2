"""The list of applications: its columns and filters."""

import django_filters
from django import forms

from taizhang.formation.models import OVER, Kind, State
from taizhang.kit.addresses import address_of
from taizhang.kit.lists import Column, Table

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
