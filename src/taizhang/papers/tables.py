"""The register of papers: its columns and filters."""

import django_filters
from django import forms

from taizhang.kit.addresses import address_of
from taizhang.kit.lists import Column, Table
from taizhang.papers.kinds import kinds
from taizhang.papers.models import State

TABLE = Table(
    (
        Column("标题", "title", link=address_of, style="wide"),
        Column("文号", "number", style="short"),
        Column("文种", "kind_label", style="short"),
        Column("状态", lambda paper: paper.get_state_display(), style="short"),
        Column("主送", lambda paper: "、".join(paper.addressees)),
        Column("成文日期", "dated_on", sort="dated_on"),
        Column("印发日期", "issued_on", sort="issued_on"),
        Column("发文单位", "issuer__name"),
        Column("拟稿", "drafted_by__name", style="short"),
        Column("机关代字", "code", on_screen=False),
        Column("年份", "year", on_screen=False),
        Column("序号", "sequence", on_screen=False),
        Column("校验码", lambda paper: getattr(paper, "digest", "") or "", on_screen=False),
    ),
    sort="-pk",
)


class PaperFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="标题、文号、主送",
        method="saying",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "其中的几个字"}),
    )
    kind = django_filters.ChoiceFilter(label="文种", choices=list, empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=State.choices, empty_label="全部")
    year = django_filters.NumberFilter(label="年份", field_name="year")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["kind"].field.choices = [(kind.name, kind.label) for kind in kinds().values()]

    def saying(self, rows, name, value):
        return rows.saying(value)
