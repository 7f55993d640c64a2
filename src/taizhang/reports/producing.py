"""The report of a year: its numbers, its text as Word, PDF and page, and what was corrected since it was known."""

import json
import threading
from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import typst

from taizhang.accounts.scope import NOWHERE, Scope
from taizhang.cases.models import Office
from taizhang.kit.clock import OFFICE, end_of
from taizhang.ledger import sealing
from taizhang.papers import fonts
from taizhang.reports import masters
from taizhang.reports.bound import WORDS, Asking, Field, answered, fields
from taizhang.reports.charts import Chart, drawn
from taizhang.reports.corrections import Correction, corrections
from taizhang.reports.masters import Paragraph, Picture, Piece
from taizhang.stats import answers, figures, labels
from taizhang.stats.forms import ORGANISED

LAYOUT = Path(__file__).parent / "layout"
SETTING = threading.Lock()  # a compiler sets one page at a time and breaks where two threads ask at once
PRINTED = 240.0  # dots to the inch, of a chart in Word
ANNUAL, NOTICE = "annual", "notice"
# What the report of a year states in any case, whatever its master says.
STATED = (
    "organisations_applied",
    "sittings",
    "branches_approved",
    "organisations_newly_covered",
    "instructors_posted",
    "organisations_instructed",
    "organisations_entered",
    "organisation_coverage",
    "instructed_new_party_organisations",
    "instructed_newly_covered",
)


@dataclass(frozen=True)
class Report:
    """`corrected_since`: the moment against which corrections are told, where it is not the report's day."""

    asking: Asking
    master: bytes
    corrected_since: datetime | None = None

    @cached_property
    def paragraphs(self) -> list[Paragraph]:
        return masters.paragraphs(self.master)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Tag → number, in the order of the text; what is always stated comes first."""
        tags = [tag for each in self.paragraphs for kind, tag in each.pieces if kind == "field"]
        return fields((tag for tag in [*STATED, *tags] if tag not in WORDS), self.asking)

    @cached_property
    def charts(self) -> dict[str, Chart]:
        return drawn((tag for each in self.paragraphs for kind, tag in each.pieces if kind == "chart"), self.asking)

    @cached_property
    def texts(self) -> dict[str, str]:
        return {**self.asking.words, **{tag: each.text for tag, each in self.fields.items()}}

    @property
    def known(self) -> str:
        return answers.known(next(iter(self.fields.values())).answer.question)

    @property
    def title(self) -> str:
        first = next((each for each in self.paragraphs if each.level == 0), None)
        return "".join(self.said(piece) for piece in first.pieces) if first else f"{self.asking.year}年度报告"

    def said(self, piece: Piece) -> str:
        kind, text = piece
        return self.texts.get(text, f"〔{text}〕") if kind == "field" else text

    @cached_property
    def corrections(self) -> list[Correction]:
        """As known now, against what was known at the end of the report's day: what moved, in every number of the text."""
        if self.asking.known_at is not None:
            return []
        return corrections(self.fields.values(), self.corrected_since or self.asking.day)

    def as_dict(self, *, unnamed: bool = True) -> dict[str, Any]:
        """What a programme is told. `records` are the numbers of the records counted; without `unnamed`, of people only those
        whose names may be read."""
        told: dict[str, Any] = {
            "year": self.asking.year,
            "known_at": self.asking.known_at.isoformat() if self.asking.known_at else None,
            "demonstration": Office.objects.filter(demonstration=True).exists(),
            "figures": [of_field(self.fields[tag], unnamed=unnamed) for tag in STATED],
        }
        if self.asking.known_at is None:
            told["corrections"] = [
                {"key": each.field.answer.key, "was": value_of(each.changed.before, each.field), "is": rounded(each.field),
                 "records": [answers.of_change(one) for one in each.told], "more": each.more}
                for each in self.corrections
            ]  # fmt: skip
        return told

    def table(self) -> tuple[list[str], list[list[Any]]]:
        """Coverage of each responsible unit, for a workbook: headings and rows."""
        first, work = (answered(each, self.asking).question for each in ("organisation_coverage", "work_coverage"))
        worked = {group.key: group for group in figures.totals(work, "unit").groups}
        rows: list[list[Any]] = []
        for group in sorted(figures.totals(first, "unit").groups, key=lambda each: (-(each.base or 0), each.label)):
            other = worked.get(group.key)
            rate = round(group.rate, 4) if group.rate is not None else ""
            work_rate = round(other.rate, 4) if other and other.rate is not None else ""
            rows.append([group.label, group.base, group.counted, rate, other.counted if other else 0, work_rate])
        return ["责任单位", "录入的社会组织", "组织覆盖", "组织覆盖率", "工作覆盖", "工作覆盖率"], rows

    def labels(self) -> list[tuple[str, str]]:
        """What the workbook is: it must be understood without the page it came from."""
        asked = [answered(each, self.asking) for each in ("organisation_coverage", "work_coverage")]
        first = asked[0].question
        return [
            ("表名", f"{self.asking.words['period']}党的组织覆盖和工作覆盖（按责任单位）"),
            ("指标", "、".join(each.name for each in asked)),
            ("日期", self.asking.day.isoformat()),
            ("所知", self.known),
            ("隶属", ORGANISED[first.organised]),
            ("基数", first.figure.bases.get(first.base, "全部")),
            ("范围", labels.of_scope(self.asking.scope)),
            *((f"{each.name}的口径", each.definition) for each in asked),
            ("校验", self.footing),
        ]

    def notes(self) -> list[str]:
        """Where each number comes from; those of one question together."""
        shown: dict[tuple, list[Field]] = {}
        for each in self.fields.values():
            shown.setdefault(each.answer.question.key(), []).append(each)
        return [
            f"{first.answer.name}：{'，'.join(dict.fromkeys(each.measured for each in (first, *more)))}。{first.answer.definition}"
            for first, *more in shown.values()
        ]

    def corrected(self) -> list[str]:
        return [line for each in self.corrections for line in each.lines()]

    @property
    def footing(self) -> str:
        seal = sealing.digest_of(self.asking.day)
        digest = f"；台账日校验值 {bytes(seal.digest).hex()[:16]}（第{seal.pk}批）" if seal else ""
        demonstration = "；演示数据，全部虚构" if Office.objects.filter(demonstration=True).exists() else ""
        return f"数字截至{self.asking.words['day']}，{self.known}{digest}{demonstration}"

    def docx(self) -> bytes:
        filled = masters.filled(self.master, self.texts, self.pictures())
        sources = [*self.notes(), self.footing]
        return masters.with_appendices(
            filled, self.charts.values(), [("附：数字的口径", sources), ("附：以后的更正", self.corrected())]
        )

    def pictures(self) -> dict[str, Picture]:
        if not self.charts:
            return {}
        made = self.compiled("pictures", {}, format="png", ppi=PRINTED)
        pages = made if isinstance(made, list) else [made]
        return {tag: Picture(png, chart.told) for (tag, chart), png in zip(self.charts.items(), pages, strict=True)}

    def pdf(self) -> bytes:
        places = {tag: place for place, tag in enumerate(self.charts)}
        content = {
            "paragraphs": [
                {
                    "level": each.level,
                    "pieces": [[kind, self.said((kind, text))] for kind, text in each.pieces if kind != "chart"],
                    "charts": [places[tag] for kind, tag in each.pieces if kind == "chart"],
                }
                for each in self.paragraphs
            ],
            "notes": self.notes(),
            "corrections": self.corrected(),
            "footing": self.footing,
        }
        moment = datetime.combine(self.asking.day, time(12), tzinfo=UTC)
        return self.compiled("report", content, format="pdf", timestamp=moment)

    def compiled(self, layout: str, content: dict[str, Any], **options: Any) -> Any:
        said = {
            **content,
            "charts": [
                {
                    "heading": each.heading,
                    "caption": each.caption,
                    "told": each.told,
                    "shape": each.shape,
                    "data": each.data,
                    "headings": each.headings,
                    "rows": [asdict(row) for row in each.rows],
                }
                for each in self.charts.values()
            ],
            "fonts": {role: list(names) for role, names in fonts.chosen().items()},
        }
        inputs = {"content": json.dumps(said, ensure_ascii=False)}
        with SETTING:
            made, _ = compiler(layout).compile_with_warnings(sys_inputs=inputs, **options)
        return made


