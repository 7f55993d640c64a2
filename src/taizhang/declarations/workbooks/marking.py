"""What became of the rows of a workbook: counted, listed, and marked in the person's own copy."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.utils import timezone

from taizhang.declarations.workbooks.columns import BY_NAME, ORGANIZATION
from taizhang.declarations.workbooks.reading import Line, Table
from taizhang.imports.annotate import Mark, Summary, annotate
from taizhang.imports.reading import Look
from taizhang.imports.values import ERROR, NOTE, WARNING
from taizhang.kit import passing
from taizhang.kit.refusals import Obstacle

SUBMITTED = "已写入并提交，等待审核。"
WRITTEN = "已写入填报，还没有提交：填完后写核对人姓名再送。"


@dataclass(frozen=True)
class Finding:
    row: int
    organization: str
    column: str
    title: str
    value: str
    severity: str
    code: str
    message: str
    remedy: str


@dataclass
class Outcome:
    unchanged: int = 0
    changed: int = 0
    submitted: int = 0
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)
    written: dict[int, str] = field(default_factory=dict)  # row → what became of it

    @property
    def rows(self) -> int:
        return self.unchanged + self.changed + self.refused

    def figures(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("rows", "unchanged", "changed", "submitted", "refused")}

    def refuse(self, line: Line, *obstacles: Obstacle) -> None:
        self.refused += 1
        self.find(line, *obstacles)

    def write(self, line: Line, *, is_submitted: bool) -> None:
        self.changed += 1
        self.submitted += is_submitted
        self.written[line.row] = SUBMITTED if is_submitted else WRITTEN

    def find(self, line: Line, *obstacles: Obstacle) -> None:
        for each in obstacles:
            column = BY_NAME[each.where].column if each.where in BY_NAME else None
            self.findings.append(
                Finding(
                    row=line.row,
                    organization=line.texts.get(ORGANIZATION.name, "")[:200],
                    column=each.where if column else "",
                    title=column.title if column else "",
                    value=line.texts.get(each.where, "")[:200] if column else "",
                    severity=ERROR if each.blocks else WARNING,
                    code=each.code,
                    message=sentence(each.reason),
                    remedy=sentence(each.remedy),
                )
            )

    def listed(self) -> list[dict[str, object]]:
        return [asdict(each) for each in self.findings]


def sentence(text: str) -> str:
    return text if not text or text.endswith(("。", "！", "？")) else f"{text}。"


def marked(source: Path, look: Look, table: Table, outcome: Outcome, *, title: str, name: str) -> bytes:
    """The workbook that was sent, with every reason at its cell, all at once, and a page that sums up."""
    marks = [
        Mark(
            table.sheet,
            each.row,
            table.columns.get(each.column),
            each.title,
            each.value,
            each.severity,
            each.message,
            each.remedy,
        )
        for each in outcome.findings
    ]
    marks += [Mark(table.sheet, row, None, "", "", NOTE, said, "") for row, said in outcome.written.items()]
    told = Summary(
        f"填报工作簿送回结果：{title}",
        [
            ("文件", name),
            ("处理时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"),
            ("行数", outcome.rows),
            ("无变化", outcome.unchanged),
            ("已写入", outcome.changed),
            ("其中已提交", outcome.submitted),
            ("没有写入", outcome.refused),
        ],
    )
    with passing.folder() as folder:
        target = folder / "marked.xlsx"
        headings = {table.sheet: table.last_heading}
        annotate(source, target, look=look, marks=marks, summary=told, headings=headings, rows=outcome.rows)
        return target.read_bytes()
