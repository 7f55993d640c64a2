"""A short table as a whole, for forms that take a list: the same look and the same child as an import, and few rows."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from taizhang.imports.reading import LIMITS, Unreadable, blocks, look
from taizhang.kit import passing

FEW = replace(LIMITS, file_bytes=5 * 2**20, rows=6_000, wall_seconds=30, cpu_seconds=20)


def lines(file: UploadedFile) -> list[list[str]]:
    """The cells of the first visible sheet, row by row, without blank rows."""
    with passing.folder() as folder:
        kept = folder / "file"
        with kept.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        try:
            found = look(kept, name=file.name or "", limits=FEW)
            rows: list[list[str]] = []
            first = None
            for block in blocks(kept, found, limits=FEW):
                first = block.sheet if first is None and block.visible else first
                if block.visible and block.sheet == first:
                    rows += [row[1:] for row in block.rows]
            return rows
        except Unreadable as error:
            raise ValidationError(str(error)) from error
