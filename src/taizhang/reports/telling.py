"""A report and a publication in the words of their pages and files."""

import io
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from taizhang.kit import exporting
from taizhang.kit.templatetags.kit import known_at
from taizhang.reports import rules
from taizhang.reports.actions import question_of
from taizhang.reports.charts import Chart
from taizhang.reports.models import Publication
from taizhang.reports.producing import Report
from taizhang.stats import figures
from taizhang.stats.catalogue import DIMENSION_LABELS, catalogue
from taizhang.stats.changes import changes

HIDDEN = "不显示（人数太少）"
MOST, LISTED = 100, 200
FILES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def content_of(made: Report, kind: str) -> bytes:
    if kind == "xlsx":
        stream = io.BytesIO()
        headings, rows = made.table()
        exporting.write_xlsx(stream, "覆盖", headings, rows, about=made.labels())
        return stream.getvalue()
    return made.docx() if kind == "docx" else made.pdf()


@dataclass(frozen=True)
class Part:
    """A paragraph of the page: texts, numbers with the list behind each, and below it the charts that are bound in it."""

    level: int
    pieces: list[tuple[str, Any]]
    charts: list[dict[str, Any]]


def page(made: Report) -> list[Part]:
    return [
        Part(
            each.level,
            [
                ("field", made.fields[text])
                if kind == "field" and text in made.fields
                else ("text", made.said((kind, text)))
                for kind, text in each.pieces
                if kind != "chart"
            ],
            [on_page(made.charts[tag]) for kind, tag in each.pieces if kind == "chart"],
        )
        for each in made.paragraphs
    ]


def on_page(chart: Chart) -> dict[str, Any]:
    """Each point and each row opens its list."""
    lists = reverse("stats:records", args=[chart.answer.key])
    series = [
        {**each, "links": [lists + query if query else "" for query in each.get("links", ())]}
        for each in chart.data["series"]
    ]
    return {
        "chart": chart,
        "data": {**chart.data, "series": series},
        "id": f"chart-{chart.place}",
        "rows": [(row.label, row.numbers, lists + row.query if row.query else "") for row in chart.rows],
    }


def beside(published: Publication) -> dict[str, Any]:
    """What is said now of the same day, and every record whose place changed."""
    figure = catalogue()[published.figure]
    then, now = question_of(published), question_of(published, now=True)
    by = "unit" if published.dimension in ("", *rules.ABOUT_PEOPLE) else published.dimension
    changed = changes(then, now, by=by, limit=MOST)
    still = figures.totals(then)
    return {
        "figure": figure,
        "dimension": DIMENSION_LABELS.get(published.dimension, ""),
        "variant": figure.variants.get(published.variant, published.variant),
        "now": changed.after,
        "changed": changed.records,
        "agrees": (still.base, still.counted) == (published.base, published.counted),
        "rows": rows(published.groups),
        "hidden": HIDDEN,
    }


def before_publishing(frozen: dict[str, Any]) -> dict[str, Any]:
    """What would be frozen, in the words of its page."""
    figure = catalogue()[frozen["figure"]]
    return {
        "figure": figure,
        "dimension": DIMENSION_LABELS.get(frozen["dimension"], ""),
        "variant": figure.variants[frozen["variant"]],
        "base_is": figure.bases.get(frozen["base_is"], ""),
        "rows": rows(frozen["groups"]),
        "hidden": HIDDEN,
    }


def rows(groups: list[dict[str, Any]]) -> list[tuple[str, Any, Any]]:
    return [(each["label"], each["counted"], each["base"]) for each in groups]


def table(published: Publication) -> tuple[list[str], list[list[Any]]]:
    headings = [DIMENSION_LABELS.get(published.dimension, "范围"), "计入", "基数"]
    found = [[label, HIDDEN if counted is None else counted, base] for label, counted, base in rows(published.groups)]
    return headings, [*found, ["合计", published.counted, published.base]]


def labels(published: Publication) -> list[tuple[str, str]]:
    figure = catalogue()[published.figure]
    return [
        ("发布", f"第{published.number}号，{published.title}"),
        ("指标", figure.name),
        ("计法", figure.variants.get(published.variant, published.variant)),
        ("基数", figure.bases.get(published.base_is, "全部")),
        ("日期", published.day.isoformat()),
        ("所知", known_at(published.known_at)),
        ("隶属", "按当日隶属"),
        ("范围", published.unit.name),
        ("口径", published.definition),
        ("来源", published.source),
        ("校验值", published.digest),
        ("台账校验值", published.chain or "当时还没有封存"),
    ]
