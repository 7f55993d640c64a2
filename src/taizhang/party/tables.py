"""The list of Party organisations: its columns and filters."""

import django_filters
from django import forms

from taizhang.kit.addresses import address_of
from taizhang.kit.choosing import Choose
from taizhang.kit.lists import Column, Table
from taizhang.party.models import Form, Nature, PartyLevel, superiors_visible_to


def label(choices, name: str):
    """The word for a stated choice."""
    words = dict(choices.choices)
    return lambda row: words.get(getattr(row, name), "")


def party_table(query: str = "") -> Table:
    """`query` carries the day that was asked for to the page of one."""
    return Table(
        (
            Column(
                "名称",
                "stated_name",
                sort="stated_name",
                link=lambda row: address_of(row) + query,
                style="wide",
                heading_in_file="党组织名称",
            ),
            Column("层级", label(PartyLevel, "stated_level"), sort="stated_level"),
            Column("性质", label(Nature, "stated_nature")),
            Column("组建形式", label(Form, "stated_form")),
            Column("覆盖社会组织", "stated_covers", sort="stated_covers", style="number", heading_in_file="覆盖家数"),
            Column("上级党组织", "stated_superior", sort="stated_superior"),
            Column("成立日期", "stated_established_on", sort="stated_established_on"),
        )
    )


class PartyFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="名称",
        method="named",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称中的几个字"}),
    )
    level = django_filters.ChoiceFilter(
        label="层级", field_name="stated_level", choices=PartyLevel.choices, empty_label="全部"
    )
    nature = django_filters.ChoiceFilter(
        label="性质", field_name="stated_nature", choices=Nature.choices, empty_label="全部"
    )
    formed = django_filters.ChoiceFilter(
        label="组建形式", field_name="stated_form", choices=Form.choices, empty_label="全部"
    )
    superior = django_filters.ModelChoiceFilter(
        label="上级",
        method="under",
        queryset=lambda request: superiors_visible_to(request.user),
        empty_label="全部",
        widget=Choose("party:choose_superior"),
    )

    def named(self, rows, name, value):
        for word in value.split():
            rows = rows.filter(stated_name__contains=word)
        return rows

    def under(self, rows, name, value):
        return rows.filter(stated_superior_id=value.pk)
