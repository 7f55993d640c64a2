"""The list of people: its columns and filters. Numbers are masked on screen and are in no file."""

from datetime import timedelta

import django_filters
from django import forms
from django.urls import reverse

from taizhang.kit.addresses import address_of
from taizhang.kit.choosing import Choose, ChosenFilter
from taizhang.kit.lists import Column, Table, word_of
from taizhang.ledger.models import AsOf
from taizhang.members.models import Employment, Sex, Standing
from taizhang.orgs.models import Organization

CONVERSION = (("due", "已满未转正"), ("soon", "两个月内满"))
YEAR, SOON = timedelta(days=365), timedelta(days=61)
HELD = (("ours", "本系统党组织"), ("outside", "外单位党组织"), ("none", "没有组织关系"))


def held_at(person) -> str:
    outside = f"{person.stated_outside}（外单位）" if person.stated_outside else ""
    return person.stated_party_organization or outside


def people_table(query: str = "") -> Table:
    """`query` carries the day that was asked for to the person's page."""
    return Table(
        (
            Column("姓名", "name", sort="pinyin", link=lambda row: address_of(row) + query),
            Column("性别", word_of(Sex, "sex"), aside=True),
            Column("所在社会组织", "stated_organization", style="wide"),
            Column("职务", "stated_title", aside=True),
            Column("用工", word_of(Employment, "stated_employment"), aside=True),
            Column("党员类别", word_of(Standing, "stated_standing"), style="short"),
            Column(
                "组织关系所在",
                held_at,
                export=lambda row: row.stated_party_organization or row.stated_outside or "",
                heading_in_file="组织关系所在党组织",
            ),
            Column("身份证号", "id_number_masked", style="code", in_file=False, aside=True),
            Column("电话", "telephone_masked", style="code", in_file=False, aside=True),
        )
    )


def past_retention_table() -> Table:
    return Table(
        (
            Column("姓名", "name", sort="name", link=address_of),
            Column("最后一项记录终止于", "ended_on", sort="ended_on"),
            Column(
                "办理",
                lambda row: "清除个人信息",
                link=lambda row: reverse("members:erase", args=[row.pk]),
                in_file=False,
            ),
        ),
        sort="ended_on",
    )


class PersonFilters(django_filters.FilterSet):
    at: AsOf  # the day asked for: see `filters_of`

    q = django_filters.CharFilter(
        label="姓名",
        method="named",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名中的一两个字，或拼音"}),
    )
    organization = ChosenFilter(
        label="所在社会组织",
        method="in_organization",
        queryset=lambda request: Organization.objects.visible_to(request.user).select_related("unit"),
        empty_label="全部",
        widget=Choose("orgs:choose"),
    )
    standing = django_filters.ChoiceFilter(
        label="党员类别", method="of_standing", choices=Standing.choices, empty_label="全部"
    )
    held = django_filters.ChoiceFilter(label="组织关系所在", method="by_place", choices=HELD, empty_label="全部")

    conversion = django_filters.ChoiceFilter(
        label="预备期", method="by_conversion", choices=CONVERSION, empty_label="全部"
    )

    def named(self, rows, name, value):
        return rows.named(value)

    def in_organization(self, rows, name, value):
        return rows.engaged_in(value, self.at)

    def of_standing(self, rows, name, value):
        return rows.held(self.at, standing=value)

    def by_conversion(self, rows, name, value):
        """The probation is a year from the branch's resolution (RULES DEV-12), and the list is of those who wait for it to end."""
        ended = self.at.day - YEAR
        began = (
            {"joined_on__lte": ended} if value == "due" else {"joined_on__gt": ended, "joined_on__lte": ended + SOON}
        )
        return rows.held(self.at, standing=Standing.PROBATIONARY, **began)

    def by_place(self, rows, name, value):
        if value == "none":
            return rows.held_nowhere(self.at)
        return rows.held(self.at, outside__isnull=value == "ours")


def filters_of(day: AsOf) -> type[PersonFilters]:
    class OfDay(PersonFilters):
        at = day

    return OfDay
