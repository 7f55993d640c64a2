"""Lists of what is due, of notices, of remindings, of letters: their columns and filters."""

from datetime import date, timedelta

import django_filters
from django import forms
from django.db.models import Count, Max
from django.urls import reverse

from taizhang.kit.lists import Column, Table
from taizhang.notices.letters import when
from taizhang.notices.models import Due, Letter, LetterState, Notice
from taizhang.notices.sources import sources, title_of


def with_told(rows):
    return rows.annotate(told=Count("notices__user", distinct=True), told_last=Max("notices__told_at"))


def kinds() -> list[tuple[str, str]]:
    return [(each.kind, each.title) for each in sources().values()]


def next_on(due: Due, on: date) -> date | None:
    """The next day on which somebody is told."""

    coming = [due.due_on - timedelta(days=each) for each in due.days_before]
    return min((each for each in coming if each > on), default=None)


def page_of(row: Due) -> str:
    return reverse("notices:detail", args=[row.pk])


def due_table(on: date) -> Table:
    return Table(
        (
            Column("事项", "title", link=page_of, style="wide"),
            Column("类别", lambda row: title_of(row.kind), aside=True),
            Column("单位", "unit__name", sort="unit__path", aside=True),
            Column("到期", "due_on", sort="due_on"),
            Column("情况", lambda row: when(row.days_left(on)), style="short"),
            Column("已提醒", lambda row: f"{row.told}人" if row.told else "还没有", style="short"),
            Column("最近提醒", "told_last", style="short", aside=True),
            Column("下次提醒", lambda row: next_on(row, on), style="short", aside=True),
        ),
        sort="due_on",
    )


class DueFilters(django_filters.FilterSet):
    on: date

    q = django_filters.CharFilter(
        label="事项", field_name="title", lookup_expr="contains", widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = django_filters.ChoiceFilter(label="类别", choices=kinds, empty_label="全部")
    state = django_filters.ChoiceFilter(
        label="情况",
        method="in_state",
        empty_label="全部",
        choices=(("late", "已逾期"), ("month", "三十天内到期"), ("later", "以后到期")),
    )

    class Meta:
        model = Due
        fields: list[str] = []

    def in_state(self, rows, name, value):

        month = self.on + timedelta(days=30)
        return {
            "late": rows.filter(due_on__lt=self.on),
            "month": rows.filter(due_on__gte=self.on, due_on__lte=month),
            "later": rows.filter(due_on__gt=month),
        }[value]


def filters_of(day: date) -> type[DueFilters]:
    class OfDay(DueFilters):
        on = day

    return OfDay


def notice_table(on: date) -> Table:
    return Table(
        (
            Column("事项", "due__title", link=lambda row: page_of(row.due), style="wide"),
            Column("单位", "due__unit__name", aside=True),
            Column("到期", "due__due_on", sort="due__due_on"),
            Column("情况", lambda row: "已办结" if row.due.settled_at else when(row.due.days_left(on)), style="short"),
            Column("提醒时间", "told_at", sort="told_at", style="short", aside=True),
            Column("看过", "seen_at", style="short", aside=True),
        ),
    )


REMINDINGS = Table(
    (
        Column("催办时间", "at", sort="at", link=lambda row: reverse("notices:reminding", args=[row.pk])),
        Column("范围", "unit__name", style="wide"),
        Column("类别", lambda row: title_of(row.kind) if row.kind else "全部", aside=True),
        Column("事项", "matters", style="number"),
        Column("提醒人数", "people", style="number"),
        Column("催办人", "by__name"),
    ),
    sort="-at",
)
TOLD = Table(
    (
        Column("事项", "due__title", link=lambda row: page_of(row.due), style="wide"),
        Column("单位", "due__unit__name"),
        Column("提醒谁", "user__name"),
        Column("提醒时间", "told_at", style="short"),
        Column("看过", "seen_at", style="short"),
        Column("邮件", lambda row: row.letter.get_state_display() if row.letter else "未发", style="short", aside=True),
    )
)
LETTERS = Table(
    (
        Column("主题", "subject", style="wide"),
        Column("收件人", "user__name"),
        Column("状态", lambda row: row.get_state_display(), sort="state", style="short"),
        Column("次数", "tries", style="number", aside=True),
        Column("写成", "written_at", sort="written_at", style="short", aside=True),
        Column("发出", "sent_at", style="short"),
        Column("原因", "failure", style="wide"),
    )
)


class LetterFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=LetterState.choices, empty_label="全部")

    class Meta:
        model = Letter
        fields: list[str] = []


class NoticeFilters(django_filters.FilterSet):
    unseen = django_filters.ChoiceFilter(
        label="看过没有", method="by_seen", choices=(("yes", "没看过"),), empty_label="全部"
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def by_seen(self, rows, name, value):
        return rows.unseen()