@cache
def compiler(layout: str) -> typst.Compiler:
    return typst.Compiler(
        str(LAYOUT / f"{layout}.typ"), root=str(LAYOUT), font_paths=fonts.loaded(), ignore_system_fonts=True
    )


def report(
    year: int,
    *,
    scope: Scope,
    people: Scope = NOWHERE,
    known_at: datetime | date | None = None,
    day: date | None = None,
    month: int = 0,
    quarter: int = 0,
    master: bytes = b"",
    corrected_since: datetime | None = None,
    until: date | None = None,
) -> Report:
    """Of its last day, or of the day on which it was known if that lies in its time: a year, a month or a quarter of it.
    While its time goes on, of the day it is made, `until`."""
    since, last, period = time_of(year, month=month, quarter=quarter)
    if day is None:
        known_on = known_at.astimezone(OFFICE).date() if isinstance(known_at, datetime) else known_at
        day = known_on if known_on and since <= known_on <= last else min(last, max(since, until or last))
    part = f"-{month:02}" if month else f"-q{quarter}" if quarter else ""
    asking = Asking(year, day, known_at, scope, people, since if part else None, period, f"report-{year}{part}")
    return Report(asking, master or masters.shipped(NOTICE if month or quarter else ANNUAL), corrected_since)


def time_of(year: int, *, month: int = 0, quarter: int = 0) -> tuple[date, date, str]:
    """First day, last day, and what it is called."""
    if month:
        return date(year, month, 1), last_of(year, month), f"{year}年{month}月"
    if quarter:
        return date(year, 3 * quarter - 2, 1), last_of(year, 3 * quarter), f"{year}年第{'一二三四'[quarter - 1]}季度"
    return date(year, 1, 1), date(year, 12, 31), f"{year}年"


def last_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def of_field(each: Field, *, unnamed: bool) -> dict[str, Any]:
    return {
        "key": each.answer.key,
        "value": rounded(each),
        "unit": each.answer.unit,
        "name": each.answer.name,
        "definition": each.answer.definition,
        "day": each.answer.day.isoformat(),
        "since": each.answer.since.isoformat() if each.answer.since else None,
        "records": [
            row.record for row in figures.records(each.answer.question) if unnamed or row.label != labels.HIDDEN
        ],
    }


def rounded(each: Field) -> float | int | None:
    return round(each.value, 2) if each.is_rate and each.value is not None else each.value


def value_of(totals: figures.Totals, each: Field) -> float | int | None:
    if each.is_rate:
        return None if totals.rate is None else round(totals.rate, 2)
    return totals.base if each.part == "base" else totals.counted


def moment(known_at: datetime | date) -> datetime | date:
    """The end of a day in the office's zone is that day: so it is the report's day, too."""
    if isinstance(known_at, datetime) and known_at == end_of(known_at.astimezone(OFFICE).date()):
        return known_at.astimezone(OFFICE).date()
    return known_at
