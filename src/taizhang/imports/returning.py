"""The annotated copy of a batch's file."""

from django.utils import timezone

from taizhang.imports.annotate import Mark, Summary, annotate
from taizhang.imports.keeping import opened, sealed
from taizhang.imports.models import Batch, Finding, State, Upload
from taizhang.imports.reading import Look
from taizhang.kit import passing

MOST_MARKS = 200_000


def annotated(batch: Batch) -> bytes:
    """Made when it is first asked for, and kept until the batch is checked again."""
    upload = Upload.objects.get(batch=batch)
    with passing.folder() as folder:
        source, target = folder / "source", folder / "annotated.xlsx"
        source.write_bytes(opened(upload.content))
        annotate(
            source if batch.file_kind != "xlsx" else source.rename(source.with_suffix(".xlsx")),
            target,
            look=Look.from_data(batch.look),
            marks=marks(batch),
            summary=summary(batch),
            headings={heading["sheet"]: heading["last_row"] for heading in batch.headings},
            rows=batch.rows,
        )
        return target.read_bytes()


def keep_annotated(batch: Batch) -> None:
    """The marked copy is ready when the person asks for it."""
    if Finding.objects.filter(batch=batch).exists():
        Upload.objects.filter(batch=batch).update(annotated=sealed(annotated(batch)))
    else:
        Upload.objects.filter(batch=batch).update(annotated=None)


def marks(batch: Batch) -> list[Mark]:
    places = {
        heading["sheet"]: {name: int(column) for column, name in heading["mapping"].items()}
        for heading in batch.headings
    }
    found = Finding.objects.filter(batch=batch).order_by("number", "id")[:MOST_MARKS]
    return [
        Mark(
            sheet=each.sheet,
            row=each.row,
            column=places.get(each.sheet, {}).get(each.column),
            title=each.title,
            value=each.value,
            severity=each.severity,
            message=each.message,
            remedy=each.remedy,
        )
        for each in found.iterator(chunk_size=5_000)
    ]


def summary(batch: Batch) -> Summary:
    entered = batch.state == State.APPLIED
    return Summary(
        f"导入检查结果：{batch.title}",
        [
            ("文件", batch.file_name),
            ("检查时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"),
            ("行数", batch.rows),
            ("已入账" if entered else "可以入账", batch.accepted if entered else batch.good),
            ("与台账相同、不用再入", batch.unchanged),
            ("有错误", batch.rejected),
            ("提醒", batch.warnings),
            *((note["message"], note["remedy"]) for note in batch.notes),
        ],
    )
