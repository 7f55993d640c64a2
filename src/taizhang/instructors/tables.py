"""The list of instructors: its columns and filters."""

import django_filters
from django import forms

from taizhang.kit.addresses import address_of
from taizhang.kit.lists import Column, Table


def instructor_table(query: str = "") -> Table:
    return Table(
        (
            Column("姓名", "person__name", sort="person__name", link=lambda row: address_of(row) + query),
            Column("性别", lambda row: row.person.get_sex_display()),
            Column("所在人才库", "unit__name", style="wide"),
            Column("入库日期", "enlisted_on", sort="enlisted_on"),
            Column("派驻家数", "stated_load", sort="stated_load", style="number"),
        ),
        sort="person__name",
    )


class InstructorFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="姓名",
        field_name="person__name",
        lookup_expr="contains",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名中的一两个字"}),
    )
    posted = django_filters.ChoiceFilter(
        label="派驻", method="by_load", choices=(("yes", "已派驻"), ("no", "未派驻")), empty_label="全部"
    )

    def by_load(self, rows, name, value):
        return rows.filter(stated_load=0) if value == "no" else rows.filter(stated_load__gt=0)
