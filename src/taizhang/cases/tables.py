"""The list of matters: its columns and its filters."""

import django_filters
from django import forms
from django.apps import apps

from taizhang.accounts.models import Unit
from taizhang.cases.models import Case
from taizhang.kit.addresses import address_of
from taizhang.kit.choosing import ChosenFilter
from taizhang.kit.lists import Column, Table


def register_of(case: Case) -> str:
    """The slice that a kind belongs to, in the office's words."""
    name = case.kind.partition(":")[0]
    return str(apps.get_app_config(name).verbose_name) if apps.is_installed(f"taizhang.{name}") else name


OFFICES = ("committee", "supervising", "bureau", "street")
TABLE = Table(
    (
        Column("事项", "title", link=address_of, style="wide"),
        Column("所属", register_of, on_screen=False),
        Column("所涉单位", "unit__name", link=lambda case: address_of(case.unit) if case.unit.kind in OFFICES else ""),
        Column("轮到谁", "turn"),
        Column("开始", "opened_at", sort="opened_at", aside=True),
        Column("办结", "closed_at", sort="closed_at"),
        Column("经办", "opened_by__name", style="short", aside=True),
    )
)


class CaseFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="事项名称",
        method="titled",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称中的几个字"}),
    )
    state = django_filters.ChoiceFilter(
        label="办理情况",
        method="in_state",
        empty_label="全部",
        choices=(("mine", "轮到我办"), ("open", "未办结"), ("closed", "已办结")),
    )
    register = django_filters.ChoiceFilter(label="所属", method="of_register", empty_label="全部", choices=list)
    unit = ChosenFilter(
        label="所涉单位",
        field_name="unit",
        queryset=lambda request: Unit.objects.visible_to(request.user),
        widget=forms.HiddenInput,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["register"].field.choices = [
            (config.label, config.verbose_name)
            for config in apps.get_app_configs()
            if config.name.startswith("taizhang.") and config.label in REGISTERS
        ]

    def titled(self, rows, name, value):
        return rows.titled(value)

    def in_state(self, rows, name, value):
        if value == "mine":
            return rows.awaiting(self.request.user)
        return rows.open() if value == "open" else rows.exclude(closed_at=None)

    def of_register(self, rows, name, value):
        return rows.filter(kind__startswith=f"{value}:")


REGISTERS = ("imports", "papers", "orgs", "party", "members", "instructors")
