"""The lists of organisations and of units: their columns and their filters. Headings in files are those the import knows."""

import django_filters
from django import forms
from django.db.models import Q

from taizhang.accounts import spelling
from taizhang.accounts.models import Unit, UnitKind
from taizhang.kit.addresses import address_of
from taizhang.kit.choosing import Choose, ChosenFilter
from taizhang.kit.lists import Column, Table, word_of
from taizhang.ledger.models import AsOf
from taizhang.orgs.models import Kind, Level, Mode, Status, registrars


def organization_table(query: str = "") -> Table:
    """Rows are particulars of a day; `query` carries that day to the organisation's page."""
    return Table(
        (
            Column(
                "名称",
                "name",
                sort="pinyin",
                link=lambda row: address_of(row.organization) + query,
                style="wide",
                heading_in_file="社会组织名称",
            ),
            Column("统一社会信用代码", "organization__code", sort="organization__code", style="code", aside=True),
            Column("类型", word_of(Kind, "kind")),
            Column("责任单位", "responsible", heading_in_file="业务主管单位"),
            Column("体制", word_of(Mode, "mode"), style="short", heading_in_file="登记体制", aside=True),
            Column("登记管理机关", "registrar", on_screen=False),
            Column("成立日期", "registered_on", sort="registered_on", aside=True),
            Column("行政区划代码", "region", on_screen=False),
            Column("行业", "trade", on_screen=False),
            Column("层级", word_of(Level, "level"), style="short", heading_in_file="登记层级", aside=True),
            Column("状态", word_of(Status, "status"), style="short"),
            Column("注销日期", "struck_off_on", on_screen=False),
            Column("录入日期", "entered_on", aside=True),
        ),
        sort="-organization_id",
    )


def visible_offices(request):
    return Unit.objects.visible_to(request.user).offices().order_by("name")


class OrganizationFilters(django_filters.FilterSet):
    at: AsOf  # the day asked for: see `filters_of`

    q = django_filters.CharFilter(
        label="名称或代码",
        method="named",
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "现名、曾用名中的几个字，拼音首字母，或信用代码"}
        ),
    )
    responsible = ChosenFilter(
        label="责任单位",
        method="under",
        queryset=visible_offices,
        empty_label="全部",
        widget=Choose("orgs:choose_office"),
    )
    kind = django_filters.ChoiceFilter(label="类型", choices=Kind.choices, empty_label="全部")
    mode = django_filters.ChoiceFilter(label="体制", choices=Mode.choices, empty_label="全部")
    level = django_filters.ChoiceFilter(label="层级", choices=Level.choices, empty_label="全部")
    status = django_filters.ChoiceFilter(label="状态", choices=Status.choices, empty_label="全部")
    entered = django_filters.ChoiceFilter(
        label="录入", method="by_entry", choices=(("yes", "已录入"), ("no", "未录入")), empty_label="全部"
    )

    def named(self, rows, name, value):
        return rows.named(value)

    def under(self, rows, name, value):
        return rows.under(value, self.at)

    def by_entry(self, rows, name, value):
        return rows.entered(self.at, entered=value == "yes")


def filters_of(day: AsOf) -> type[OrganizationFilters]:
    class OfDay(OrganizationFilters):
        at = day

    return OfDay


UNIT_TABLE = Table(
    (
        Column("单位", "name", sort="name", link=address_of, style="wide", heading_in_file="单位全称"),
        Column("类别", lambda unit: unit.get_kind_display(), heading_in_file="单位类别"),
        Column("代码", "code", sort="code", style="code", heading_in_file="单位代码"),
        Column("简称和旧称", "aliases"),
        Column("上级", "parent__name", in_file=False),
        Column("停用日期", "closed_on", in_file=False),
    ),
    sort="pk",
)


class UnitFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="名称",
        method="named",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称、简称或旧称"}),
    )
    kind = django_filters.ChoiceFilter(
        label="类别",
        choices=[(each.value, each.label) for each in UnitKind if each not in (UnitKind.ORGANIZATION, UnitKind.PARTY)],
        empty_label="全部",
    )

    def named(self, rows, name, value):
        named = spelling.named(Unit.objects.visible_to(self.request.user) | registrars(), value).values("pk")
        return rows.filter(Q(pk__in=named) | Q(aliases__contains=value))
