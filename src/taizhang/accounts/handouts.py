"""Lists of what was handed out and of who has come: their columns and filters."""

import django_filters
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from taizhang.accounts.codes import Activation
from taizhang.kit.lists import Column, Table

STATES = (("waiting", "待激活"), ("came", "已激活"), ("late", "已过期"), ("ended", "已作废"))


def with_counts(rows):
    return rows.annotate(
        accounts=Count("activations"),
        came=Count("activations", filter=Q(activations__used_at__isnull=False)),
    )


HANDOUTS = Table(
    (
        Column("名称", "title", link=lambda row: reverse("accounts:handout", args=[row.pk]), style="wide"),
        Column("单位", "unit__name", sort="unit__path", style="wide", aside=True),
        Column("账号", "accounts", style="number"),
        Column("已激活", "came", style="number"),
        Column("发放人", "by__name"),
        Column("发放时间", "made_at", sort="made_at", style="short"),
        Column("激活码到期", "expires_at", sort="expires_at", style="short", aside=True),
    )
)
ACTIVATIONS = Table(
    (
        Column("姓名", "user__name", link=lambda row: reverse("accounts:account", args=[row.user_id]), style="wide"),
        Column("登录名", "user__username", sort="user__username", style="code"),
        Column("状态", lambda row: row.state(timezone.now()), style="short"),
        Column("激活时间", "used_at", sort="used_at", style="short"),
        Column("到期", "expires_at", sort="expires_at", style="short", aside=True),
    ),
    sort="pk",
)


class ActivationFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", method="in_state", choices=STATES, empty_label="全部")

    class Meta:
        model = Activation
        fields: list[str] = []

    def in_state(self, rows, name, value):
        now = timezone.now()
        return {
            "waiting": rows.standing().filter(expires_at__gt=now),
            "came": rows.exclude(used_at=None),
            "late": rows.standing().filter(expires_at__lte=now),
            "ended": rows.exclude(ended_at=None),
        }[value]
