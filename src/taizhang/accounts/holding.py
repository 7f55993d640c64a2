"""Who holds what: its columns and its filters."""

import django_filters
from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from taizhang.accounts.models import Grant, Role, Unit
from taizhang.kit.lists import Column, Table


def until(held: Grant) -> str:
    if held.ended_at:
        return f"{timezone.localtime(held.ended_at):%Y-%m-%d}"
    return f"{held.last_on}" if held.last_on else "今"


def how_it_stands(held: Grant) -> str:
    if held.ended_at:
        return f"已收回（{held.ended_by or '控制台'}）"
    if not held.user.is_active:
        return "账号已停用"
    return "已到期" if held.ran_out else "在用"


HOLDERS = Table(
    (
        Column("姓名", "user__name", link=lambda held: reverse("accounts:account", args=[held.user_id])),
        Column("登录名", "user__username", sort="user__username", style="code"),
        Column("角色", lambda held: held.get_role_display(), sort="role"),
        Column("单位", "unit__name", sort="unit__path", style="wide"),
        Column("自", "given_at", sort="given_at"),
        Column("授予人", lambda held: held.given_by or "控制台"),
        Column("依据", "document"),
        Column("至", until, style="short"),
        Column("状态", how_it_stands),
    ),
    sort="-given_at",
)


class HolderFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="姓名或登录名", method="called", widget=forms.TextInput(attrs={"type": "search"})
    )
    unit = django_filters.CharFilter(label="单位及下属", method="within", widget=forms.TextInput())
    role = django_filters.ChoiceFilter(label="角色", choices=Role.choices, empty_label="全部")
    state = django_filters.ChoiceFilter(
        label="状态", method="in_state", choices=(("standing", "在用"), ("over", "已收回或到期")), empty_label="全部"
    )

    def called(self, rows, name, value):
        return rows.filter(Q(user__name__contains=value) | Q(user__username__icontains=value))

    def within(self, rows, name, value):
        units = Unit.objects.filter(Q(name__contains=value) | Q(code=value)).values_list("path", flat=True)[:50]
        beneath = Q(pk__in=())
        for path in units:
            beneath |= Q(unit__path__startswith=path)
        return rows.filter(beneath)

    def in_state(self, rows, name, value):
        standing = Grant.objects.standing(timezone.localdate())
        return rows.filter(pk__in=standing) if value == "standing" else rows.exclude(pk__in=standing)
