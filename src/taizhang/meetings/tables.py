"""The list of sittings: its columns and filters."""

import django_filters

from taizhang.kit.addresses import address_of
from taizhang.kit.lists import Column, Table
from taizhang.meetings.models import State

TABLE = Table(
    (
        Column("开会日期", "held_on", sort="held_on", link=address_of),
        Column("议事机构", "body__name", sort="body__name", link=address_of, style="wide"),
        Column("地点", "place"),
        Column("主持人", "chair"),
        Column("议题", "number_of_items", style="number"),
        Column("状态", lambda row: row.get_state_display()),
    ),
    sort="-held_on",
)


class SittingFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=State.choices, empty_label="全部")
