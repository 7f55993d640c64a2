"""The list of Party organisations: its columns and filters."""

import django_filters
from django import forms

from taizhang.kit.addresses import address_of
from taizhang.kit.choosing import Choose, ChosenFilter
from taizhang.kit.lists import Column, Table, word_of
from taizhang.ledger.models import AsOf
from taizhang.party.models import Form, Nature, PartyLevel, superiors_visible_to


def party_table(query: str = "") -> Table:
    """`query` carries the day that was asked for to the page of one."""
    return Table(
        (
            Column(
                "名称",
                "name",
                sort="pinyin",
                link=lambda row: address_of(row.party_organization) + query,
                style="wide",
                heading_in_file="党组织名称",
            ),
            Column("层级", word_of(PartyLevel, "level"), style="short"),
            Column("性质", word_of(Nature, "nature"), style="short"),
            Column("组建形式", word_of(Form, "stated_form")),
            Column("覆盖社会组织", "stated_covers", style="number", heading_in_file="覆盖家数"),
            Column("上级党组织", "stated_superior", aside=True),
            Column("成立日期", "stated_established_on", aside=True),
        ),
        sort="-party_organization_id",
    )


class PartyFilters(django_filters.FilterSet):
    at: AsOf  # the day asked for: see `filters_of`

    q = django_filters.CharFilter(
        label="名称",
        method="named",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称中的几个字，或拼音首字母"}),
    )
    level = django_filters.ChoiceFilter(label="层级", choices=PartyLevel.choices, empty_label="全部")
    nature = django_filters.ChoiceFilter(label="性质", choices=Nature.choices, empty_label="全部")
    formed = django_filters.ChoiceFilter(label="组建形式", method="of_form", choices=Form.choices, empty_label="全部")
    superior = ChosenFilter(
        label="上级",
        method="under",
        queryset=lambda request: superiors_visible_to(request.user),
        empty_label="全部",
        widget=Choose("party:choose_superior"),
    )

    def named(self, rows, name, value):
        return rows.named(value)

    def of_form(self, rows, name, value):
        return rows.covering(value, self.at)

    def under(self, rows, name, value):
        return rows.below(value, self.at)


def filters_of(day: AsOf) -> type[PartyFilters]:
    class OfDay(PartyFilters):
        at = day

    return OfDay
