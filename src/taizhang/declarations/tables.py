"""The lists of declarations and of rounds: their columns and filters."""

import django_filters
from django import forms

from taizhang.accounts.models import Unit
from taizhang.declarations.models import OPEN_TO_CHANGE, Declaration, Round, State
from taizhang.kit.addresses import address_of
from taizhang.kit.choosing import Choose, ChosenFilter
from taizhang.kit.lists import Column, Table, word_of
from taizhang.ledger.models import TODAY
from taizhang.orgs.models import Kind, Organization

TABLE = Table(
    (
        Column("社会组织", "organization__unit__name", link=address_of, style="wide"),
        Column("填报任务", lambda row: row.round.title if row.round else "更正"),
        Column("状态", word_of(State, "stood"), sort="stood"),
        Column("责任单位", "organization__unit__parent__name", aside=True),
        Column("截止日", "cut_off_on", sort="cut_off_on", aside=True),
        Column("提交期限", lambda row: row.round.due_on if row.round else ""),
        Column("提交日期", "submitted_on", sort="submitted_on"),
        Column("逾期", lambda row: "逾期" if row.is_late else ""),
        Column("轮到谁", lambda row: row.case.turn, aside=True),
    ),
    sort="-pk",
)
QUEUE = Table(
    (
        Column("社会组织", "organization__unit__name", link=address_of, style="wide"),
        Column("提交日期", "submitted_on", sort="submitted_on"),
        Column("更正", lambda row: f"{row.differing} 项" if row.differing else "没有"),
        Column("提交人", "submitted_by__name"),
        Column("责任单位", "organization__unit__parent__name", aside=True),
        Column("填报任务", lambda row: row.round.title if row.round else "更正"),
        Column("逾期", lambda row: "逾期" if row.is_late else "", aside=True),
    ),
    sort="submitted_on",
)
ROUNDS = Table(
    (
        Column("填报任务", "title", link=address_of, style="wide"),
        Column("范围", "unit__name"),
        Column("截止日", "cut_off_on", sort="cut_off_on"),
        Column("提交期限", "due_on", sort="due_on"),
        Column("下发", lambda row: row.get_opening_display()),
        Column("份数", "made", sort="made", style="number"),
        Column("发起人", "by__name", aside=True),
    ),
    sort="-pk",
)


class DeclarationFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="社会组织",
        method="named",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称中的几个字或信用代码"}),
    )
    round = ChosenFilter(
        label="填报任务", queryset=lambda request: Round.objects.visible_to(request.user), widget=forms.HiddenInput
    )
    state = django_filters.ChoiceFilter(label="状态", field_name="stood", choices=State.choices, empty_label="全部")
    late = django_filters.BooleanFilter(
        label="逾期提交",
        field_name="is_late",
        widget=forms.Select(choices=(("", "全部"), ("true", "是"), ("false", "否"))),
    )
    turn = django_filters.ChoiceFilter(
        label="轮到",
        method="whose",
        choices=(("mine", "轮到我办"), ("fill", "待填报"), ("overdue", "过期未交")),
        empty_label="全部",
    )
    unit = ChosenFilter(
        label="责任单位",
        field_name="organization__unit__parent",
        queryset=lambda request: Unit.objects.visible_to(request.user).offices(),
        widget=Choose("orgs:choose_office"),
    )
    kind = django_filters.ChoiceFilter(label="类型", method="of_kind", choices=Kind.choices, empty_label="全部")
    region = django_filters.CharFilter(label="行政区划代码", method="in_region", max_length=6)
    differences = django_filters.ChoiceFilter(
        label="更正项",
        method="differing",
        choices=(("none", "没有更正"), ("some", "有更正"), ("soon", "接受后90天内台账又更正")),
        empty_label="全部",
    )

    def named(self, rows, name, value):
        return rows.filter(
            organization__in=Organization.objects.visible_to(self.request.user).named(value).values("pk")
        )

    def whose(self, rows, name, value):
        if value == "fill":
            return rows.filter(state__in=OPEN_TO_CHANGE)
        if value == "overdue":
            return rows.filter(state__in=OPEN_TO_CHANGE, round__due_on__lt=TODAY)
        return rows.filter(
            pk__in=Declaration.objects.visible_to(self.request.user).awaiting(self.request.user).values("pk")
        )

    def of_kind(self, rows, name, value):
        return rows.with_particulars().filter(stated_kind=value)

    def in_region(self, rows, name, value):
        return rows.with_particulars().filter(stated_region=value)

    def differing(self, rows, name, value):
        if value == "soon":
            return rows.corrected_soon()
        return rows.without_differences() if value == "none" else rows.with_differences()
