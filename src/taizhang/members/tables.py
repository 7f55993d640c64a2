"""The list of people: its columns and filters. Numbers are masked on screen and are in no file."""

import django_filters
from django import forms

from taizhang.kit.addresses import address_of
from taizhang.kit.lists import Column, Table
from taizhang.members.models import Employment, Standing

HELD = (("ours", "本系统党组织"), ("outside", "外单位党组织"), ("none", "没有组织关系"))


def label(choices, name: str):
    """The word for a stated choice."""
    words = dict(choices.choices)
    return lambda row: words.get(getattr(row, name), "")


def held_at(person) -> str:
    outside = f"{person.stated_outside}（外单位）" if person.stated_outside else ""
    return person.stated_party_organization or outside


def people_table(query: str = "") -> Table:
    """`query` carries the day that was asked for to the person's page."""
    return Table(
        (
            Column("姓名", "name", sort="name", link=lambda row: address_of(row) + query),
            Column("性别", lambda row: row.get_sex_display()),
            Column("所在社会组织", "stated_organization", sort="stated_organization", style="wide"),
            Column("职务", "stated_title"),
            Column("用工", label(Employment, "stated_employment")),
            Column("党员类别", label(Standing, "stated_standing"), sort="stated_standing"),
            Column(
                "组织关系所在",
                held_at,
                export=lambda row: row.stated_party_organization or row.stated_outside or "",
                heading_in_file="组织关系所在党组织",
            ),
            Column("身份证号", "id_number_masked", style="code", in_file=False),
            Column("电话", "telephone_masked", style="code", in_file=False),
        )
    )


class PersonFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="姓名",
        field_name="name",
        lookup_expr="contains",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名中的一两个字"}),
    )
    standing = django_filters.ChoiceFilter(
        label="党员类别", field_name="stated_standing", choices=Standing.choices, empty_label="全部"
    )
    held = django_filters.ChoiceFilter(label="组织关系所在", method="by_place", choices=HELD, empty_label="全部")

    def by_place(self, rows, name, value):
        if value == "none":
            return rows.filter(stated_standing__isnull=True)
        return rows.filter(stated_standing__isnull=False, stated_outside__isnull=value == "ours")
