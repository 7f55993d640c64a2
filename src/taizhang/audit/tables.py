"""The lists of the audit and of what was asked to be opened: columns, filters, and the words for what stands in the rows."""

import ipaddress
import tomllib
from functools import cache
from pathlib import Path

import django_filters
from django import forms
from django.apps import apps
from django.utils import timezone

from taizhang.accounts.models import AuditKind, AuditRecord
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import beginning_of, end_of
from taizhang.kit.lists import Column, Table

WORDS = Path(__file__).with_name("data") / "words.toml"
PROGRAMS = "api:"
DAY = forms.DateInput(attrs={"type": "date"})


@cache
def vocabulary() -> dict[str, dict[str, str]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def words() -> dict[str, str]:
    """The office's word for a verb and for a door that refused."""
    return vocabulary()["words"]


def verb_of(record: AuditRecord) -> str:
    """An operation of the interface bears the name of its page or of its verb."""
    if record.verb in words() or not record.verb.startswith(PROGRAMS):
        return words().get(record.verb, record.verb)
    named = record.verb.removeprefix(PROGRAMS)
    word = words().get(named) or words().get(named.replace(".", ":", 1))
    return f"{word}（接口）" if word else record.verb


def object_of(record: AuditRecord) -> str:
    """人员 12: the noun and the number; the audit names nobody."""
    label, _, number = record.object.partition(":")
    try:
        return f"{apps.get_model(label)._meta.verbose_name} {number}"
    except (LookupError, ValueError):
        return record.object


def who(record: AuditRecord) -> str:
    """By a program, if one called in the person's name: with which token."""
    name = f"{record.user.name}（{record.username}）" if record.user is not None else record.username or "系统"
    return f"{name}，令牌“{record.token.name}”" if record.token is not None else name


def details_of(record: AuditRecord) -> str:
    names = vocabulary()["details"]
    return "；".join(f"{names.get(name, name)}：{told(value)}" for name, value in record.details.items() if value != [])


def told(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(told, value))
    if isinstance(value, dict):
        return "，".join(f"{name}={told(each)}" for name, each in value.items())
    if isinstance(value, bool):
        return "是" if value else "否"
    return vocabulary()["values"].get(str(value), str(value))


TABLE = Table(
    (
        Column("时间", lambda row: f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}", style="code"),
        Column("类别", lambda row: row.get_kind_display(), style="short"),
        Column("谁", who),
        Column("动作", verb_of, link=address_of, style="wide"),
        Column("对象", object_of),
        Column("事项号", "case", style="number"),
        Column("地址", "address", style="code"),
        Column("请求号", "request", style="code"),
        Column("详情", details_of, style="wide"),
        Column("标识", "verb", on_screen=False),
        Column("办理编号", "act", on_screen=False),
    ),
    sort="-pk",
)


class AuditFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="类别", choices=AuditKind.choices, empty_label="全部")
    who = django_filters.CharFilter(
        label="谁", method="by", widget=forms.TextInput(attrs={"placeholder": "登录名或姓名"})
    )
    verb = django_filters.CharFilter(label="动作", method="named")
    object = django_filters.CharFilter(label="对象", method="about")
    case = django_filters.NumberFilter(label="事项号", widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    address = django_filters.CharFilter(label="地址", method="from_address")
    request = django_filters.CharFilter(label="请求号", method="in_request")
    since = django_filters.DateFilter(label="自", method="from_day", widget=DAY)
    until = django_filters.DateFilter(label="至", method="to_day", widget=DAY)

    def by(self, rows, name, value):
        return rows.done_by(value.strip())

    def named(self, rows, name, value):
        """By the office's word or by the verb's own name; both may be a part of it."""
        verbs = [verb for verb, word in words().items() if value in word or value in verb]
        return rows.filter(verb__in=verbs or [value])

    def about(self, rows, name, value):
        """人员 12, or members.person:12 as a file has it."""
        noun, _, number = value.replace("：", ":").replace(":", " ").strip().rpartition(" ")
        labels = [model._meta.label_lower for model in apps.get_models() if noun and model._meta.verbose_name == noun]
        return rows.filter(object__in=[f"{label}:{number}" for label in [*labels, noun.strip()]])

    def from_address(self, rows, name, value):
        try:
            return rows.filter(address=str(ipaddress.ip_address(value.strip())))
        except ValueError:
            return rows.none()

    def in_request(self, rows, name, value):
        return rows.filter(request=value.strip())

    def from_day(self, rows, name, value):
        return rows.since(beginning_of(value))

    def to_day(self, rows, name, value):
        return rows.before(end_of(value))


def openings_table(at) -> Table:
    return Table(
        (
            Column("申请", "pk", link=address_of, style="number"),
            Column("用途", "purpose", link=address_of, style="wide"),
            Column("审计记录", "record_id", style="number"),
            Column("申请人", "asked_by__name"),
            Column("申请时间", "asked_at", style="short"),
            Column("情况", lambda row: row.state_at(at)),
            Column("审批人", "decided_by__name"),
            Column("审批意见", "answer"),
        )
    )
